package tc_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestCompleteFallsBack: where an instance does not find labels by their groups,
// those of single groups are read.
func TestCompleteFallsBack(t *testing.T) {
	sim := tcsim.New(tcsim.Config{})
	id := sim.AddGroup(tcsim.Group{Type: "Threat", Name: "A", Owner: tcsim.DemoOrganization, SecurityLabels: []string{"TLP:RED", "TLP:GREEN"}, Tags: []string{"x", "y"}})
	c := simulated(t, sim, func(cfg *tc.Config) {
		cfg.Transport = testkit.Transport{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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

// TestCompleteAsksInFewRequests: whose lists were cut is asked by entry where
// there are few of them, and by group where few groups are concerned.
func TestCompleteAsksInFewRequests(t *testing.T) {
	const groups = 30
	for name, c := range map[string]struct {
		tags    func(i int) []string
		shown   int // of the tags of each group
		matters func(*intel.Remote, intel.RemoteTag) bool
		cut     int
		most    int // requests
	}{
		"few entries": {func(int) []string { return []string{"a", "b", "c"} }, 1, nil, groups, 6},
		"few groups": {func(i int) []string {
			if i == 0 {
				return []string{"own 0", "x", "hidden"}
			}
			return []string{fmt.Sprint("own ", i), "x"}
		}, 2, func(_ *intel.Remote, tag intel.RemoteTag) bool { return tag.Name == "hidden" }, 1, 5},
	} {
		sim := tcsim.New(tcsim.Config{})
		var remotes []*intel.Remote
		for i := range groups {
			tags := c.tags(i)
			r := &intel.Remote{Kind: intel.KindGroup}
			r.ID = sim.AddGroup(tcsim.Group{Type: "Threat", Name: fmt.Sprint("G", i), Owner: tcsim.DemoOrganization, Tags: tags})
			for _, tag := range tags[:c.shown] {
				r.Tags = append(r.Tags, intel.RemoteTag{Name: tag})
			}
			remotes = append(remotes, r)
		}
		cut, err := simulated(t, sim).Complete(t.Context(), intel.ListTags, remotes, c.matters)
		if err != nil || len(cut) != c.cut {
			t.Errorf("%s: %d groups changed, want %d; %v", name, len(cut), c.cut, err)
		}
		for _, r := range cut {
			if len(r.Tags) != 3 {
				t.Errorf("%s: group %d has %v", name, r.ID, r.Tags)
			}
		}
		if n := sim.Stats().Total; n > c.most {
			t.Errorf("%s: %d requests, want %d at most", name, n, c.most)
		}
	}
}
