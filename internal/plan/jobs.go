package plan

import "tcimport/internal/intel"

// The v2 Batch API carries new groups with their fields, tags, attributes and labels, new
// indicators, and associations within one owner. Everything else goes by v3.

// ByJob reports whether a job can create the group. The xid is its key in the file, and by
// it the group is found again. A field that cannot be read back goes by v3: nobody could say
// whether a job has set it.
func (a *Action) ByJob() bool {
	if a.Verb != Create || a.XID == "" {
		return false
	}
	t, ok := intel.GroupTypeNamed(a.Type)
	for i := range a.Changes {
		if spec, has := t.Field(a.Changes[i].Field()); has && spec.CreateOnly {
			return false
		}
	}
	return ok
}

// ByJob reports whether a job can create the indicator.
func (o *Object) ByJob() bool {
	return o != nil && o.Kind == intel.KindIndicator && o.State == New && o.Definition != nil
}

// InJob reports whether the job that creates the group of a carries an entry of it, too. The
// file has no place for the technique of a tag, and none for an end in another owner.
func (a *Action) InJob(e Entry) bool {
	as := e.Association
	switch {
	case as == nil:
		return e.List() != intel.ListTags || e.Tag().TechniqueID == ""
	case as.Owner() != a.Owner:
		return false
	case as.State == Existing:
		return as.Kind == intel.KindGroup || as.Kind == intel.KindIndicator
	case as.State != New:
		return false
	case as.group != nil:
		return as.group.ByJob()
	}
	return as.object.ByJob()
}

// XID is the xid of the group at the other end, if it is one of this import; "" if not.
func (as *Association) XID() string {
	if as.group == nil {
		return ""
	}
	return as.group.XID
}

// Definition is what the object at the other end is made from; nil for none.
func (as *Association) Definition() *intel.Object {
	if as.object == nil {
		return nil
	}
	return as.object.Definition
}
