package lookup_test

import (
	"fmt"
	"math/bits"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/reader"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// env is a simulated instance and a client of it.
type env struct {
	t   testing.TB
	sim *tcsim.Server
	c   *tc.Client
}

func start(t *testing.T, nameEqualsValue ...string) *env {
	t.Helper()
	var cfg tcsim.Config
	for _, s := range nameEqualsValue {
		if err := tcsim.ParseSwitch(&cfg.Switches, s); err != nil {
			t.Fatal(err)
		}
	}
	sim := tcsim.New(cfg)
	c, err := tc.New(tc.Config{BaseURL: "http://127.0.0.1/api", Credentials: tc.Credentials{Token: tcsim.DemoToken}, Transport: testkit.Transport{Handler: sim},
		Retry: tc.RetryPolicy{Tries: 2, Base: time.Microsecond}})
	if err != nil {
		t.Fatal(err)
	}
	return &env{t, sim, c}
}

func (e *env) manifest(text string) *intel.Import {
	e.t.Helper()
	m, problems := reader.Read([]string{"-"}, reader.Options{InputFormat: "yaml", Stdin: strings.NewReader(text)})
	if problems.Errors() > 0 {
		e.t.Fatal(problems)
	}
	im, problems := intel.Assemble(m, intel.Options{DefaultOwner: tcsim.DemoOrganization})
	if problems.Errors() > 0 {
		e.t.Fatal(problems)
	}
	return im
}

// find looks up w, and counts from there on.
func (e *env) find(w lookup.Wanted) *inventory.Inventory {
	e.t.Helper()
	e.sim.ResetStats()
	inv, err := lookup.Find(e.t.Context(), e.c, w, lookup.Options{Workers: 4})
	if err != nil {
		e.t.Fatal(err)
	}
	return inv
}

func (e *env) complete(im *intel.Import, inv *inventory.Inventory, policy plan.Policy) {
	e.t.Helper()
	e.sim.ResetStats()
	if err := lookup.Complete(e.t.Context(), e.c, im, inv, nil, policy, lookup.Options{}); err != nil {
		e.t.Fatal(err)
	}
}

// TestComplete: lists that an instance cuts are read page by page, and only
// these.
func TestComplete(t *testing.T) {
	const text = `
groups:
  - {key: a, type: Threat, name: A, associatedIndicators: [Host:h0.example, Host:h9.example]}
  - {key: b, type: Threat, name: B, associatedIndicators: [Host:h0.example]}
  - {key: c, type: Threat, name: C, associatedIndicators: [Host:new.example], associatedGroups: [d]}
  - {key: d, type: Threat, name: D, associatedIndicators: []}
  - {key: e, type: Threat, name: E}
`
	replaces := plan.DefaultPolicy()
	replaces.Associations = plan.Replace
	for _, c := range []struct {
		name   string
		cap    int
		policy plan.Policy
		want   []string // lists that are read, by group
	}{
		{"nothing cut", 0, plan.DefaultPolicy(), nil},
		{"cut", 5, plan.DefaultPolicy(), []string{"A"}},
		{"cut at one", 1, plan.DefaultPolicy(), []string{"A"}},
		{"nothing cut, replace", 0, replaces, []string{"A", "D"}},
		{"cut, replace", 5, replaces, []string{"A", "D"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := start(t, fmt.Sprintf("nested-cap=%d", c.cap))
			var all []int64
			for i := range 10 {
				all = append(all, e.sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: fmt.Sprintf("h%d.example", i), Owner: tcsim.DemoOrganization}))
			}
			links := map[string][]int64{"A": all, "B": all[:1], "C": nil, "D": all, "E": all}
			names := map[int64]string{}
			for _, name := range []string{"A", "B", "C", "D", "E"} {
				id := e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: name, Owner: tcsim.DemoOrganization, Associations: tcsim.Associations{AssociatedIndicators: links[name]}})
				names[id] = name
			}
			e.sim.Associate(tcsim.Ref{Kind: tcsim.KindGroup, ID: idOf(names, "C")}, tcsim.Ref{Kind: tcsim.KindGroup, ID: idOf(names, "D")})
			im := e.manifest(text)
			inv := e.find(lookup.OfImport(im, nil, nil))
			e.complete(im, inv, c.policy)
			got := map[string]bool{}
			read := 0
			for _, r := range inv.Groups {
				read += bits.OnesCount16(uint16(inv.Paged[r.ID]))
				if inv.Paged[r.ID].Has(intel.ListIndicators) {
					got[r.Name] = true
					if n := len(r.Linked(intel.KindIndicator)); n != 10 && r.Name != "C" && r.Name != "B" {
						t.Errorf("%s: %d links read", r.Name, n)
					}
				}
			}
			want := map[string]bool{}
			for _, name := range c.want {
				want[name] = true
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("lists read -want +got:\n%s", diff)
			}
			if n := e.sim.Stats().Total; n > read {
				t.Errorf("%d requests for %d lists", n, read)
			}
			p := compare.Make(compare.Input{Import: im, Found: inv, Policy: c.policy})
			removed := map[bool]int{true: 18}[c.policy.Associations == plan.Replace] // 8 of A, 10 of D
			if p.Summary.Removals != removed || p.Summary.Associations != 1 || p.Summary.New[intel.KindIndicator] != 1 {
				t.Errorf("%+v, want %d removals", p.Summary, removed)
			}
		})
	}
}

