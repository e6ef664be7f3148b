package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// bind gives every association an ID.
func bind(as *plan.Association) (intel.LinkWrite, bool) {
	if as.State == plan.Missing {
		return intel.LinkWrite{}, false
	}
	return intel.LinkWrite{Kind: as.Kind, ID: max(as.ID, 1)}, true
}

// sent is what requests hold, as tables have it.
func sent(reqs []plan.Request) string {
	var parts []string
	for _, r := range reqs {
		if r.Attribute != nil {
			parts = append(parts, fmt.Sprintf("attribute %d=%s", r.Attribute.ID, r.Attribute.Value))
			continue
		}
		w := r.Write
		var p []string
		add := func(what string, n int, mode intel.Mode) {
			if n > 0 {
				p = append(p, fmt.Sprintf("%s%s %d", strings.Replace(string(mode)+" ", "append ", "", 1), what, n))
			}
		}
		if w.XID != "" {
			p = append(p, "create")
		}
		if w.Name != "" {
			p = append(p, "name")
		}
		add("fields", len(w.Fields), intel.ModeAppend)
		add("tags", len(w.Tags), w.TagMode)
		add("labels", len(w.SecurityLabels), w.LabelMode)
		add("attributes", len(w.Attributes), w.AttributeMode)
		for _, k := range intel.Kinds {
			n := 0
			for i, l := range w.Links {
				if l.Kind == k {
					n++
					if r.Links[i].Kind != k {
						p = append(p, "MISMATCH")
					}
				}
			}
			add(string(k), n, w.LinkModes[k])
		}
		parts = append(parts, strings.Join(p, ", "))
	}
	return strings.Join(parts, "; ")
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

func TestCompose(t *testing.T) {
	many := func(n int) string {
		return "groups: [{key: a, type: Threat, name: One, tags: [x], associatedIndicators: [" + repeat(n, "Host:h%d.example") + "]}]"
	}
	full := `tags: [x], securityLabels: [L], status: New, attributes: [{type: Aliases, value: v}], associatedIndicators: [Host:x.example]`
	for _, c := range []struct {
		name string
		scene
		want string
	}{
		{"a create with all", scene{manifest: "groups: [{key: a, type: Incident, name: One, " + full + "}]"}, "create, name, fields 1, tags 1, labels 1, attributes 1, indicator 1"},
		{"a create of 500", scene{manifest: many(500)}, "create, name, tags 1, indicator 500"},
		{"a create of 501", scene{manifest: many(501)}, "create, name, tags 1, indicator 500; indicator 1"},
		{"a create of 1500", scene{manifest: many(1500)}, "create, name, tags 1, indicator 500; indicator 500; indicator 500"},
		{"an update with all", with("Incident", full), "fields 1, tags 1, labels 1, attributes 1, indicator 1"},
		{"a rename", scene{manifest: one, groups: []*intel.Remote{group(1, "Threat", "Old", ours("a"))}}, "name"},
		{"a list that gains and loses", with("Threat", "tags: [x], securityLabels: [L]", tags("y"), labels("M")).replaced(), "tags 1, labels 1; delete tags 1, delete labels 1"},
		{"one list gains, another loses", with("Threat", "tags: [x], securityLabels: []", tags("x"), tags("y"), labels("M")).replaced(), "delete tags 1, delete labels 1"},
		{"a list loses much", with("Threat", "tags: [x], associatedGroups: []", linked(intel.KindGroup, ids(501)...)).replaced(), "tags 1, delete group 500; delete group 1"},
		{"an attribute in place", with("Threat", "attributes: [{type: Aliases, value: v}]", attribute(11, "Aliases", "w")), "attribute 11=v"},
		{"attributes in place and more", with("Threat", "tags: [x], attributes: [{type: Aliases, value: v}, {type: Topic, value: t}, {type: Description, value: d}]",
			attribute(11, "Aliases", "w"), attribute(12, "Topic", "u")), "tags 1, attributes 1; attribute 11=v; attribute 12=t"},
		{"attributes come and go", with("Threat", "attributes: [{type: Aliases, value: v}]", attribute(11, "Aliases", "p"), attribute(12, "Aliases", "q")).replaced(),
			"attributes 1; delete attributes 2"},
	} {
		p := c.plan(t)
		a := p.Actions[0]
		got := sent(a.Compose(bind))
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if n := strings.Count(c.want, ";") + 1; a.Requests() != n || p.Summary.Requests != n {
			t.Errorf("%s: counted as %d requests (%d in all), want %d", c.name, a.Requests(), p.Summary.Requests, n)
		}
	}
}

// A request says what the plan says: nothing of a missing end is sent, a create
// names xid and owner, an update neither.
func TestComposeHeads(t *testing.T) {
	p := scene{manifest: `
groups:
  - {key: a, type: Threat, name: One, owner: Demo Source, associatedIndicators: [Host:x.example]}
  - {key: b, type: Threat, name: Two, tags: [x]}`,
		groups: []*intel.Remote{group(2, "Threat", "Two", ours("b"))},
		policy: func(p *plan.Policy) { p.MissingIndicators = plan.MissingSkip }}.plan(t)
	create := p.Actions[0].Compose(bind)
	if w := create[0].Write; len(create) != 1 || w.XID != intel.DerivedXID("ns", "Demo Source", "a") || w.Owner != "Demo Source" || w.Type != "Threat" || len(w.Links) != 0 {
		t.Errorf("create: %+v", w)
	}
	update := p.Actions[1].Compose(bind)
	if w := update[0].Write; len(update) != 1 || w.ID != 2 || w.XID != "" || w.Owner != "" || w.Name != "" {
		t.Errorf("update: %+v", w)
	}
}
