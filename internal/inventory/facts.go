package inventory

import (
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
)

// Facts are the facts that the lists of r show.
func Facts(r *intel.Remote, rewritten baseline.Rewritten) baseline.Baseline {
	return factsOf(r, rewritten, baseline.RemoteParts)
}

// factsOf are facts of r, with those parts of its attributes that parts gives.
func factsOf(r *intel.Remote, rewritten baseline.Rewritten, parts func(*intel.RemoteAttribute) []baseline.Part) baseline.Baseline {
	facts := make([]baseline.Fact, 0, 2*len(r.Tags)+len(r.SecurityLabels)+4*len(r.Attributes)+len(r.Links))
	for _, t := range r.Tags {
		facts = append(facts, rewritten.Tag(t)...)
	}
	for _, l := range r.SecurityLabels {
		facts = append(facts, baseline.Label(l.Name))
	}
	for i := range r.Attributes {
		at := &r.Attributes[i]
		facts = append(facts, baseline.AttributeWith(at.Type, at.Value, parts(at))...)
	}
	for _, l := range r.Links {
		facts = append(facts, baseline.Link(l.Kind, l.ID))
	}
	return baseline.Sorted(facts)
}

// Behind are those of lists that do not show all that earlier runs have left on r,
// or may have: somebody has removed it, or the lists lag behind. Only a list that
// is read page by page shows which. What the manifest wants, and what is there as the
// instance has rewritten it, is shown.
func Behind(r *intel.Remote, known baseline.Group, wanted []intel.Attribute, lists intel.List) intel.List {
	var shown baseline.Baseline
	var missing []int // of wanted
	var behind intel.List
	for _, f := range known.Baseline {
		list := f.List()
		if list == 0 || !lists.Has(list) || behind.Has(list) || f.Doubt() == baseline.MaybeGone || f.IsPart() {
			continue
		}
		if shown == nil {
			shown = factsOf(r, known.Rewritten, noParts)
			missing = intel.MissingAttributes(r.Attributes, wanted, nil)
		}
		if !shown.Has(f.As(baseline.Sure)) && !isThere(f, wanted, missing) {
			behind |= list
		}
	}
	return behind
}

func noParts(*intel.RemoteAttribute) []baseline.Part { return nil }

// isThere reports whether a fact is about one of wanted that is not missing: the instance
// may have rewritten it.
func isThere(f baseline.Fact, wanted []intel.Attribute, missing []int) bool {
	if f.List() != intel.ListAttributes {
		return false
	}
	i := slices.IndexFunc(wanted, func(w intel.Attribute) bool { return f.As(baseline.Sure) == baseline.Attribute(w.Type, w.Value) })
	return i >= 0 && !slices.Contains(missing, i)
}
