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
			d.removeAttribute(h)
		}
	}
}

func (d *differ) attributesOfType(want []intel.Attribute, have []intel.RemoteAttribute) {
	have = slices.Clone(have)
	var unpaired []intel.Attribute
	pair := func(w intel.Attribute, i int) {
		if detail, differs := d.attributeDetail(w, have[i]); differs {
			d.setAttribute(w, &have[i], detail, d.partsOrigin(w, &have[i]))
		} else {
			d.note(baseline.AttributeWith(w.Type, w.Value, baseline.Parts(&w))...)
		}
		have = slices.Delete(have, i, i+1)
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
	// What would be added, or was sent as it is, may be there as the instance has
	// rewritten it.
	unpaired = slices.DeleteFunc(unpaired, func(w intel.Attribute) bool {
		i := intel.FindAttributeBy(intel.EquivalentText, w, have)
		if i < 0 || len(unpaired) == 1 && len(have) == 1 && !d.last.Maybe(baseline.Attribute(w.Type, w.Value)) {
			return false
		}
		d.note(baseline.Attribute(have[i].Type, have[i].Value))
		have[i].Value = w.Value
		if w.Source != "" {
			have[i].Source = w.Source
		}
		pair(w, i)
		return true
	})
	if len(unpaired) == 1 && len(have) == 1 {
		detail, _ := d.attributeDetail(unpaired[0], have[0])
		d.setAttribute(unpaired[0], &have[0], detail, d.valueOrigin(unpaired[0], &have[0]))
		return
	}
	for _, w := range unpaired {
		missing := []baseline.Fact{baseline.Attribute(w.Type, w.Value)}
		if slices.ContainsFunc(have, func(h intel.RemoteAttribute) bool { return intel.SameText(w.Value, h.Value) }) {
			missing = nil // it is there, but of another source
		}
		d.add(plan.Change{Field: "attribute:" + w.Type, Op: plan.Add, New: w.Value, Attribute: newDetail(w), Drift: d.missing(missing...)})
	}
	if d.policy.Attributes == plan.Replace {
		for _, h := range have {
			d.removeAttribute(h)
		}
	} else if len(unpaired) > 0 && len(have) > 0 {
		d.notes = append(d.notes, fmt.Sprintf("attribute %s: %d on the server are not in the manifest and stay; --attributes replace removes them",
			unpaired[0].Type, len(have)))
	}
}

// setAttribute changes h into w in place.
func (d *differ) setAttribute(w intel.Attribute, h *intel.RemoteAttribute, detail *plan.AttributeDetail, drift plan.Drift) {
	d.carryParts(w, h)
	detail.Replaces = d.replaces(w, h)
	d.add(plan.Change{Field: "attribute:" + w.Type, Op: plan.Set, Old: h.Value, New: w.Value, Attribute: detail, Drift: drift})
}

func (d *differ) removeAttribute(h intel.RemoteAttribute) {
	d.add(plan.Change{Field: "attribute:" + h.Type, Op: plan.Remove, Old: h.Value,
		Attribute: &plan.AttributeDetail{ID: h.ID, Source: h.Source}, Drift: d.present(baseline.Attribute(h.Type, h.Value))})
}

// attributeDetail is what a change of h into w carries, and whether h differs
// from what w says beside its value.
func (d *differ) attributeDetail(w intel.Attribute, h intel.RemoteAttribute) (*plan.AttributeDetail, bool) {
	detail := newDetail(w)
	if detail == nil {
		detail = &plan.AttributeDetail{}
	}
	detail.ID = h.ID
	differs := w.DiffersBeside(&h)
	if len(w.SecurityLabels) == 0 || h.SecurityLabels == nil {
		return detail, differs // or the answer does not say which labels the attribute has
	}
	for _, l := range w.SecurityLabels {
		differs = differs || !intel.HasLabel(h.SecurityLabels, l)
	}
	for _, l := range h.SecurityLabels {
		switch {
		case intel.HasLabel(w.SecurityLabels, l):
		case d.policy.Labels == plan.Replace:
			differs = true
		default:
			// What is sent takes the place of all that the attribute has.
			detail.SecurityLabels = append(slices.Clip(detail.SecurityLabels), l)
		}
	}
	return detail, differs
}

// valueOrigin says where it comes from that h has another value than w. If a run has
// left w as it is, then as another attribute than h, which is gone.
func (d *differ) valueOrigin(w intel.Attribute, h *intel.RemoteAttribute) plan.Drift {
	if intel.SameText(w.Value, h.Value) {
		return d.partsOrigin(w, h)
	}
	missing, present := []baseline.Fact{baseline.Attribute(w.Type, w.Value)}, []baseline.Fact{baseline.Attribute(h.Type, h.Value)}
	if from := origin(d.last, missing, present); from != plan.FromManifest {
		return from
	}
	return d.partsOrigin(w, h)
}

// partsOrigin says where it comes from that h differs from w in a part: from the
// server if any difference does.
func (d *differ) partsOrigin(w intel.Attribute, h *intel.RemoteAttribute) plan.Drift {
	wants, has := baseline.Parts(&w), baseline.RemoteParts(h)
	from := origin(d.last, nil, nil)
	differs := func(p baseline.Part, among []baseline.Part) bool {
		return !slices.Contains(among, p) && (!p.Several() || h.SecurityLabels != nil)
	}
	for _, p := range wants {
		if differs(p, has) && d.missing(p.Of(h.Type, h.Value)) == plan.FromServer {
			from = plan.FromServer
		}
	}
	for _, p := range has {
		replaced := givesPart(wants, p) && (!p.Several() || d.policy.Labels == plan.Replace)
		// That a flag is not set need not be anybody's doing.
		if differs(p, wants) && replaced && !p.Unset() && d.present(p.Of(h.Type, h.Value)) == plan.FromServer {
			from = plan.FromServer
		}
	}
	return from
}

// givesPart reports whether parts say anything of what p is about.
func givesPart(parts []baseline.Part, p baseline.Part) bool {
	return slices.ContainsFunc(parts, func(q baseline.Part) bool { return q.Name == p.Name })
}

// carryParts notes the parts of h that w says nothing of: they stay when h is changed
// into w, and whoever has set them has set them still.
func (d *differ) carryParts(w intel.Attribute, h *intel.RemoteAttribute) {
	wants := baseline.Parts(&w)
	for _, p := range baseline.RemoteParts(h) {
		if !givesPart(wants, p) && d.last.Has(p.Of(h.Type, h.Value)) {
			d.note(p.Of(w.Type, w.Value))
		}
	}
}

// replaces are the facts of h that are not true any more once it has become w.
func (d *differ) replaces(w intel.Attribute, h *intel.RemoteAttribute) baseline.Baseline {
	has := baseline.RemoteParts(h)
	if !intel.SameText(w.Value, h.Value) {
		return baseline.New(baseline.AttributeWith(h.Type, h.Value, has)...).Where(d.last.Has)
	}
	wants := baseline.Parts(&w)
	has = slices.DeleteFunc(has, func(p baseline.Part) bool { return !givesPart(wants, p) || slices.Contains(wants, p) })
	return baseline.New(baseline.AttributeWith(h.Type, h.Value, has)[1:]...).Where(d.last.Has)
}

func newDetail(w intel.Attribute) *plan.AttributeDetail {
	if w.Source == "" && w.Default == nil && w.Pinned == nil && len(w.SecurityLabels) == 0 {
		return nil
	}
	return &plan.AttributeDetail{Source: w.Source, Default: w.Default, Pinned: w.Pinned, SecurityLabels: w.SecurityLabels}
}
