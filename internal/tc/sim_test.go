package tc_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// simulated is a client of an instance that somebody else has written after the
// same documents.
func simulated(t *testing.T, sim *tcsim.Server, change ...func(*tc.Config)) *tc.Client {
	t.Helper()
	cfg := tc.Config{
		BaseURL:     "https://sim.example/api",
		Credentials: tc.Credentials{AccessID: tcsim.DemoAccessID, SecretKey: tcsim.DemoSecretKey},
		Transport:   testkit.Transport{Handler: sim},
	}
	for _, f := range change {
		f(&cfg)
	}
	c, err := tc.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// oddities are what the documents leave open, one at a time: the client has to
// come to the same end with each.
var oddities = []tcsim.Switches{
	{}, {EmptyNested: "absent"}, {EmptyNested: "null"}, {EmptyNested: "data"}, {EmptyNested: "count"}, {OldShapes: true}, {IDsAsStrings: true},
	{VotesAsNumbers: true}, {Dates: "fraction"}, {Dates: "space"}, {Dates: "glued"}, {EventTypeCase: "upper"}, {OwnGroup: true}, {DefaultOrder: "name"},
	{Next: "foreign"}, {Next: "no-api"}, {Next: "relative"}, {Next: "absent"}, {Count: "missing"}, {Count: "always"}, {PutStatus: "201"},
	{NoErrCode: true}, {FailureStatus: true}, {FirstID: 9007199254740993}, {Inactive: "shown"}, {GetBody: "ignored"}, {GetBody: "refused"},
	{BodyNext: "bare"}, {BodyNext: "absent"}, {XIDCase: "insensitive"}, {SummaryCase: "sensitive"}, {MaxURL: 2000}, {TQLValues: 40}, {TQLValues: 40, TQLTimeout: "400"},
	{RateLimit: 20}, {RateLimit: 20, RetryAfter: "date"}, {RateLimit: 20, RetryAfter: "none"}, {Unavailable: 3}, {AuthFailure: "timestamp", AuthFor: 1}, {UnknownFields: "refused"}, {UnknownKeys: "refused"},
	{RequestDates: "strict"}, {PageLimit: 7},
}

func TestAgainstSimulator(t *testing.T) {
	for _, sw := range oddities {
		name, _ := json.Marshal(sw)
		t.Run(string(name), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { lifecycle(t, sw) })
		})
	}
}

// demoEvent is a group with something of most things.
func demoEvent() intel.GroupWrite {
	return intel.GroupWrite{
		Type: "Event", Name: `N "x" \ <ü>`, XID: "tcimport-1", Owner: tcsim.DemoCommunity,
		Fields:         intel.Fields{{Name: "eventDate", Value: "2021-11-03T00:00:00Z"}, {Name: "eventType", Value: "Breach"}, {Name: "firstSeen", Value: "2021-11-02T01:02:03Z"}},
		Tags:           []intel.Tag{{Name: "Targeted Attack"}, {TechniqueID: "T1566"}},
		SecurityLabels: []string{"TLP:AMBER"},
		Attributes:     []intel.RemoteAttribute{{Attribute: intel.Attribute{Type: "Description", Value: "d", Default: intel.No}}},
		Links: []intel.LinkWrite{
			{Kind: intel.KindIndicator, New: &intel.Object{Kind: intel.KindIndicator, Type: "Host", Summary: "bad.example", Owner: tcsim.DemoCommunity, Details: &intel.Details{Values: []string{"bad.example"}}}},
			{Kind: intel.KindCase, New: &intel.Object{Kind: intel.KindCase, Summary: "C", Details: &intel.Details{Fields: intel.Fields{{Name: "severity", Value: "Low"}, {Name: "status", Value: "Open"}, {Name: "xid", Value: "tcimport-case-1"}}}}},
		},
	}
}

const allLists = intel.ListAssociations | intel.ListTags | intel.ListAttributes | intel.ListSecurityLabels

