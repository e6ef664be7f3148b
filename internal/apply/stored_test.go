package apply

import (
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// TestStoredAttributes: what the instance has made of an attribute is found among the others
// of its type: what is there as it was sent pairs first, then what looks like it, then the
// last ones that the instance has made on a new group. An answer that does not show all says nothing.
func TestStoredAttributes(t *testing.T) {
	have := func(values ...string) (out []intel.RemoteAttribute) {
		for i, v := range values {
			out = append(out, intel.RemoteAttribute{ID: int64(100 - i), Attribute: intel.Attribute{Type: "Aliases", Value: v}}) // the newest first
		}
		return out
	}
	for _, c := range []struct {
		sent, have, want []string
		older            bool // the group was there before
	}{
		{[]string{"a", "b"}, []string{"b", "a", "old"}, []string{"", ""}, false},
		{[]string{"R&D", "a  b"}, []string{"a b", "R&amp;D", "old"}, []string{"R&amp;D", "a b"}, false},
		{[]string{"first <long>", "second <long>"}, []string{"sec", "fir", "old"}, []string{"fir", "sec"}, false},
		{[]string{"a", "second <long>"}, []string{"sec", "a", "old"}, []string{"", "sec"}, false},
		{[]string{"first <long>", "second <long>"}, []string{"old"}, []string{"", ""}, false},
		{[]string{"R&D", "B"}, []string{"R&amp;D", "A"}, []string{"R&amp;D", ""}, true},
	} {
		var entries []*entry
		for _, v := range c.sent {
			change := plan.FullChange{Field: "attribute:aliases", Op: plan.Add, New: v}.Change()
			entries = append(entries, &entry{Entry: plan.Entry{Change: &change}})
		}
		storedAttributes(entries, have(c.have...), !c.older)
		for i, e := range entries {
			if e.stored != c.want[i] {
				t.Errorf("%q among %q: %q, want %q", c.sent[i], c.have, e.stored, c.want[i])
			}
		}
	}
}

// TestAttributesOfNewObjectsThatAreStoredOtherwise: they are not lacking, and are not sent again.
func TestAttributesOfNewObjectsThatAreStoredOtherwise(t *testing.T) {
	o := &intel.Object{Kind: intel.KindIndicator, Type: "Host", Summary: "x.example",
		Details: &intel.Details{Attributes: []intel.Attribute{{Type: "Description", Value: "first <long>"}}}}
	r := &intel.Remote{Kind: intel.KindIndicator, Lists: intel.ListAttributes}
	if got := o.Lacks(r); len(got) != 1 {
		t.Errorf("nothing is there: %q", got)
	}
	r.Attributes = []intel.RemoteAttribute{{ID: 1, Attribute: intel.Attribute{Type: "Description", Value: "fir"}}}
	if got := o.Lacks(r); len(got) != 0 {
		t.Errorf("it is there: %q", got)
	}
}
