package stix

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"tcimport/internal/convert"
	"tcimport/internal/testkit"
)

// bundle is a bundle of objects.
func bundle(objects ...string) string {
	return `{"type":"bundle","id":"bundle--1","objects":[` + strings.Join(objects, ",") + "]}"
}

// sdo is an object with a name, and with more properties as JSON has them.
func sdo(typ string, n int, more string) string {
	if more != "" {
		more = "," + more
	}
	return fmt.Sprintf(`{"type":%q,"id":"%s--%d","name":"N%d"%s}`, typ, typ, n, n, more)
}

func relation(n int, from, to string) string {
	return fmt.Sprintf(`{"type":"relationship","id":"relationship--%d","relationship_type":"uses","source_ref":%q,"target_ref":%q}`, n, from, to)
}

// TestForms: objects are found in every form in which STIX is handed over.
func TestForms(t *testing.T) {
	one, two := sdo("malware", 1, ""), sdo("tool", 2, "")
	for name, c := range map[string]struct {
		in   string
		want int
	}{
		"bundle":                   {bundle(one, two), 2},
		"bundle, type behind":      {`{"objects":[` + one + `],"type":"bundle"}`, 1},
		"empty bundle":             {`{"type":"bundle","id":"bundle--1"}`, 0},
		"list":                     {"[" + one + "," + two + "]", 2},
		"list of bundles":          {"[" + bundle(one) + "," + bundle(two) + "]", 2},
		"one object":               {one, 1},
		"objects in lines":         {one + "\n" + two + "\n", 2},
		"envelope of TAXII":        {`{"more":false,"objects":[` + one + `]}`, 1},
		"byte order mark":          {"\ufeff" + bundle(one), 1},
		"observed-data by itself":  {`{"type":"observed-data","id":"observed-data--1","objects":{"0":{"type":"url","value":"http://a.example/"}}}`, 1},
		"observed-data, type last": {`{"objects":{"0":{"type":"url","value":"http://a.example/"}},"type":"observed-data","id":"observed-data--1"}`, 1},
	} {
		if got := convertAll(t, Options{}, c.in); got.total.In != c.want {
			t.Errorf("%s: %d objects, not %d", name, got.total.In, c.want)
		}
	}
}

// TestUnreadable: an input that is no STIX, or not all of it, is an error that says what
// it is, behind which object.
func TestUnreadable(t *testing.T) {
	one := sdo("malware", 1, "")
	for _, c := range []struct{ in, want string }{
		{"", "the file is empty"},
		{" \n ", "the file is empty"},
		{"<!doctype html><html>", "this is HTML or XML, not STIX in JSON"},
		{`<stix:STIX_Package xmlns:stix="x">`, "this is STIX 1 in XML: convert it to STIX 2 first"},
		{"\xff\xfe{\x00", "this is UTF-16 or UTF-32: convert it to UTF-8 first, as with iconv -f UTF-16 -t UTF-8"},
		{"{\x00\"\x00", "this is UTF-16 or UTF-32: convert it to UTF-8 first, as with iconv -f UTF-16 -t UTF-8"},
		{"\x1f\x8b\x08", "this is compressed with gzip: unpack it first, or read it from gzip -dc through a pipe"},
		{`{"Event":{"info":"x"}}`, "this is of MISP, not STIX"},
		{`{"response":[{"Event":{}}]}`, "this is of MISP, not STIX"},
		{`[{"Event":{}}]`, "this is of MISP, not STIX"},
		{`{"values":[],"uuid":"x","name":"x"}`, "this is of MISP, not STIX"},
		{`{"error":"denied"}`, `this is no STIX, but an error: "denied"`},
		{`{"a":1}`, `this is no STIX: an object has no type, but "a"`},
		{`"text"`, `this is no STIX, but the value "text"`},
		{`[1]`, `the list contains "1", which is no STIX object`},
		{`{"type":"bundle","objects":[1]}`, `the list of objects contains "1", which is no object`},
		{`{"type":"malware","objects":[]}`, `an object of type "malware" has a list of objects, as only a bundle has`},
		{`{"type":"bundle","objects":[` + one, `behind "malware--1": the file ends in the middle of an object: it is not complete`},
		{`{"type":"bundle","objects":[` + one + `,{"type":"tool","id`, `behind "malware--1": the file ends in the middle of an object: it is not complete`},
		{`{"type":"bundle","objects":[` + one + `,{"confidence":NaN}]}`, `behind "malware--1": this is not JSON: invalid character 'N' looking for beginning of value`},
		{bundle(sdo("malware", 1, `"description":"caf`+"\xe9"+`"`)), `"description" contains a byte that is not UTF-8: convert the file to UTF-8 first, as with iconv -f WINDOWS-1252 -t UTF-8`},
		{bundle(sdo("malware", 1, `"x":`+strings.Repeat("[", 20000)+strings.Repeat("]", 20000))), "an object is nested too deeply"},
	} {
		err := New(Options{}).Read(strings.NewReader(c.in))
		if at, ok := errors.AsType[*convert.PlaceError](err); ok {
			if at.Offset < 0 || at.Offset > int64(len(c.in))+1 {
				t.Errorf("%.40q: byte %d", c.in, at.Offset)
			}
			err = at.Err
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%.40q: %v\nnot %s", c.in, err, c.want)
		}
	}
}

