package misp

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcimport/internal/convert"
	"tcimport/internal/golden"
	"tcimport/internal/manifest"
	"tcimport/internal/testkit"
)

// converted is a manifest and what was left out of it.
type converted struct {
	yaml                 string
	left                 string
	total                convert.Tally
	groups, edges, signs int
}

// convertAll converts inputs, which have to be readable.
func convertAll(t testing.TB, opt Options, inputs ...string) converted {
	t.Helper()
	c := New(opt)
	for _, in := range inputs {
		if err := c.Read(strings.NewReader(in)); err != nil {
			t.Fatal(err)
		}
	}
	return finished(t, c)
}

// finished ends a conversion, and holds the ledger to its sum.
func finished(t testing.TB, c *Converter) (out converted) {
	t.Helper()
	m, l := c.Finish()
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
	out.total = l.Total()
	out.groups, out.edges, out.signs = m.Count()
	var yaml, left strings.Builder
	y := manifest.NewYAML(&yaml, manifest.Head{FirstLine: "converted"})
	for g := range m.Groups() {
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
	for _, what := range l.Left() {
		fmt.Fprintln(&left, what)
		for _, c := range what.Cases {
			fmt.Fprintln(&left, "  "+c.String())
		}
	}
	out.yaml, out.left = yaml.String(), left.String()
	return out
}

func content(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestExamples: what becomes of each type of attribute, of the parts of an event, of a
// feed with its index, and of a galaxy.
func TestExamples(t *testing.T) {
	for _, c := range []struct {
		name   string
		inputs []string
	}{
		{"types", []string{"types.json"}},
		{"event", []string{"event.json"}},
		{"galaxy", []string{"galaxy.json"}},
		{"feed", []string{"feed/60000000-0000-4000-8000-000000000001.json", "feed/60000000-0000-4000-8000-000000000002.json", "feed/manifest.json"}},
	} {
		var inputs []string
		for _, name := range c.inputs {
			inputs = append(inputs, content(t, filepath.Join("testdata", name)))
		}
		got := convertAll(t, Options{}, inputs...)
		golden.File(t, c.name+".yaml", got.yaml)
		golden.File(t, c.name+".txt", got.left)
	}
}

// TestEachType: the example has an attribute of each type that is known.
func TestEachType(t *testing.T) {
	in := content(t, "testdata/types.json")
	for _, typ := range attributeTypes {
		for _, name := range typ.names {
			if !strings.Contains(in, fmt.Sprintf(`"type": %q`, name)) {
				t.Errorf("the example has no %s", name)
			}
		}
	}
}

// TestRealEvents: published events and galaxies are carried, and each object has one
// outcome.
func TestRealEvents(t *testing.T) {
	for _, c := range []struct {
		name                 string
		groups, edges, signs int
	}{
		{"event.json", 15, 80, 66},
		{"event-objects.json", 0, 0, 1},
		{"galaxy-exploit-kit.json", 53, 0, 0},
	} {
		got := convertAll(t, Options{}, content(t, filepath.Join(testkit.DataDir(t, "misp"), c.name)))
		if got.groups != c.groups || got.edges != c.edges || got.signs != c.signs {
			t.Errorf("%s: %d groups, %d associations, %d indicators", c.name, got.groups, got.edges, got.signs)
		}
	}
}

// event is an event with properties and attributes as JSON has them.
func eventOf(n, stamp int, more string, attributes ...string) string {
	return fmt.Sprintf(`{"Event":{"uuid":"e%d","info":"Event %d","timestamp":"%d","Attribute":[%s]%s}}`, n, n, stamp, strings.Join(attributes, ","), more)
}

func attributeOf(n int, typ, value, more string) string {
	return fmt.Sprintf(`{"uuid":"a%d","type":%q,"value":%q%s}`, n, typ, value, more)
}

// TestForms: events are found in every form in which MISP hands them over.
func TestForms(t *testing.T) {
	bare := `{"uuid":"e1","info":"x","Attribute":[` + attributeOf(1, "domain", "a.example", "") + `]}`
	event := `{"Event":` + bare + `}`
	of := `,"Event":{"uuid":"e1","info":"x","id":"7"}`
	for name, c := range map[string]struct {
		in                    string
		objects, groups, inds int
	}{
		"event":                   {event, 2, 1, 1},
		"bare event":              {bare, 2, 1, 1},
		"answer":                  {`{"response":[` + event + `]}`, 2, 1, 1},
		"answer, one event":       {`{"response":` + event + `}`, 2, 1, 1},
		"list":                    {"[" + event + "]", 2, 1, 1},
		"events in lines":         {event + "\n" + eventOf(2, 1, ""), 3, 2, 1},
		"empty answer":            {`{"response":[]}`, 0, 0, 0},
		"byte order mark":         {"\ufeff" + event, 2, 1, 1},
		"search for attributes":   {`{"response":{"Attribute":[` + attributeOf(1, "domain", "a.example", of) + "," + attributeOf(2, "domain", "b.example", of) + `]}}`, 2, 1, 2},
		"search, unknown event":   {`{"response":{"Attribute":[` + attributeOf(1, "domain", "a.example", "") + `]}}`, 1, 0, 1},
		"attribute":               {`{"Attribute":` + attributeOf(1, "domain", "a.example", of) + `}`, 1, 1, 1},
		"cluster":                 {`{"GalaxyCluster":{"uuid":"c1","type":"tool","value":"x"}}`, 1, 1, 0},
		"cluster file, type last": {`{"values":[{"uuid":"c1","value":"x"}],"type":"tool"}`, 1, 1, 0},
		"galaxy without clusters": {`{"type":"tool","name":"Tool","uuid":"c0","namespace":"misp"}`, 1, 0, 0},
	} {
		got := convertAll(t, Options{}, c.in)
		if got.total.In != c.objects || got.groups != c.groups || got.signs != c.inds {
			t.Errorf("%s: %d objects, %d groups, %d indicators\n%s", name, got.total.In, got.groups, got.signs, got.left)
		}
	}
}

// TestUnreadable: an input that is not of MISP, or not all of it, is an error that says
// what it is, behind which attribute.
func TestUnreadable(t *testing.T) {
	one := attributeOf(1, "domain", "a.example", "")
	for _, c := range []struct{ in, want string }{
		{"", "the file is empty"},
		{"<html>", "this is HTML or XML, not MISP in JSON"},
		{`{"type":"bundle","id":"bundle--1"}`, "this is of STIX, not MISP"},
		{`{"name":"denied","message":"denied","url":"x"}`, "this is not of MISP, but a message: denied"},
		{`{"a":1}`, `this is not of MISP: an object has no info, response or values, but "a"`},
		{`"text"`, `this is not of MISP, but the value "text"`},
		{`{"Event":5}`, `this is not of MISP, but the value "5"`},
		{`{"Event":{"info":"x","Attribute":[1]}}`, `a list of objects contains "1", which is no object`},
		{`{"Event":{"info":"x","Attribute":5}}`, `"5" is no object`},
		{`{"Event":{"info":"x","Attribute":[` + one + `,{"uuid":"a2`, `behind "a1": the file ends in the middle of an object: it is not complete`},
		{`{"Event":{"info":"x","Attribute":[` + one + `,{"value":NaN}]}}`, `behind "a1": this is not JSON: invalid character 'N' looking for beginning of value`},
		{`{"Event":{"info":"caf` + "\xe9" + `"}}`, `"info" contains a byte that is not UTF-8: convert the file to UTF-8 first, as with iconv -f WINDOWS-1252 -t UTF-8`},
		{strings.Repeat(`{"Event":`, 50) + "{}" + strings.Repeat("}", 50), "an object is nested too deeply"},
		{strings.Repeat(`[`, 50) + strings.Repeat("]", 50), "an object is nested too deeply"},
		{`{"Event":{"info":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}}`, "an object is nested too deeply"},
	} {
		err := New(Options{}).Read(strings.NewReader(c.in))
		if at, ok := errors.AsType[*convert.PlaceError](err); ok {
			err = at.Err
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%.60q: %v\nnot %s", c.in, err, c.want)
		}
	}
}

// endless is an attribute that does not end.
type endless struct{ begun bool }

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	if !e.begun {
		n = copy(p, `{"Event":{"Attribute":[{"value":"`)
		e.begun = true
	}
	for i := n; i < len(p); i++ {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestHugeAttribute: an attribute is not read without an end.
func TestHugeAttribute(t *testing.T) {
	err := New(Options{}).Read(&endless{})
	if err == nil || !strings.Contains(err.Error(), "an object has more than 32 MiB") {
		t.Error(err)
	}
}

// TestVersions: the newest version of an event is carried as a whole, in whatever order
// they are read; what was only in an older one is left out.
func TestVersions(t *testing.T) {
	older := eventOf(1, 1, "", attributeOf(1, "domain", "old.example", ""))
	newer := eventOf(1, 2, "", attributeOf(2, "domain", "new.example", ""))
	want := "left out: 1 attribute domain (there is a newer version of its event)\nleft out: 1 event (there is a newer version of it)\n"
	for _, inputs := range [][]string{{older, newer}, {newer, older}} {
		got := convertAll(t, Options{}, inputs...)
		if !strings.Contains(got.yaml, "Host:new.example") || strings.Contains(got.yaml, "old.example") || got.left != want {
			t.Errorf("%s\n%s", got.yaml, got.left)
		}
	}
	if got := convertAll(t, Options{}, newer, newer); !strings.Contains(got.left, "left out: 1 event (it is there more than once)") {
		t.Error(got.left)
	}
	if got := convertAll(t, Options{}, newer, eventOf(1, 2, "", attributeOf(2, "domain", "other.example", ""))); !strings.Contains(got.left, "left out: 1 event (it is there with other content and the same timestamp)\n  e1\n") {
		t.Error(got.left)
	}
}

// TestDeleted: what is deleted is left out, unless it is wanted; then it has a tag.
func TestDeleted(t *testing.T) {
	in := eventOf(1, 1, "", attributeOf(1, "domain", "gone.example", `,"deleted":true`))
	if got := convertAll(t, Options{}, in); got.signs != 0 || got.left != "left out: 1 attribute domain (deleted)\n" {
		t.Errorf("%+v", got)
	}
	if got := convertAll(t, Options{Revoked: true}, in); got.signs != 1 || !strings.Contains(got.yaml, "- deleted") {
		t.Errorf("%+v", got)
	}
}

// TestActive: an indicator is inactive if no attribute wants to detect it, in whatever
// order they are.
func TestActive(t *testing.T) {
	no, yes := attributeOf(1, "domain", "a.example", `,"to_ids":false`), attributeOf(2, "domain", "a.example", `,"to_ids":"1"`)
	for _, c := range []struct {
		in       string
		inactive bool
	}{
		{eventOf(1, 1, "", no), true}, {eventOf(1, 1, "", yes), false}, {eventOf(1, 1, "", no, yes), false}, {eventOf(1, 1, "", yes, no), false},
		{eventOf(1, 1, "", no) + eventOf(2, 1, "", yes), false},
	} {
		if got := convertAll(t, Options{}, c.in); strings.Contains(got.yaml, `active: "false"`) != c.inactive {
			t.Errorf("%s\nbecomes\n%s", c.in, got.yaml)
		}
	}
}

// TestClusterKeys: a cluster is one group, however it is named: with the key of its own
// UUID if that is known, and never of the UUID that all clusters of a galaxy share.
func TestClusterKeys(t *testing.T) {
	tagged := `,"Tag":[{"name":"misp-galaxy:tool=\"X\""}]`
	shared := `,"Galaxy":[{"type":"tool","GalaxyCluster":[{"uuid":"c0","type":"tool","value":"X","tag_name":"misp-galaxy:tool=\"X\""}]}]`
	own := `,"Galaxy":[{"type":"tool","GalaxyCluster":[{"uuid":"c1","collection_uuid":"c0","type":"tool","value":"X","tag_name":"misp-galaxy:tool=\"X\""}]}]`
	file := `{"type":"tool","values":[{"uuid":"c1","value":"X"}]}`
	for _, c := range []struct {
		inputs []string
		key    string
	}{
		{[]string{eventOf(1, 1, tagged)}, `misp-galaxy:tool="X"`},
		{[]string{eventOf(1, 1, shared)}, `misp-galaxy:tool="X"`},
		{[]string{eventOf(1, 1, own)}, "c1"},
		{[]string{eventOf(1, 1, tagged), eventOf(2, 1, own), eventOf(3, 1, shared)}, "c1"},
		{[]string{eventOf(1, 1, shared), file}, "c1"},
	} {
		got := convertAll(t, Options{}, c.inputs...)
		if strings.Count(got.yaml, "type: Tool") != 1 || !strings.Contains(got.yaml, "  - key: "+c.key+"\n") || got.edges == 0 {
			t.Errorf("%s\nbecomes\n%s", c.inputs, got.yaml)
		}
	}
}

// FuzzRead: no input breaks the conversion, and each object has one outcome.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"types", "event", "galaxy", "feed/manifest"} {
		f.Add(content(f, "testdata/"+name+".json"))
	}
	f.Add(eventOf(1, 1, `,"Tag":[5,{"name":6}],"Galaxy":[{"GalaxyCluster":[{}]}],"Object":[{"Attribute":[{}]}]`, attributeOf(1, "domain|ip", "|", `,"Tag":{}`)))
	f.Add(`{"response":{"Attribute":[{"Event":{"uuid":"e1"},"type":"text","value":"x"}]}}`)
	f.Add(`{"values":[{"related":[{"dest-uuid":"c1"}],"uuid":"c1","value":"x","meta":{"":[""],"a":{}}}],"type":"tool"}`)
	f.Fuzz(func(t *testing.T, in string) {
		c := New(Options{Revoked: len(in)%2 == 0})
		switch err := c.Read(strings.NewReader(in)); {
		case err == nil:
			finished(t, c)
		case err.Error() == "":
			t.Error("an error says nothing")
		}
	})
}
