package tc_test

import (
	"net/http"
	"strings"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
)

// TestCompleteFallsBack: where an instance does not find labels by their groups,
// those of single groups are read.
func TestCompleteFallsBack(t *testing.T) {
	sim := tcsim.New(tcsim.Config{})
	id := sim.AddGroup(tcsim.Group{Type: "Threat", Name: "A", Owner: tcsim.DemoOrganization, SecurityLabels: []string{"TLP:RED", "TLP:GREEN"}, Tags: []string{"x", "y"}})
	c := simulated(t, sim, func(cfg *tc.Config) {
		cfg.Transport = direct{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Query().Get("tql"), "hasGroup") {
				w.WriteHeader(http.StatusBadRequest)
				w.Write([]byte(`{"status":"Error","errCode":"0x2001","message":"unknown keyword"}`))
				return
			}
			sim.ServeHTTP(w, r)
		})}
	})
	r := &intel.Remote{Kind: intel.KindGroup, ID: id, Tags: []intel.RemoteTag{{Name: "x"}}, SecurityLabels: []intel.RemoteLabel{{Name: "TLP:RED"}}}
	for _, list := range []intel.List{intel.ListTags, intel.ListSecurityLabels} {
		cut, err := c.Complete(t.Context(), list, []*intel.Remote{r, {Kind: intel.KindGroup, ID: 99}}, nil)
		if err != nil || len(cut) != 1 || cut[0] != r {
			t.Fatalf("%d groups changed, %v", len(cut), err)
		}
	}
	if len(r.Tags) != 2 || len(r.SecurityLabels) != 2 || r.SecurityLabels[1].Name == "TLP:RED" && r.SecurityLabels[0].Name == "TLP:RED" {
		t.Errorf("%+v %+v", r.Tags, r.SecurityLabels)
	}
}
