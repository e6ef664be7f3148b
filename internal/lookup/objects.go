package lookup

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
)

// objects reads what is not a group.
func (f *finder) objects(ctx context.Context) error {
	byID := map[intel.Kind][]int{}
	others := map[intel.Kind][]int{}
	seen := f.seen()
	for i, o := range f.want.Objects {
		switch {
		case o.ID != 0:
			byID[o.Kind] = append(byID[o.Kind], i)
		case o.Kind == intel.KindIndicator && f.fromSeen(i, seen):
		default:
			others[o.Kind] = append(others[o.Kind], i)
		}
	}
	for _, k := range intel.Kinds {
		if err := f.objectsByID(ctx, k, byID[k]); err != nil {
			return fmt.Errorf("looking up %ss by ID: %w", k.Spec().Name, err)
		}
	}
	for _, k := range intel.Kinds {
		find := f.indicators
		switch {
		case len(others[k]) == 0:
			continue
		case k.Spec().ByXID:
			find = f.byXID
		case k != intel.KindIndicator:
			find = f.ofParents
		}
		if err := find(ctx, others[k]); err != nil {
			return fmt.Errorf("looking up %ss: %w", k.Spec().Name, err)
		}
	}
	return nil
}

// key is what an indicator is looked up by in what was read.
type key struct{ owner, typ, value string }

// seen are the indicators that nested lists of groups have shown; nil for what
// two of them answer to.
func (f *finder) seen() map[key]*intel.Remote {
	out := map[key]*intel.Remote{}
	for _, g := range f.inv.Groups {
		for i := range g.Links {
			r := &g.Links[i]
			if r.Kind != intel.KindIndicator {
				continue
			}
			for _, value := range f.summaryKeys(r.Type, r.Name) {
				k := key{r.Owner, r.Type, value}
				if old, ok := out[k]; ok && (old == nil || old.ID != r.ID) {
					out[k] = nil
				} else {
					out[k] = r
				}
			}
		}
	}
	return out
}

// fromSeen settles object i if a nested list has shown it, and shown enough: a
// File that lacks one of the hashes may be one of two that match.
func (f *finder) fromSeen(i int, seen map[key]*intel.Remote) bool {
	o := f.want.Objects[i]
	t, ok := intel.IndicatorTypeNamed(o.Type, f.opt.Custom)
	if !ok {
		return false
	}
	var found *intel.Remote
	for _, k := range t.Keys(o.Values) {
		r := seen[key{o.Owner, t.Name, k}]
		if r == nil || found != nil && found.ID != r.ID {
			return false
		}
		found = r
	}
	if found == nil {
		return false
	}
	f.inv.Objects[i] = []*intel.Remote{found}
	return true
}

func (f *finder) summaryKeys(typ, summary string) []string {
	t, ok := intel.IndicatorTypeNamed(typ, f.opt.Custom)
	if !ok {
		return []string{strings.TrimSpace(summary)}
	}
	_, keys := t.KeysOfSummary(summary)
	return keys
}

func (f *finder) objectsByID(ctx context.Context, k intel.Kind, is []int) error {
	if len(is) == 0 {
		return nil
	}
	byID := map[int64][]int{}
	var ids []string
	for _, i := range is {
		id := f.want.Objects[i].ID
		byID[id] = append(byID[id], i)
		ids = append(ids, fmt.Sprint(id))
	}
	q := tc.QueryIn{In: []tc.In{{Keyword: "id", Values: ids, Number: true}}}
	for r, err := range f.searchIn(ctx, k, q) {
		if err != nil {
			return err
		}
		for _, i := range byID[r.ID] {
			f.inv.Objects[i] = []*intel.Remote{r}
		}
	}
	return nil
}

// field is a scalar of object i, "" if it has none.
func (f *finder) field(i int, name string) string {
	v, _ := f.want.Objects[i].Fields.Get(name)
	return v
}

// byXID reads objects of a kind by the xid that they are made with.
func (f *finder) byXID(ctx context.Context, is []int) error {
	byXID := map[string][]int{}
	for _, i := range is {
		xid := f.field(i, "xid")
		byXID[xid] = append(byXID[xid], i)
	}
	kind := f.want.Objects[is[0]].Kind
	for r, err := range f.searchIn(ctx, kind, tc.QueryIn{In: []tc.In{{Keyword: "xid", Values: slices.Sorted(maps.Keys(byXID))}}}) {
		if err != nil {
			return err
		}
		for _, i := range byXID[r.XID] {
			f.inv.Objects[i] = append(f.inv.Objects[i], r)
		}
	}
	return nil
}

// ofParents reads objects of a kind by what they belong to, type and name.
func (f *finder) ofParents(ctx context.Context, is []int) error {
	perParent := map[string][]int{} // TQL that names the parent
	var clauses []string
	for _, i := range is {
		clause, err := f.parent(i)
		if err != nil {
			return err
		}
		if perParent[clause] == nil {
			clauses = append(clauses, clause)
		}
		perParent[clause] = append(perParent[clause], i)
	}
	for _, clause := range clauses {
		if err := f.ofParent(ctx, clause, perParent[clause]); err != nil {
			return err
		}
	}
	return nil
}

// parent is the clause that names what object i belongs to.
func (f *finder) parent(i int) (string, error) {
	for _, p := range f.want.Objects[i].Kind.Spec().Parents {
		if v := f.field(i, p.Field); v != "" {
			return tc.Within(p, v)
		}
	}
	return "", nil
}

func (f *finder) ofParent(ctx context.Context, clause string, is []int) error {
	of := map[string][]int{} // so that an answer is not compared with each of them
	var names []string
	for _, i := range is {
		names = append(names, f.want.Objects[i].Summary)
		exact, _ := f.want.Objects[i].Keys(f.opt.Custom)
		of[exact[0]] = append(of[exact[0]], i)
	}
	kind := f.want.Objects[is[0]].Kind
	search := f.search(ctx, kind, tc.Query{TQL: clause})
	// A query can neither hold control characters nor, for some kinds, a name.
	if kind.Spec().Queried && !slices.ContainsFunc(names, func(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }) {
		search = f.searchIn(ctx, kind, tc.QueryIn{Query: tc.Query{TQL: clause}, In: []tc.In{{Keyword: kind.Spec().Named, Values: unique(names)}}})
	}
	for r, err := range search {
		if err != nil {
			return err
		}
		exact, _ := r.Keys(f.opt.Custom)
		for _, i := range of[exact[0]] {
			if f.want.Objects[i].Contradicts(r) {
				continue
			}
			f.inv.Objects[i] = append(f.inv.Objects[i], r)
		}
	}
	return nil
}
