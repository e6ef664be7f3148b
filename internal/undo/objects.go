package undo

import (
	"cmp"
	"fmt"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/spelling"
)

// Made is an object that a run was to make, as it is now.
type Made struct {
	*intel.Remote          // nil unless exactly one was found
	Found         int      // how many there are
	Contents      []string // what is in it, and would go with it: "notes", "tasks"
}

// objects decides about the objects that the run has made. Without Input.Made, all stay.
func (m *maker) objects() {
	if m.Made == nil {
		m.count()
		return
	}
	detached, left := inventory.LinkSet{}, map[end]bool{}
	for _, w := range m.works {
		for _, as := range w.action.Associations {
			if as.Op == plan.Remove {
				detached.Add(w.action.ID, as.Kind, as.ID())
			}
		}
	}
	leaves := func(r, l *intel.Remote) bool {
		return l.Kind == intel.KindGroup && (m.doomed[l.ID] || detached.Has(l.ID, r.Kind, r.ID))
	}
	for _, g := range m.Run.Groups {
		for _, f := range g.Left {
			for _, k := range intel.ObjectKinds {
				if id := f.LinkID(k); id != 0 && g.Left.Maybe(f) {
					left[end{k, id}] = true
				}
			}
		}
	}
	for _, id := range m.Run.Made {
		left[end{intel.KindIndicator, id}] = true
	}
	made := func(r *intel.Remote) bool { // as far as is known
		return left[end{r.Kind, r.ID}] || slices.ContainsFunc(r.Links, func(l *intel.Remote) bool { return leaves(r, l) })
	}
	why := make([]string, len(m.Made)) // each stays; "" if it goes
	goes := map[end]bool{}
	for i, o := range m.Run.New {
		if found := &m.Made[i]; found.Found > 0 {
			if why[i] = m.keeps(o, found, made); why[i] == "" {
				goes[end{o.Kind, found.ID}] = true
			}
		}
	}
	for changed := true; changed; { // what is associated with an object that stays, stays
		changed = false
		for i := range m.Made {
			r := m.Made[i].Remote
			if r == nil || why[i] != "" {
				continue
			}
			why[i] = LinkedWith(r, func(l *intel.Remote) bool {
				return leaves(r, l) || goes[end{l.Kind, l.ID}]
			})
			if why[i] != "" {
				goes[end{r.Kind, r.ID}], changed = false, true
			}
		}
	}
	for i, o := range m.Run.New {
		if m.Made[i].Found > 0 {
			m.decided(o, &m.Made[i], why[i])
		}
	}
}

// decided puts an object into the plan. It stays if there is a reason.
func (m *maker) decided(o *plan.Object, made *Made, why string) {
	f := o.Full()
	f.State, f.Reason = plan.ToDelete, why
	if r := made.Remote; r != nil {
		f.ID, f.WebLink, f.Owner = r.ID, r.WebLink, cmp.Or(f.Owner, r.Owner)
	}
	if why != "" {
		f.State = plan.Existing
		m.plan.MadeObjects[f.Kind]++
	}
	m.plan.Objects = append(m.plan.Objects, f.Object())
}

// keeps says why an object stays, whatever else is associated with it; "" if nothing speaks
// for that. The run was to make it, but may not have come to that: made tells whether the run
// has associated it with a group.
func (m *maker) keeps(o *plan.Object, found *Made, made func(*intel.Remote) bool) string {
	switch {
	case found.Remote == nil:
		return fmt.Sprintf("%d of them are there: it is not known which one the run has made", found.Found)
	case !made(found.Remote):
		return "it is not known that the run has made it"
	case found.Added.IsZero() && o.Kind == intel.KindIndicator:
		return "the instance does not say when it was added: it may be older than the run"
	case !found.Added.IsZero() && found.Added.Before(m.Run.Began.Add(-skew)):
		return "it is older than the run"
	}
	return Edited(o.Definition, found)
}

