package compare_test

import (
	"slices"
	"testing"

	"tcimport/internal/intel"
)

// What an existing indicator lacks of the manifest is a note, as far as it is
// known, and changes nothing.
func TestExistingIndicatorDiffers(t *testing.T) {
	const text = `groups: [{key: a, type: Threat, name: One, associatedIndicators: [
		{type: Host, summary: x.example, rating: 4, tags: [dropper], securityLabels: [TLP:RED], attributes: [{type: Description, value: d}]}]}]`
	const not = "; existing indicators are not changed"
	bare := func(o ...option) *intel.Remote {
		r := object(intel.KindIndicator, 7, "Host", "x.example")
		for _, set := range o {
			set(r)
		}
		return r
	}
	read := func(r *intel.Remote) { r.Lists = allLists }
	for _, c := range []struct {
		name string
		have *intel.Remote
		want []string
	}{
		{"nothing read", bare(), nil},
		{"all", bare(read, field("rating", "4.0"), tags("Dropper"), labels("TLP: Red"), attribute(1, "Description", "d")), nil},
		{"none", bare(read, field("rating", "3"), tags("other")), []string{"rating is 3 on the server and 4 in the manifest" + not,
			"it lacks some tags of the manifest" + not, "it lacks some securityLabels of the manifest" + not,
			"it lacks some attributes of the manifest" + not}},
	} {
		p := scene{manifest: text, groups: []*intel.Remote{group(1, "Threat", "One", ours("a"), linked(intel.KindIndicator, 7))}, objects: []*intel.Remote{c.have}}.plan(t)
		if got := p.Objects[0].Notes(); !slices.Equal(got, c.want) || p.Summary.Pending() {
			t.Errorf("%s: %q, want %q\n%s", c.name, got, c.want, shown(p))
		}
	}
}
