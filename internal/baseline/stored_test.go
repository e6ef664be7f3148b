package baseline

import (
	"testing"

	"tcimport/internal/intel"
)

// TestStoredOtherwise: a value that the instance stores otherwise is left as it is stored,
// and what was sent for it is known, of a field as of an attribute.
func TestStoredOtherwise(t *testing.T) {
	date := &intel.FieldSpec{Name: "eventDate", Kind: intel.Date}
	for _, c := range []struct{ sent, stored, other Fact }{
		{Name("a  b"), Name("a b"), Name("c")},
		{Scalar(date, "2020-01-01T00:00:00Z"), Scalar(date, "2020-01-01T01:00:00Z"), Scalar(date, "2020-01-02T00:00:00Z")},
		{Attribute("Course of Action", "R&D"), Attribute("Course of Action", "R&amp;D"), Attribute("Course of Action", "c")},
	} {
		b := Parse(New(Stored(c.sent, c.stored)...).With(c.other).String())
		if len(b) != 3 || b.Has(c.sent) || !b.Surely(c.sent) || !b.Maybe(c.stored) || !b.StoresAs(c.sent, c.stored) ||
			b.StoresAs(c.other, c.stored) || b.StoresAs(c.sent, c.other) || b.StoresAs(c.stored, c.stored) {
			t.Errorf("%s", b)
		}
		if got := b.Concerning([]Fact{c.sent}); !got.Equal(New(Stored(c.sent, c.stored)...)) {
			t.Errorf("concerning what was sent: %s", got)
		}
		if gone := b.With(c.stored.As(MaybeGone)); gone.Surely(c.sent) || !gone.Maybe(c.sent) {
			t.Errorf("what is stored may be gone: %s", gone)
		}
		without := b.Where(func(f Fact) bool { return f != c.stored }).WithoutOrphans()
		if !without.Equal(New(c.other)) || without.Surely(c.sent) {
			t.Errorf("what is stored is gone: %s", without)
		}
	}
	if got := Stored(Name("a"), Name(" a ")); len(got) != 1 {
		t.Errorf("kept as sent: %s", New(got...))
	}
}