// Under replace a list that is as the manifest wants it, as far as it is shown,
// may have been cut, too, and then hides what has to go.
func TestCompleteHidden(t *testing.T) {
	replaces := plan.DefaultPolicy()
	replaces.Associations, replaces.Attributes = plan.Replace, plan.Replace
	for _, cap := range []int{0, 10} {
		e := start(t, fmt.Sprint("nested-cap=", cap))
		var hosts []int64
		var attributes []tcsim.Attribute
		for i := range 12 {
			hosts = append(hosts, e.sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: fmt.Sprintf("h%d.example", i), Owner: tcsim.DemoOrganization}))
			attributes = append(attributes, tcsim.Attribute{Type: "Aliases", Value: fmt.Sprint("v", i)})
		}
		e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "A", Owner: tcsim.DemoOrganization, Attributes: attributes,
			Associations: tcsim.Associations{AssociatedIndicators: hosts}})
		e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "B", Owner: tcsim.DemoOrganization, Associations: tcsim.Associations{AssociatedIndicators: hosts[:1]}})
		im := e.manifest(`groups: [{key: a, type: Threat, name: A, associatedIndicators: [` + many(10, "Host:h%d.example") +
			`], attributes: [` + many(10, "{type: Aliases, value: v%d}") + `]}, {key: b, type: Threat, name: B, associatedIndicators: [Host:h0.example]}]`)
		inv := e.find(lookup.OfImport(im, nil, nil))
		e.complete(im, inv, replaces)
		if n := e.sim.Stats().Total; n > 2 {
			t.Errorf("cap %d: %d requests", cap, n)
		}
		p := compare.Make(compare.Input{Import: im, Found: inv, Policy: replaces})
		if a := p.Actions[0]; len(a.Changes) != 2 || p.Summary.Removals != 2 {
			t.Errorf("cap %d: %d attributes and %d associations go, want 2 of each", cap, len(a.Changes), p.Summary.Removals)
		}
	}
}

func idOf(names map[int64]string, name string) int64 {
	for id, n := range names {
		if n == name {
			return id
		}
	}
	return 0
}

// TestOfPlan: what a saved plan was made from is found again by the plan alone.
func TestOfPlan(t *testing.T) {
	const text = `
groups:
  - {key: a, type: Incident, name: Renamed, status: Open, firstSeen: 2020-01-01, tags: [x], securityLabels: [TLP:RED], attributes: [{type: Description, value: d}],
     associatedGroups: [{type: Adversary, name: Far, owner: Demo Source}], associatedIndicators: [Host:h0.example, Host:h8.example, Host:new.example]}
  - {key: new, type: Threat, name: New, associatedGroups: [a], associatedCases: [{name: P, xid: case-xid-0001, severity: Low, status: Open}]}
  - {key: adopted, type: Threat, name: Adopted, tags: []}
  - {key: stuck, type: Threat, name: Stuck}
`
	for _, switches := range [][]string{nil, {"nested-cap=3"}} {
		e := start(t, switches...)
		var hosts []int64
		for i := range 9 {
			hosts = append(hosts, e.sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: fmt.Sprintf("h%d.example", i), Owner: tcsim.DemoOrganization}))
		}
		e.sim.AddGroup(tcsim.Group{Type: "Incident", Name: "Was", XID: intel.DerivedXID("", tcsim.DemoOrganization, "a"), Owner: tcsim.DemoOrganization,
			Tags: []string{"y"}, Fields: map[string]any{"status": "New", "firstSeen": "2019-01-01T00:00:00Z"}, SecurityLabels: []string{"TLP:GREEN"},
			Attributes: []tcsim.Attribute{{Type: "Description", Value: "old"}}, Associations: tcsim.Associations{AssociatedIndicators: hosts}})
		e.sim.AddGroup(tcsim.Group{Type: "Adversary", Name: "Far", Owner: tcsim.DemoSource})
		e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "Adopted", Owner: tcsim.DemoOrganization})
		e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "Stuck", Owner: tcsim.DemoOrganization})
		e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "Stuck", Owner: tcsim.DemoOrganization})
		im := e.manifest(text)
		inv := e.find(lookup.OfImport(im, nil, nil))
		e.complete(im, inv, plan.DefaultPolicy())
		p := compare.Make(compare.Input{Import: im, Found: inv, Policy: plan.DefaultPolicy()})
		again := e.find(lookup.OfPlan(p, nil))
		if stale := compare.FindStale(p, again, nil); len(stale) > 0 {
			t.Errorf("%v: nothing has changed, but %s: %s", switches, stale[0].Action.Key, stale[0].Why)
		}
		if diff := cmp.Diff(inv.Paged, again.Paged); diff != "" || switches != nil && len(inv.Paged) == 0 {
			t.Errorf("%v: lists read page by page, -for the import +for the plan:\n%s", switches, diff)
		}
		now := inventory.NewIndex(again.Groups)
		for _, r := range inv.Groups {
			if diff := cmp.Diff(r.Links, now.ByID[r.ID].Links); inv.Paged[r.ID] != 0 && diff != "" {
				t.Errorf("%v: %s: associations, -for the import +for the plan:\n%s", switches, r.Name, diff)
			}
		}
		if len(inv.Objects) != len(again.Objects) {
			t.Fatalf("%d objects for the import, %d for the plan", len(inv.Objects), len(again.Objects))
		}
		for i := range inv.Objects {
			var ids []int64
			for _, r := range inv.Objects[i] {
				ids = append(ids, r.ID)
			}
			sameIDs(t, im.Objects[i].Written+" for the plan", again.Objects[i], ids)
		}
	}
}
