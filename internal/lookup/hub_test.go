package lookup_test

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// BenchmarkCompleteHub is about spokes that name the hub with which they are associated.
func BenchmarkCompleteHub(b *testing.B) {
	testkit.Growth(b, 5000, func(n int) func() {
		var text strings.Builder
		text.WriteString("groups:\n  - {key: hub, type: Adversary, name: Hub}\n")
		hub := &intel.Remote{Kind: intel.KindGroup, ID: 1, Type: "Adversary", Name: "Hub", Owner: tcsim.DemoOrganization, Lists: intel.ListAssociations}
		inv := &inventory.Inventory{Groups: []*intel.Remote{hub}}
		for i := range n {
			name, id := fmt.Sprint("S", i), int64(i+2)
			fmt.Fprintf(&text, "  - {key: s%d, type: Threat, name: %s, associatedGroups: [hub]}\n", i, name)
			inv.Groups = append(inv.Groups, &intel.Remote{Kind: intel.KindGroup, ID: id, Type: "Threat", Name: name, Owner: tcsim.DemoOrganization, Lists: intel.ListAssociations})
			hub.Links = append(hub.Links, &intel.Remote{Kind: intel.KindGroup, ID: id})
		}
		im := (&env{t: b}).manifest(text.String())
		return func() {
			found := *inv
			found.Paged = map[int64]intel.List{}
			if err := lookup.Complete(b.Context(), nil, im, &found, nil, plan.DefaultPolicy(), lookup.Options{}); err != nil {
				b.Fatal(err)
			}
			if len(found.Paged) > 0 {
				b.Fatal("lists were read page by page: this is not what is to be measured")
			}
		}
	})
}
