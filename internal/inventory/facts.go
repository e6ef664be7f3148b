package inventory

import (
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
)

// Facts are the facts that the lists of r show.
func Facts(r *intel.Remote, rewritten baseline.Rewritten) baseline.Baseline {
	var facts []baseline.Fact
	for _, t := range r.Tags {
		facts = append(facts, rewritten.Tag(t)...)
	}
	for _, l := range r.SecurityLabels {
		facts = append(facts, baseline.Label(l.Name))
	}
	for i := range r.Attributes {
		at := &r.Attributes[i]
		facts = append(facts, baseline.AttributeWith(at.Type, at.Value, baseline.RemoteParts(at))...)
	}
	for _, l := range r.Links {
		facts = append(facts, baseline.Link(l.Kind, l.ID))
	}
	return baseline.New(facts...)
}

// Behind are those of lists that do not show all that earlier runs have left on r,
// or may have: somebody has removed it, or the lists lag behind. Only a list that
// is read page by page shows which. What the manifest wants, and what is there as the
// instance has rewritten it, is shown.
func Behind(r *intel.Remote, known baseline.Group, wanted []intel.Attribute, lists intel.List) intel.List {
	missing := known.Baseline.Where(func(f baseline.Fact) bool {
		return f.List() != 0 && lists.Has(f.List()) && f.Doubt() != baseline.MaybeGone && !f.IsPart()
	})
	if len(missing) == 0 {
		return 0
	}
	shown := Facts(r, known.Rewritten)
	for _, w := range wanted {
		if intel.HasAttribute(r.Attributes, w) {
			shown = shown.With(baseline.Attribute(w.Type, w.Value))
		}
	}
	return missing.Where(func(f baseline.Fact) bool { return !shown.Has(f.As(baseline.Sure)) }).Lists()
}
