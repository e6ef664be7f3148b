package plan

import (
	"slices"
	"strings"
)

// Where a difference comes from.
const (
	fromManifest = "manifest"
	fromServer   = "server"
)

// origin tells where a difference comes from: the server if something is gone
// that was applied (missing), or if something is there that was not (present).
func (es entries) origin(missing, present string, alternatives ...string) string {
	switch {
	case es == nil:
		return ""
	case missing != "" && es.surely(missing):
		return fromServer
	case present != "" && !es.maybe(present) && !slices.ContainsFunc(alternatives, es.maybe):
		return fromServer
	}
	return fromManifest
}

// ofField lists what was applied to a field.
func (es entries) ofField(field string) []string {
	var out []string
	for e := range es {
		if strings.HasPrefix(e, strings.ReplaceAll(field, " ", "_")+"=") {
			out = append(out, e)
		}
	}
	slices.Sort(out)
	return out
}

const (
	editedOnServer  = "edited on the server since the last run"
	deletedOnServer = "deleted on the server since the last run"
)

// keepDeleted applies the drift policy to a group that somebody has deleted on
// the server, where that is not to be overwritten.
func (m *maker) keepDeleted(a *Action) {
	a.Deleted = true
	if m.Policy.OnDrift == DriftFail {
		a.Verb, a.Reason = Conflict, deletedOnServer+" (--on-drift fail)"
		return
	}
	a.Verb, a.Reason = Skip, deletedOnServer+", and not created again (--on-drift keep)"
}

// settleDrift applies the drift policy to a group that was compared: edits on
// the server are overwritten, kept, or make a conflict.
func (m *maker) settleDrift(a *Action, es entries) {
	var drifted []string
	for _, c := range a.Changes {
		if c.Drift == fromServer {
			drifted = append(drifted, c.Field)
		}
	}
	for _, as := range a.Associations {
		if as.Drift == fromServer {
			drifted = append(drifted, as.Kind.AssociationField())
		}
	}
	if len(drifted) == 0 {
		return
	}
	slices.Sort(drifted)
	what := strings.Join(slices.Compact(drifted), ", ")
	switch m.Policy.OnDrift {
	case DriftKeep:
		m.keepDrift(a, es)
		a.Notes = append(a.Notes, Note{EditKept, what})
	case DriftFail:
		a.Verb, a.Reason = Conflict, editedOnServer+" (--on-drift fail): "+what
	default:
		a.remark(editedOnServer + ", and overwritten: " + what)
	}
}

// keepDrift takes the edits on the server out of the plan, and remembers what
// was applied before them, so that they are recognised the next time, too.
func (m *maker) keepDrift(a *Action, es entries) {
	a.Changes = slices.DeleteFunc(a.Changes, func(c Change) bool {
		if c.Drift != fromServer {
			return false
		}
		a.Applied = append(a.Applied, keptEntries(c, es)...)
		if c.Field == "name" {
			a.Called = c.Old
		}
		return true
	})
	a.Associations = slices.DeleteFunc(a.Associations, func(as *Association) bool {
		if as.Drift != fromServer {
			return false
		}
		if as.Op == Add { // it was applied here or at its other end
			a.Applied = append(a.Applied, linkEntry(as.Kind, as.ID))
		}
		return true
	})
	slices.Sort(a.Applied)
	a.Applied = slices.Compact(a.Applied)
}

// keptEntries are the entries of what was applied and is not there any more. What
// is there instead is somebody else's, also if it is what an earlier run left.
func keptEntries(c Change, es entries) []string {
	typ, isAttribute := strings.CutPrefix(c.Field, "attribute:")
	switch {
	case c.Op == Remove:
		return nil
	case c.Field == "tags", c.Field == "securityLabels":
		return c.entriesOf(nil)
	case isAttribute:
		before := c
		before.New = c.Old // its value may be there still, and something else of it gone
		return slices.DeleteFunc(append(c.attributeEntries(typ), before.attributeEntries(typ)...), func(e string) bool { return !es[e] })
	}
	return es.ofField(c.Field)
}
