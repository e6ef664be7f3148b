package apply

import (
	"testing"

	"tcimport/internal/intel"
)

// A new object is the one in the answer that is equal to it, or else the only one that
// differs in case. If several could be it, it is none of them.
func TestNewObjectIsFoundInTheAnswer(t *testing.T) {
	link := func(id int64, kind intel.Kind, typ, name, owner string) *intel.Remote {
		return &intel.Remote{Kind: kind, ID: id, Type: typ, Name: name, Owner: owner}
	}
	hashtag := func(id int64, name string) *intel.Remote { return link(id, intel.KindIndicator, "Hashtag", name, "O") }
	for _, tt := range []struct {
		name  string
		links []*intel.Remote
		want  int64
	}{
		{"none", []*intel.Remote{hashtag(1, "other"), link(2, intel.KindIndicator, "Registry Key", "Name", "O"), link(3, intel.KindCase, "", "Name", "")}, 0},
		{"equal", []*intel.Remote{hashtag(1, "Name"), hashtag(2, "other")}, 1},
		{"equal, and another case", []*intel.Remote{hashtag(1, "NAME"), hashtag(2, "Name"), hashtag(3, "name")}, 2},
		{"another case only", []*intel.Remote{hashtag(1, "NAME")}, 1},
		{"other cases", []*intel.Remote{hashtag(1, "NAME"), hashtag(2, "name")}, 0},
		{"twice", []*intel.Remote{hashtag(1, "Name"), hashtag(2, "Name")}, 0},
		{"of another owner", []*intel.Remote{link(1, intel.KindIndicator, "Hashtag", "Name", "P")}, 0},
		{"also of another owner", []*intel.Remote{link(1, intel.KindIndicator, "Hashtag", "Name", "P"), hashtag(2, "Name")}, 2},
	} {
		o := &intel.Object{Kind: intel.KindIndicator, Type: "Hashtag", Summary: "Name", Owner: "O"}
		o.SetValues([]string{"Name"})
		ix := newLinkIndex(tt.links, nil)
		found := ix.find(o)
		if found == nil && tt.want != 0 || found != nil && found.ID != tt.want {
			t.Errorf("%s: found %+v, want %d", tt.name, found, tt.want)
		}
		if there := ix.has(intel.LinkWrite{Kind: o.Kind, New: o}); tt.want != 0 && !there {
			t.Errorf("%s: it is said not to be there", tt.name)
		}
	}
}
