package bigmanifest

import (
	"bufio"
	"fmt"
	"strings"
)

const yamlHead = "version: 1\nnamespace: big\ngroups:\n"

func writeYAML(w *bufio.Writer, g *group) {
	fmt.Fprintf(w, "  - key: %s\n    type: %s\n    name: %s\n", g.key, g.typ, g.name)
	if g.date != "" {
		fmt.Fprintf(w, "    %s: %s\n", g.dateField, g.date)
	}
	if g.status != "" {
		fmt.Fprintf(w, "    status: %s\n", g.status)
	}
	fmt.Fprintf(w, "    tags: [%s]\n", strings.Join(g.tags, ", "))
	if g.label != "" {
		fmt.Fprintf(w, "    securityLabels: [%s]\n", g.label)
	}
	fmt.Fprintf(w, "    attributes:\n      - {type: Description, value: %q}\n", g.description)
	if len(g.groups) > 0 {
		fmt.Fprintf(w, "    associatedGroups: [%s]\n", strings.Join(g.groups, ", "))
	}
	if len(g.indicators) > 0 {
		fmt.Fprintf(w, "    associatedIndicators:\n")
	}
	for _, ind := range g.indicators {
		fmt.Fprintf(w, "      - %s\n", ind)
	}
}

const csvHead = "key,type,name,eventDate,publishDate,status,tags,securityLabels,attribute:Description,associatedGroups,associatedIndicators\n"

func writeCSV(w *bufio.Writer, g *group) {
	dates := map[string]string{g.dateField: g.date}
	cells := []string{g.key, g.typ, `"` + g.name + `"`, dates["eventDate"], dates["publishDate"], g.status, strings.Join(g.tags, "|"), g.label,
		`"` + g.description + `"`, strings.Join(g.groups, "|"), strings.Join(g.indicators, "|")}
	w.WriteString(strings.Join(cells, ","))
	w.WriteByte('\n')
}
