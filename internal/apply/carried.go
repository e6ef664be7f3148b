package apply

import (
	"slices"
	"time"

	"tcimport/internal/intel"
)

// carried is what a job has made of the group of a node.
type carried struct {
	group *intel.Remote
	ended time.Time // the end of the job: it has written nothing after it
	doubt error     // why it is unknown whether the group is there; nil if it is known
}

// findInJob is the group that a job has created, or associated. It was read by its xid, or its ID.
func (w *writing) findInJob() answer {
	c := w.nodes[w.node].carried
	if c.doubt != nil {
		return answer{kind: unreadable, err: c.doubt}
	}
	if err := w.takeID(c.group.ID, true); err != nil {
		return answer{kind: unreadable, err: err}
	}
	return answer{kind: succeeded, group: c.group}
}

// takeOver writes what a group lacks that a job carried: what the job could not carry, and what
// it has left out. Lists may show an attribute late, and a second one like it would be there
// twice: such a request reads first, until the settling time has passed.
func (w *writing) takeOver(r *intel.Remote) {
	w.setIdentity(r)
	sent := w.inJob()
	missing := w.missing(sent, r)
	tags, _ := split(missing, func(e *entry) bool { return e.List() == intel.ListTags })
	if len(tags) <= len(w.strangeTags(r)) { // the group is new: the instance has made these tags of those that are missing
		w.recordTags(tags, r)
		mark(tags, OK)
	}
	for _, entries := range w.spread() {
		if len(entries) == 0 {
			break // nothing is missing
		}
		next := w.update(entries)
		if again, _ := split(entries, func(e *entry) bool { return slices.Contains(missing, e) }); duplicates(again) {
			mark(entries, InDoubt)
			next.state, next.problem = resuming, "a job has created it, and reading it failed"
		}
		w.push(next)
	}
}

// inJob are the entries that the job carries.
func (w *writing) inJob() []*entry {
	in, _ := split(w.entries, func(e *entry) bool { return e.status == "" && w.action.InJob(e.Entry) })
	return in
}
