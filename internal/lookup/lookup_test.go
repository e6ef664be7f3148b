package lookup_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

func many(n int, format string) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(format, i))
	}
	return strings.Join(out, ", ")
}

// TestGroupsPagedOrAsked: few of many groups are asked for, many of few are
// paged through, and what is found is the same.
func TestGroupsPagedOrAsked(t *testing.T) {
	text := `groups: [` + many(30, "{key: k%[1]d, type: Threat, name: Threat %[1]d, tags: []}") + `]`
	for _, c := range []struct {
		name   string
		others int
		most   int // requests
	}{
		{"alone", 0, 2},
		{"among many", 9000, 2},
		{"among far more", 21000, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := start(t)
			var want []int64
			for i := range 30 {
				g := tcsim.Group{Type: "Threat", Name: fmt.Sprint("Threat ", i), Owner: tcsim.DemoOrganization, Tags: []string{"x"}}
				g.DateAdded = time.Now().Add(-time.Hour)
				if i%3 == 0 {
					g.Name, g.XID = "renamed", intel.DerivedXID("", tcsim.DemoOrganization, fmt.Sprint("k", i))
				}
				want = append(want, e.sim.AddGroup(g))
			}
			for i := range c.others {
				e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: fmt.Sprint("Other ", i), Owner: tcsim.DemoOrganization})
			}
			im := e.manifest(text)
			inv := e.find(lookup.OfImport(im, nil, nil))
			sameIDs(t, "groups", inv.Groups, want)
			for _, r := range inv.Groups {
				if len(r.Tags) != 1 || r.Tags[0].Name != "x" {
					t.Errorf("group %d has the tags %v, want x", r.ID, r.Tags)
				}
			}
			if n := e.sim.Stats().Total; n > c.most {
				t.Errorf("%d requests, want %d at most: %v", n, c.most, e.sim.Stats().ByRoute)
			}
		})
	}
}

// Groups that are few among very many are asked for by name and xid.
func TestGroupsAsked(t *testing.T) {
	e := start(t)
	for i := range 41000 {
		g := tcsim.Group{Type: "Threat", Name: fmt.Sprint("Other ", i), Owner: tcsim.DemoOrganization}
		if i == 20000 {
			g.Name = "One"
		}
		if i == 30000 {
			g.XID = intel.DerivedXID("", tcsim.DemoOrganization, "b")
		}
		e.sim.AddGroup(g)
	}
	e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "One", Owner: tcsim.DemoCommunity})
	e.sim.AddGroup(tcsim.Group{Type: "Incident", Name: "One", Owner: tcsim.DemoOrganization})
	inv := e.find(lookup.OfImport(e.manifest(`groups: [{key: a, type: Threat, name: One}, {key: b, type: Threat, name: Two}]`), nil, nil))
	var got []string
	for _, r := range inv.Groups {
		got = append(got, r.Owner+"/"+r.Type+"/"+r.Name)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"Demo Organization/Threat/One", "Demo Organization/Threat/Other 30000"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if st := e.sim.Stats(); st.Total > 4 {
		t.Errorf("%d requests: %v", st.Total, st.ByRoute)
	}
}

// TestIndicators: a thousand existing indicators cost few requests.
func TestIndicators(t *testing.T) {
	e := start(t)
	for i := range 1000 {
		e.sim.AddIndicator(tcsim.Indicator{Type: "Address", Summary: fmt.Sprintf("192.0.%d.%d", i/250, i%250), Owner: tcsim.DemoOrganization})
	}
	for i := range 45000 { // too many to page through
		e.sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: fmt.Sprintf("h%d.example", i), Owner: tcsim.DemoSource})
	}
	var refs []string
	for i := range 1000 {
		refs = append(refs, fmt.Sprintf("Address:192.0.%d.%d", i/250, i%250))
	}
	im := e.manifest(`groups: [{key: a, type: Threat, name: One, associatedIndicators: [` + strings.Join(refs, ", ") + `]}]`)
	inv := e.find(lookup.OfImport(im, nil, nil))
	for i, found := range inv.Objects {
		if len(found) != 1 || found[0].Name != im.Objects[i].Summary {
			t.Fatalf("%s: %d found", im.Objects[i].Summary, len(found))
		}
	}
	if st := e.sim.Stats(); st.Total > 20 {
		t.Errorf("%d requests: %v", st.Total, st.ByRoute)
	}
}

