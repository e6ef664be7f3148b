package report

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unique"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// ReadIDMap reads the report of an earlier run: what it says about groups, and of
// which import it is. name is the file as messages call it.
func ReadIDMap(r io.Reader, name string) (baseline.IDMap, Meta, error) {
	ids, links := baseline.IDMap{}, intel.WebLinks{}
	in := newRowReader(r, name)
	for row, err := range in.rows {
		if err != nil {
			return nil, Meta{}, err
		}
		if row.Kind == kindGroup && row.Key == "" {
			return nil, Meta{}, in.at(errors.New("the row of a group has no key"))
		}
		if !counts(row) {
			continue
		}
		if old, ok := ids[row.Key]; ok && old.ID != row.ID {
			return nil, Meta{}, in.at(fmt.Errorf("%s is group %d here and group %d at %s: a key has one group; remove the wrong row", quoted(row.Key), row.ID, old.ID, old.Row))
		}
		key, group := row.kept(fmt.Sprintf("%s:%d", name, in.line), links)
		ids[key] = group
	}
	return ids, in.of, nil
}

// counts reports whether a row says which group of an instance a key is. A
// group that was only pointed at is not one of the import, unless a run has
// carried its row on.
func counts(r *Row) bool {
	switch {
	case r.Kind != kindGroup || r.Key == "" || r.ID == 0:
		return false
	case r.Action == plan.Delete:
		return r.Status != apply.OK
	case r.Action != actionReference || len(r.Baseline) > 0 || len(r.Rewritten) > 0:
		return true
	}
	return r.group(nil).OwnKey(r.Key, r.Namespace)
}

// group is what the row of a group says.
func (r *Row) group(links intel.WebLinks) baseline.Group {
	return baseline.Group{ID: r.ID, Type: r.Type, Name: r.Name, Owner: r.Owner, XID: r.XID, WebLink: links.Of(r.WebLink),
		Source: r.Source, Baseline: r.Baseline, Rewritten: r.Rewritten}
}

// kept is what the row of a group says, with its key, in memory of its own: the rest of
// the row, which is longer, need not stay.
func (r *Row) kept(row string, links intel.WebLinks) (key string, g baseline.Group) {
	key, g = r.Key, r.group(links)
	g.Row = row
	g.Type, g.Owner = unique.Make(g.Type).Value(), unique.Make(g.Owner).Value()
	texts := []*string{&key, &g.Name, &g.XID, &g.Row, &g.Source}
	var b strings.Builder
	for _, text := range texts {
		b.WriteString(*text)
	}
	all := strings.Clone(b.String())
	for _, text := range texts {
		*text, all = all[:len(*text)], all[len(*text):]
	}
	return key, g
}

// Groups reads the groups of a report. It gives them with their keys.
func Groups(rows Rows) (iter.Seq2[string, baseline.Group], error) {
	type keyed struct {
		key   string
		group baseline.Group
	}
	var all []keyed
	links := intel.WebLinks{}
	for r, err := range rows {
		if err != nil {
			return nil, err
		}
		if r.Kind == kindGroup {
			key, group := r.kept("", links)
			all = append(all, keyed{key, group})
		}
	}
	return func(yield func(string, baseline.Group) bool) {
		for _, k := range all {
			if !yield(k.key, k.group) {
				return
			}
		}
	}, nil
}

// ReadReplaced reads the report that is about to be replaced, and fails if it is
// the report of another instance or namespace, or no report at all. name is the
// file as messages call it.
func ReadReplaced(r io.Reader, name string, meta Meta) Rows {
	return func(yield func(*Row, error) bool) {
		in := newRowReader(r, name)
		for row, err := range in.rows {
			if err != nil {
				err = fmt.Errorf("%w; it is not overwritten: choose another --report, or move it away", err)
			}
			if !yield(row, err) {
				return
			}
		}
		switch old := in.of; {
		case old.Instance == "":
		case old.Instance != meta.Instance:
			yield(nil, fmt.Errorf("%s is the report of %s, but this run writes to %s: choose another --report", name, quoted(old.Instance), quoted(meta.Instance)))
		case old.Namespace != meta.Namespace:
			yield(nil, fmt.Errorf("%s is the report of %s, but this run has %s: choose another --report", name, namespace(old.Namespace), namespace(meta.Namespace)))
		}
	}
}

func namespace(s string) string {
	if s == "" {
		return "no namespace"
	}
	return "the namespace " + quoted(s)
}
