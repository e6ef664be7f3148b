package baseline

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"tcimport/internal/intel"
)

// TestTextOfEarlierVersionsIsRead: reports, plans and journals of all versions have
// facts in this form.
func TestTextOfEarlierVersionsIsRead(t *testing.T) {
	at := intel.Attribute{Type: "Course of Action", Value: "v", Source: "feed", Pinned: intel.Yes, SecurityLabels: []string{"TLP:RED"}}
	status := &intel.FieldSpec{Name: "status", Values: []string{"New"}}
	want := New(append(AttributeWith(at.Type, at.Value, Parts(&at)), Name("One"), Scalar(status, "New"), Tag(intel.Tag{Name: "X"}), Label("TLP: RED"),
		Link(intel.KindGroup, 7), Link(intel.KindVictimAsset, 12).As(MaybeThere), Tag(intel.Tag{TechniqueID: "T1"}).As(MaybeGone))...)
	const column = "!tags=1072b2d32e0a ?associatedVictimAssets=#12 associatedGroups=#7 attribute:course_of_action=4c94485e0c21 " +
		"attribute:course_of_action.pinned=f3de613f33d4 attribute:course_of_action.securityLabels=27d5b52277f3 attribute:course_of_action.source=b4e373ea7c31 " +
		"name=8b12507783d5 securityLabels=f0550d0af6b3 status=11507a0e2f5e tags=2d711642b726"
	if got := want.String(); got != column {
		t.Errorf("written:\n%s\nwant:\n%s", got, column)
	}
	words := strings.Fields(column)
	slices.Reverse(words)
	if got := Parse(strings.Join(words, "\t\n")); !got.Equal(want) {
		t.Errorf("read:\n%s\nwant:\n%s", got, want)
	}
}

// TestWhatIsNoFactIsLeftOut: a person or another program may have edited a report.
func TestWhatIsNoFactIsLeftOut(t *testing.T) {
	const digest = "4c94485e0c21"
	for _, s := range []string{"x", "=" + digest, "name=", "name=" + digest[1:], "name=" + digest + "0", "name=+" + digest[1:], "name=#7", "associatedGroups=7",
		"associatedGroups=" + digest, "associatedGroups=#0", "associatedGroups=#-1", "associatedGroups=#99999999999999999999", "?", "?=#1", "name=4C94485E0C2g"} {
		if b := Parse(s); len(b) != 0 {
			t.Errorf("%s is read as %s", s, b)
		}
	}
}

// TestSavedOrderIsKept: a plan of an earlier version is the same text if it is
// written again, which its planId depends on.
func TestSavedOrderIsKept(t *testing.T) {
	const saved = `["tags=4c94485e0c21","name=4c94485e0c21","?associatedGroups=#10","associatedGroups=#9","attribute:a\u003cb.c=4c94485e0c21"]`
	var b Baseline
	if err := json.Unmarshal([]byte(saved), &b); err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(b); err != nil || string(again) != saved {
		t.Errorf("got %s, %v", again, err)
	}
	if b = New(b...); !slices.IsSortedFunc(b, compare) || !b.Has(Link(intel.KindGroup, 9)) {
		t.Errorf("not sorted: %s", b)
	}
}

// TestDoubt: what may be there is ours if it is there, and nobody's edit if it is
// not; what may be gone likewise.
func TestDoubt(t *testing.T) {
	f := Link(intel.KindGroup, 7)
	for _, c := range []struct {
		facts         []Fact
		surely, maybe bool
	}{
		{nil, false, false},
		{[]Fact{f}, true, true},
		{[]Fact{f.As(MaybeThere)}, false, true},
		{[]Fact{f, f.As(MaybeThere)}, true, true},
		{[]Fact{f, f.As(MaybeGone)}, false, true},
		{[]Fact{f.As(MaybeGone)}, false, false},
	} {
		b := New(c.facts...)
		if b.Surely(f) != c.surely || b.Maybe(f) != c.maybe || len(b.InDoubt()) != len(b.Where(func(f Fact) bool { return f.Doubt() != Sure })) {
			t.Errorf("%s: surely %t, maybe %t", b, b.Surely(f), b.Maybe(f))
		}
	}
}

// TestFactsAreSmall: 100,000 groups have near a million of them.
func TestFactsAreSmall(t *testing.T) {
	if size := unsafe.Sizeof(Fact{}); size > 16 {
		t.Errorf("a fact takes %d bytes", size)
	}
	var column strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&column, "associatedIndicators=#%d attribute:description=%012x ", i+1, i)
	}
	text := column.String()
	var b Baseline
	if allocs := testing.AllocsPerRun(5, func() { b = Parse(text) }); allocs > 100 {
		t.Errorf("%d facts take %v allocations", len(b), allocs)
	}
}

// TestRewritten: a tag of the instance stands for the one that a run has sent.
func TestRewritten(t *testing.T) {
	rw := Rewritten{"Old": "Main\nSecond"}
	for name, want := range map[string]bool{"main": true, "SECOND": true, "Old": true, "Other": false} {
		h := intel.RemoteTag{Name: name}
		if rw.IsTag(intel.Tag{Name: "Old"}, h) != want || slices.Contains(rw.Tag(h), Tag(intel.Tag{Name: "Old"})) != want {
			t.Errorf("%s: want %t", name, want)
		}
	}
	if more := rw.With(Rewritten{"Old": "New"}); more["Old"] != "New" || rw["Old"] == "New" {
		t.Errorf("got %v, and %v before", more, rw)
	}
}

// FuzzParse proves that what is read is written as it was read.
func FuzzParse(f *testing.F) {
	f.Add("name=cc2d32c9d5b0 name.storedAs=cc2d32c9d5b0123 ?associatedGroups=#7 !attribute:a.source=4c94485e0c21 x")
	f.Fuzz(func(t *testing.T, column string) {
		b := Parse(column)
		if again := Parse(b.String()); !again.Equal(b) {
			t.Errorf("%q is read as %q, and then as %q", column, b, again)
		}
	})
}
