package compare

import (
	"fmt"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/spelling"
)

// match is what identity says about one group of the import.
type match struct {
	remote  *intel.Remote // nil: it does not exist
	dispute *dispute      // nil if there is no conflict
	byRow   bool          // the id-map has found it
	adopted bool          // it was found by its name
	deleted bool          // the id-map knows a group that is not there any more
}

// dispute is a conflict of a group that may be any of candidates, or must not be the one
// that was found.
type dispute struct {
	why        string
	candidates []*intel.Remote
}

func inConflict(candidates []*intel.Remote, format string, args ...any) match {
	return match{dispute: &dispute{fmt.Sprintf(format, args...), candidates}}
}

// candidates are those that a group in conflict may be.
func (mt *match) candidates() []*intel.Remote {
	if mt.dispute == nil {
		return nil
	}
	return mt.dispute.candidates
}

// matcher finds out which groups of the instance are which of the import.
type matcher struct {
	im    *intel.Import
	ix    *inventory.Index
	ids   baseline.IDMap
	adopt plan.Adopt

	claimed  map[int64]int // group of the instance -> group of the import
	disputed map[int64]int // likewise, where it is one of several that it may be
	matches  []match
	keyOf    map[int64]string // of the id-map, once it is asked for
}

// matchGroups applies the order of identity: an ID from the id-map, the xid,
// then owner, type and name. Names come last for all groups, so that a group
// which another key owns by its xid is never a candidate.
func matchGroups(im *intel.Import, ex *inventory.Inventory, ids baseline.IDMap, adopt plan.Adopt) *matcher {
	m := &matcher{im: im, ix: inventory.NewIndex(ex.Groups), ids: ids, adopt: adopt,
		claimed: map[int64]int{}, disputed: map[int64]int{}, matches: make([]match, len(im.Groups))}
	for i, g := range im.Groups {
		if g.Reference {
			m.matches[i] = m.reference(g)
			continue
		}
		mt := m.known(g)
		if g.Invalid != "" && mt.dispute != nil {
			mt = match{} // it is not written, whichever group it is
		}
		m.matches[i] = mt
		if mt.remote != nil {
			m.claim(i, mt.remote)
		}
		for _, r := range mt.candidates() {
			if r.XID == g.ExpectedXID(im.Namespace) || len(mt.candidates()) > 1 {
				m.disputed[r.ID] = i
			}
		}
	}
	byName := map[*intel.Remote]int{} // the first group that was found by its name
	for i, g := range im.Groups {
		mt := &m.matches[i]
		if g.Reference || g.Invalid != "" || mt.remote != nil || mt.dispute != nil {
			continue
		}
		deleted := mt.deleted
		*mt = m.named(g)
		mt.deleted = deleted && mt.remote == nil
		if mt.remote == nil {
			continue
		}
		r := mt.remote
		if first, taken := byName[r]; taken {
			*mt = m.namesake(r, first)
			if m.matches[first].dispute == nil {
				m.matches[first] = m.namesake(r, i)
			}
		} else {
			byName[r] = i
		}
	}
	return m
}

// namesake is a match with r, which group other has the same type and name as.
func (m *matcher) namesake(r *intel.Remote, other int) match {
	g := m.im.Groups[other]
	return inConflict([]*intel.Remote{r},
		"%s %s exists without an xid, and the key %q at %s has the same type and name: change one of the names, or give the group's ID in an id-map",
		r.Type, message.Quote(r.Name), g.Key, g.Pos)
}

// claim notes that group i is r. That two are is a conflict of both: neither of
// them is more likely to be the right one.
func (m *matcher) claim(i int, r *intel.Remote) {
	j, taken := m.claimed[r.ID]
	if !taken {
		m.claimed[r.ID] = i
		return
	}
	also := func(of, other int) {
		g := m.im.Groups[other]
		m.matches[of] = inConflict([]*intel.Remote{r}, "group %d also belongs to the key %q at %s: remove one of the two keys", r.ID, g.Key, g.Pos)
	}
	also(i, j)
	if m.matches[j].dispute == nil {
		also(j, i)
	}
}

// known matches by id-map and by xid.
func (m *matcher) known(g *intel.Group) match {
	xid := g.ExpectedXID(m.im.Namespace)
	byXID := m.ix.ByXID(g.Owner, xid)
	if len(byXID) > 1 {
		return inConflict(byXID, "%d groups in %s have the xid %s: merge or delete all but one", len(byXID), message.Quote(g.Owner), message.Quote(xid))
	}
	var mt match
	if len(byXID) == 1 {
		mt = match{remote: byXID[0]}
	}
	if row, ok := m.ids[g.Key]; ok {
		byID := m.byRow(g, row, xid)
		switch {
		case byID.dispute != nil:
			return byID
		case byID.remote == nil:
		case mt.remote != nil && mt.remote != byID.remote:
			return inConflict([]*intel.Remote{byID.remote, mt.remote},
				"the id-map says that %q is group %d (%s), but group %d has its xid: correct that row, or leave --id-map out", g.Key, row.ID, row.Row, mt.remote.ID)
		default:
			mt = byID
		}
		mt.deleted = row.ID != 0 && mt.remote == nil
	}
	if mt.remote != nil && spelling.Fold(mt.remote.Type) != spelling.Fold(g.Type) {
		how := "xid"
		if mt.byRow {
			how = "id-map"
		}
		return inConflict([]*intel.Remote{mt.remote},
			"%q is of type %s here and of type %s on the server (group %d, found by %s): a type cannot be changed; give the group another key, or delete the old one",
			g.Key, g.Type, mt.remote.Type, mt.remote.ID, how)
	}
	return mt
}