// Indicators that a nested list of a group has shown are not looked up again.
func TestIndicatorsSeen(t *testing.T) {
	e := start(t)
	var ids []int64
	for i := range 200 {
		ids = append(ids, e.sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: fmt.Sprintf("h%d.example", i), Owner: tcsim.DemoOrganization}))
	}
	e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "One", Owner: tcsim.DemoOrganization, Associations: tcsim.Associations{AssociatedIndicators: ids}})
	im := e.manifest(`groups: [{key: a, type: Threat, name: One, associatedIndicators: [` + many(200, "Host:H%d.example") + `]}]`)
	inv := e.find(lookup.OfImport(im, nil, nil))
	for i, found := range inv.Objects {
		if len(found) != 1 || found[0].ID != ids[i] {
			t.Fatalf("%s: %v", im.Objects[i].Summary, found)
		}
	}
	if n := e.sim.Stats().ByRoute["GET /v3/indicators"]; n != 0 {
		t.Errorf("%d requests for indicators", n)
	}
}

// TestObjects: each kind is found by what names it, in its own place only.
func TestObjects(t *testing.T) {
	const md5, sha1, sha256 = "905AD8176A569A36421BF54C04BA7F95", "A52B6986D68CDFAC53AA740566CBEADE4452124E", "25BDABD23E349F5E5EA7890795B06D15D842BDE1D43135C361E755F748CA05D0"
	e := start(t)
	org := tcsim.DemoOrganization
	file := e.sim.AddIndicator(tcsim.Indicator{Type: "File", Values: []string{md5, sha1, sha256}, Owner: org})
	inactive := e.sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: "inactive.example", Owner: org, Fields: map[string]any{"active": false}})
	far := e.sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: "far.example", Owner: tcsim.DemoSource})
	mutex := e.sim.AddIndicator(tcsim.Indicator{Type: "Mutex", Summary: "Global\\X", Owner: org})
	subject := e.sim.AddIndicator(tcsim.Indicator{Type: "Email Subject", Summary: "Hello You", Owner: org})
	key := e.sim.AddIndicator(tcsim.Indicator{Type: "Registry Key", Values: []string{`HKEY_LOCAL_MACHINE\Software\X`, "v", "REG_SZ"}, Owner: org})
	kase := e.sim.AddCase(tcsim.Case{Name: "Phishing", Owner: org, XID: "case-xid-0001"})
	artifact := e.sim.AddArtifact(tcsim.Artifact{CaseID: kase, Type: "Email Address", Summary: "a@b.example"})
	victim := e.sim.AddVictim(tcsim.Victim{Name: "V", Owner: org})
	asset := e.sim.AddVictimAsset(tcsim.VictimAsset{VictimID: victim, Type: "EmailAddress", Value: "a@b.example"})
	for _, c := range []struct {
		ref  string
		want int64 // 0 for nothing
	}{
		{"associatedIndicators: [{type: File, md5: " + strings.ToLower(md5) + "}]", file},
		{"associatedIndicators: [{type: File, sha1: " + sha1 + "}]", file},
		{"associatedIndicators: [{type: File, sha256: " + sha256 + "}]", file},
		{"associatedIndicators: [{type: File, sha1: " + sha1 + ", sha256: " + sha256 + "}]", file},
		{"associatedIndicators: [{type: File, sha1: " + strings.Replace(sha1, "A", "B", 1) + "}]", 0},
		{"associatedIndicators: [Host:inactive.example]", inactive},
		{fmt.Sprintf("associatedIndicators: ['#%d']", inactive), inactive},
		{fmt.Sprintf("associatedIndicators: ['#%d']", far), far},
		{"associatedIndicators: ['#987654']", 0},
		{"associatedIndicators: [Host:far.example]", 0},
		{"associatedIndicators: [{type: Host, summary: far.example, owner: Demo Source}]", far},
		{`associatedIndicators: ["Mutex:Global\\X"]`, mutex},
		{`associatedIndicators: ["Mutex:global\\x"]`, 0},
		{`associatedIndicators: ["Email Subject:Hello You"]`, subject},
		{`associatedIndicators: ["Email Subject:hello you"]`, 0},
		{`associatedIndicators: ["Registry Key:HKLM\\Software\\X : v : REG_SZ"]`, key},
		{"associatedCases: [{name: Other, xid: case-xid-0001, severity: Low, status: Open}]", kase},
		{"associatedCases: [{name: Phishing, xid: case-xid-0002, severity: Low, status: Open}]", 0},
		{fmt.Sprintf("associatedCases: [{id: %d}]", kase), kase},
		{fmt.Sprintf("associatedArtifacts: [{caseId: %d, type: Email Address, summary: a@b.example}]", kase), artifact},
		{"associatedArtifacts: [{caseXid: case-xid-0001, type: Email Address, summary: a@b.example}]", artifact},
		{fmt.Sprintf("associatedArtifacts: [{caseId: %d, type: Host, summary: a@b.example}]", kase), 0},
		{fmt.Sprintf("associatedArtifacts: [{caseId: %d, type: Email Address, summary: c@b.example}]", kase), 0},
		{fmt.Sprintf("associatedArtifacts: [{id: %d}]", artifact), artifact},
		{fmt.Sprintf("associatedVictimAssets: [{type: EmailAddress, address: a@b.example, victimId: %d}]", victim), asset},
		{fmt.Sprintf("associatedVictimAssets: [{type: EmailAddress, address: c@b.example, victimId: %d}]", victim), 0},
		{fmt.Sprintf("associatedVictimAssets: [{type: EmailAddress, address: a@b.example, victimId: %d}]", victim+1), 0},
		{fmt.Sprintf("associatedVictimAssets: [{id: %d}]", asset), asset},
	} {
		inv := e.find(lookup.OfImport(e.manifest("groups: [{key: a, type: Threat, name: One, "+c.ref+"}]"), nil, nil))
		var got int64
		if found := inv.Objects[0]; len(found) == 1 {
			got = found[0].ID
		} else if len(found) > 1 {
			t.Errorf("%s: %d found", c.ref, len(found))
		}
		if got != c.want {
			t.Errorf("%s: found %d, want %d", c.ref, got, c.want)
		}
		if elsewhere := inv.Elsewhere[0]; c.ref == "associatedIndicators: [Host:far.example]" && !slices.Equal(elsewhere, []string{"Demo Source"}) {
			t.Errorf("%s: elsewhere in %v", c.ref, elsewhere)
		}
	}
}

