package report

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// ReadIDMap reads the report of an earlier run: what it says about groups, and of
// which import it is. name is the file as messages call it.
func ReadIDMap(r io.Reader, name string) (baseline.IDMap, Meta, error) {
	ids := baseline.IDMap{}
	meta, err := readRows(r, name, func(line int, row *Row) error {
		if row.Kind == intel.KindGroup && row.Key == "" {
			return &lineError{line, errors.New("the row of a group has no key")}
		}
		if !counts(row) {
			return nil
		}
		if old, ok := ids[row.Key]; ok && old.ID != row.ID {
			return &lineError{line, fmt.Errorf("%s is group %d here and group %d at %s: a key has one group; remove the wrong row", quoted(row.Key), row.ID, old.ID, old.Row)}
		}
		group := row.group()
		group.Row = fmt.Sprintf("%s:%d", name, line)
		ids[row.Key] = group
		return nil
	})
	if err != nil {
		return nil, Meta{}, err
	}
	return ids, meta, nil
}

// counts reports whether a row says which group of an instance a key is. A
// group that was only pointed at is not one of the import, unless a run has
// carried its row on.
func counts(r *Row) bool {
	switch {
	case r.Kind != intel.KindGroup || r.Key == "" || r.ID == 0:
		return false
	case r.Action == plan.Delete:
		return r.Status != apply.OK
	case r.Action != actionReference || len(r.Baseline) > 0 || len(r.Rewritten) > 0:
		return true
	}
	return r.group().OwnKey(r.Key, r.Namespace)
}

// group is what the row of a group says.
func (r *Row) group() baseline.Group {
	return baseline.Group{ID: r.ID, Type: r.Type, Name: r.Name, Owner: r.Owner, XID: r.XID, WebLink: r.WebLink,
		Source: r.Source, Baseline: r.Baseline, Rewritten: r.Rewritten}
}

// Groups are the groups of a report with their keys.
type Groups struct {
	keys   []string
	groups []baseline.Group
}

// Add adds the group of a row, if it is of one.
func (g *Groups) Add(r *Row) error {
	if r.Kind == intel.KindGroup {
		g.keys, g.groups = append(g.keys, r.Key), append(g.groups, r.group())
	}
	return nil
}

// All are the groups with their keys.
func (g *Groups) All() iter.Seq2[string, baseline.Group] {
	return func(yield func(string, baseline.Group) bool) {
		for i, key := range g.keys {
			if !yield(key, g.groups[i]) {
				return
			}
		}
	}
}

// ReadReplaced reads the report that is about to be replaced, and fails if it is
// the report of another instance or namespace, or no report at all. name is the
// file as messages call it. An error of each ends the reading.
func ReadReplaced(r io.Reader, name string, meta Meta, each func(*Row) error) error {
	var own error
	old, err := readRows(r, name, func(_ int, row *Row) error {
		own = each(row)
		return own
	})
	switch {
	case own != nil:
		return own
	case err != nil:
		return fmt.Errorf("%w; it is not overwritten: choose another --report, or move it away", err)
	case old.Instance == "":
		return nil
	case old.Instance != meta.Instance:
		return fmt.Errorf("%s is the report of %s, but this run writes to %s: choose another --report", name, quoted(old.Instance), quoted(meta.Instance))
	case old.Namespace != meta.Namespace:
		return fmt.Errorf("%s is the report of %s, but this run has %s: choose another --report", name, namespace(old.Namespace), namespace(meta.Namespace))
	}
	return nil
}

func namespace(s string) string {
	if s == "" {
		return "no namespace"
	}
	return "the namespace " + quoted(s)
}