// endless is an object that does not end.
type endless struct{ begun bool }

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	if !e.begun {
		n = copy(p, `{"type":"bundle","objects":[{"type":"malware","id":"malware--1","description":"`)
		e.begun = true
	}
	for i := n; i < len(p); i++ {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestHugeObject: an object is not read without an end.
func TestLargeHugeObject(t *testing.T) {
	testkit.SkipUnderRace(t)
	err := New(Options{}).Read(&endless{})
	if err == nil || !strings.Contains(err.Error(), "an object has more than 32 MiB") {
		t.Error(err)
	}
}

// TestFaultyObjects: an object that is not as STIX has it is left out, and named; all
// others are carried.
func TestFaultyObjects(t *testing.T) {
	good := sdo("tool", 9, "")
	for _, c := range []struct{ in, want string }{
		{`{"type":"malware","name":"x"}`, "left out: 1 malware (it has no ID such as TYPE--UUID)\n  \n"},
		{`{"type":"malware","id":"tool--1","name":"x"}`, "left out: 1 malware (it has no ID such as TYPE--UUID)\n  tool--1\n"},
		{`{"type":"malware","id":"malware--` + strings.Repeat("1", 400) + `"}`, "left out: 1 malware (it has no ID"},
		{`{"type":"Mal ware","id":"x--1"}`, "left out: 1 object (its type is not one)\n  x--1: Mal ware\n"},
		{`{"type":"malware","id":"malware--1","name":"a","name":"b"}`, "left out: 1 malware (a property is there twice)\n  malware--1: name\n"},
		{`{"type":"malware","id":"malware--1","name":"` + strings.Repeat("x", 201) + `"}`, "left out: 1 malware (it is no valid group)\n  malware--1: name \"xxx"},
		{sdo("malware", 1, `"labels":5`), "left out: 1 malware.labels (it is not a list of texts)\n  malware--1: 5\n"},
		{sdo("malware", 1, `"description":{"a":1}`), "left out: 1 malware.description (it is not a text)\n"},
		{sdo("malware", 1, `"created":"yesterday"`), "left out: 1 malware.created (it is not a time such as 2021-11-03T14:30:00Z)\n  malware--1: \"yesterday\"\n"},
		{sdo("malware", 1, `"revoked":"maybe"`), "left out: 1 malware.revoked (it is neither true nor false)\n"},
		{sdo("malware", 1, `"external_references":[5]`), "left out: 1 malware.external_references (it does not have the form that STIX gives it)\n"},
		{sdo("malware", 1, `"labels":["`+strings.Repeat("y", 129)+`"]`), "left out: 1 malware.labels (it has more than 128 characters)\n"},
		{sdo("malware", 1, `"description":"`+strings.Repeat("y", 65536)+`"`), "left out: 1 malware.description (it has more than 65535 characters)\n"},
		{sdo("malware", 1, `"created_by_ref":"identity--1"`), "left out: 1 malware.created_by_ref (the identity is not in the input)\n"},
		{sdo("malware", 1, `"created_by_ref":"nobody"`), "left out: 1 malware.created_by_ref (it does not name an ID such as TYPE--UUID)\n"},
		{`{"type":"indicator","id":"indicator--1"}`, "left out: 1 indicator (it has no pattern)\n"},
		{`{"type":"indicator","id":"indicator--1","pattern":"[a"}`, "left out: 1 indicator (its pattern is not valid)\n  indicator--1: at character 3: the end is not expected here, but :\n"},
		{`{"type":"indicator","id":"indicator--1","pattern":"x","pattern_type":"kusto"}`, "left out: 1 indicator (there is no Signature for its pattern_type)\n  indicator--1: kusto\n"},
		{relation(1, "tool--9", "tool--9"), "left out: 1 relationship (both ends are one group)\n"},
		{`{"type":"relationship","id":"relationship--1"}`, "left out: 1 relationship (it has no two ends)\n"},
	} {
		got := convertAll(t, Options{}, bundle(c.in, good))
		if !strings.Contains(got.left, c.want) {
			t.Errorf("%.60s\nleaves out\n%s\nnot\n%s", c.in, got.left, c.want)
		}
		if !strings.Contains(got.yaml, "tool--9") {
			t.Errorf("%.60s: the other object is lost", c.in)
		}
	}
}

// TestVersions: the newest version of an object is carried, in whatever order and file
// they are.
func TestVersions(t *testing.T) {
	at := func(day int, more string) string {
		return fmt.Sprintf(`{"type":"malware","id":"malware--1","name":"Day %d","modified":"2026-01-%02dT00:00:00Z"%s}`, day, day, more)
	}
	for _, c := range []struct {
		inputs     []string
		want, left string
	}{
		{[]string{bundle(at(1, ""), at(2, ""))}, "name: Day 2", "left out: 1 malware (there is a newer version of it)\n"},
		{[]string{bundle(at(2, "")), at(1, "")}, "name: Day 2", "left out: 1 malware (there is a newer version of it)\n"},
		{[]string{at(2, ""), at(1, ""), at(3, "")}, "name: Day 3", "left out: 2 malware (there is a newer version of it)\n"},
		{[]string{at(1, ""), at(1, "")}, "name: Day 1", "left out: 1 malware (it is there more than once)\n"},
		{[]string{`{"id":"malware--1","type":"malware"}`, "{ \"type\" : \"malware\",\n\"id\":\"malware--1\" }"}, "malware--1", "left out: 1 malware (it is there more than once)\n"},
		{[]string{at(1, ""), at(1, `,"is_family":true`)}, "name: Day 1", "left out: 1 malware (it is there with other content and the same date of modification)\n  malware--1\n"},
		{[]string{at(1, ""), at(2, `,"revoked":true`)}, "groups: []", "left out: 1 malware (revoked)\nleft out: 1 malware (there is a newer version of it)\n"},
		{[]string{at(1, `,"revoked":true`), at(2, "")}, "name: Day 2", "left out: 1 malware (there is a newer version of it)\n"},
	} {
		got := convertAll(t, Options{}, c.inputs...)
		if !strings.Contains(got.yaml, c.want) || got.left != c.left {
			t.Errorf("%v\nbecomes\n%s\nand leaves out\n%s", c.inputs, got.yaml, got.left)
		}
	}
}

// TestRevoked: what is revoked or deprecated is left out with what refers to it, unless
// it is wanted; then it has a tag.
func TestRevoked(t *testing.T) {
	in := bundle(sdo("malware", 1, `"revoked":true`), sdo("tool", 2, `"x_mitre_deprecated":true`), sdo("campaign", 3, ""),
		relation(4, "campaign--3", "malware--1"), relation(5, "campaign--3", "tool--2"))
	got := convertAll(t, Options{}, in)
	want := "left out: 1 malware (revoked)\nleft out: 1 relationship (it refers to what is deprecated)\n" +
		"left out: 1 relationship (it refers to what is revoked)\nleft out: 1 tool (deprecated)\n"
	if got.left != want || got.groups != 1 || got.edges != 0 {
		t.Errorf("%+v\n%s", got, got.left)
	}
	got = convertAll(t, Options{Revoked: true}, in)
	if got.groups != 3 || got.edges != 2 || !strings.Contains(got.yaml, "- revoked") || !strings.Contains(got.yaml, "- deprecated") {
		t.Errorf("%+v", got)
	}
}

// FuzzRead: no input breaks the conversion, and each object has one outcome.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"specification", "stix20", "attack"} {
		f.Add(text(f, "testdata/"+name+".json"))
	}
	f.Add(bundle(sdo("malware", 1, `"labels":5,"external_references":[{"external_id":"a"}]`), relation(2, "malware--1", "malware--1")))
	f.Add(`[{"type":"x","id":"x--1"},[1]]`)
	f.Add(`{"objects":{"0":{"type":"file","hashes":{"MD5":5}}},"type":"observed-data","id":"observed-data--1"}`)
	f.Fuzz(func(t *testing.T, in string) {
		c := New(Options{Revoked: len(in)%2 == 0})
		if err := c.Read(strings.NewReader(in)); err != nil && !errors.Is(err, io.EOF) && err.Error() == "" {
			t.Error("an error says nothing")
		}
		finished(t, c)
	})
}
