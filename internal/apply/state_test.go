package apply_test

import (
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/tcsim"
)

// state is what an instance holds, with names in the place of IDs, and without
// the order in which it came about.
func state(sim *tcsim.Server) string {
	s := sim.Snapshot()
	names := map[string]string{}
	name := func(kind string, id int64) string { return names[fmt.Sprint(kind, id)] }
	for _, g := range s.Groups {
		names[fmt.Sprint("g", g.ID)] = g.Type + " " + g.Name
	}
	for _, i := range s.Indicators {
		names[fmt.Sprint("i", i.ID)] = i.Type + " " + i.Summary
	}
	for _, c := range s.Cases {
		names[fmt.Sprint("c", c.ID)] = "case " + c.Name
	}
	for _, a := range s.Artifacts {
		names[fmt.Sprint("a", a.ID)] = "artifact " + a.Summary
	}
	for _, v := range s.VictimAssets {
		names[fmt.Sprint("v", v.ID)] = "asset " + v.Value
	}
	var lines []string
	for _, g := range s.Groups {
		links := []string{}
		add := func(kind string, ids []int64) {
			for _, id := range ids {
				links = append(links, name(kind, id))
			}
		}
		add("g", g.AssociatedGroups)
		add("i", g.AssociatedIndicators)
		add("c", g.AssociatedCases)
		add("a", g.AssociatedArtifacts)
		add("v", g.AssociatedVictimAssets)
		lines = append(lines, fmt.Sprintf("%s %s %s %v %q %q %q links %q", g.Owner, name("g", g.ID), g.XID, g.Fields, sorted(g.Tags), attributes(g.Attributes), sorted(g.SecurityLabels), sorted(links)))
	}
	for _, i := range s.Indicators {
		lines = append(lines, fmt.Sprintf("%s %s rating %v confidence %v %q %q", i.Owner, name("i", i.ID), i.Fields["rating"], i.Fields["confidence"], sorted(i.Tags), attributes(i.Attributes)))
	}
	for _, c := range s.Cases {
		lines = append(lines, name("c", c.ID)+" "+c.XID)
	}
	for _, a := range s.Artifacts {
		lines = append(lines, name("a", a.ID))
	}
	for _, v := range s.VictimAssets {
		lines = append(lines, name("v", v.ID))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

func attributes(list []tcsim.Attribute) []string {
	var out []string
	for _, at := range list {
		out = append(out, fmt.Sprintf("%s=%s/%s/%t", at.Type, at.Value, at.Source, at.Default))
	}
	return sorted(out)
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
