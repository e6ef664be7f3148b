package compare

import (
	"cmp"
	"fmt"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/spelling"
)

// resolveObjects finds out which objects exist. They come first in the plan, in the
// order of the import.
func (m *maker) resolveObjects() {
	m.objects = map[int]string{}
	m.plan.Objects = make([]*plan.Object, 0, len(m.Import.Objects)+len(m.Import.Groups)-m.defined)
	for i, o := range m.Import.Objects {
		row := plan.FullObject{Kind: o.Kind, Written: o.Written, Type: o.Type, Name: o.Summary, Owner: o.Owner, ID: o.ID, Own: o.Own,
			Source: plan.Source(o.Pos)}
		var found []*intel.Remote
		if i < len(m.Found.Objects) {
			found = m.Found.Objects[i]
		}
		if o.ID == 0 {
			row.Definition = o
		}
		if conflict := m.resolve(i, o, &row, found); conflict != "" {
			row.State, row.Reason = plan.Missing, conflict
			m.objects[i] = conflict
		}
		m.plan.Objects = append(m.plan.Objects, row.Object())
	}
	if m.Last {
		m.Found.Objects = nil
	}
}

// exists notes the object of the instance that a row is.
func exists(row *plan.FullObject, r *intel.Remote) {
	row.State, row.ID, row.XID, row.WebLink = plan.Existing, r.ID, r.XID, r.WebLink
	row.Name, row.Type, row.Owner = cmp.Or(r.Name, row.Name), cmp.Or(r.Type, row.Type), cmp.Or(r.Owner, row.Owner)
}

// resolve finds out which object of the instance object i is. It returns why no group
// that names it can be written, "" if nothing is in the way.
func (m *maker) resolve(i int, o *intel.Object, row *plan.FullObject, found []*intel.Remote) string {
	switch {
	case len(found) == 0:
		return m.missing(i, o, row)
	case o.ID != 0:
		exists(row, found[0])
		return ""
	case len(found) > 1:
		in := ""
		if o.Owner != "" {
			in = " in " + message.Quote(o.Owner)
		}
		var ids []string
		for _, r := range found {
			ids = append(ids, fmt.Sprintf("%d (%s)", r.ID, r.Name))
		}
		return fmt.Sprintf("%d %ss%s match it, %s: use the ID of the right one", len(found), o.Kind.Spec().Name, in, strings.Join(ids, ", "))
	}
	exists(row, found[0])
	if o.Kind != intel.KindIndicator {
		return ""
	}
	return m.compareIndicator(o, row, found[0])
}

// begun reports whether an earlier run has begun to make o, and may not have completed it.
func (m *maker) begun(o *intel.Object) bool {
	return o.Kind == intel.KindIndicator && m.Begun != nil && m.Begun(o)
}

// missing says what becomes of an object that is not there.
func (m *maker) missing(i int, o *intel.Object, row *plan.FullObject) string {
	if o.ID != 0 {
		return fmt.Sprintf("there is no %s with the ID %d, or the API user cannot read it: correct the ID, or ask for access", o.Kind.Spec().Name, o.ID)
	}
	if owners := m.Found.Elsewhere[i]; len(owners) > 0 {
		row.Notes = append(row.Notes, "it exists in "+strings.Join(owners, ", ")+", but not in "+o.Owner)
	}
	row.State = plan.New
	row.XID, _ = o.Fields().Get("xid")
	switch {
	case o.Kind != intel.KindIndicator:
	case m.Policy.MissingIndicators == plan.MissingFail:
		return fmt.Sprintf("there is no %s %s in %s (--missing-indicators fail)", o.Type, message.Quote(o.Summary), message.Quote(o.Owner))
	case m.Policy.MissingIndicators == plan.MissingSkip:
		row.State, row.Reason = plan.Missing, plan.SkippedIndicator
	case m.begun(o):
		row.Notes = append(row.Notes, "an earlier run may have created it: apply looks for it before it creates it")
	}
	return ""
}

// compareIndicator notes how an indicator that exists differs from what the manifest
// says. It returns why it cannot be the one that is meant.
func (m *maker) compareIndicator(o *intel.Object, row *plan.FullObject, r *intel.Remote) string {
	if !r.Active {
		row.Notes = append(row.Notes, "it is inactive")
	}
	if conflict := fileHashes(o, r, row); conflict != "" {
		return conflict
	}
	if lacks := o.Lacks(r); len(lacks) > 0 && m.begun(o) {
		row.State = plan.New
		row.Notes = append(row.Notes, fmt.Sprintf("an earlier run has created it without its %s, which this one adds", message.Join(lacks, "and")))
		return ""
	}
	for _, f := range o.Fields() {
		if have, ok := r.Fields.Get(f.Name); ok && !o.SameField(f, have) {
			row.Notes = append(row.Notes, fmt.Sprintf("%s is %s on the server and %s in the manifest; existing indicators are not changed", f.Name, have, f.Value))
		}
	}
	for _, list := range o.LackingLists(r) {
		row.Notes = append(row.Notes, fmt.Sprintf("it lacks some %s of the manifest; existing indicators are not changed", list))
	}
	return ""
}

// fileHashes compares the hashes of an indicator that is a File: one that the server
// lacks is worth a warning, another one of the same kind makes it another file.
func fileHashes(o *intel.Object, r *intel.Remote, row *plan.FullObject) string {
	t, ok := intel.IndicatorTypeNamed(o.Type, nil)
	if !ok || t.Name != "File" || o.Kind != intel.KindIndicator || r.Name == o.Summary {
		return ""
	}
	have, _ := t.KeysOfSummary(r.Name)
	for i, v := range o.Values() {
		switch {
		case v == "" || i >= len(have):
		case have[i] == "":
			row.Notes = append(row.Notes, fmt.Sprintf("indicator %d lacks the %s %s of the manifest", r.ID, t.Values[i], v))
		case spelling.Fold(have[i]) != spelling.Fold(v):
			return fmt.Sprintf("indicator %d has another %s (%s) than the manifest (%s): correct the wrong one", r.ID, t.Values[i], have[i], v)
		}
	}
	return ""
}
