package compare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// requests are what goes into the requests of an action, as tables have it.
func requests(a *plan.Action) string {
	entries := a.Entries()
	at, n := a.Spread(entries)
	count := make([]map[string]int, n)
	for i := range count {
		count[i] = map[string]int{}
	}
	order := []string{"name", "field"}
	for i, e := range entries {
		what := map[intel.List]string{0: "field", intel.ListTags: "tag", intel.ListSecurityLabels: "label", intel.ListAttributes: "attribute"}[e.List()]
		switch {
		case e.Association != nil:
			what = e.Association.Kind.String()
		case e.Name() == "name":
			what = "name"
		case e.InPlace():
			what = fmt.Sprintf("attribute %d=%s", e.Attribute().ID, e.Attribute().Value)
		}
		if e.Removes() {
			what = "delete " + what
		}
		count[at[i]][what]++
		if !slices.Contains(order, what) {
			order = append(order, what)
		}
	}
	var out []string
	for _, c := range count {
		var parts []string
		for _, what := range order {
			if c[what] > 0 {
				parts = append(parts, fmt.Sprintf("%s %d", what, c[what]))
			}
		}
		out = append(out, strings.Join(parts, ", "))
	}
	return strings.Join(out, "; ")
}

func repeat(n int, format string) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(format, i))
	}
	return strings.Join(out, ", ")
}

func ids(n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(100 + i)
	}
	return out
}

// TestSpread: a list gains and loses in different requests, none holds too much of
// a list, and what changes in place comes last; they are counted as they are made.
func TestSpread(t *testing.T) {
	many := func(n int) string {
		return "groups: [{key: a, type: Threat, name: One, tags: [x], associatedIndicators: [" + repeat(n, "Host:h%d.example") + "]}]"
	}
	full := `tags: [x], securityLabels: [L], status: New, attributes: [{type: Aliases, value: v}], associatedIndicators: [Host:x.example]`
	for _, c := range []struct {
		name string
		scene
		want string
	}{
		{"a create with all", scene{manifest: "groups: [{key: a, type: Incident, name: One, " + full + "}]"}, "field 1, tag 1, label 1, attribute 1, indicator 1"},
		{"a create of 500", scene{manifest: many(500)}, "tag 1, indicator 500"},
		{"a create of 501", scene{manifest: many(501)}, "tag 1, indicator 500; indicator 1"},
		{"a create of 1500", scene{manifest: many(1500)}, "tag 1, indicator 500; indicator 500; indicator 500"},
		{"an update with all", with("Incident", full), "field 1, tag 1, label 1, attribute 1, indicator 1"},
		{"a rename", scene{manifest: one, groups: []*intel.Remote{group(1, "Threat", "Old", ours("a"))}}, "name 1"},
		{"a list that gains and loses", with("Threat", "tags: [x], securityLabels: [L]", tags("y"), labels("M")).replaced(), "delete tag 1, label 1; tag 1, delete label 1"},
		{"one list gains, another loses", with("Threat", "tags: [x], securityLabels: []", tags("x"), tags("y"), labels("M")).replaced(), "delete tag 1, delete label 1"},
		{"a list loses much", with("Threat", "tags: [x], associatedGroups: []", linked(intel.KindGroup, ids(501)...)).replaced(), "tag 1, delete group 500; delete group 1"},
		{"an attribute in place", with("Threat", "attributes: [{type: Aliases, value: v}]", attribute(11, "Aliases", "w")), "attribute 11=v 1"},
		{"attributes in place and more", with("Threat", "tags: [x], attributes: [{type: Aliases, value: v}, {type: Topic, value: t}, {type: Description, value: d}]",
			attribute(11, "Aliases", "w"), attribute(12, "Topic", "u")), "tag 1, attribute 1; attribute 11=v 1; attribute 12=t 1"},
		{"attributes come and go", with("Threat", "attributes: [{type: Aliases, value: v}]", attribute(11, "Aliases", "p"), attribute(12, "Aliases", "q")).replaced(),
			"delete attribute 2; attribute 1"},
	} {
		p := c.plan(t)
		a := p.Actions[0]
		got := requests(a)
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if n := strings.Count(c.want, ";") + 1; a.Requests() != n || p.Summary.Requests != n {
			t.Errorf("%s: counted as %d requests (%d in all), want %d", c.name, a.Requests(), p.Summary.Requests, n)
		}
	}
}
