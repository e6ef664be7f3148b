package lookup

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
)

// wantedIndicators finds the objects that an indicator read from the instance
// can be.
type wantedIndicators struct {
	exact, loose map[key][]int // by type and value; the owner is compared later
}

func (f *finder) indicators(ctx context.Context, is []int) error {
	w := wantedIndicators{map[key][]int{}, map[key][]int{}}
	var queries []tc.QueryIn
	lists, fields := f.metadata(is)
	for _, typ := range f.types(is) {
		clause, err := tc.In{Keyword: "typeName", Values: []string{typ}}.TQL()
		if err != nil {
			return err
		}
		q := tc.QueryIn{Query: tc.Query{TQL: clause, Lists: lists, Fields: fields}}
		values := map[string][]string{} // keyword -> values
		var keywords []string
		for _, i := range is {
			o := f.want.Objects[i]
			if o.Type != typ {
				continue
			}
			w.add(i, o, f.opt.Custom)
			for keyword, v := range lookUpValues(o) {
				if values[keyword] == nil {
					keywords = append(keywords, keyword)
				}
				values[keyword] = append(values[keyword], v)
			}
		}
		slices.Sort(keywords)
		for _, k := range keywords {
			q.In = append(q.In, tc.In{Keyword: k, Values: unique(values[k])})
		}
		queries = append(queries, q)
	}
	return f.runIndicators(ctx, is, queries, w)
}

// metadata are the lists and fields of indicators that the wanted ones say something of:
// whoever has just made them has to know whether these have arrived.
func (f *finder) metadata(is []int) (l intel.List, fields []string) {
	for _, i := range is {
		if len(f.want.Objects[i].Tags) > 0 {
			l |= intel.ListTags
		}
		if len(f.want.Objects[i].Attributes) > 0 {
			l |= intel.ListAttributes
		}
		if len(f.want.Objects[i].SecurityLabels) > 0 {
			l |= intel.ListSecurityLabels
		}
		for _, field := range f.want.Objects[i].Fields {
			if with := readIndicatorWith(field.Name); with != "" && !slices.Contains(fields, with) {
				fields = append(fields, with)
			}
		}
	}
	return l, fields
}

// readIndicatorWith is the value of the fields parameter that makes a field of
// indicators part of an answer, "" for one that always is.
func readIndicatorWith(name string) string {
	if spec := intel.KindIndicator.Scalars("")[name]; spec != nil {
		return spec.ReadWith
	}
	return ""
}

// lookUpValues are the keywords and values that find an indicator: a File by
// each of its hashes, anything else by its summary.
func lookUpValues(o *intel.Object) map[string]string {
	if o.Type != "File" {
		return map[string]string{"summary": o.Summary}
	}
	out := map[string]string{}
	for i, v := range o.Values {
		if v != "" {
			out[fmt.Sprintf("value%d", i+1)] = v
		}
	}
	return out
}

func unique(values []string) []string {
	values = slices.Clone(values)
	slices.Sort(values)
	return slices.Compact(values)
}

func (f *finder) types(is []int) []string {
	var out []string
	for _, i := range is {
		out = append(out, f.want.Objects[i].Type)
	}
	return unique(out)
}

func (w wantedIndicators) add(i int, o *intel.Object, custom []intel.IndicatorType) {
	exact, loose := []string{o.Summary}, []string(nil)
	if t, ok := intel.IndicatorTypeNamed(o.Type, custom); ok {
		exact, loose = t.Keys(o.Values), t.LooseKeys(o.Values)
	}
	for _, k := range exact {
		w.exact[key{"", o.Type, k}] = append(w.exact[key{"", o.Type, k}], i)
	}
	for _, k := range loose {
		w.loose[key{"", o.Type, k}] = append(w.loose[key{"", o.Type, k}], i)
	}
}

// runIndicators sends the queries, or pages through the indicators instead
// where that takes fewer requests.
func (f *finder) runIndicators(ctx context.Context, is []int, queries []tc.QueryIn, w wantedIndicators) error {
	found := newFoundIndicators(f, w)
	asking := f.requests(queries)
	if asking > worthProving && f.c.LongQueries(ctx, intel.KindIndicator) {
		asking = f.requests(queries)
	}
	owners, err := f.worthPaging(ctx, is, asking)
	if err != nil {
		return err
	}
	if owners != nil {
		f.opt.Log.Info("paging through indicators", "owners", owners, "insteadOf", asking)
		err := f.pageIndicators(ctx, is, owners, found)
		if !errors.Is(err, tc.ErrIncomplete) {
			found.settle(is)
			return err
		}
		f.opt.Log.Warn("the list of indicators is not complete", "error", err)
	}
	f.opt.Log.Info("asking for indicators by type and summary", "indicators", len(is), "requests", asking)
	for _, q := range queries {
		err := found.addAll(f.searchIn(ctx, intel.KindIndicator, q))
		if errors.Is(err, tc.ErrTQL) && len(q.In) > 0 && q.In[0].Keyword != "summary" {
			// Not every instance can be asked for a hash: then all Files are read.
			f.opt.Log.Warn("the instance does not find Files by a hash; reading all of them", "error", err)
			err = found.addAll(f.search(ctx, intel.KindIndicator, q.Query))
		}
		if err != nil {
			return err
		}
	}
	found.settle(is)
	return nil
}

