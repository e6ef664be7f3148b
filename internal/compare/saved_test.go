package compare_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/baseline"
	"tcimport/internal/golden"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// everything is a scene with something of all that a plan can hold.
func everything() scene {
	return scene{
		manifest: `
groups:
  - {key: new, type: Incident, name: "New <&> \u2028 ünï", status: New, tags: [x, {techniqueId: T1566}], securityLabels: [TLP:RED],
     attributes: [{type: Description, value: "<b>", source: s}], associatedGroups: [old, "#9"],
     associatedIndicators: [{type: Host, summary: new.example, rating: 3}, "#7"], associatedCases: [{name: Phishing, severity: Low, status: Open}]}
  - {key: old, type: Threat, name: Renamed, tags: [y], attributes: [{type: Aliases, value: v}], associatedGroups: []}
  - {key: stuck, type: Threat, name: Stuck, tags: [z], associatedGroups: [new]}
  - {key: same, type: Threat, name: Same}
`,
		groups: []*intel.Remote{group(1, "Threat", "Old", ours("old"), tags("theirs"), attribute(11, "Aliases", "w"), linked(intel.KindGroup, 8)),
			group(2, "Threat", "Stuck"), group(3, "Threat", "Stuck"), group(4, "Threat", "Same", ours("same")), group(5, "Threat", "left", ours("left")),
			group(6, "Threat", "gone", ours("gone")), group(9, "Adversary", "Far")},
		objects: []*intel.Remote{object(intel.KindIndicator, 7, "Host", "old.example")},
		ids: baseline.IDMap{"gone": {ID: 6, Type: "Threat", Name: "gone", Owner: org, Row: "map.csv:2"},
			"foreign": {ID: 9, Type: "Adversary", Name: "Far", Owner: org, Row: "map.csv:3"}},
		policy: func(p *plan.Policy) { replace(p); p.Prune, p.PruneMax = true, plan.Limit{N: 10} },
	}
}

func written(t testing.TB, p *plan.Plan) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	var indented bytes.Buffer // so that a test can change a line
	if err := json.Indent(&indented, b.Bytes(), "", "  "); err != nil {
		t.Fatal(err)
	}
	return indented.Bytes()
}

