package apply

import (
	"testing"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// TestShownHas: what is to be added has arrived once it is there, what is to be
// removed once it is not, whichever kind of entry it is.
func TestShownHas(t *testing.T) {
	at := &plan.AttributeDetail{ID: 11, Pinned: intel.Yes}
	change := func(field string, op plan.Op, value string, d *plan.AttributeDetail) plan.Entry {
		c := plan.FullChange{Field: field, Op: op, New: value, Attribute: d}
		if op == plan.Remove {
			c.New, c.Old = "", value
		}
		return plan.Entry{Change: new(c.Change())}
	}
	link := func(op plan.Op) plan.Entry {
		return plan.Entry{Association: new(plan.FullAssociation{Kind: intel.KindGroup, Op: op}.Association())}
	}
	with := &intel.Remote{ID: 1, Type: "Incident", Name: "One", Fields: intel.Fields{{Name: "status", Value: "Open"}},
		Tags: []intel.RemoteTag{{Name: "x"}}, SecurityLabels: []intel.RemoteLabel{{Name: "TLP:RED"}},
		Attributes: []intel.RemoteAttribute{{ID: 11, Attribute: intel.Attribute{Type: "Aliases", Value: "v", Pinned: intel.Yes}}},
		Links:      []*intel.Remote{{Kind: intel.KindGroup, ID: 5}}}
	without := &intel.Remote{ID: 1, Type: "Incident", Name: "Other"}
	end := intel.LinkWrite{Kind: intel.KindGroup, ID: 5}
	for name, c := range map[string]struct {
		entry plan.Entry
		has   bool // of the group that has it all
	}{
		"name":             {change("name", plan.Set, "One", nil), true},
		"field":            {change("status", plan.Set, "Open", nil), true},
		"add a tag":        {change("tags", plan.Add, "x", nil), true},
		"remove a tag":     {change("tags", plan.Remove, "x", nil), false},
		"add a label":      {change("securityLabels", plan.Add, "TLP:RED", nil), true},
		"remove a label":   {change("securityLabels", plan.Remove, "TLP:RED", nil), false},
		"add attribute":    {change("attribute:Aliases", plan.Add, "v", nil), true},
		"change attribute": {change("attribute:Aliases", plan.Set, "v", at), true},
		"remove attribute": {change("attribute:Aliases", plan.Remove, "v", at), false},
		"associate":        {link(plan.Add), true},
		"dissociate":       {link(plan.Remove), false},
	} {
		a := &plan.Action{Type: "Incident"}
		if c.entry.Change != nil {
			a.Changes = []plan.Change{*c.entry.Change}
			c.entry.Change = &a.Changes[0]
		}
		if got := newShown(with, a, nil).has(c.entry, end); got != c.has {
			t.Errorf("%s, where it is there: %t", name, got)
		}
		if got := newShown(without, a, nil).has(c.entry, end); got == c.has {
			t.Errorf("%s, where it is not there: %t", name, got)
		}
	}
}

// TestShownHasLookalikes: an attribute that only looks like the one to add is not it, if it
// was there before or if another one to add is exactly so.
func TestShownHasLookalikes(t *testing.T) {
	for _, c := range []struct {
		adds, before, have []string
		want               []bool
	}{
		{[]string{"🟢 p"}, nil, []string{"p"}, []bool{true}},
		{[]string{"🟢 p"}, []string{"🔴 p"}, []string{"🔴 p"}, []bool{false}},
		{[]string{"🟢 p"}, []string{"🔴 p"}, []string{"🔴 p", "🟢 p"}, []bool{true}},
		{[]string{"🟢 p", "🔴 p"}, nil, []string{"🔴 p"}, []bool{false, true}},
		{[]string{"🟢 p", "🔴 p"}, nil, []string{"p", "p"}, []bool{true, true}},
	} {
		a, r := &plan.Action{Type: "Incident"}, &intel.Remote{Type: "Incident"}
		for _, v := range c.adds {
			a.Changes = append(a.Changes, plan.FullChange{Field: "attribute:Aliases", Op: plan.Add, New: v}.Change())
		}
		for _, v := range c.before {
			a.Found().Note(baseline.Attribute("Aliases", v))
		}
		for i, v := range c.have {
			r.Attributes = append(r.Attributes, intel.RemoteAttribute{ID: int64(i + 1), Attribute: intel.Attribute{Type: "aliases", Value: v}})
		}
		for i, e := range a.Entries() {
			if got := newShown(r, a, nil).has(e, intel.LinkWrite{}); got != c.want[i] {
				t.Errorf("%q of %q, with %q before and %q now: %t", c.adds[i], c.adds, c.before, c.have, got)
			}
		}
	}
}
