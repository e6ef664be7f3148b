package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// leftovers finds the groups of the id-map that the manifests no longer name and
// that are still there: they are carried on in the report, or, with Prune,
// deleted. A group that one of the manifests may be, were it not in conflict, is
// none that they have let go.
func (m *maker) leftovers(ix *inventory.Index) {
	pointedAt, disputed := map[int64]bool{}, map[int64]bool{}
	if len(m.dropped) > 0 {
		for _, mt := range m.matches {
			if mt.remote != nil {
				pointedAt[mt.remote.ID] = true
			}
			for _, r := range mt.candidates() {
				disputed[r.ID] = true
			}
		}
	}
	for _, key := range m.dropped {
		row := m.IDMap[key]
		r, ok := ix.ByID[row.ID]
		switch {
		case !ok && m.Found.Incomplete != "":
			// It may be among what could not be read.
			m.carryOn(key, row, "not all groups could be read")
			continue
		case !ok, pointedAt[r.ID]:
			continue
		}
		why := m.notPruned(key, r)
		if disputed[r.ID] {
			why = "it may be a group of the manifests that is in conflict"
		}
		edited := ""
		if m.Policy.Prune && why == "" {
			if edited = m.editedSince(key, r); edited != "" && m.Policy.OnDrift == plan.DriftKeep {
				why = plan.Note{Kind: plan.EditKept, Detail: edited}.String()
			}
		}
		if !m.Policy.Prune || why != "" {
			row.Type, row.Name, row.Owner, row.XID, row.WebLink = r.Type, r.Name, r.Owner, r.XID, r.WebLink
			m.carryOn(key, row, why)
			continue
		}
		m.deletions = append(m.deletions, m.deletion(key, r, edited))
	}
	for _, a := range m.deletions {
		a.Found().State = inventory.Fingerprint(ix.ByID[a.ID], a.Compared(), m.doomed)
	}
	if m.Policy.Prune {
		m.plan.PruneRefused = m.refusePrune(len(m.doomed))
	}
}

// Dropped are the keys of an id-map that an import does not name, sorted.
func Dropped(im *intel.Import, ids baseline.IDMap) []string {
	if len(ids) == 0 {
		return nil
	}
	named := make(map[string]bool, len(im.Groups))
	for _, g := range im.Groups {
		named[g.Key] = true
	}
	var keys []string
	for key := range ids {
		if !named[key] {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// notPruned says why a group of the id-map is never deleted, "" if it may be.
func (m *maker) notPruned(key string, r *intel.Remote) string {
	switch {
	case r.XID == "":
		return "it has no xid: tcimport adopted it and did not create it"
	case r.XID == intel.DerivedXID(m.Import.Namespace, r.Owner, key):
		return ""
	case strings.HasPrefix(r.XID, intel.XIDPrefix):
		return "its xid belongs to another key or namespace: delete it by hand"
	}
	return fmt.Sprintf("its xid (%s) is not from tcimport, and others may use it: delete it by hand", r.XID)
}

// deletion is what becomes of a group that is to be pruned. edited is what somebody
// has edited of it, "" for nothing.
func (m *maker) deletion(key string, r *intel.Remote, edited string) *plan.Action {
	a := &plan.Action{Verb: plan.Delete, Key: key, Type: r.Type, Name: r.Name, Owner: r.Owner, ID: r.ID, XID: r.XID, Source: plan.SourceAt(m.IDMap[key].Row)}
	a.Found().WebLink = r.WebLink
	if whole := Whole(r.Type); whole.Lists&r.Lists != 0 { // as far as r was read
		a.Found().Compared = plan.Compared{Fields: whole.Fields, Lists: whole.Lists & r.Lists}
	}
	a.Found().Compared.Paged = m.Found.Paged[r.ID]
	if edited != "" && m.Policy.OnDrift == plan.DriftFail {
		a.Verb, a.Dropped, a.Rare().Reason = plan.Conflict, true, editedOnServer+", and not deleted (--on-drift fail): "+edited
		return a
	}
	if edited != "" {
		remark(a, editedOnServer+", and deleted: "+edited)
	}
	m.doomed[r.ID] = true
	return a
}

// Whole is all that can be looked at of a group of a type: whoever has edited
// anything of one that is to be deleted wants it to stay.
func Whole(typ string) plan.Compared {
	c := plan.Compared{Lists: intel.ListTags | intel.ListSecurityLabels | intel.ListAttributes | intel.ListAssociations}
	if t, ok := intel.GroupTypeNamed(typ); ok {
		for _, f := range t.AllFields() {
			if !f.CreateOnly {
				c.Fields = append(c.Fields, f.Name)
			}
		}
	}
	return c
}

// refusePrune says why nothing may be deleted, "" if it may.
func (m *maker) refusePrune(pruned int) string {
	_, unnamed := m.Import.Invalid()
	managed := 0
	for _, row := range m.IDMap {
		if row.ID != 0 {
			managed++
		}
	}
	switch {
	case m.defined == 0:
		return "the manifests have no groups: this would delete everything"
	case pruned == 0:
		return ""
	case unnamed > 0:
		return fmt.Sprintf("the keys of %s could not be read: correct the manifests first", message.Plural(unnamed, "group"))
	case m.Found.Incomplete != "":
		return "not everything could be read: " + m.Found.Incomplete
	case !m.Policy.PruneMax.Allows(pruned, managed):
		return fmt.Sprintf("this would delete %d of %d groups, more than --prune-max %s allows: check the manifests, or raise --prune-max", pruned, managed, m.Policy.PruneMax)
	}
	return ""
}

// carryOn keeps a group of the id-map in the report. why is what keeps --prune
// from deleting it.
func (m *maker) carryOn(key string, row baseline.Group, why string) {
	o := plan.FullObject{Kind: intel.KindGroup, Written: key, Type: row.Type, Name: row.Name, Owner: row.Owner, ID: row.ID,
		XID: row.XID, WebLink: row.WebLink, State: plan.Existing, Source: plan.SourceAt(cmp.Or(row.Source, row.Row))}
	if m.Policy.Prune {
		o.Reason = why
	}
	m.plan.CarriedOn = append(m.plan.CarriedOn, o.Object())
}
