package compare

import (
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// attributePair is an attribute that the manifest wants, and the one of the instance
// that is this attribute, or becomes it by a change in place.
type attributePair struct {
	*differ
	w          intel.Attribute
	h          intel.RemoteAttribute
	wants, has []baseline.Part // of w and of h
	lacks      []baseline.Part // parts of w that h does not have
	others     []baseline.Part // parts of h where w gives others
}

func (d *differ) pair(w intel.Attribute, h intel.RemoteAttribute) *attributePair {
	p := &attributePair{differ: d, w: w, h: h, wants: baseline.Parts(&w), has: baseline.RemoteParts(&h)}
	for _, part := range p.wants {
		// An answer need not say which labels the attribute has.
		if !slices.Contains(p.has, part) && !(part.Several() && h.SecurityLabels == nil) {
			p.lacks = append(p.lacks, part)
		}
	}
	for _, part := range p.has {
		if p.gives(part) && !slices.Contains(p.wants, part) {
			p.others = append(p.others, part)
		}
	}
	return p
}

// gives reports whether w says anything of what a part of h is about.
func (p *attributePair) gives(part baseline.Part) bool {
	return slices.ContainsFunc(p.wants, func(q baseline.Part) bool { return q.Name == part.Name })
}

// goes reports whether a change takes one of others away. What is sent replaces all
// labels, so labels that are to stay are sent again.
func (p *attributePair) goes(part baseline.Part) bool {
	return !part.Several() || p.policy.Labels == plan.Replace
}

// isEdited reports whether the manifest has changed the value: a run has left what is
// there, but sent another value for it.
func (p *attributePair) isEdited() bool {
	return !intel.SameText(p.w.Value, p.h.Value) && p.last.Has(baseline.Attribute(p.h.Type, p.h.Value)) &&
		!p.last.Maybe(baseline.Attribute(p.w.Type, p.w.Value))
}

// differs reports whether h differs from what w says beside its value.
func (p *attributePair) differs() bool {
	return len(p.lacks) > 0 || slices.ContainsFunc(p.others, p.goes)
}

// change changes h into w in place.
func (p *attributePair) change(drift plan.Drift) {
	for _, part := range p.has {
		// What w says nothing of stays, and whoever has set it has set it still.
		if !p.gives(part) && p.last.Has(part.Of(p.h.Type, p.h.Value)) {
			p.note(part.Of(p.w.Type, p.w.Value))
		}
	}
	detail := &plan.AttributeDetail{}
	if said := newDetail(p.w); said != nil {
		*detail = *said
	}
	detail.ID, detail.Replaces, detail.Was = p.h.ID, p.replaces(), plan.DetailOf(&p.h.Attribute)
	detail = p.displacing(detail, p.w)
	for _, l := range p.h.SecurityLabels {
		if len(p.w.SecurityLabels) > 0 && p.policy.Labels != plan.Replace && !intel.HasLabel(p.w.SecurityLabels, l) {
			detail.SecurityLabels = append(slices.Clip(detail.SecurityLabels), l)
		}
	}
	p.add(plan.FullChange{Field: "attribute:" + p.w.Type, Op: plan.Set, Old: p.h.Value, New: p.w.Value, Attribute: detail, Drift: drift})
}

// replaces are the facts of h that are not true any more once it has become w.
func (p *attributePair) replaces() baseline.Baseline {
	facts := baseline.AttributeWith(p.h.Type, p.h.Value, p.has)
	if intel.SameText(p.w.Value, p.h.Value) {
		facts = baseline.AttributeWith(p.h.Type, p.h.Value, p.others)[1:]
	}
	return baseline.New(facts...).Where(p.last.Has)
}

// valueOrigin says where it comes from that h has another value than w. If a run has
// left w as it is, then as another attribute than h, which is gone.
func (p *attributePair) valueOrigin() plan.Drift {
	if !intel.SameText(p.w.Value, p.h.Value) {
		missing, present := []baseline.Fact{baseline.Attribute(p.w.Type, p.w.Value)}, []baseline.Fact{baseline.Attribute(p.h.Type, p.h.Value)}
		if from := origin(p.last, missing, present); from != plan.FromManifest {
			return from
		}
	}
	return p.partsOrigin()
}

// partsOrigin says where it comes from that h differs from w in a part: from the
// server if any difference does.
func (p *attributePair) partsOrigin() plan.Drift {
	// Earlier versions have noted the parts of what was sent.
	facts := func(part baseline.Part) []baseline.Fact {
		return []baseline.Fact{part.Of(p.h.Type, p.h.Value), part.Of(p.w.Type, p.w.Value)}
	}
	removed := func(part baseline.Part) bool { return p.missing(facts(part)...) == plan.FromServer }
	set := func(part baseline.Part) bool {
		// That a flag is not set need not be anybody's doing.
		return p.goes(part) && !part.Unset() && p.present(facts(part)...) == plan.FromServer
	}
	if slices.ContainsFunc(p.lacks, removed) || slices.ContainsFunc(p.others, set) {
		return plan.FromServer
	}
	return origin(p.last, nil, nil)
}
