package stix

import (
	"fmt"
	"maps"
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
		"types": typeTable(), "properties": propertyTable(), "values": valueTable(), "languages": languageTable(), "reasons": leftOutTable(),
	} {
		golden.Section(t, doc, "<!-- "+name+": made by go test ./internal/stix -run Mapping -update -->", "<!-- end of "+name+" -->", "\n"+table+"\n")
	}
}

func row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

func code(words ...string) string {
	for i, w := range words {
		words[i] = "`" + w + "`"
	}
	return strings.Join(words, ", ")
}

func typeTable() string {
	out := row("STIX", "ThreatConnect") + row("---", "---")
	for _, k := range kinds {
		switch {
		case k.group != "":
			out += row(code(k.name), "group "+k.group)
		case k.reason == "":
			out += row(code(k.name), k.becomes)
		}
	}
	return out
}

func leftOutTable() string {
	byReason := map[string][]string{}
	for _, k := range kinds {
		if k.reason != "" {
			byReason[k.reason] = append(byReason[k.reason], k.name)
		}
	}
	out := row("STIX", "reason") + row("---", "---")
	for _, reason := range slices.Sorted(maps.Keys(byReason)) {
		out += row(code(byReason[reason]...), reason)
	}
	return out
}

func propertyTable() string {
	words := map[string]string{groups: "groups", observables: "observables", everything: "all"}
	out := row("property", "of", "ThreatConnect") + row("---", "---", "---")
	for _, r := range rules {
		if r.place == "" && r.reason == "" {
			continue
		}
		var of []string
		for _, k := range r.of {
			if words[k] != "" {
				of = append(of, words[k])
			} else {
				of = append(of, code(k))
			}
		}
		place := r.place
		if place == "" {
			place = "left out: " + r.reason
		}
		out += row(code(slices.Clone(r.names)...), strings.Join(of, ", "), place)
	}
	return out
}

func valueTable() string {
	out := row("STIX", "indicator") + row("---", "---")
	for _, p := range places {
		to := p.indicator
		if p.field != "" {
			to += ", " + p.field
		}
		if p.path == "value" && strings.HasPrefix(p.object, "ipv") {
			to += "; CIDR if it is a network"
		}
		out += row(code(p.object+":"+p.path), to)
	}
	return out
}

func languageTable() string {
	out := row("pattern_type", "fileType") + row("---", "---")
	for _, name := range slices.Sorted(maps.Keys(languages)) {
		out += row(code(name), fmt.Sprint(languages[name].fileType))
	}
	return out
}