// lifecycle makes a group, reads, changes and deletes it.
func lifecycle(t *testing.T, sw tcsim.Switches) {
	sim := tcsim.New(tcsim.Config{Switches: sw})
	c := simulated(t, sim)
	in := c.Describe()
	_, err := in.Read(t.Context(), tc.PartHome)
	must(t, err)
	if in.Organization != tcsim.DemoOrganization || len(in.Owners) != 3 || in.Owners[0].Permissions["permGroup"] == "" {
		t.Errorf("home %q, owners %+v", in.Organization, in.Owners)
	}
	made, err := c.CreateGroup(t.Context(), demoEvent(), allLists, "sightings")
	must(t, err)
	if len(made.Links) != 2 || made.Links[0].ID == 0 || !made.Lists.Has(intel.ListIndicators|intel.ListCases) {
		t.Errorf("made %+v", made)
	}
	if _, err := c.CreateGroup(t.Context(), demoEvent(), 0); !tc.IsExists(err) {
		t.Errorf("made twice: %v", err)
	}
	change(t, c, readBack(t, c, made.ID, sw), made)
	must(t, c.UpdateIndicator(t.Context(), made.Links[0].ID, &intel.Object{
		Kind: intel.KindIndicator, Details: &intel.Details{Fields: intel.Fields{{Name: "rating", Value: "4"}, {Name: "active", Value: "false"}}, Tags: []intel.Tag{{Name: "x"}}},
	}))
	lookup(t, c, sim)
	must(t, c.Delete(t.Context(), intel.KindGroup, made.ID))
	if err := c.Delete(t.Context(), intel.KindGroup, made.ID); !tc.IsNotFound(err) {
		t.Errorf("deleted twice: %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v (%s)", err, tc.Hint(err))
	}
}

func readBack(t *testing.T, c *tc.Client, id int64, sw tcsim.Switches) *intel.Remote {
	t.Helper()
	want := demoEvent()
	got, err := c.GroupByXID(t.Context(), want.Owner, want.XID, allLists, "sightings")
	must(t, err)
	event, _ := got.Fields.Get("eventDate")
	seen, _ := got.Fields.Get("firstSeen")
	if sw.Dates != "glued" && (event != "2021-11-03T00:00:00Z" || seen != "2021-11-02T01:02:03Z") {
		t.Errorf("dates %s, %s", event, seen)
	}
	if v, _ := got.Fields.Get("eventType"); got.ID != id || got.Name != want.Name || got.Owner != want.Owner || v != "Breach" || len(got.Tags) != 2 ||
		len(got.SecurityLabels) != 1 || len(got.Attributes) != 1 || !got.Lists.Has(allLists) {
		t.Errorf("got %+v", got)
	}
	if _, err := c.GroupByXID(t.Context(), want.Owner, "tcimport-2", 0); !tc.IsNotFound(err) {
		t.Errorf("got %v", err)
	}
	for kase, err := range c.Search(t.Context(), intel.KindCase, tc.Query{TQL: `xid = "tcimport-case-1"`}) {
		must(t, err)
		if kase.Name != "C" || kase.Owner != tcsim.DemoOrganization {
			t.Errorf("case %+v", kase)
		}
	}
	return got
}

func change(t *testing.T, c *tc.Client, was, made *intel.Remote) {
	t.Helper()
	_, err := c.UpdateGroup(t.Context(), intel.GroupWrite{
		ID: was.ID, Type: "Event", Name: "renamed", Fields: intel.Fields{{Name: "status", Value: "New"}},
		Tags: []intel.Tag{{Name: "Targeted Attack"}}, TagMode: intel.ModeDelete, SecurityLabels: []string{"TLP:RED"}, LabelMode: intel.ModeReplace,
		Attributes: []intel.RemoteAttribute{{ID: was.Attributes[0].ID}}, AttributeMode: intel.ModeDelete,
		Links: []intel.LinkWrite{{Kind: intel.KindIndicator, ID: made.Links[0].ID}}, LinkModes: map[intel.Kind]intel.Mode{intel.KindIndicator: intel.ModeDelete},
	}, 0)
	must(t, err)
	got, err := c.Group(t.Context(), was.ID, allLists)
	must(t, err)
	if got.Name != "renamed" || len(got.Tags) != 1 || len(got.Attributes) != 0 || len(got.SecurityLabels) != 1 || got.SecurityLabels[0].Name != "TLP:RED" ||
		len(got.Linked(intel.KindIndicator)) != 0 || len(got.Linked(intel.KindCase)) != 1 {
		t.Errorf("got %+v", got)
	}
}

