package apply

import (
	"testing"

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
		if got := newShown(with, "Incident", nil).has(c.entry, end); got != c.has {
			t.Errorf("%s, where it is there: %t", name, got)
		}
		if got := newShown(without, "Incident", nil).has(c.entry, end); got == c.has {
			t.Errorf("%s, where it is not there: %t", name, got)
		}
	}
}