// Edited says what somebody has changed of an object that a run has made from a definition,
// "" if it is as it was made.
func Edited(def *intel.Object, made *Made) string {
	r := made.Remote
	edited := append(def.LackingLists(r), made.Contents...)
	for _, list := range []struct {
		name      string
		has, made int
	}{
		{"tags", len(r.Tags), len(def.Tags())},
		{"securityLabels", len(r.SecurityLabels), len(def.SecurityLabels())},
		{"attributes", len(r.Attributes), len(def.Attributes())},
	} {
		if list.has > list.made {
			edited = append(edited, list.name)
		}
	}
	for _, spec := range def.Kind.Spec().Fields {
		want, written := def.Fields().Get(spec.Name)
		have, shown := r.Fields.Get(spec.Name)
		switch {
		case !shown, slices.Contains(notEdited, spec.Name):
		case written && def.SameField(intel.Field{Name: spec.Name, Value: want}, have):
		case !written && (have == "" || have == defaults[spec.Name] || isGiven(&spec, have, r.Added)):
		default:
			edited = append(edited, spec.Name)
		}
	}
	if def.Kind != intel.KindIndicator && spelling.Fold(r.Name) != spelling.Fold(def.Summary) {
		edited = append(edited, def.Kind.Spec().NameField(def.Type))
	}
	return editedSince(edited)
}

var (
	// notEdited are the fields that say where an object is, or that the instance computes.
	notEdited = []string{"caseId", "caseXid", "xid", "victimId", "hashCode"}

	// defaults are the values that instances give by themselves.
	defaults = map[string]string{"active": "true", "derivedLink": "true", "resolution": "Not Specified", "rating": "0", "confidence": "0"}
)

// LinkedWith names something that is associated with an object and that does not go; "" if
// there is nothing.
func LinkedWith(r *intel.Remote, goes func(*intel.Remote) bool) string {
	for _, l := range r.Links {
		if goes(l) { // as the object itself does, which instances name, too
			continue
		}
		return fmt.Sprintf("%s %s is associated with it", cmp.Or(l.Type, l.Kind.Spec().Name), message.Quote(l.Name))
	}
	return ""
}

// count counts the objects that the run has made, and that are still associated with a
// group of the run, and those that it has made by themselves.
func (m *maker) count() {
	seen := map[end]bool{}
	isNew := m.newObjects()
	for _, r := range m.remotes {
		for _, l := range r.Links {
			e := end{l.Kind, l.ID}
			if l.Kind != intel.KindGroup && !seen[e] && isNew(l) {
				seen[e] = true
				m.plan.MadeObjects[l.Kind]++
			}
		}
	}
	for _, id := range m.Run.Made {
		if e := (end{intel.KindIndicator, id}); m.there[e] && !seen[e] {
			seen[e] = true
			m.plan.MadeObjects[e.kind]++
		}
	}
}

// newObjects tells which objects the plan of the run was to make.
func (m *maker) newObjects() func(*intel.Remote) bool {
	if m.isNew != nil {
		return m.isNew
	}
	type named struct {
		kind       intel.Kind
		key, owner string
	}
	names := map[named]bool{}
	for _, o := range m.Run.New {
		exact, _ := (&intel.Remote{Kind: o.Kind, Type: o.Type(), Name: o.Name()}).Keys(m.Custom)
		for _, key := range exact {
			if o.Kind != intel.KindIndicator {
				names[named{o.Kind, key, ""}] = true // answers need not show its owner
			}
			names[named{o.Kind, key, o.Owner()}] = true
		}
	}
	m.isNew = func(r *intel.Remote) bool {
		exact, _ := r.Keys(m.Custom)
		return slices.ContainsFunc(exact, func(key string) bool {
			return names[named{r.Kind, key, r.Owner}] || names[named{r.Kind, key, ""}]
		})
	}
	return m.isNew
}
