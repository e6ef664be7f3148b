package state

import (
	"fmt"
	"iter"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/plan"
)

// Keys says which groups an import defines: their owners, by key.
type Keys struct {
	Namespace string
	Owners    map[string]string
}

// Join brings ids up to what the journal knows. replaced are the groups of the report
// that the run replaces, nil for none.
func (r *Resume) Join(ids baseline.IDMap, replaced iter.Seq2[string, baseline.Group], of Keys) *Resume {
	joined := Resume{Ended: true}
	if r != nil {
		joined = *r
	}
	joined.IDMap, joined.replaced = ids.With(r.Rows(ids, of)), replaced
	return &joined
}

// Rows are the rows of an id-map that a killed run has changed or added, names
// included: no report has them yet. What that run has written under the same key to
// another owner is not of this import. What the manifests have dropped since is, but
// not what they only pointed at.
func (r *Resume) Rows(ids baseline.IDMap, of Keys) baseline.IDMap {
	rows := baseline.IDMap{}
	if r == nil || r.Ended {
		return rows
	}
	for key, g := range r.all() {
		old := ids[key]
		row, ok := g.row(old, r.Path)
		owner, defined := of.Owners[key]
		switch {
		case !ok, defined && owner != row.Owner:
		case !defined && old.ID != row.ID && (old.ID != 0 || !row.OwnKey(key, of.Namespace)):
		default:
			rows[key] = row
		}
	}
	return rows
}

// row is the row of an id-map for a group: as the journal of path says, with what only
// old knows of it. If it is not known whether a write has arrived, what it was to
// change may be there instead of what old says: both are ours.
func (g *Group) row(old baseline.Group, path string) (row baseline.Group, ok bool) {
	switch {
	case g.ID != 0 && !(g.Action == plan.Delete && g.Status == apply.OK):
		row = baseline.Group{ID: g.ID, Type: g.Type, Name: g.Name, Owner: g.Owner, XID: g.XID, WebLink: g.WebLink,
			Row: fmt.Sprintf("%s:%d", path, g.Line), Baseline: g.Baseline, Rewritten: g.Rewritten}
		if old.ID == g.ID {
			if len(row.Baseline) == 0 {
				row.Baseline = old.Baseline
			}
			row.Source, row.Rewritten = old.Source, old.Rewritten.With(g.Rewritten)
		}
	case g.Sent != nil && g.Sent.ID != 0 && old.ID == g.Sent.ID:
		row = old
	default:
		return row, false
	}
	// Without other facts, all else on the group would look like an edit.
	if len(row.Baseline) > 0 {
		row.Baseline = row.Baseline.With(g.Intended...)
	}
	return row, true
}

// Owners are the owners of groups that a killed run has written: what the manifests
// have dropped since may be pruned there.
func (r *Resume) Owners() map[string]bool {
	owners := map[string]bool{}
	for _, g := range r.all() {
		if row, ok := g.row(baseline.Group{}, ""); ok && !r.Ended {
			owners[row.Owner] = true
		}
	}
	return owners
}

// LeftOn is the id-map with all facts that earlier runs have left on groups, or may
// have: nested lists may not show these yet.
func (r *Resume) LeftOn() baseline.IDMap {
	changed := baseline.IDMap{}
	add := func(key string, facts baseline.Baseline) {
		g, ok := changed[key]
		if !ok {
			g = r.IDMap[key]
		}
		if more := facts.Where(func(f baseline.Fact) bool { return !g.Baseline.Has(f) }); len(more) > 0 {
			g.Baseline = g.Baseline.With(more...)
			changed[key] = g
		}
	}
	if r.replaced != nil {
		for key, g := range r.replaced {
			add(key, g.Baseline)
		}
	}
	for key, g := range r.all() {
		add(key, g.Baseline.With(g.Intended...))
	}
	return r.IDMap.With(changed)
}
