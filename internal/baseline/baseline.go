package baseline

import (
	"cmp"
	"slices"

	"tcimport/internal/intel"
)

// Baseline are the facts of a group, sorted, each once. A group without facts is one
// that no run has written.
type Baseline []Fact

// New is the baseline of facts.
func New(facts ...Fact) Baseline {
	b := Sorted(slices.Clone(facts))
	if cap(b) > len(b) { // there is one for each group
		b = append(make(Baseline, 0, len(b)), b...)
	}
	return b
}

// Sorted is the baseline of facts, which it takes over.
func Sorted(facts []Fact) Baseline {
	if !slices.IsSortedFunc(facts, compare) {
		slices.SortFunc(facts, compare)
	}
	return slices.Compact(facts)
}

func compare(f, g Fact) int {
	if f.about != g.about {
		return cmp.Or(-cmp.Compare(f.Doubt(), g.Doubt()), cmp.Compare(f.Field(), g.Field()))
	}
	return cmp.Compare(f.value, g.value)
}

// Find is the place of the fact in b, with its doubt, and whether it is there.
func (b Baseline) Find(f Fact) (int, bool) { return slices.BinarySearchFunc(b, f, compare) }

// Has reports whether the fact is in b, with its doubt.
func (b Baseline) Has(f Fact) bool {
	_, ok := b.Find(f)
	return ok
}

// Surely reports whether a run has set this, as it is or as the instance stores it, and
// none may have taken it away: if it is missing, somebody else has removed it.
func (b Baseline) Surely(f Fact) bool {
	is := func(f Fact) bool { return b.Has(f.As(Sure)) && !b.Has(f.As(MaybeGone)) }
	return is(f) || slices.ContainsFunc(b.stored(f.As(Sure)), func(f Fact) bool { return !f.IsStoredAs() && is(f) })
}

// Maybe reports whether a run may have set this: that it is there need not be an
// edit.
func (b Baseline) Maybe(f Fact) bool {
	return b.Has(f.As(Sure)) || b.Has(f.As(MaybeThere)) || len(b.stored(f.As(Sure))) > 0
}

// Mentions reports whether the fact is in b, whatever its doubt.
func (b Baseline) Mentions(f Fact) bool {
	return b.Has(f.As(Sure)) || b.Has(f.As(MaybeThere)) || b.Has(f.As(MaybeGone))
}

// Of are the facts about a field, without those in doubt.
func (b Baseline) Of(field string) Baseline {
	return b.Where(func(f Fact) bool { return f.Doubt() == Sure && f.Field() == field })
}

// InDoubt are the facts in doubt.
func (b Baseline) InDoubt() Baseline {
	return b.Where(func(f Fact) bool { return f.Doubt() != Sure })
}

// Where are the facts for which is reports true.
func (b Baseline) Where(is func(Fact) bool) Baseline {
	var out Baseline
	for _, f := range b {
		if is(f) {
			out = append(out, f)
		}
	}
	return out
}

// With are the facts of b and further ones.
func (b Baseline) With(facts ...Fact) Baseline {
	if len(facts) == 0 {
		return b
	}
	return New(slices.Concat(b, facts)...)
}

// Lists are the lists that facts are about.
func (b Baseline) Lists() intel.List {
	var l intel.List
	for _, f := range b {
		l |= f.List()
	}
	return l
}

// Equal reports whether two baselines have the same facts.
func (b Baseline) Equal(c Baseline) bool { return slices.Equal(b, c) }