func TestRoundTrip(t *testing.T) {
	for name, s := range map[string]scene{"everything": everything(), "nothing": {manifest: "groups: []"}} {
		p := s.plan(t)
		data := written(t, p)
		back, err := plan.Read(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(string(data), string(written(t, back))); diff != "" {
			t.Errorf("%s: written again, -first +second:\n%s", name, diff)
		}
		if diff := cmp.Diff(shown(p), shown(back)); diff != "" {
			t.Errorf("%s: -made +read:\n%s", name, diff)
		}
		if !reflect.DeepEqual(back.Summary, p.Summary) {
			t.Errorf("%s: summary %+v, want %+v", name, back.Summary, p.Summary)
		}
	}
}

// TestDefinitionRoundTrip: what a new object is made from outlives a saved plan,
// under the names that the API has for it.
func TestDefinitionRoundTrip(t *testing.T) {
	for _, c := range []struct {
		o    intel.Object
		want string
	}{
		{intel.Object{Kind: intel.KindIndicator, Type: "File", Summary: "a : b", Owner: org, Details: &intel.Details{
			Values: []string{"a", "", "b"},
			Fields: intel.Fields{{Name: "confidence", Value: "80"}, {Name: "active", Value: "false"}, {Name: "rating", Value: "4.5"}, {Name: "firstSeen", Value: "2020-01-01T00:00:00Z"}},
			Tags:   []intel.Tag{{Name: "x"}, {TechniqueID: "T1566"}}, SecurityLabels: []string{"TLP:RED"},
			Attributes: []intel.Attribute{{Type: "Description", Value: "<d>", Source: "s", Default: intel.Yes}}}},
			`{"active":false,"attributes":[{"type":"Description","value":"<d>","source":"s","default":true}],"confidence":80,` +
				`"firstSeen":"2020-01-01T00:00:00Z","md5":"a","owner":"Demo Organization","rating":4.5,"securityLabels":["TLP:RED"],"sha256":"b",` +
				`"summary":"a : b","tags":[{"name":"x"},{"techniqueId":"T1566"}],"type":"File"}`},
		{intel.Object{Kind: intel.KindIndicator, Type: "Own Type", Summary: "x", Details: &intel.Details{Values: []string{"x", ""}}},
			`{"summary":"x","type":"Own Type","value1":"x","value2":""}`},
		{intel.Object{Kind: intel.KindIndicator, Type: "Host", Summary: "a.example", Details: &intel.Details{Values: []string{"a.example"}}},
			`{"hostName":"a.example","summary":"a.example","type":"Host"}`},
		{intel.Object{Kind: intel.KindCase, Summary: "P", Details: &intel.Details{Fields: intel.Fields{{Name: "severity", Value: "Low"}, {Name: "xid", Value: "123"}}}},
			`{"name":"P","severity":"Low","xid":"123"}`},
		{intel.Object{Kind: intel.KindArtifact, Type: "URL", Summary: "u", Details: &intel.Details{Fields: intel.Fields{{Name: "caseId", Value: "7"}}}},
			`{"caseId":7,"summary":"u","type":"URL"}`},
		{intel.Object{Kind: intel.KindVictimAsset, Type: "EmailAddress", Summary: "a@b.example", Details: &intel.Details{Fields: intel.Fields{{Name: "victimId", Value: "12"}}}},
			`{"address":"a@b.example","type":"EmailAddress","victimId":12}`},
		{intel.Object{Kind: intel.KindGroup, Type: "Tool", Summary: "T", Owner: org, Details: &intel.Details{Fields: intel.Fields{{Name: "xid", Value: "x"}}}},
			`{"name":"T","owner":"Demo Organization","type":"Tool","xid":"x"}`},
		{intel.Object{Kind: intel.KindIndicator, Type: "Host", Details: &intel.Details{Fields: intel.Fields{{Name: "rating", Value: "1e5x"}}}}, `{"rating":"1e5x","type":"Host"}`},
	} {
		if values := c.o.Values(); values != nil {
			c.o.SetValues(values)
		}
		o := plan.FullObject{Kind: c.o.Kind, State: plan.New, Definition: &c.o}.Object()
		data, err := o.MarshalJSON()
		if err != nil || !strings.Contains(string(data), `"definition":`+c.want) {
			t.Errorf("got %s (%v)\nwant %s", data, err, c.want)
		}
		var back plan.Object
		if err := back.UnmarshalJSON(data); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		slices.SortFunc(c.o.Fields(), func(a, b intel.Field) int { return strings.Compare(a.Name, b.Name) })
		if diff := cmp.Diff(&c.o, back.Definition); diff != "" {
			t.Errorf("%s: -written +read:\n%s", data, diff)
		}
	}
}

// TestNewObjectsAreCounted: a new case, artifact or asset is as much a part of
// the tally as an indicator.
func TestNewObjectsAreCounted(t *testing.T) {
	p := scene{manifest: `
groups:
  - {key: a, type: Threat, name: A, associatedIndicators: [Host:a.example], associatedCases: [{name: C, severity: Low, status: Open}],
     associatedArtifacts: [{caseId: 1, type: URL, summary: u}, {caseId: 1, type: URL, summary: v}],
     associatedVictimAssets: [{type: EmailAddress, address: a@b.example, victimId: 12}]}
`}.plan(t)
	if s := p.Summary; s.New[intel.KindIndicator] != 1 || s.New[intel.KindCase] != 1 || s.New[intel.KindArtifact] != 2 || s.New[intel.KindVictimAsset] != 1 {
		t.Errorf("%+v", s)
	}
}

// TestJSON holds the form of a plan that others read.
func TestJSON(t *testing.T) {
	golden.File(t, "everything.json", string(written(t, everything().plan(t))))
}

func TestEmptyPlanHasActions(t *testing.T) {
	if data := written(t, scene{manifest: "groups: []"}.plan(t)); !bytes.Contains(data, []byte(`"actions": []`)) {
		t.Errorf("no list of actions:\n%s", data)
	}
}

func TestPlanIsReproducible(t *testing.T) {
	want := string(written(t, everything().plan(t)))
	for range 20 {
		if got := string(written(t, everything().plan(t))); got != want {
			t.Fatalf("the same input, another plan:\n%s", cmp.Diff(want, got))
		}
	}
}

// TestTampered changes each scalar of a saved plan in turn.
func TestTampered(t *testing.T) {
	data := written(t, everything().plan(t))
	lines := strings.SplitAfter(string(data), "\n")
	for i, line := range lines {
		changed := tampered(line)
		if changed == "" {
			continue
		}
		text := strings.Join(lines[:i], "") + changed + strings.Join(lines[i+1:], "")
		if _, err := plan.Read(strings.NewReader(text)); err == nil {
			t.Errorf("line %d: not noticed:\n%s%s", i+1, line, changed)
		}
	}
}

// tampered is another value in a line `"name": value`.
func tampered(line string) string {
	name, value, ok := strings.Cut(line, `": `)
	value = strings.TrimRight(value, ",\n")
	switch {
	case !ok || strings.HasSuffix(value, "{") || strings.HasSuffix(value, "[") || value == "[]" || value == "{}":
		return ""
	case strings.HasPrefix(value, `"`):
		value = `"x` + value[1:]
	case value == "true":
		value = "false"
	case value == "false":
		value = "true"
	default:
		value = "9" + value
	}
	end := "\n"
	if strings.HasSuffix(line, ",\n") {
		end = ",\n"
	}
	return name + `": ` + value + end
}

func TestReadRefuses(t *testing.T) {
	good := string(written(t, scene{manifest: one}.plan(t)))
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "not a saved plan"},
		{"no JSON", "groups: []", "not a saved plan"},
		{"cut off", good[:len(good)/2], "not a saved plan"},
		{"two", good + good, "more than one"},
		{"something behind it", good + "x", "more than one"},
		{"another version", strings.Replace(good, `"version": 1`, `"version": 2`, 1), "has the version 2, this tcimport reads version 1: plan again"},
		{"a list", "[]", "not a saved plan"},
		{"null", "null", "not a saved plan"},
		{"a null among the actions", strings.Replace(good, `"actions": [`, `"actions": [null,`, 1), ""},
		{"an older version", strings.Replace(string(written(t, everything().plan(t))), `"definition": {`, `"definition": {"Kind": "indicator",`, 1),
			"saved by an older version of tcimport: plan again"},
		{"an action fewer", strings.Replace(good, `"key": "a"`, `"key": "b"`, 1), "changed after it was saved"},
	} {
		_, err := plan.Read(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

// FuzzRead reads anything without a panic. What passes as a plan is one: it
// says the same when it is written and read again, and can be counted.
func FuzzRead(f *testing.F) {
	f.Add(written(f, everything().plan(f)))
	f.Add(written(f, scene{manifest: one}.plan(f)))
	f.Add([]byte(`{"version":1,"planId":"x","actions":[{"action":"create","order":1}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := plan.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		if _, err := plan.Read(bytes.NewReader(written(t, p))); err != nil {
			t.Errorf("read, written, and not read again: %v", err)
		}
		for _, a := range p.Writers() {
			a.Requests()
		}
	})
}

// TestListedAssociationsAreCounted: in JSON the associations that have an op are those
// that the summary counts; the others are not made, and a saved plan still knows them.
func TestListedAssociationsAreCounted(t *testing.T) {
	skip := func(p *plan.Policy) { p.MissingIndicators = plan.MissingSkip }
	for name, s := range map[string]scene{
		"a conflict":         everything(),
		"missing indicators": {manifest: "groups: [{key: a, type: Threat, name: A, associatedIndicators: ['Host:a.example'], associatedGroups: [b]}, {key: b, type: Tool, name: B}]", policy: skip},
	} {
		t.Run(name, func(t *testing.T) {
			p := s.plan(t)
			data := written(t, p)
			var doc struct {
				Summary struct{ Associations, AssociationsRemoved int }
				Actions []struct{ Associations []struct{ Op, State string } }
			}
			if err := json.Unmarshal(data, &doc); err != nil {
				t.Fatal(err)
			}
			ops := map[string]int{}
			for _, a := range doc.Actions {
				for _, as := range a.Associations {
					ops[as.Op]++
				}
			}
			if ops["add"] != doc.Summary.Associations || ops["remove"] != doc.Summary.AssociationsRemoved || ops[""] == 0 {
				t.Errorf("%v, but the summary is %+v", ops, doc.Summary)
			}
			back, err := plan.Read(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			for i, a := range back.Actions {
				for j := range a.Associations {
					if diff := cmp.Diff(p.Actions[i].Associations[j].Full(), a.Associations[j].Full()); diff != "" {
						t.Errorf("-made +read:\n%s", diff)
					}
				}
			}
		})
	}
}

// TestSavedEntryByEntry: each action is a line of its own, and what the file leaves
// out is there again when it is read: the whole plan, as encoding/json writes it, is
// the same, and planId is the digest of that.
func TestSavedEntryByEntry(t *testing.T) {
	for name, s := range map[string]scene{"everything": everything(), "nothing": {manifest: "groups: []"}} {
		p := s.plan(t)
		var saved bytes.Buffer
		if err := p.Write(&saved); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(saved.String(), "\n{\"action\":"); n != len(p.Actions) {
			t.Errorf("%s: %d of %d actions begin a line", name, n, len(p.Actions))
		}
		back, err := plan.Read(&saved)
		if err != nil {
			t.Fatal(err)
		}
		whole := func(p *plan.Plan) string {
			data, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			return string(data)
		}
		if diff := cmp.Diff(whole(p), whole(back)); diff != "" {
			t.Errorf("%s: -made +read:\n%s", name, diff)
		}
		unnamed := *p
		unnamed.ID = ""
		sum := sha256.Sum256([]byte(whole(&unnamed) + "\n"))
		if want := hex.EncodeToString(sum[:8]); p.ID != want {
			t.Errorf("%s: planId %s, want %s", name, p.ID, want)
		}
	}
}
