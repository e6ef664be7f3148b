package inventory

import (
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// TestFingerprintOfSavedPlans: a plan that an earlier version has saved holds as long as
// its groups look the same, so what they look like is written as it was then.
func TestFingerprintOfSavedPlans(t *testing.T) {
	r := &intel.Remote{Kind: intel.KindGroup, ID: 7, Type: "Incident", Name: "Ünï \"x\"\n\u200b", Owner: "Demo", XID: "x-1",
		Fields: intel.Fields{{Name: "status", Value: "New"}}, Tags: []intel.RemoteTag{{ID: 2, Name: "B"}, {ID: 1, Name: "a\\"}},
		SecurityLabels: []intel.RemoteLabel{{ID: 3, Name: "TLP: RED"}},
		Attributes: []intel.RemoteAttribute{{ID: 5, Attribute: intel.Attribute{Type: "Description", Value: "v", Source: "s", Default: intel.Yes, SecurityLabels: []string{"Z", "A"}}},
			{ID: 4, Attribute: intel.Attribute{Type: "Source"}}},
		Links: []*intel.Remote{{Kind: intel.KindGroup, ID: 9}, {Kind: intel.KindGroup, ID: 10}, {Kind: intel.KindVictimAsset, ID: 1}}}
	all := intel.ListTags | intel.ListSecurityLabels | intel.ListAttributes | intel.ListAssociations
	for _, tt := range []struct {
		compared plan.Compared
		doomed   map[int64]bool
		want     string
	}{
		{plan.Compared{}, nil, "bf96c8f75425ceed"},
		{plan.Compared{Fields: []string{"status", "eventDate"}, Lists: intel.ListTags}, nil, "e599945b3e2f9737"},
		{plan.Compared{Lists: all}, nil, "d1a4bd2a7931f14f"},
		{plan.Compared{Fields: []string{plan.AttributeLabels}, Lists: all}, map[int64]bool{9: true}, "39cb345000feccab"},
	} {
		if got := Fingerprint(r, tt.compared, tt.doomed); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.compared, got, tt.want)
		}
	}
}