// TestReferences: groups that are only pointed at are found by all that names
// them.
func TestReferences(t *testing.T) {
	e := start(t)
	far := e.sim.AddGroup(tcsim.Group{Type: "Adversary", Name: "Far", XID: "far-xid", Owner: tcsim.DemoSource})
	near := e.sim.AddGroup(tcsim.Group{Type: "Adversary", Name: "Near", Owner: tcsim.DemoOrganization})
	for i := range 5 {
		e.sim.AddGroup(tcsim.Group{Type: "Adversary", Name: fmt.Sprint("Other ", i), Owner: tcsim.DemoSource})
	}
	for ref, want := range map[string]int64{
		fmt.Sprintf("'#%d'", far):                                 far,
		"{xid: far-xid, owner: Demo Source}":                      far,
		"{type: Adversary, name: Far, owner: Demo Source}":        far,
		"{type: Adversary, name: Near}":                           near,
		"{type: Adversary, name: Far}":                            0,
		"{xid: far-xid}":                                          0,
		"'#987654'":                                               0,
		fmt.Sprintf("'#%d', {type: Adversary, name: Near}", near): near,
	} {
		im := e.manifest("groups: [{key: a, type: Threat, name: One, associatedGroups: [" + ref + "]}]")
		inv := e.find(lookup.OfImport(im, nil, nil))
		var got int64
		for _, r := range inv.Groups {
			got = r.ID
		}
		if got != want || len(inv.Groups) > 1 {
			t.Errorf("%s: found %d of %d, want %d", ref, got, len(inv.Groups), want)
		}
	}
	ids := baseline.IDMap{"gone-from-the-manifest": {ID: far, Owner: tcsim.DemoSource}}
	if inv := e.find(lookup.OfImport(e.manifest(`groups: [{key: a, type: Threat, name: One}]`), ids, nil)); len(inv.Groups) != 1 || inv.Groups[0].ID != far {
		t.Errorf("a group of the id-map was not looked up: %v", inv.Groups)
	}
}

