package tcsim

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/testkit"
)

// TestLargeRandomWrites sends random writes, many of them bad in a late entry, and
// holds the state to its rules: a refused write changes nothing, links have two
// ends, and a state that was saved and loaded answers like the original.
func TestLargeRandomWrites(t *testing.T) {
	for seed := range uint64(testkit.Rounds(6)) {
		in := start(t, Config{})
		rnd := rand.New(rand.NewPCG(seed, 1))
		in.newCase()
		in.victim()
		refused := 0
		for range 150 {
			method, path, body := randomWrite(rnd)
			before := in.saved()
			if r := in.do(method, path, body); r.status >= 500 {
				t.Fatalf("%s: %d %s", r.what, r.status, r.body)
			} else if r.status >= 400 {
				refused++
				if after := in.saved(); after != before {
					t.Fatalf("seed %d: %s was refused (%s) but changed the state", seed, r.what, r.body)
				}
			}
		}
		if refused < 20 || refused > 130 {
			t.Errorf("seed %d: %d refused", seed, refused)
		}
		checkLinks(t, in)
		other := start(t, Config{})
		if err := other.Load(strings.NewReader(in.saved())); err != nil {
			t.Fatal(err)
		}
		for _, q := range []string{`hasGroup(id in (1,2,3,4,5))`, `hasIndicator(summary in ("h1.example","h2.example"))`, `hasTag(name="t1")`, `summary in ("n1","n2","n3")`, `id > 0`,
			`hasAttribute(text="v1")`, `hasCase(id=1) or hasVictim(id=1)`, `ownerName="Demo Source"`} {
			a, b := in.query("groups", q).want(200), other.query("groups", q).want(200)
			if a.body != b.body {
				t.Errorf("seed %d: %s:\n%s\n%s", seed, q, a.body, b.body)
			}
		}
	}
}

func randomWrite(rnd *rand.Rand) (method, path, body string) {
	pick := func(s ...string) string { return s[rnd.IntN(len(s))] }
	n := func() string { return itoa(int64(rnd.IntN(8) + 1)) }
	entry := map[string]func() string{
		"associatedGroups": func() string {
			return pick(`{"id":`+n()+`}`, `{"type":"Threat","name":"n`+n()+`"}`, `{"type":"Threat","name":"n","ownerId":2,"xid":"x`+n()+`"}`)
		},
		"associatedIndicators": func() string {
			return pick(`{"id":`+n()+`}`, `{"type":"Host","hostName":"h`+n()+`.example"}`, `{"type":"Host","hostName":"h`+n()+`.example","tags":{"data":[{"name":"t1"}]},"ownerId":2}`)
		},
		"associatedCases":        func() string { return pick(`{"id":1}`, `{"name":"c","severity":"Low","status":"Open"}`) },
		"associatedArtifacts":    func() string { return pick(`{"id":1}`, `{"caseId":1,"summary":"s","type":"Host"}`) },
		"associatedVictimAssets": func() string { return pick(`{"id":1}`, `{"victimId":1,"type":"Phone","phone":"1"}`) },
		"tags":                   func() string { return pick(`{"name":"t`+n()+`"}`, `{"techniqueId":"T1566"}`) },
		"attributes": func() string {
			return pick(`{"type":"Source","value":"v`+n()+`","default":true}`, `{"id":`+n()+`,"value":"v1"}`)
		},
		"securityLabels": func() string { return pick(`{"name":"TLP:RED"}`, `{"name":"TLP:GREEN"}`) },
	}
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(entry)) {
		if rnd.IntN(4) > 0 {
			continue
		}
		entries := []string{entry[key](), entry[key]()}
		if rnd.IntN(12) == 0 {
			entries = append(entries, `{"id":9999}`)
		}
		parts = append(parts, fmt.Sprintf(`%q:{"mode":%q,"data":[%s]}`, key, pick("append", "append", "replace", "delete"), strings.Join(entries, ",")))
	}
	lists := strings.Join(append(parts, `"name":"n`+n()+`"`), ",")
	switch rnd.IntN(8) {
	case 0, 1, 2:
		return "PUT", "/v3/groups/" + n(), "{" + lists + "}"
	case 3:
		return "DELETE", pick("/v3/groups/"+n(), "/v3/indicators/"+n(), "/v3/tags/"+n(), "/v3/groupAttributes/"+n()), ""
	case 4:
		return "POST", "/v3/indicators", `{"type":"Host","hostName":"h` + n() + `.example",` + strings.Join(append(parts, `"rating":2`), ",") + "}"
	}
	return "POST", "/v3/groups" + pick("", "?owner=Demo%20Source"), `{"type":"Incident","xid":"x` + itoa(int64(rnd.IntN(40))) + `",` + lists + "}"
}

// checkLinks: every link has two ends and every index holds what exists.
func checkLinks(t *testing.T, in *instance) {
	t.Helper()
	for k := range kindCount {
		tab := in.st.tables[k]
		if !slices.IsSortedFunc(tab.order, func(a, b *object) int { return int(a.id - b.id) }) {
			t.Errorf("kind %d is not sorted", k)
		}
		for o := range in.st.all(k) {
			for _, other := range o.links {
				if in.st.get(other.kind, other.id) != other || other.parent != o && !other.links.has(o) {
					t.Errorf("%d/%d is linked to %d/%d on one side only", k, o.id, other.kind, other.id)
				}
			}
			if o.parent != nil && !o.parent.links.has(o) {
				t.Errorf("%d/%d is not among the children", k, o.id)
			}
			if !isAttribute(o.kind) && !tab.byName.find(fold(o.name)).has(o) {
				t.Errorf("%d/%d is not found by name", k, o.id)
			}
			if o.xid != "" && !tab.byXID.find(fold(o.xid)).has(o) {
				t.Errorf("%d/%d is not found by xid", k, o.id)
			}
		}
		for name := range tab.byName.first {
			for _, o := range tab.byName.find(name) {
				if tab.get(o.id) != o || fold(o.name) != name {
					t.Errorf("the index of kind %d has %q for %d", k, name, o.id)
				}
			}
		}
	}
}