func (f *finder) pageIndicators(ctx context.Context, is []int, owners []string, found *foundIndicators) error {
	lists, fields := f.metadata(is)
	for _, owner := range owners {
		q := tc.Query{Owner: owner, Lists: lists, Fields: fields, PageSize: pageSize}
		if err := found.addAll(f.search(ctx, intel.KindIndicator, q)); err != nil {
			return err
		}
	}
	return nil
}

// addAll adds all that a search finds.
func (fi *foundIndicators) addAll(search iter.Seq2[*intel.Remote, error]) error {
	for r, err := range search {
		if err != nil {
			return err
		}
		fi.add(r)
	}
	return nil
}

// worthProving is the number of requests above which it pays to find out
// whether the instance takes long queries, which costs two.
const worthProving = 6

func (f *finder) requests(queries []tc.QueryIn) int {
	n := 0
	for _, q := range queries {
		n += f.c.ChunkCount(intel.KindIndicator, q)
	}
	return n
}

// worthPaging counts the indicators and gives the owners whose indicators are
// cheaper to page through than to ask for in the given number of requests: all
// ("") where that can tell of other owners at little more cost, else those of
// the import; nil where asking is cheaper.
func (f *finder) worthPaging(ctx context.Context, is []int, asking int) ([]string, error) {
	var owners []string
	for _, i := range is {
		owners = append(owners, f.want.Objects[i].Owner)
	}
	owners = unique(owners)
	if asking <= 2*(len(owners)+1) {
		return nil, nil
	}
	all, err := f.count(ctx, intel.KindIndicator, tc.Query{})
	if err != nil || all < 0 {
		return nil, err
	}
	if pages(all) <= 2 {
		return []string{""}, nil
	}
	own := 0
	for _, owner := range owners {
		n, err := f.count(ctx, intel.KindIndicator, tc.Query{Owner: owner})
		if err != nil {
			return nil, err
		}
		if n < 0 {
			return nil, nil
		}
		own += pages(n)
	}
	switch {
	case pages(all) < asking && pages(all) <= own+own/2+2:
		return []string{""}, nil
	case own < asking:
		return owners, nil
	}
	return nil, nil
}

// foundIndicators sorts what the instance answers into the objects that asked
// for it.
type foundIndicators struct {
	f      *finder
	w      wantedIndicators
	exact  map[int]map[int64]*intel.Remote
	loose  map[int]map[int64]*intel.Remote
	owners map[int][]string // elsewhere
}

func newFoundIndicators(f *finder, w wantedIndicators) *foundIndicators {
	return &foundIndicators{f, w, map[int]map[int64]*intel.Remote{}, map[int]map[int64]*intel.Remote{}, map[int][]string{}}
}

func (fi *foundIndicators) add(r *intel.Remote) {
	t, known := intel.IndicatorTypeNamed(r.Type, fi.f.opt.Custom)
	exact, loose := []string{strings.TrimSpace(r.Name)}, []string(nil)
	typ := r.Type
	if known {
		var values []string
		values, exact = t.KeysOfSummary(r.Name)
		loose, typ = t.LooseKeys(values), t.Name
	}
	put := func(into map[int]map[int64]*intel.Remote, is []int) {
		for _, i := range is {
			if owner := fi.f.want.Objects[i].Owner; owner != r.Owner {
				if !slices.Contains(fi.owners[i], r.Owner) {
					fi.owners[i] = append(fi.owners[i], r.Owner)
				}
				continue
			}
			if into[i] == nil {
				into[i] = map[int64]*intel.Remote{}
			}
			into[i][r.ID] = r
		}
	}
	for _, k := range exact {
		put(fi.exact, fi.w.exact[key{"", typ, k}])
	}
	for _, k := range loose {
		put(fi.loose, fi.w.loose[key{"", typ, k}])
	}
}

// settle gives each object what was found for it: exact matches, else the only
// one that differs in case.
func (fi *foundIndicators) settle(is []int) {
	for _, i := range is {
		found := fi.exact[i]
		if len(found) == 0 && len(fi.loose[i]) == 1 {
			found = fi.loose[i]
		}
		for _, r := range found {
			fi.f.inv.Objects[i] = append(fi.f.inv.Objects[i], r)
		}
		slices.SortFunc(fi.f.inv.Objects[i], func(a, b *intel.Remote) int { return int(a.ID - b.ID) })
		if len(found) == 0 && len(fi.owners[i]) > 0 {
			slices.Sort(fi.owners[i])
			fi.f.inv.Elsewhere[i] = fi.owners[i]
		}
	}
}
