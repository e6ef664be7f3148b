package report

import (
	"fmt"
	"maps"
	"strings"

	"tcimport/internal/baseline"
)

// Earlier are the rows of the report that is replaced which stay: their keys are not
// in the run. They are as they were, and marked as earlier ones.
type Earlier struct {
	N    int
	rows Rows

	keys map[string]Row // rows of groups that the run has written under the key #ID
}

// own is a row of the run under the key that the replaced report has for its group: a
// manifest can name a group by its ID. What that report knows of the group is kept.
func (e *Earlier) own(r *Row) *Row {
	known, ok := e.keys[r.Key]
	if !ok || r.Kind != kindGroup && r.Kind != kindAssociation {
		return r
	}
	own := *r
	own.Key = known.Key
	if r.Kind == kindGroup && len(r.Baseline) == 0 {
		own.Baseline, own.Rewritten = known.Baseline, known.Rewritten
	}
	return &own
}

// RowsThatStay selects from the report that is replaced the rows that stay beside
// those of the run. settled are groups whose rows the plan has decided about.
func RowsThatStay(run, old Rows, settled baseline.IDMap) (Earlier, error) {
	if isEmpty(old) {
		return Earlier{}, nil
	}
	e := &earlierRows{keys: map[rowKey]bool{}, ids: map[rowID]bool{}, written: map[int64]bool{}, groups: map[string]int64{}, refs: map[string]Row{}}
	for r, err := range run {
		if err != nil {
			return Earlier{}, err
		}
		e.now(r)
	}
	for r, err := range old {
		if err != nil {
			return Earlier{}, err
		}
		e.before(r)
	}
	maps.DeleteFunc(e.refs, func(_ string, known Row) bool { return known.Key == "" })
	for _, known := range e.refs {
		e.keys[keyOf(&known)] = true
	}
	out := Earlier{keys: e.refs, rows: func(yield func(*Row, error) bool) {
		for r, err := range old {
			if err == nil {
				if e.drop(r, settled) {
					continue
				}
				r.Earlier = true
			}
			if !yield(r, err) {
				return
			}
		}
	}}
	for _, err := range out.rows {
		if err != nil {
			return Earlier{}, err
		}
		out.N++
	}
	return out, nil
}

// isEmpty reports whether there are no rows, and no error.
func isEmpty(rows Rows) bool {
	for range rows {
		return false
	}
	return true
}

// rowKey identifies the object of a row: a key has one group, or one case. But an
// indicator can be in several owners, and an artifact in several cases, which rows do not
// name. The owner of a new case is not known before it exists, so it identifies nothing.
type rowKey struct {
	kind       RowKind
	key, owner string
	id         int64
}

func keyOf(r *Row) rowKey {
	k := rowKey{kind: r.Kind, key: r.Key}
	switch r.Kind {
	case kindIndicator:
		k.owner = r.Owner
	case kindArtifact, kindVictimAsset:
		k.id = r.ID
	}
	return k
}

// rowID identifies an object on the instance.
type rowID struct {
	kind RowKind
	id   int64
}

type earlierRows struct {
	keys    map[rowKey]bool  // of the run
	ids     map[rowID]bool   // with a row that is not a mere reference
	written map[int64]bool   // groups of the run, whatever their key
	groups  map[string]int64 // of the earlier report
	refs    map[string]Row   // of groups that the run has written under the key #ID, by that key; the zero Row if there is none
}

func (e *earlierRows) now(r *Row) {
	key := keyOf(r)
	e.keys[key] = true
	key.id = 0 // an earlier row without an ID can be about any of them
	e.keys[key] = true
	e.ids[rowID{r.Kind, r.ID}] = true
	if r.Kind == kindGroup && r.Action != actionReference && r.ID != 0 {
		e.written[r.ID] = true
		if strings.HasPrefix(r.Key, "#") && r.Key == fmt.Sprint("#", r.ID) {
			e.refs[r.Key] = Row{}
		}
	}
}

func (e *earlierRows) before(r *Row) {
	if r.Action != actionReference {
		e.ids[rowID{r.Kind, r.ID}] = true
	}
	if r.Kind == kindGroup {
		e.groups[r.Key] = r.ID
		if len(e.refs) > 0 && !strings.HasPrefix(r.Key, "#") {
			ref := fmt.Sprint("#", r.ID)
			if _, ok := e.refs[ref]; ok {
				e.refs[ref] = *r
			}
		}
	}
}

// drop reports whether the new report makes a row of the earlier one needless.
func (e *earlierRows) drop(r *Row, settled baseline.IDMap) bool {
	switch {
	case r.Kind == kindAssociation:
		// If the run has the group, it has rows for the associations that failed.
		return e.keys[rowKey{kind: kindGroup, key: r.Key}] || e.written[e.groups[r.Key]]
	case e.keys[keyOf(r)]:
		return true
	case r.Action == actionReference && r.ID != 0 && len(r.Baseline) == 0:
		return e.ids[rowID{r.Kind, r.ID}]
	}
	known, ok := settled[r.Key]
	return r.Kind == kindGroup && ok && known.ID == r.ID
}
