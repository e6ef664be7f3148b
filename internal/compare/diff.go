package compare

import (
	"fmt"
	"slices"
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
	r         *intel.Remote // empty if the group is to be created
	rewritten baseline.Rewritten
	last      baseline.Baseline // what the last run left
	changes   []plan.FullChange
	same      []baseline.Fact // what is there already as wanted
	notes     []string
	kept      []string // fields that the last run has overwritten in vain
}

func (d *differ) add(c plan.FullChange) { d.changes = append(d.changes, c) }

func (d *differ) note(facts ...baseline.Fact) { d.same = append(d.same, facts...) }

// remark puts the notes of the comparison into the action.
func (d *differ) remark(a *plan.Action) {
	for _, text := range d.notes {
		remark(a, text)
	}
	if len(d.kept) > 0 {
		slices.Sort(d.kept)
		a.Rare().Note(plan.EditKept, strings.Join(d.kept, ", ")+
			": the last run has overwritten this in vain, so either the instance does not keep what is sent, or somebody sets it back")
	}
}

// missing says where it comes from that something is not there, present that it is.
func (d *differ) missing(facts ...baseline.Fact) plan.Drift { return origin(d.last, facts, nil) }
func (d *differ) present(facts ...baseline.Fact) plan.Drift { return origin(d.last, nil, facts) }

// stores reports whether the instance stores what the manifest wants as it shows it, as
// an earlier run has seen. Then it notes that.
func (d *differ) stores(want, have baseline.Fact) bool {
	switch {
	case d.last.StoresAs(want, have):
	case d.inVain(want, have):
		d.kept = append(d.kept, have.Field())
	default:
		return false
	}
	d.note(baseline.Stored(want, have)...)
	return true
}

// inVain reports whether the last run has sent what the manifest wants to overwrite what
// is there again.
func (d *differ) inVain(want, have baseline.Fact) bool {
	return d.last.Has(baseline.Overwritten(want, have))
}

// compare compares all but associations.
func (d *differ) compare() {
	d.scalars()
	lists := Lists(d.g)
	if lists.Has(intel.ListTags) {
		d.tags()
	}
	if lists.Has(intel.ListSecurityLabels) {
		d.labels()
	}
	if lists.Has(intel.ListAttributes) {
		d.attributes()
	}
}

// scalars compares the name and the type's own fields. A scalar is never
// cleared: what the manifest leaves out stays as it is.
func (d *differ) scalars() {
	creates := d.r.ID == 0
	switch {
	case creates:
	case strings.TrimSpace(d.r.Name) == d.g.Name:
		d.note(baseline.Name(d.g.Name))
	case d.stores(baseline.Name(d.g.Name), baseline.Name(d.r.Name)):
	default:
		d.add(plan.FullChange{Field: "name", Op: plan.Set, Old: d.r.Name, New: d.g.Name, Drift: d.present(baseline.Name(d.r.Name))})
		d.notes = append(d.notes, fmt.Sprintf("renamed: it is called %s on the server", message.Quote(d.r.Name)))
	}
	scalars := intel.KindGroup.Scalars(d.g.Type)
	for _, f := range d.g.Fields {
		spec := scalars[f.Name]
		if spec == nil || spec.CreateOnly && !creates {
			continue
		}
		old, has := d.r.Fields.Get(f.Name)
		switch {
		case creates:
			d.add(plan.FullChange{Field: f.Name, Op: plan.Add, New: f.Value})
		case has && spec.Equal(f.Value, old), !has && spec.Kind == intel.Bool && f.Value == "false":
			d.note(baseline.Scalar(spec, f.Value))
		case has && d.stores(baseline.Scalar(spec, f.Value), baseline.Scalar(spec, old)):
		case has && old != "":
			d.add(plan.FullChange{Field: f.Name, Op: plan.Set, Old: old, New: f.Value, Drift: d.present(baseline.Scalar(spec, old))})
		default:
			d.add(plan.FullChange{Field: f.Name, Op: plan.Add, New: f.Value, Drift: d.missing(d.last.Of(f.Name)...)})
		}
	}
}

// tags compares the tags. What the instance made of a tag by its rules, as the
// id-map remembers it, is that tag.
func (d *differ) tags() {
	want, have := d.g.Tags, d.r.Tags
	d.entries("tags", d.policy.Tags, len(want), len(have),
		func(w, h int) bool { return d.rewritten.IsTag(want[w], have[h]) },
		func(w int) (string, baseline.Fact) { return want[w].String(), baseline.Tag(want[w]) },
		func(h int) (string, []baseline.Fact) { return have[h].Name, d.rewritten.Tag(have[h]) })
}

// labels compares the security labels.
func (d *differ) labels() {
	want, have := d.g.SecurityLabels, d.r.SecurityLabels
	d.entries("securityLabels", d.policy.Labels, len(want), len(have),
		func(w, h int) bool { return intel.SameLabel(want[w], have[h].Name) },
		func(w int) (string, baseline.Fact) { return want[w], baseline.Label(want[w]) },
		func(h int) (string, []baseline.Fact) {
			return have[h].Name, []baseline.Fact{baseline.Label(have[h].Name)}
		})
}

// entries compares the entries of a list by their indexes. wanted gives the text of
// one that the manifest wants, and its fact; present the name of one that is there, and
// the facts that can stand for it.
func (d *differ) entries(field string, policy plan.ListPolicy, want, have int, same func(w, h int) bool,
	wanted func(w int) (string, baseline.Fact), present func(h int) (string, []baseline.Fact)) {
	isWanted := make([]bool, have)
	for w := range want {
		found := false
		for h := range have {
			if same(w, h) {
				isWanted[h], found = true, true
			}
		}
		if text, fact := wanted(w); found {
			d.note(fact)
		} else {
			d.add(plan.FullChange{Field: field, Op: plan.Add, New: text, Drift: d.missing(fact)})
		}
	}
	for h := range have {
		if policy == plan.Replace && !isWanted[h] {
			name, facts := present(h)
			d.add(plan.FullChange{Field: field, Op: plan.Remove, Old: name, Drift: d.present(facts...)})
		}
	}
}

// hadTags are the tags that the group has, if it gets further ones.
func (d *differ) hadTags() []string {
	if !slices.ContainsFunc(d.changes, func(c plan.FullChange) bool { return c.Field == "tags" && c.Op == plan.Add }) {
		return nil
	}
	var names []string
	for _, h := range d.r.Tags {
		names = append(names, h.Name)
	}
	return names
}
