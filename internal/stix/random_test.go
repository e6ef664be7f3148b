package stix

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
	"tcimport/internal/manifest"
	"tcimport/internal/testkit"
)

// randomObjects are objects of all kinds, with properties of any kind, right or wrong,
// that refer to each other and to what is not there.
func randomObjects(r *rand.Rand) []string {
	values := []string{
		`"text"`, `"198.51.100.7"`, `"2026-01-02T03:04:05Z"`, `5`, `-1.5`, `true`, `null`, `[]`, `["a","b"]`, `[5]`, `{}`, `{"MD5":"x"}`,
		`{"MD5":"` + strings.Repeat("a", 32) + `"}`, `"[ipv4-addr:value = '198.51.100.7']"`, `"[file:hashes.MD5 = '` + strings.Repeat("b", 32) + `']"`,
		`"[a:b LIKE 'c']"`, `[{"kill_chain_name":"mitre-attack","phase_name":"text"}]`, `[{"source_name":"cve","external_id":"CVE-1"}]`,
		`[{"source_name":"s","url":"http://a.example/"}]`, `"yara"`, `{"0":{"type":"url","value":"http://a.example/"}}`, `"` + strings.Repeat("x", 300) + `"`,
	}
	var names []string
	for _, rule := range rules {
		names = append(names, rule.names...)
	}
	names = append(names, "value", "hashes", "key", "values", "number", "subject", "x_owl", "size")
	id := func() string {
		if r.IntN(4) == 0 {
			return fmt.Sprintf("relationship--%d", r.IntN(20))
		}
		few := []int{8, len(kinds)}[r.IntN(2)]
		return fmt.Sprintf("%s--%d", kinds[r.IntN(few)].name, r.IntN(3))
	}
	var out []string
	seen := map[string]bool{}
	once := r.IntN(2) == 0
	for range 5 + r.IntN(60) {
		o := map[string]json.RawMessage{}
		for range r.IntN(10) {
			o[names[r.IntN(len(names))]] = json.RawMessage(values[r.IntN(len(values))])
		}
		for _, name := range []string{"source_ref", "target_ref", "sighting_of_ref", "created_by_ref"} {
			if r.IntN(2) == 0 {
				o[name] = json.RawMessage(`"` + id() + `"`)
			}
		}
		for _, name := range []string{"object_refs", "observed_data_refs", "sample_refs", "object_marking_refs"} {
			if r.IntN(3) == 0 {
				o[name] = json.RawMessage(`["` + id() + `","` + id() + `"]`)
			}
		}
		own := id()
		if once && seen[own] {
			continue
		}
		seen[own] = true
		typ, _, _ := strings.Cut(own, "--")
		o["id"], o["type"] = json.RawMessage(`"`+own+`"`), json.RawMessage(`"`+typ+`"`)
		if typ == "indicator" && r.IntN(2) == 0 {
			o["pattern"] = json.RawMessage(`"[ipv4-addr:value IN ('198.51.100.7', '198.51.100.8') OR domain-name:value = 'a.example']"`)
			delete(o, "pattern_type")
		}
		var properties []string
		for name, value := range o { // in any order
			properties = append(properties, fmt.Sprintf("%q:%s", name, value))
		}
		out = append(out, "{"+strings.Join(properties, ",")+"}")
	}
	return out
}

// TestLargeRandomBundles: of whatever objects, each is carried or left out once, the
// manifest has no errors, and their order does not matter to it.
func TestLargeRandomBundles(t *testing.T) {
	for seed := range testkit.Rounds(400) {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		objects := randomObjects(r)
		opt := Options{Revoked: seed%2 == 0}
		run := func(objects []string) (string, []*intel.Group) {
			c := New(opt)
			if err := c.Read(strings.NewReader(bundle(objects...))); err != nil {
				t.Fatal(err)
			}
			m, l := c.Finish()
			if err := l.Check(); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if n := l.Total().In; n != len(objects) {
				t.Fatalf("seed %d: %d objects of %d", seed, n, len(objects))
			}
			groups, associations, _ := m.Count()
			var all []*intel.Group
			var yaml strings.Builder
			y := manifest.NewYAML(&yaml, manifest.Head{FirstLine: "x"})
			refs := 0
			for g := range m.Groups() {
				all, refs = append(all, g), refs+len(g.Refs)
				if err := y.Group(g); err != nil {
					t.Fatal(err)
				}
			}
			for _, i := range m.Alone() {
				y.Indicator(&i)
			}
			if err := y.Close(); err != nil {
				t.Fatal(err)
			}
			if len(all) != groups || refs != associations {
				t.Errorf("seed %d: %d groups of %d, %d associations of %d", seed, len(all), groups, refs, associations)
			}
			return yaml.String(), all
		}
		yaml, groups := run(objects)
		if errs := assembled(groups...); errs != nil {
			t.Errorf("seed %d: %q", seed, errs)
		}
		if distinct(objects) {
			for i := range objects {
				objects[i] = backwards(t, objects[i])
			}
			r.Shuffle(len(objects), func(i, j int) { objects[i], objects[j] = objects[j], objects[i] })
			if again, _ := run(objects); again != yaml {
				t.Errorf("seed %d: another order of objects and properties makes another manifest:\n%s\n=====\n%s", seed, yaml, again)
			}
		}
	}
}

// backwards is an object with its properties in the opposite order.
func backwards(t *testing.T, object string) string {
	properties, err := convert.Properties([]byte(object))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range slices.Backward(properties) {
		out = append(out, fmt.Sprintf("%q:%s", p.Name, p.Value))
	}
	return "{" + strings.Join(out, ",") + "}"
}

// distinct reports whether no two objects have one ID and one date: of those, the first
// counts.
func distinct(objects []string) bool {
	seen := map[string]bool{}
	for _, text := range objects {
		var o struct{ ID string }
		_ = json.Unmarshal([]byte(text), &o)
		if seen[o.ID] {
			return false
		}
		seen[o.ID] = true
	}
	return true
}
