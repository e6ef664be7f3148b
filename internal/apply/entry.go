package apply

import (
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// entry is one part of a write with its status. A write is a list of entries, a
// request is a slice of this list, and every result is computed from the list.
type entry struct {
	plan.Entry
	end    intel.LinkWrite // of an association: its other end, as far as it is known
	status Status          // "" as long as no request has named the entry
	why    string          // why it is not OK; if it is OK: why a flag leaves it out
	stored string          // the value that the instance stores, if it is not the one that was sent
	shown  bool            // an answer has shown the value that the instance stores
	unsent bool            // it has failed without a request, because the instance refused others like it
}

// newEntries are the entries of an action: its changes, its associations and, for
// a create, the name. Entries that the plan leaves out have their status already.
func (e *engine) newEntries(a *plan.Action) []*entry {
	parts := a.Entries()
	if a.Verb == plan.Create {
		name := plan.FullChange{Field: "name", Op: plan.Add, New: a.Name}.Change()
		parts = append(parts, plan.Entry{Change: &name})
	}
	all := make([]entry, len(parts))
	out := make([]*entry, len(parts))
	for i, p := range parts {
		out[i] = &all[i]
		out[i].Entry = p
		switch as := p.Association; {
		case a.Verb == plan.Skip:
			out[i].set(OK, a.Reason())
		case as == nil || as.State != plan.Missing:
		case e.skips(as):
			out[i].set(OK, as.Reason())
		default:
			out[i].set(NotAttempted, as.Reason())
		}
	}
	return out
}

// skips reports whether a flag leaves out an association whose other end does not
// exist.
func (e *engine) skips(as *plan.Association) bool {
	if e.plan.Policy.MissingIndicators == plan.MissingSkip && as.Kind == intel.KindIndicator {
		return true
	}
	i, ok := e.actions[as.Key()]
	return ok && e.plan.Actions[i].Verb == plan.Skip
}

// mark sets the status of entries. An entry that has arrived keeps OK, and one
// that was refused does not become doubtful.
func mark(entries []*entry, s Status) {
	for _, e := range entries {
		if s == OK || e.status == "" || e.status == InDoubt && s == Failed {
			e.status, e.why = s, ""
		}
	}
}

// set gives an entry its final status. Messages put the reason after "was".
func (e *entry) set(s Status, why string) { e.status, e.why = s, why }

// clearDoubt says that entries in doubt have not arrived, and cannot arrive any
// more.
func clearDoubt(entries []*entry) {
	for _, e := range entries {
		if e.status == InDoubt {
			e.status = ""
		}
	}
}

// begun reports whether a request has named any change.
func begun(entries []*entry) bool {
	return slices.ContainsFunc(entries, func(e *entry) bool { return e.Change != nil && e.status != "" })
}

// split divides entries in two, in order.
func split(entries []*entry, take func(*entry) bool) (in, out []*entry) {
	for i, e := range entries {
		to := &out
		if take(e) {
			to = &in
		}
		if *to == nil {
			*to = make([]*entry, 0, len(entries)-i)
		}
		*to = append(*to, e)
	}
	return in, out
}

// isScalar reports whether the entry is a field or the name. A create needs these.
func isScalar(e *entry) bool { return e.List() == 0 }

// duplicates reports whether sending the entries twice can leave something twice on
// the instance.
func duplicates(entries []*entry) bool {
	return slices.ContainsFunc(entries, func(e *entry) bool {
		return e.List() == intel.ListAttributes && !e.Removes() && !e.InPlace() || e.end.New != nil && canDuplicate(e.end.New)
	})
}

// hasAttributes reports whether any entry belongs to the list of attributes.
func hasAttributes(entries []*entry) bool {
	return slices.ContainsFunc(entries, func(e *entry) bool { return e.List() == intel.ListAttributes })
}
