package lookup

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
)

// objects reads what is not a group.
func (f *finder) objects(ctx context.Context) error {
	byID, others := map[intel.Kind][]int{}, map[intel.Kind][]int{}
	for i, o := range f.want.Objects {
		if o.ID != 0 {
			byID[o.Kind] = append(byID[o.Kind], i)
		} else {
			others[o.Kind] = append(others[o.Kind], i)
		}
	}
	id := func(o *intel.Object) string { return fmt.Sprint(o.ID) }
	idOf := func(r *intel.Remote) string { return fmt.Sprint(r.ID) }
	for _, k := range intel.Kinds {
		if err := f.askBy(ctx, k, byID[k], tc.In{Keyword: "id", Number: true}, id, idOf); err != nil {
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

// byXID reads objects of a kind by the xid that they are made with.
func (f *finder) byXID(ctx context.Context, is []int) error {
	xid := func(o *intel.Object) string { v, _ := o.Fields().Get("xid"); return v }
	return f.askBy(ctx, f.want.Objects[is[0]].Kind, is, tc.In{Keyword: "xid"}, xid, func(r *intel.Remote) string { return r.XID })
}

// askBy asks for objects of a kind by a value: value is that of a wanted one, valueOf
// that of an answer.
func (f *finder) askBy(ctx context.Context, k intel.Kind, is []int, in tc.In, value func(*intel.Object) string, valueOf func(*intel.Remote) string) error {
	if len(is) == 0 {
		return nil
	}
	by := map[string][]int{}
	for _, i := range is {
		v := value(f.want.Objects[i])
		by[v] = append(by[v], i)
	}
	in.Values = slices.Sorted(maps.Keys(by))
	return f.take(f.searchIn(ctx, k, tc.QueryIn{In: []tc.In{in}}), by, valueOf)
}

// take gives each answer to the wanted objects that have its value, unless it
// contradicts them. An ID alone says which object is wanted.
func (f *finder) take(answers iter.Seq2[*intel.Remote, error], by map[string][]int, valueOf func(*intel.Remote) string) error {
	for r, err := range answers {
		if err != nil {
			return err
		}
		for _, i := range by[valueOf(r)] {
			if o := f.want.Objects[i]; o.ID != 0 || !o.Contradicts(r) {
				f.inv.Objects[i] = append(f.inv.Objects[i], r)
			}
		}
	}
	return nil
}

// ofParents reads objects of a kind by what they belong to, type and name.
func (f *finder) ofParents(ctx context.Context, is []int) error {
	perParent := map[string][]int{} // TQL that names the parent
	for _, i := range is {
		clause, err := parent(f.want.Objects[i])
		if err != nil {
			return err
		}
		perParent[clause] = append(perParent[clause], i)
	}
	for _, clause := range slices.Sorted(maps.Keys(perParent)) {
		if err := f.ofParent(ctx, clause, perParent[clause]); err != nil {
			return err
		}
	}
	return nil
}

// parent is the clause that names what an object belongs to.
func parent(o *intel.Object) (string, error) {
	for _, p := range o.Kind.Spec().Parents {
		if v, ok := o.Fields().Get(p.Field); ok && v != "" {
			return tc.Within(p, v)
		}
	}
	return "", nil
}

func (f *finder) ofParent(ctx context.Context, clause string, is []int) error {
	by := map[string][]int{} // so that an answer is not compared with each of them
	var names []string
	for _, i := range is {
		names = append(names, f.want.Objects[i].Summary)
		exact, _ := f.want.Objects[i].Keys(f.opt.Custom)
		by[exact[0]] = append(by[exact[0]], i)
	}
	kind := f.want.Objects[is[0]].Kind
	answers := f.search(ctx, kind, tc.Query{TQL: clause})
	// A query can neither hold control characters nor, for some kinds, a name.
	if kind.Spec().Queried && !slices.ContainsFunc(names, func(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }) {
		answers = f.searchIn(ctx, kind, tc.QueryIn{Query: tc.Query{TQL: clause}, In: []tc.In{{Keyword: kind.Spec().Named, Values: unique(names)}}})
	}
	return f.take(answers, by, func(r *intel.Remote) string {
		exact, _ := r.Keys(f.opt.Custom)
		return exact[0]
	})
}
