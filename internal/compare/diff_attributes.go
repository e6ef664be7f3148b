package compare

import (
	"fmt"
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/spelling"
)

// attributes compares the attributes, type by type. They pair by value and source, as
// they were sent or as the instance may have rewritten them. If then each side has one
// of the type without a partner, it is a change in place. If there are several, append
// adds, and says so, and replace removes. Replace looks at the types that the group
// names, or at all if its list is explicitly empty.
func (d *differ) attributes() {
	have := map[string][]intel.RemoteAttribute{}
	for _, at := range d.r.Attributes {
		k := spelling.Fold(at.Type)
		have[k] = append(have[k], at)
	}
	var types []string
	want := map[string][]intel.Attribute{}
	for _, at := range d.g.Attributes {
		k := spelling.Fold(at.Type)
		if want[k] == nil {
			types = append(types, k)
		}
		want[k] = append(want[k], at)
	}
	for _, k := range types {
		d.attributesOfType(want[k], have[k])
	}
	if d.policy.Attributes == plan.Replace && len(types) == 0 {
		for _, h := range d.r.Attributes {
			d.removeAttribute(h, nil)
		}
	}
}

func (d *differ) attributesOfType(want []intel.Attribute, have []intel.RemoteAttribute) {
	have = slices.Clone(have)
	var unpaired []intel.Attribute
	var paired []intel.RemoteAttribute
	pair := func(w intel.Attribute, i int) {
		p := d.pair(w, have[i])
		switch {
		case p.isEdited():
			p.change(p.valueOrigin())
		case p.differs():
			p.change(p.partsOrigin())
		default:
			d.note(baseline.AttributeWith(p.h.Type, p.h.Value, p.wants)...)
			if want, has := baseline.Attribute(w.Type, w.Value), baseline.Attribute(p.h.Type, p.h.Value); want != has && !d.stores(want, has) {
				d.note(baseline.Stored(want, has)...)
			}
		}
		paired, have = append(paired, have[i]), slices.Delete(have, i, i+1)
	}
	// Those with a source first: without one any will do, also the one that
	// another attribute of the same value needs.
	for _, withSource := range []bool{true, false} {
		for _, w := range want {
			if (w.Source != "") != withSource {
				continue
			}
			if i := intel.FindAttributeBy(intel.SameText, w, have); i >= 0 {
				pair(w, i)
			} else {
				unpaired = append(unpaired, w)
			}
		}
	}
	// What would be added may be there as the instance stores it: a run has seen that, or
	// it looks so.
	unpaired = slices.DeleteFunc(unpaired, func(w intel.Attribute) bool {
		i := slices.IndexFunc(have, func(h intel.RemoteAttribute) bool { return d.seen(w, h) })
		if i < 0 {
			i = intel.FindAttributeBy(intel.EquivalentText, w, have)
		}
		if i < 0 || len(unpaired) == 1 && len(have) == 1 && !d.last.Maybe(baseline.Attribute(w.Type, w.Value)) {
			return false
		}
		if w.Source != "" {
			have[i].Source = w.Source
		}
		pair(w, i)
		return true
	})
	if len(unpaired) == 1 && len(have) == 1 {
		p := d.pair(unpaired[0], have[0])
		p.change(p.valueOrigin())
		return
	}
	for _, w := range unpaired {
		missing := []baseline.Fact{baseline.Attribute(w.Type, w.Value)}
		if slices.ContainsFunc(have, func(h intel.RemoteAttribute) bool { return intel.SameText(w.Value, h.Value) }) {
			missing = nil // it is there, but of another source
		}
		d.add(plan.FullChange{Field: "attribute:" + w.Type, Op: plan.Add, New: w.Value, Attribute: d.displacing(newDetail(w), w), Drift: d.missing(missing...)})
	}
	if d.policy.Attributes == plan.Replace {
		for _, h := range have {
			d.removeAttribute(h, paired)
		}
	} else if len(unpaired) > 0 && len(have) > 0 {
		d.notes = append(d.notes, fmt.Sprintf("attribute %s: %d on the server are not in the manifest and stay; --attributes replace removes them",
			unpaired[0].Type, len(have)))
	}
}

// seen reports whether a run has seen that the instance stores w as h.
func (d *differ) seen(w intel.Attribute, h intel.RemoteAttribute) bool {
	want, has := baseline.Attribute(w.Type, w.Value), baseline.Attribute(h.Type, h.Value)
	return (d.last.StoresAs(want, has) || d.inVain(want, has)) && (w.Source == "" || intel.EquivalentText(w.Source, h.Source))
}

// removeAttribute removes h, which the manifest does not want. A fact of an attribute is about its type and
// value. So if one of those that stay, paired, has the same, a run has left h only if a fact of what
// else h has says so, such as its source.
func (d *differ) removeAttribute(h intel.RemoteAttribute, paired []intel.RemoteAttribute) {
	facts := []baseline.Fact{baseline.Attribute(h.Type, h.Value)}
	twin := slices.IndexFunc(paired, func(p intel.RemoteAttribute) bool { return intel.SameText(p.Value, h.Value) })
	if twin >= 0 && d.last.Maybe(facts[0]) {
		theirs := baseline.RemoteParts(&paired[twin])
		facts = nil
		for _, part := range baseline.RemoteParts(&h) {
			if !part.Unset() && !slices.Contains(theirs, part) {
				facts = append(facts, part.Of(h.Type, h.Value))
			}
		}
	}
	d.add(plan.FullChange{Field: "attribute:" + h.Type, Op: plan.Remove, Old: h.Value,
		Attribute: &plan.AttributeDetail{ID: h.ID, Source: h.Source, Was: plan.DetailOf(&h.Attribute)}, Drift: d.present(facts...)})
}

// newDetail is what w says beside type and value; nil for nothing. Most attributes say
// the same, and share it.
func newDetail(w intel.Attribute) *plan.AttributeDetail {
	if w.Source != "" || len(w.SecurityLabels) > 0 {
		return plan.DetailOf(&w)
	}
	return plainDetails[w.Default][w.Pinned]
}

// plainDetails are the details without texts, by their flags.
var plainDetails = func() (out [3][3]*plan.AttributeDetail) {
	for i := range out {
		for j := range out[i] {
			if i+j > 0 {
				out[i][j] = &plan.AttributeDetail{Default: intel.Flag(i), Pinned: intel.Flag(j)}
			}
		}
	}
	return out
}()

// displacing notes in the detail of w, if w becomes the default attribute of its type,
// which other one stops being it.
func (d *differ) displacing(detail *plan.AttributeDetail, w intel.Attribute) *plan.AttributeDetail {
	if w.Default != intel.Yes {
		return detail
	}
	for _, h := range d.r.Attributes {
		if h.ID != detail.ID && spelling.Fold(h.Type) == spelling.Fold(w.Type) && h.Default == intel.Yes {
			own := *detail // others may share it
			own.Displaces = h.ID
			detail = &own
		}
	}
	return detail
}
