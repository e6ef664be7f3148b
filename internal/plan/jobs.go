package plan

import (
	"slices"
	"time"

	"tcimport/internal/intel"
)

// These bound a job. The documents of the API have the first one. The second one is where the
// library of ThreatConnect, TcEx, divides its jobs. The third one is ours: TcEx goes up to 75 MB, which
// takes much memory and a long upload. An instance can have a smaller limit; it names that when it refuses a file.
const (
	MostJobIndicators = 25_000
	MostJobGroups     = 5_000
	MostJobBytes      = 10_000_000
)

// JobItemsPerSecond is how many groups or indicators of a job an instance works off in a
// second, as far as TcEx expects: so long it waits before it asks.
const JobItemsPerSecond = 300

// JobPage is how many groups or indicators that a job has made are read back at a time: the API gives no
// more of them.
const JobPage = 10_000

// PollWait is how long to wait before asking for the n-th time, from 0, what a job has done: soon for a small one, and
// seldom for one that takes long.
func PollWait(n int) time.Duration {
	const first, most = time.Second, 20 * time.Second
	wait := first
	for ; n > 0 && wait < most; n-- {
		wait += wait / 2
	}
	return min(wait, most)
}

// The v2 Batch API carries new groups with their fields, tags, attributes and labels, new
// indicators, and associations within one owner. Everything else goes by v3.

// ByJob reports whether a job can create the group, or give it all associations that it gets if it
// gets nothing else. The xid of a new group is its key in the file, and by
// it the group is found again. A field that cannot be read back goes by v3: nobody could say
// whether a job has set it.
func (a *Action) ByJob() bool {
	switch {
	case a.Verb == Update:
		return a.ID != 0 && len(a.Changes) == 0 && !slices.ContainsFunc(a.Associations, func(as Association) bool {
			return as.State != Missing && !a.InJob(Entry{Association: &as})
		})
	case a.Verb != Create || a.XID == "":
		return false
	}
	t, ok := intel.GroupTypeNamed(a.Type)
	return ok && t.InJob(func(field string) bool {
		return slices.ContainsFunc(a.Changes, func(c Change) bool { return c.Field() == field })
	})
}

// ByJob reports whether a job can create the indicator. One with attributes goes by v3: a job adds
// them once more if somebody has created the indicator meanwhile, or replaces those of others.
func (o *Object) ByJob() bool {
	return o != nil && o.State == New && !o.Exists() && o.Definition != nil && o.Definition.InJob() && len(o.Definition.Attributes()) == 0
}

// JobIndicators marks the objects of the plan that jobs create: the new indicators that groups of
// jobs name, and those that no group brings along. A group that goes by v3 brings its own.
func (p *Plan) JobIndicators() []bool {
	out := make([]bool, len(p.Objects))
	for i, brought := range p.brought() {
		o := p.Objects[i]
		out[i] = o.Own && !brought && o.ByJob()
	}
	for _, a := range p.Actions {
		if !a.ByJob() {
			continue
		}
		for i := range a.Associations {
			if at := a.Associations[i].Object(); at > 0 && p.Objects[at-1].ByJob() && a.InJob(Entry{Association: &a.Associations[i]}) {
				out[at-1] = true
			}
		}
	}
	return out
}

// InJob reports whether the job that carries a carries an entry of it, too. The
// file has no place for the technique of a tag, and none for an end in another owner.
func (a *Action) InJob(e Entry) bool {
	as := e.Association
	switch {
	case as == nil:
		return e.List() != intel.ListTags || e.Tag().TechniqueID == ""
	case as.Owner() != a.Owner, as.Op == Remove:
		return false
	case as.State == Existing:
		return as.Kind == intel.KindGroup || as.Kind == intel.KindIndicator
	case as.State != New:
		return false
	case as.group != nil:
		return as.group.Verb == Create && as.group.ByJob()
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
