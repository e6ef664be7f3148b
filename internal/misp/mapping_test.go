package misp

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/golden"
)

// TestDocumentedMapping holds the tables of docs/convert.md to those that convert.
func TestDocumentedMapping(t *testing.T) {
	doc := filepath.Join("..", "..", "docs", "convert.md")
	for name, table := range map[string]string{
		"attributes of MISP": attributeTable(), "properties of MISP": propertyTable(), "galaxies": galaxyTable(), "attributes without a place": leftOutTable(),
	} {
		golden.Section(t, doc, "<!-- "+name+": made by go test ./internal/misp -run Mapping -update -->", "<!-- end of "+name+" -->", "\n"+table+"\n")
	}
}

func row(cells ...string) string {
	for i, cell := range cells {
		cells[i] = strings.ReplaceAll(cell, "|", `\|`)
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

func code(words ...string) string {
	out := slices.Clone(words)
	for i, w := range out {
		out[i] = "`" + w + "`"
	}
	return strings.Join(out, ", ")
}

// says is what becomes of a value.
func (p place) says() string {
	switch {
	case p.indicator == "Address":
		return "indicator Address, or CIDR if it is a network"
	case p.field != "":
		return "indicator " + p.indicator + ", " + p.field
	case p.indicator != "":
		return "indicator " + p.indicator
	case p.language != "":
		return "group " + p.group + ", fileType " + p.language
	case p.group != "":
		return "group " + p.group
	case p.attribute != "":
		return "attribute " + p.attribute + " of the Report"
	case p.tag:
		return "tag of the Report"
	}
	return p.fact + " in the attribute Additional Analysis and Context of the indicator"
}

func attributeTable() string {
	out := row("MISP", "ThreatConnect") + row("---", "---")
	for _, t := range attributeTypes {
		if t.places[0].reason != "" {
			continue
		}
		var says []string
		for _, p := range t.places {
			says = append(says, p.says())
		}
		out += row(code(t.names...), strings.Join(says, "; "))
	}
	return out
}

func leftOutTable() string {
	out := row("MISP", "reason") + row("---", "---")
	for _, t := range attributeTypes {
		if reason := t.places[0].reason; reason != "" {
			out += row(code(t.names...), reason)
		}
	}
	return out
}

func propertyTable() string {
	out := row("property", "of", "ThreatConnect") + row("---", "---", "---")
	for _, r := range rules {
		place := r.place
		switch {
		case r.reason != "":
			place = "left out: " + r.reason
		case place == "":
			continue
		}
		out += row(code(r.names...), strings.Join(r.of, ", "), place)
	}
	return out
}

func galaxyTable() string {
	out := row("galaxy", "group") + row("---", "---")
	for _, g := range galaxies {
		out += row(code(g.types...), g.group)
	}
	return out
}