// sameIDs fails unless what was found has exactly the wanted IDs.
func sameIDs(t *testing.T, what string, found []*intel.Remote, want []int64) {
	t.Helper()
	var got []int64
	for _, r := range found {
		got = append(got, r.ID)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))); diff != "" {
		t.Errorf("%s, -want +found:\n%s", what, diff)
	}
}

// A group that lists do not show yet is asked for by its xid, if somebody knows
// that it may be there.
func TestDoubtful(t *testing.T) {
	for _, others := range []int{0, 3} {
		e := start(t, "list-delay=1000")
		im := e.manifest(`groups: [{key: a, type: Threat, name: One}]`)
		for i := range others {
			e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: fmt.Sprint("Other ", i), Owner: tcsim.DemoOrganization})
		}
		xid := im.Groups[0].ExpectedXID("")
		made, err := e.c.CreateGroup(t.Context(), intel.GroupWrite{Type: "Threat", Name: "One", XID: xid, Owner: tcsim.DemoOrganization}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if inv := e.find(lookup.OfImport(im, nil, nil)); len(inv.Groups) != 0 {
			t.Errorf("%d others: the instance shows it: the test proves nothing", others)
		}
		inv := e.find(lookup.OfImport(im, nil, map[string]int64{xid: 0}))
		sameIDs(t, fmt.Sprint(others, " others"), inv.Groups, []int64{made.ID})
	}
}

// TestListsThatLag: where a list shows that a run from elsewhere was at work a
// moment ago, the groups that it does not show are asked for one by one; where a
// report tells of them, or they are older, they are not.
func TestListsThatLag(t *testing.T) {
	for _, c := range []struct {
		name  string
		age   time.Duration
		known bool
		all   bool // are found
	}{
		{"just now", 10 * time.Second, false, true},
		{"an hour ago", time.Hour, false, false},
		{"just now, with its report", 10 * time.Second, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := start(t, "list-delay=1000")
			ids := baseline.IDMap{}
			var want []int64
			for i := range 7 {
				g := tcsim.Group{Type: "Threat", Name: fmt.Sprint("Threat ", i), Owner: tcsim.DemoOrganization,
					XID: intel.DerivedXID("", tcsim.DemoOrganization, fmt.Sprint("k", i))}
				g.DateAdded = time.Now().Add(-c.age)
				id := e.sim.AddGroup(g)
				want = append(want, id)
				if c.known {
					ids[fmt.Sprint("k", i)] = baseline.Group{ID: id}
				}
			}
			for i := 7; i < 10; i++ { // which lists do not show yet
				w := intel.GroupWrite{Type: "Threat", Name: fmt.Sprint("Threat ", i), Owner: tcsim.DemoOrganization,
					XID: intel.DerivedXID("", tcsim.DemoOrganization, fmt.Sprint("k", i))}
				made, err := e.c.CreateGroup(t.Context(), w, 0)
				if err != nil {
					t.Fatal(err)
				}
				if c.all {
					want = append(want, made.ID)
				}
			}
			im := e.manifest(`groups: [` + many(10, "{key: k%[1]d, type: Threat, name: Threat %[1]d}") + `]`)
			sameIDs(t, "groups", e.find(lookup.OfImport(im, ids, nil)).Groups, want)
		})
	}
}

