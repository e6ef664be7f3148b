package state

import (
	"cmp"
	"fmt"
	"maps"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/plan"
)

// Known are the groups that a run which was killed is known to have written, as
// an id-map has them: no report has them yet. It is empty where the last run
// came to its end.
func (l *Left) Known() baseline.IDMap {
	ids := baseline.IDMap{}
	if l == nil || l.Ended {
		return ids
	}
	for _, o := range l.Outcomes {
		if o.ID == 0 || o.Action == plan.Delete && o.Status == apply.OK {
			continue
		}
		ids[o.Key] = baseline.Group{ID: o.ID, Type: o.Type, Name: o.Name, Owner: o.Owner, XID: o.XID, WebLink: o.WebLink,
			Row: fmt.Sprintf("%s:%d", l.Path, o.Line), Baseline: o.Baseline, Rewritten: o.Rewritten}
	}
	return ids
}

// CarryOn are the rows of an id-map that change by what a run has written which
// was killed: as that has left them, with what only the id-map knows of these
// groups. Where nobody knows whether a write has arrived, what it was to change
// in place may be there instead of what the id-map says: either one is ours.
func (l *Left) CarryOn(ids baseline.IDMap) baseline.IDMap {
	out := l.Known()
	if l == nil || l.Ended {
		return out
	}
	for key, k := range out {
		if old := ids[key]; old.ID == k.ID {
			if len(k.Baseline) == 0 {
				k.Baseline = old.Baseline
			}
			k.Source = cmp.Or(k.Source, old.Source)
			rewritten := maps.Clone(old.Rewritten)
			if rewritten == nil {
				rewritten = k.Rewritten
			} else {
				maps.Copy(rewritten, k.Rewritten)
			}
			k.Rewritten = rewritten
		}
		out[key] = k
	}
	for _, w := range l.Doubtful {
		if old, ok := ids[w.Key]; ok && out[w.Key].ID == 0 && w.ID != 0 && old.ID == w.ID {
			out[w.Key] = old
		}
	}
	for key, ap := range l.intended {
		// Of a group of which nothing is known that is no start: all else on it would
		// look like somebody's edit.
		if k, ok := out[key]; ok && len(k.Baseline) > 0 {
			k.Baseline = k.Baseline.With(ap...)
			out[key] = k
		}
	}
	return out
}
