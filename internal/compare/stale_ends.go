package compare

import (
	"fmt"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// compareObjects finds out what has changed about the objects of the plan. made
// are those that its own run may have made.
func (s *staleness) compareObjects(made []bool) {
	s.objects = make([]string, len(s.plan.Objects))
	looked := 0 // look-ups return the objects that are not groups in a list of their own
	for i, o := range s.plan.Objects {
		if o.Kind == intel.KindGroup {
			s.objects[i] = s.referred(o)
			s.refs[o.Written] = s.objects[i]
		} else {
			s.objects[i] = objectSince(o, s.now.Objects[looked], made[i])
			looked++
		}
		if s.objects[i] != "" && o.State == plan.Existing {
			s.linked[baseline.Link(o.Kind, o.ID)] = s.objects[i]
		}
	}
}

// namedBefore looks at what a group that exists is associated with already as
// the manifests want it: the plan has no association to show for that, but if
// what they call it means something else by now they want another one.
func (s *staleness) namedBefore(a *plan.Action) string {
	if len(s.linked) == 0 || a.Verb != plan.Unchanged && a.Verb != plan.Update {
		return ""
	}
	for _, f := range a.Baseline {
		if why := s.linked[f]; why != "" {
			return why
		}
	}
	return ""
}

// referred looks at a group that is only pointed at: it has to be the one that
// its name means, unless the plan's own run has renamed it.
func (s *staleness) referred(o *plan.Object) string {
	there := s.ix.ByID[o.ID] != nil
	switch {
	case o.State == plan.Missing && there:
		return fmt.Sprintf("group %d exists now", o.ID)
	case o.State == plan.Missing:
		return ""
	case !there:
		return goneSince(o.ID)
	case o.Definition == nil || s.touched[o.ID]:
		return ""
	}
	d := o.Definition
	found, called := s.ix.ByName(d.Owner, d.Type, d.Summary), fmt.Sprintf("called %s %s", d.Type, message.Quote(d.Summary))
	if xid, ok := d.Fields.Get("xid"); ok {
		found, called = s.ix.ByXID(d.Owner, xid), "known by the xid "+message.Quote(xid)
	}
	switch {
	case len(found) > 1:
		return fmt.Sprintf("%d groups in %s are %s now", len(found), message.Quote(d.Owner), called)
	case len(found) == 0 || found[0].ID != o.ID:
		return fmt.Sprintf("group %d is no longer %s", o.ID, called)
	}
	return ""
}

func goneSince(id int64) string {
	return fmt.Sprintf("group %d is gone, and the plan adds an association with it", id)
}

// objectSince says what has changed about an object that is not a group, "" if
// nothing has.
func objectSince(o *plan.Object, found []*intel.Remote, made bool) string {
	var one *intel.Remote
	if len(found) == 1 {
		one = found[0]
	}
	switch o.State {
	case plan.Existing:
		switch {
		case len(found) > 1:
			return fmt.Sprintf("%d objects of kind %s match %s now", len(found), o.Kind, message.Quote(o.Name))
		case one == nil || one.ID != o.ID:
			return fmt.Sprintf("%s %d (%s) is gone", o.Kind, o.ID, o.Name)
		}
		return hashesSince(o, one)
	case plan.New:
		if len(found) > 0 && !made {
			return existsSince(o, found[0])
		}
	case plan.Missing:
		// Of several that match none is the one that is meant, then and now; one
		// that was there by another of its hashes must have got this one.
		if one != nil && (o.ID == 0 || o.Definition == nil || hashesSince(o, one) == "") {
			return existsSince(o, one)
		}
	}
	return ""
}

func existsSince(o *plan.Object, r *intel.Remote) string {
	if o.Name == "" {
		return fmt.Sprintf("%s %d exists now", o.Kind, r.ID)
	}
	return fmt.Sprintf("%s %s exists now, as %d", o.Kind, message.Quote(o.Name), r.ID)
}

// hashesSince looks whether a File is still the one that the manifests mean.
func hashesSince(o *plan.Object, r *intel.Remote) string {
	if o.Definition == nil {
		return ""
	}
	return fileHashes(o.Definition, r, &plan.Object{})
}

// reference looks at the group of an action that the manifests only point at.
func (s *staleness) reference(a *plan.Action) string {
	if !a.Reference {
		return ""
	}
	return s.refs[a.Key]
}

// otherEnds looks at what an action is to be associated with.
func (s *staleness) otherEnds(a *plan.Action) string {
	for _, as := range a.Associations {
		if as.Op != plan.Add {
			continue
		}
		why := ""
		switch {
		case as.Object > 0:
			why = s.objects[as.Object-1]
		case as.State == plan.Missing:
			why = s.skipped[as.Key]
		case as.ID != 0 && s.ix.ByID[as.ID] == nil:
			why = goneSince(as.ID)
		}
		if why == "" && s.associated(a, as) {
			why = fmt.Sprintf("group %d is associated with %s %d now", a.ID, as.Kind, as.ID)
		}
		if why != "" {
			return why
		}
	}
	return ""
}

// associated reports whether an association that is to be made is there.
func (s *staleness) associated(a *plan.Action, as *plan.Association) bool {
	r := s.ix.ByID[a.ID]
	if r == nil || as.ID == 0 {
		return false
	}
	if s.now.LinkedTo(r, as.Kind, as.ID) {
		return true
	}
	other := s.ix.ByID[as.ID]
	return as.Kind == intel.KindGroup && other != nil && s.now.LinkedTo(other, as.Kind, r.ID)
}