// byRow finds the group that a row of the id-map means. The row counts only if
// owner and type agree and the group carries the expected xid or the row's
// name.
func (m *matcher) byRow(g *intel.Group, row baseline.Group, xid string) match {
	if row.ID == 0 {
		return match{}
	}
	var candidates []*intel.Remote
	r, there := m.ix.ByID[row.ID]
	if there {
		candidates = append(candidates, r)
	}
	switch {
	case row.Owner != "" && row.Owner != g.Owner:
		return inConflict(candidates, "the id-map has %q in owner %s (%s), the manifest has it in %s: correct that row, or give the group another key",
			g.Key, message.Quote(row.Owner), row.Row, message.Quote(g.Owner))
	case spelling.Fold(row.Type) != spelling.Fold(g.Type):
		return inConflict(candidates, "the id-map has %q with the type %s (%s), the manifest with the type %s: a type cannot be changed; give the group another key",
			g.Key, row.Type, row.Row, g.Type)
	case !there:
		return match{}
	}
	// A run that was killed may have given it its new name, or not.
	named := r.Name == row.Name || row.Baseline.Maybe(baseline.Name(r.Name))
	if r.Owner != g.Owner || spelling.Fold(r.Type) != spelling.Fold(g.Type) || r.XID != xid && !named {
		return inConflict(candidates, "the id-map says that %q is group %d (%s), but this is now %s %s in %s: correct that row, or leave --id-map out",
			g.Key, row.ID, row.Row, r.Type, message.Quote(r.Name), message.Quote(r.Owner))
	}
	return match{remote: r, byRow: true}
}

// named matches by owner, type and name: adoption.
func (m *matcher) named(g *intel.Group) match {
	var candidates []*intel.Remote
	for _, r := range m.ix.ByName(g.Owner, g.Type, g.Name) {
		if _, taken := m.claimed[r.ID]; !taken {
			candidates = append(candidates, r)
		}
	}
	if len(candidates) == 0 {
		return match{}
	}
	what, owner := fmt.Sprintf("%s %s", g.Type, message.Quote(g.Name)), message.Quote(g.Owner)
	for _, r := range candidates {
		if i, ok := m.disputed[r.ID]; ok {
			return inConflict(candidates, "%s exists in %s, but group %d may belong to the key %q at %s: resolve the conflict of that key first",
				what, owner, r.ID, m.im.Groups[i].Key, m.im.Groups[i].Pos)
		}
	}
	switch {
	case len(candidates) > 1:
		return inConflict(candidates, "%d groups in %s are called %s: give the xid of the right one, or its ID in an id-map", len(candidates), owner, what)
	case m.adopt == plan.AdoptNone:
		return inConflict(candidates, "%s already exists in %s, and --adopt none does not take it over: leave --adopt out, or give the xid of the group", what, owner)
	case candidates[0].XID == "" || m.adopt == plan.AdoptAny:
		return match{remote: candidates[0], adopted: true}
	}
	xid := message.Quote(candidates[0].XID)
	if key := m.earlierKey(candidates[0]); key != "" {
		return inConflict(candidates, "%s already exists in %s: it is the group of the key %q of this import (%s), which the manifests no longer have: give it this key again, "+
			"write its xid %s into the manifest, or take it over under the new key with --adopt any", what, owner, key, m.ids[key].Row, xid)
	}
	return inConflict(candidates, "%s already exists in %s with the xid %s, which is not from this import: write this xid into the manifest, or take the group over with --adopt any",
		what, owner, xid)
}

// earlierKey is the key under which an earlier run of this import has created r, as
// the id-map says; "" if that has not.
func (m *matcher) earlierKey(r *intel.Remote) string {
	if m.keyOf == nil {
		m.keyOf = m.ids.Keys()
	}
	if key, ok := m.keyOf[r.ID]; ok && r.XID == intel.DerivedXID(m.im.Namespace, r.Owner, key) {
		return key
	}
	return ""
}

// reference matches a group that is only pointed at.
func (m *matcher) reference(g *intel.Group) match {
	if g.ID != 0 {
		if row, ok := m.ids[g.Key]; ok && row.ID == g.ID && g.Type != "" { // only the id-map knows it
			if byID := m.byRow(g, row, g.ExpectedXID(m.im.Namespace)); byID.dispute != nil {
				return byID
			}
		}
		if r, ok := m.ix.ByID[g.ID]; ok {
			return match{remote: r}
		}
		return inConflict(nil, "there is no group with the ID %d, or the API user cannot read it: correct the ID, or ask for access", g.ID)
	}
	found, called := m.ix.ByName(g.Owner, g.Type, g.Name), "are called "+g.Type+" "+message.Quote(g.Name)+": a reference by type and name needs exactly one"
	if g.XID != "" {
		found, called = m.ix.ByXID(g.Owner, g.XID), "have the xid "+message.Quote(g.XID)+": a reference by xid needs exactly one"
	}
	if len(found) == 1 {
		return match{remote: found[0]}
	}
	count := message.Plural(len(found), "group")
	if len(found) == 0 {
		count = "no groups"
	}
	return inConflict(found, "%s in %s %s", count, message.Quote(g.Owner), called)
}

func candidates(rs []*intel.Remote) []plan.Candidate {
	out := make([]plan.Candidate, len(rs))
	for i, r := range rs {
		out[i] = plan.Candidate{ID: r.ID, Type: r.Type, Name: r.Name, Owner: r.Owner, XID: r.XID, WebLink: r.WebLink.String()}
		if !r.Added.IsZero() {
			out[i].Added = r.Added.UTC().Format(time.RFC3339)
		}
	}
	return out
}
