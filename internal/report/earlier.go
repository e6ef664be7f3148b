package report

import (
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
)

// WithEarlier are the rows of a run with those of the report that they replace
// whose keys the run does not have: as they were, and marked as earlier ones. It
// tells how many these are. settled are groups of which the plan has decided
// already what becomes of their rows.
func WithEarlier(rows, old []Row, settled baseline.IDMap) ([]Row, int) {
	e := &earlierRows{keys: map[rowKey]bool{}, ids: map[rowID]bool{}, written: map[int64]bool{}, groups: map[string]int64{}}
	for i := range rows {
		e.now(&rows[i])
	}
	for i := range old {
		e.before(&old[i])
	}
	out := slices.Clip(rows)
	for i := range old {
		r := old[i]
		if e.drop(&r, settled) {
			continue
		}
		r.Earlier = true
		out = append(out, r)
	}
	return out, len(out) - len(rows)
}

// rowKey is what a row is about: a key has one group, other things can be in
// several owners.
type rowKey struct {
	kind       intel.Kind
	key, owner string
}

func keyOf(r *Row) rowKey {
	if r.Kind == intel.KindGroup {
		return rowKey{r.Kind, r.Key, ""}
	}
	return rowKey{r.Kind, r.Key, r.Owner}
}

// rowID is something on the instance.
type rowID struct {
	kind intel.Kind
	id   int64
}

type earlierRows struct {
	keys    map[rowKey]bool  // that the run has
	ids     map[rowID]bool   // that have a row which says more than that they were pointed at
	written map[int64]bool   // groups that the run has, whatever their key
	groups  map[string]int64 // of the earlier report
}

func (e *earlierRows) now(r *Row) {
	e.keys[keyOf(r)] = true
	e.ids[rowID{r.Kind, r.ID}] = true
	if r.Kind == intel.KindGroup && r.Action != actionReference && r.ID != 0 {
		e.written[r.ID] = true
	}
}

func (e *earlierRows) before(r *Row) {
	if r.Action != actionReference {
		e.ids[rowID{r.Kind, r.ID}] = true
	}
	if r.Kind == intel.KindGroup {
		e.groups[r.Key] = r.ID
	}
}

// drop reports whether a row of the earlier report says nothing that the new one
// does not say.
func (e *earlierRows) drop(r *Row, settled baseline.IDMap) bool {
	switch {
	case r.Kind == kindAssociation:
		// What could not be made of a group that the run has is in rows of its own.
		return e.keys[rowKey{intel.KindGroup, r.Key, ""}] || e.written[e.groups[r.Key]]
	case e.keys[keyOf(r)]:
		return true
	case r.Action == actionReference && r.ID != 0 && len(r.Baseline) == 0:
		return e.ids[rowID{r.Kind, r.ID}]
	}
	known, ok := settled[r.Key]
	return r.Kind == intel.KindGroup && ok && known.ID == r.ID
}