// lookup finds objects in every way, hundreds of them at a time.
func lookup(t *testing.T, c *tc.Client, sim *tcsim.Server) {
	var values []string
	for i := range 400 {
		name := fmt.Sprintf("host-%03d.example", i)
		values = append(values, name)
		if i%2 == 0 {
			sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: name, Owner: tcsim.DemoCommunity, Fields: map[string]any{"active": i%4 == 0}})
		}
	}
	values = append(values, "bad.example")
	q := tc.QueryIn{Query: tc.Query{TQL: `typeName in ("Host") and ownerName in ("` + tcsim.DemoCommunity + `")`, Lists: intel.ListTags}, In: []tc.In{{Keyword: "summary", Values: values}}}
	found := map[string]bool{}
	for r, err := range c.SearchIn(t.Context(), intel.KindIndicator, q) {
		if err != nil {
			t.Fatal(err)
		}
		if found[r.Name] {
			t.Errorf("%s twice", r.Name)
		}
		found[r.Name] = r.Active
	}
	if len(found) != 201 || found["bad.example"] || !found["host-000.example"] || found["host-002.example"] {
		t.Errorf("%d found", len(found))
	}
	n := 0
	for _, err := range c.Search(t.Context(), intel.KindIndicator, tc.Query{Owner: tcsim.DemoCommunity, PageSize: 50}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 201 && sim.Switches().PageLimit == 0 {
		t.Errorf("%d listed", n)
	}
}

// Faults of every kind, over and over: nothing is lost, nothing is made twice.
func TestFaults(t *testing.T) {
	for seed := range 20 {
		synctest.Test(t, func(t *testing.T) {
			sim := tcsim.New(tcsim.Config{})
			sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
				k := (p.N*7919 + seed*104729 + int(p.Phase)*31) % 40
				if p.Phase == tcsim.AfterCommit && (k == 0 || k == 7) {
					return tcsim.Fault{} // who says these has done nothing
				}
				switch k {
				case 0:
					return tcsim.Fault{Status: 429, Header: http.Header{"Retry-After": {"2"}}}
				case 1:
					return tcsim.Fault{Status: 500}
				case 2:
					return tcsim.Fault{Drop: true}
				case 3:
					return tcsim.Fault{Status: 502, Body: "<html>"}
				case 4:
					return tcsim.Fault{Delay: 2 * time.Minute}
				case 5:
					return tcsim.Fault{Status: 503}
				case 6:
					return tcsim.Fault{NonJSON: true}
				case 7:
					return tcsim.Fault{Status: 401, Body: "Unauthorized"}
				}
				return tcsim.Fault{}
			})
			c := simulated(t, sim, func(cfg *tc.Config) { cfg.Rate = 50 })
			for i := range 40 {
				w := intel.GroupWrite{Type: "Threat", Name: fmt.Sprint(i), XID: fmt.Sprintf("x-%d", i), Owner: tcsim.DemoCommunity}
				_, err := c.CreateGroup(t.Context(), w, 0)
				for tc.IsInDoubt(err) {
					_, err = c.GroupByXID(t.Context(), w.Owner, w.XID, 0)
					if tc.IsNotFound(err) {
						_, err = c.CreateGroup(t.Context(), w, 0)
					}
				}
				if err != nil {
					t.Errorf("seed %d, %d: %v", seed, i, err)
				}
			}
			n := 0
			for _, err := range c.Search(t.Context(), intel.KindGroup, tc.Query{Owner: tcsim.DemoCommunity, PageSize: 7}) {
				if err != nil {
					t.Errorf("seed %d: %v", seed, err)
				}
				n++
			}
			if n != 40 || len(sim.Snapshot().Groups) != 40 {
				t.Errorf("seed %d: %d listed, %d made", seed, n, len(sim.Snapshot().Groups))
			}
			if got := sim.Stats().MaxPerSecond; got > 51 {
				t.Errorf("seed %d: %d requests in a second", seed, got)
			}
		})
	}
}

// Long queries go in bodies where the instance takes them.
func TestLongQueries(t *testing.T) {
	for mode, most := range map[string]int{"honoured": 12, "ignored": 400, "refused": 400} {
		sim := tcsim.New(tcsim.Config{Switches: tcsim.Switches{GetBody: mode}})
		var values []string
		for i := range 8000 {
			values = append(values, fmt.Sprintf("host-%05d.example", i))
			if i%10 == 0 {
				sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: values[i], Owner: tcsim.DemoCommunity})
			}
		}
		c := simulated(t, sim)
		q := tc.QueryIn{Query: tc.Query{TQL: `typeName in ("Host")`}, In: []tc.In{{Keyword: "summary", Values: values}}}
		sim.ResetStats()
		n := 0
		for _, err := range c.SearchIn(t.Context(), intel.KindIndicator, q) {
			if err != nil {
				t.Fatal(mode, err)
			}
			n++
		}
		if got := sim.Stats().Total; n != 800 || got > most {
			t.Errorf("%s: %d found with %d requests", mode, n, got)
		}
		t.Logf("%s: %d requests, %d said", mode, sim.Stats().Total, c.ChunkCount(intel.KindIndicator, q))
	}
}