// TestWrittenAndNotListed: a group that a report knows is found, though no list
// shows it yet: to create it again would double it.
func TestWrittenAndNotListed(t *testing.T) {
	e := start(t, "list-delay=1000")
	e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "Other", Owner: tcsim.DemoOrganization})
	im := e.manifest(`groups: [{key: a, type: Threat, name: One}]`)
	r, err := e.c.CreateGroup(t.Context(), intel.GroupWrite{Type: "Threat", Name: "One", XID: im.Groups[0].ExpectedXID(""), Owner: tcsim.DemoOrganization}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if inv := e.find(lookup.OfImport(im, baseline.IDMap{"a": {ID: r.ID, Owner: tcsim.DemoOrganization}}, nil)); len(inv.Groups) != 1 || inv.Groups[0].ID != r.ID {
		t.Errorf("found %v", inv.Groups)
	}
}

// TestListsThatEndEarly: what a list counts and does not show is asked for by name,
// xid or value. To take it for missing would make it a second time.
func TestListsThatEndEarly(t *testing.T) {
	e := start(t, "count=always")
	for i := range 60 {
		g := tcsim.Group{Type: "Threat", Name: fmt.Sprint("Threat ", i), Owner: tcsim.DemoOrganization}
		if i%2 == 0 {
			g.XID = intel.DerivedXID("", tcsim.DemoOrganization, fmt.Sprint("k", i))
		}
		e.sim.AddGroup(g)
	}
	const hosts = 420 // so many that to page through all indicators takes fewer requests
	for i := range hosts {
		e.sim.AddIndicator(tcsim.Indicator{Type: "Host", Values: []string{fmt.Sprintf("h%d.example", i)}, Owner: tcsim.DemoOrganization})
	}
	short := func(next http.Handler) http.HandlerFunc { // lists that no query selects from show one page of ten
		return func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			named := strings.Contains(q.Get("tql"), "summary")
			switch {
			case r.Method != http.MethodGet || r.ContentLength > 0 || named || q.Get("count") == "true":
			case q.Get("resultStart") != "" && q.Get("resultStart") != "0":
				fmt.Fprint(w, `{"data":[],"status":"Success"}`)
				return
			case q.Get("resultLimit") != "":
				q.Set("resultLimit", "10")
				r.URL.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
			}
			next.ServeHTTP(w, r)
		}
	}
	c, err := tc.New(tc.Config{BaseURL: "http://127.0.0.1/api", Credentials: tc.Credentials{Token: tcsim.DemoToken}, Transport: testkit.Transport{Handler: short(e.sim)}})
	if err != nil {
		t.Fatal(err)
	}
	e.c = c
	im := e.manifest(`groups: [` + many(59, "{key: k%[1]d, type: Threat, name: Threat %[1]d}") +
		`, {key: k59, type: Threat, name: Threat 59, associatedIndicators: [` + many(hosts, "'Host:h%d.example'") + `]}]`)
	inv := e.find(lookup.OfImport(im, nil, nil))
	found := 0
	for _, o := range inv.Objects {
		found += len(o)
	}
	if len(inv.Groups) != 60 || found != hosts || inv.Incomplete == "" {
		t.Errorf("%d groups of 60 and %d indicators of %d found (%s)", len(inv.Groups), found, hosts, inv.Incomplete)
	}
}
