package plan

import (
	"bytes"
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
