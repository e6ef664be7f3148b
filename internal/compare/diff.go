package compare

import (
	"fmt"
	"strings"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// differ compares one group of the import with the one on the instance, or
// with nothing where it is to be created. Only what the manifest names is
// compared.
type differ struct {
	policy    plan.Policy
	g         *intel.Group
	r         *intel.Remote // nil: create
	rewritten baseline.Rewritten
	last      baseline.Baseline // what the last run left
	changes   []plan.Change
	same      []baseline.Fact // what is there already as wanted
	notes     []string
}

func (d *differ) add(c plan.Change) { d.changes = append(d.changes, c) }

func (d *differ) note(facts ...baseline.Fact) { d.same = append(d.same, facts...) }

// missing says where it comes from that something is not there, present that it is.
func (d *differ) missing(facts ...baseline.Fact) plan.Drift { return origin(d.last, facts, nil) }
func (d *differ) present(facts ...baseline.Fact) plan.Drift { return origin(d.last, nil, facts) }

// scalars compares the name and the type's own fields. A scalar is never
// cleared: what the manifest leaves out stays as it is.
func (d *differ) scalars() {
	switch {
	case d.r == nil:
	case strings.TrimSpace(d.r.Name) == d.g.Name:
		d.note(baseline.Name(d.g.Name))
	default:
		d.add(plan.Change{Field: "name", Op: plan.Set, Old: d.r.Name, New: d.g.Name, Drift: d.present(baseline.Name(d.r.Name))})
		d.notes = append(d.notes, fmt.Sprintf("renamed: it is called %s on the server", message.Quote(d.r.Name)))
	}
	typ, ok := intel.GroupTypeNamed(d.g.Type)
	if !ok {
		return
	}
	for _, f := range d.g.Fields {
		spec, ok := typ.Field(f.Name)
		if !ok {
			continue
		}
		if d.r == nil {
			d.add(plan.Change{Field: f.Name, Op: plan.Add, New: f.Value})
			continue
		}
		if spec.CreateOnly {
			continue
		}
		old, has := d.r.Fields.Get(f.Name)
		switch {
		case has && spec.Equal(f.Value, old), !has && spec.Kind == intel.Bool && f.Value == "false":
			d.note(baseline.Scalar(spec, f.Value))
		case has && old != "":
			d.add(plan.Change{Field: f.Name, Op: plan.Set, Old: old, New: f.Value, Drift: d.present(baseline.Scalar(spec, old))})
		default:
			d.add(plan.Change{Field: f.Name, Op: plan.Add, New: f.Value, Drift: d.missing(d.last.Of(f.Name)...)})
		}
	}
}

// labels compares the security labels.
func (d *differ) labels() {
	if d.g.Lists&intel.ListSecurityLabels == 0 && len(d.g.SecurityLabels) == 0 {
		return
	}
	var have []intel.RemoteLabel
	if d.r != nil {
		have = d.r.SecurityLabels
	}
	wanted := make([]bool, len(have))
	for _, l := range d.g.SecurityLabels {
		found := false
		for i, h := range have {
			if intel.SameLabel(l, h.Name) {
				wanted[i], found = true, true
			}
		}
		if found {
			d.note(baseline.Label(l))
		} else {
			d.add(plan.Change{Field: "securityLabels", Op: plan.Add, New: l, Drift: d.missing(baseline.Label(l))})
		}
	}
	if d.policy.Labels != plan.Replace {
		return
	}
	for i, h := range have {
		if !wanted[i] {
			d.add(plan.Change{Field: "securityLabels", Op: plan.Remove, Old: h.Name, Drift: d.present(baseline.Label(h.Name))})
		}
	}
}
