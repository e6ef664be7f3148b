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
			s.byKey[o.Written()] = s.objects[i]
		} else {
			s.objects[i] = objectSince(o, s.now.Objects[looked], made[i])
			looked++
		}
		if s.objects[i] != "" && o.Exists() {
			s.linked[baseline.Link(o.Kind, o.ID())] = s.objects[i]
		}
	}
}

// referred looks at a group that is only pointed at: it has to be the one that
// its name means, unless the plan's own run has renamed it.
func (s *staleness) referred(o *plan.Object) string {
	there := s.ix.ByID[o.ID()] != nil
	switch {
	case o.State == plan.Missing && there:
		return fmt.Sprintf("group %d exists now", o.ID())
	case o.State == plan.Missing:
		return ""
	case !there:
		return goneSince(o.ID())
	case o.Definition == nil || s.touched[o.ID()]:
		return ""
	}
	d := o.Definition
	found, called := s.ix.ByName(d.Owner, d.Type, d.Summary), fmt.Sprintf("called %s %s", d.Type, message.Quote(d.Summary))
	if xid, ok := d.Fields().Get("xid"); ok {
		found, called = s.ix.ByXID(d.Owner, xid), "known by the xid "+message.Quote(xid)
	}
	switch {
	case len(found) > 1:
		return fmt.Sprintf("%d groups in %s are %s now", len(found), message.Quote(d.Owner), called)
	case len(found) == 0 || found[0].ID != o.ID():
		return fmt.Sprintf("group %d is no longer %s", o.ID(), called)
	}
	return ""
}

func goneSince(id int64) string {
	return fmt.Sprintf("group %d is gone, and the plan adds an association with it", id)
}

// objectSince says what has changed about an object that is not a group, "" if
// nothing has.
func objectSince(o *plan.Object, found []*intel.Remote, made bool) string {
	switch {
	case o.Exists() && len(found) > 1:
		return fmt.Sprintf("%d objects of kind %s match %s now", len(found), o.Kind, message.Quote(o.Name()))
	case o.Exists() && (len(found) == 0 || found[0].ID != o.ID()):
		return fmt.Sprintf("%s %d (%s) is gone", o.Kind, o.ID(), o.Name())
	case o.Exists():
		return hashesSince(o, found[0])
	case o.State == plan.New && len(found) > 0 && !made:
		return existsSince(o, found[0])
	// Of several that match none is the one that is meant, then and now; one that
	// was there by another of its hashes must have got this one.
	case o.State == plan.Missing && len(found) == 1 && (o.ID() == 0 || hashesSince(o, found[0]) == ""):
		return existsSince(o, found[0])
	}
	return ""
}

func existsSince(o *plan.Object, r *intel.Remote) string {
	if o.Name() == "" {
		return fmt.Sprintf("%s %d exists now", o.Kind, r.ID)
	}
	return fmt.Sprintf("%s %s exists now, as %d", o.Kind, message.Quote(o.Name()), r.ID)
}

// hashesSince looks whether a File is still the one that the manifests mean.
func hashesSince(o *plan.Object, r *intel.Remote) string {
	if o.Definition == nil {
		return ""
	}
	return fileHashes(o.Definition, r, &plan.FullObject{})
}

// ends looks at the groups and objects that an action names: what it is to be
// associated with, the group itself if manifests only point at it, and what it is
// associated with already as they want it. The plan has no association to show for
// that, but if its name means something else by now, they want another one.
func (s *staleness) ends(a *plan.Action) string {
	if a.Reference && s.byKey[a.Key] != "" {
		return s.byKey[a.Key]
	}
	for _, as := range a.Associations {
		if as.Op != plan.Add {
			continue
		}
		if why := s.end(a, &as); why != "" {
			return why
		}
	}
	if len(s.linked) == 0 || a.Verb != plan.Unchanged && a.Verb != plan.Update {
		return ""
	}
	for _, f := range a.Baseline() {
		if why := s.linked[f]; why != "" {
			return why
		}
	}
	return ""
}

// end looks at an association that an action is to make.
func (s *staleness) end(a *plan.Action, as *plan.Association) string {
	why := ""
	switch {
	case as.Object() > 0:
		why = s.objects[as.Object()-1]
	case as.State == plan.Missing:
		why = s.byKey[as.Key()]
	case as.ID() != 0 && s.ix.ByID[as.ID()] == nil:
		why = goneSince(as.ID())
	}
	if why == "" && s.associated(a, as) {
		why = fmt.Sprintf("group %d is associated with %s %d now", a.ID, as.Kind, as.ID())
	}
	return why
}

// associated reports whether an association that is to be made is there.
func (s *staleness) associated(a *plan.Action, as *plan.Association) bool {
	r, other := s.ix.ByID[a.ID], s.ix.ByID[as.ID()]
	return r != nil && as.ID() != 0 && (s.now.LinkedTo(r, as.Kind, as.ID()) ||
		as.Kind == intel.KindGroup && other != nil && s.now.LinkedTo(other, as.Kind, r.ID))
}
