package plan

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

// TestDamagedGzip: a compressed plan that is cut, damaged or followed by something is
// refused, and the message does not speak of a second document if there is none.
func TestDamagedGzip(t *testing.T) {
	p := &Plan{Version: Version, Actions: []*Action{{Verb: Create, Key: "k", Type: "Incident", Name: "N", Owner: "O"}}}
	p.Count()
	p.ID = p.digest()
	var b bytes.Buffer
	if err := p.WriteGzip(&b); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	if _, err := Read(bytes.NewReader(whole)); err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-6] ^= 1
	damaged := [][]byte{flipped, slices.Concat(whole, []byte("more"))}
	for n := range whole {
		damaged = append(damaged, whole[:n])
	}
	for _, data := range damaged {
		if _, err := Read(bytes.NewReader(data)); err == nil || strings.Contains(err.Error(), "more than one") {
			t.Errorf("%d of %d bytes: %v", len(data), len(whole), err)
		}
	}
	if _, err := Read(strings.NewReader(`{"version": 1} {}`)); err == nil || !strings.Contains(err.Error(), "more than one") {
		t.Errorf("two documents: %v", err)
	}
	if _, err := Read(strings.NewReader(`{"version": 1} }`)); err == nil || !strings.Contains(err.Error(), "more than one") {
		t.Errorf("something behind the document: %v", err)
	}
}

// endless is a text without an end.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}

// TestLongValuesEndTheReading: no value fills the memory, and a plan of many values is no
// long value.
func TestLongValuesEndTheReading(t *testing.T) {
	const most = 1 << 20
	long := &io.LimitedReader{R: io.MultiReader(strings.NewReader(`{"unknown": "`), endless{}), N: 16 << 20}
	if err := new(Plan).read(newDecoder(long, most)); err == nil || !strings.Contains(err.Error(), "more than 1 MB") || long.N < 8<<20 {
		t.Errorf("%v, all but %d bytes were read", err, long.N)
	}
	many := `{"actions": [` + strings.Repeat(`{"action":"create"},`, most/10) + `{}], "remembered": {` + strings.Repeat(`"k":{"type":"Tool"},`, most/10) + `"l":{}}}`
	var p Plan
	if err := p.read(newDecoder(strings.NewReader(many), most)); err != nil || len(p.Actions) != most/10+1 || p.IDMap["k"].Type != "Tool" || len(p.IDMap) != 2 {
		t.Errorf("%v, %d actions, %v", err, len(p.Actions), p.IDMap)
	}
}

// TestIsSavedReadsTheHead: what is no plan is known before it is in memory as a whole. A
// small compressed file can hold very much.
func TestIsSavedReadsTheHead(t *testing.T) {
	r := &io.LimitedReader{R: io.MultiReader(strings.NewReader(`{"text": "`), endless{}), N: 16 << 20}
	if IsSaved(r) || r.N < 8<<20 {
		t.Errorf("it is taken for a plan, or all but %d bytes were read", r.N)
	}
}
