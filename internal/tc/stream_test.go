package tc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"tcimport/internal/intel"
)

// A stream takes for a value what encoding/json takes for one, however the text
// arrives.
func TestStreamAgreesWithJSON(t *testing.T) {
	texts := []string{
		``, ` `, `{`, `{}`, `[]`, `{} `, `nul`, `null`, `nulL`, `true`, `false,`, `tru`, `-`, `-1`, `0`, `01`, `1.`, `1.5`, `1e`, `1e+`, `1e+5 `, `-0.0E-12]`, `.5`, `+1`,
		`""`, `"`, `"\`, `"\u12`, `"\u12g4"`, `"\u00E4\"\\\/\b\f\n\r\t"`, `"\x"`, "\"\x1f\"", "\"\x7f\xff\"", `"a" "b"`, `'a'`,
		`{"a":1,"b":[1,2,{"c":null}]}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{a:1}`, `{"a":1 "b":2}`, `{"a" 1}`, `[1,]`, `[,1]`, `[1 2]`, `[}`, `{]`, `[1`, "\xef\xbb\xbf{}",
		strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth), strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1),
		`{"long":"` + strings.Repeat("x", 3*readAhead) + `"}`, strings.Repeat(" ", 2*readAhead) + `[7]`,
	}
	for _, text := range texts {
		checkStream(t, []byte(text))
	}
}

func checkStream(t *testing.T, text []byte) {
	t.Helper()
	var want json.RawMessage
	bad := json.NewDecoder(bytes.NewReader(text)).Decode(&want)
	for _, r := range []io.Reader{bytes.NewReader(text), iotest.OneByteReader(bytes.NewReader(text)), iotest.DataErrReader(bytes.NewReader(text))} {
		got, err := newStream(r).value()
		if (err == nil) != (bad == nil) || err == nil && !bytes.Equal(got, want) {
			t.Errorf("%.60q: got %.60q, %v; encoding/json has %.60q, %v", text, got, err, want, bad)
		}
	}
}

// A long entry is scanned few times, however small the parts are in which it arrives.
func TestLongEntriesTakeFewScans(t *testing.T) {
	entry := `{"x":[` + strings.Repeat(`{"id":1234567,"type":"Host"},`, 10_000) + `1]}`
	s := newStream(iotest.OneByteReader(strings.NewReader(entry)))
	start := time.Now()
	if v, err := s.value(); err != nil || len(v) != len(entry) {
		t.Fatalf("%d bytes, %v", len(v), err)
	}
	if took := time.Since(start); took > 20*time.Second { // minutes, where each byte is a scan
		t.Errorf("%d bytes took %v", len(entry), took)
	}
}

// A list is read to its end, or it is an error.
func TestListsThatBreakOff(t *testing.T) {
	whole := `{"next":"n","data":[{"id":1},{"id":2}],"count":2,"status":"Success"}`
	for n := range len(whole) + 1 {
		ids := 0
		_, err := readList(answerOf(whole[:n]), nil, func(value) error { ids++; return nil })
		if (err == nil) != (n == len(whole)) || err == nil && ids != 2 {
			t.Errorf("%s: %d entries, %v", whole[:n], ids, err)
		}
	}
	for _, text := range []string{`[]`, `7`, `{"data":{}}`, `{"data":7}`, `{"data":[{} {}]}`, `{"data":[{},]}`, `{"data":[],}`, `{"data" []}`, `{"data":[]]`, `{1:[]}`} {
		if _, err := readList(answerOf(text), nil, func(value) error { return nil }); err == nil {
			t.Errorf("%s is a list", text)
		}
	}
}

// What is the end of several associations is one object, as long as answers say the same
// of it; an object that answers describe otherwise is another one.
func TestEndsAreShared(t *testing.T) {
	d := client(t, nil).newDecoder()
	links := func(text string) []*intel.Remote {
		t.Helper()
		r, err := d.remote(intel.KindGroup, value(`{"id":1,"associatedIndicators":[`+text+`],"associatedGroups":{"data":[`+text+`]}}`), 0)
		if err != nil {
			t.Fatal(err)
		}
		return r.Links
	}
	first := links(`{"id":7,"type":"Host","summary":"a.example"}`)
	again := links(`{"id":7,"type":"Host","summary":"a.example"},{"id":8,"type":"Host","summary":"a.example"}`)
	changed := links(`{"id":7,"type":"Host","summary":"b.example"}`)
	if first[0] == first[1] || first[0] != again[0] || first[1] != again[2] || first[0] == again[1] {
		t.Error("the wrong ends are shared")
	}
	if names := []string{first[0].Name, again[1].Name, changed[0].Name}; !slices.Equal(names, []string{"a.example", "a.example", "b.example"}) {
		t.Errorf("got %v", names)
	}
}

// Groups that are kept are there once: associations lead to the very group, unless they
// say something else of it.
func TestAssociationsLeadToGroups(t *testing.T) {
	for _, kept := range []bool{true, false} {
		d := client(t, nil).newDecoder()
		d.kept = kept
		group := func(id int, name, links string) *intel.Remote {
			t.Helper()
			r, err := d.remote(intel.KindGroup, value(fmt.Sprintf(`{"id":%d,"type":"Incident","name":%q,"ownerName":"O","tags":{},"associatedGroups":{"data":[%s]}}`, id, name, links)), 0)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		link := func(id int, name string) string {
			return fmt.Sprintf(`{"id":%d,"type":"Incident","name":%q,"ownerName":"O","webLink":"w"}`, id, name)
		}
		a := group(1, "A", link(2, "B"))
		b := group(2, "B", link(1, "A")+","+link(2, "B"))
		other := group(3, "C", link(1, "renamed"))
		if (a.Links[0] == b) != kept || (b.Links[0] == a) != kept || (b.Links[1] == b) != kept {
			t.Errorf("kept %v: associations do not lead to the groups", kept)
		}
		again := group(1, "A", "")
		if other.Links[0] == a || other.Links[0].Name != "renamed" || again == a || len(a.Links) != 1 {
			t.Errorf("kept %v: a group has become another one", kept)
		}
	}
}
