package lookup

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
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
			return fmt.Errorf("looking up %s objects by ID: %w", k, err)
		}
	}
	steps := []struct {
		kind intel.Kind
		find func(context.Context, []int) error
	}{
		{intel.KindIndicator, f.indicators},
		{intel.KindCase, f.cases},
		{intel.KindArtifact, f.artifacts},
		{intel.KindVictimAsset, f.victimAssets},
	}
	for _, s := range steps {
		if len(others[s.kind]) == 0 {
			continue
		}
		if err := s.find(ctx, others[s.kind]); err != nil {
			return fmt.Errorf("looking up %s objects: %w", s.kind, err)
		}
	}
	return nil
}

// key is what an indicator is looked up by in what was read.
type key struct{ owner, typ, value string }

// seen are the indicators that nested lists of groups have shown.
func (f *finder) seen() map[key]*intel.Remote {
	out := map[key]*intel.Remote{}
	for _, g := range f.inv.Groups {
		for i := range g.Links {
			r := &g.Links[i]
			if r.Kind != intel.KindIndicator {
				continue
			}
			for _, k := range f.summaryKeys(r.Type, r.Name) {
				out[key{r.Owner, r.Type, k}] = r
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
		r, ok := seen[key{o.Owner, t.Name, k}]
		if !ok || found != nil && found.ID != r.ID {
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
	if k == intel.KindIndicator {
		q.TQL = anyActivity
	}
	for r, err := range f.c.SearchIn(ctx, k, q) {
		if err != nil {
			return err
		}
		for _, i := range byID[r.ID] {
			f.inv.Objects[i] = []*intel.Remote{r}
		}
	}
	return nil
}

// anyActivity makes a search find inactive indicators too, which it hides
// otherwise.
const anyActivity = "(indicatorActive=true or indicatorActive=false)"

// wantedIndicators finds the objects that an indicator read from the instance
// can be.
type wantedIndicators struct {
	exact, loose map[key][]int // by type and value; the owner is compared later
}

func (f *finder) indicators(ctx context.Context, is []int) error {
	w := wantedIndicators{map[key][]int{}, map[key][]int{}}
	var queries []tc.QueryIn
	for _, typ := range f.types(is) {
		clause, err := tc.In{Keyword: "typeName", Values: []string{typ}}.TQL()
		if err != nil {
			return err
		}
		q := tc.QueryIn{Query: tc.Query{TQL: tc.And(clause, anyActivity)}}
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
	asking := 0
	for _, q := range queries {
		asking += f.c.ChunkCount(intel.KindIndicator, q)
	}
	owners, err := f.worthPaging(ctx, is, asking)
	if err != nil {
		return err
	}
	if owners != nil {
		f.opt.Log.Info("paging through indicators", "owners", owners, "insteadOf", asking)
		for _, owner := range owners {
			q := tc.Query{Owner: owner, TQL: anyActivity, PageSize: pageSize}
			for r, err := range f.c.Search(ctx, intel.KindIndicator, q) {
				if err != nil {
					return err
				}
				found.add(r)
			}
		}
		found.settle(is)
		return nil
	}
	f.opt.Log.Info("asking for indicators by type and summary", "indicators", len(is), "requests", asking)
	for _, q := range queries {
		for r, err := range f.c.SearchIn(ctx, intel.KindIndicator, q) {
			if err != nil {
				return err
			}
			found.add(r)
		}
	}
	found.settle(is)
	return nil
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
	all, err := f.c.Count(ctx, intel.KindIndicator, tc.Query{TQL: anyActivity})
	if err != nil || all < 0 {
		return nil, err
	}
	if pages(all) <= 2 {
		return []string{""}, nil
	}
	own := 0
	for _, owner := range owners {
		n, err := f.c.Count(ctx, intel.KindIndicator, tc.Query{Owner: owner, TQL: anyActivity})
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

// field is a scalar of object i, "" if it has none.
func (f *finder) field(i int, name string) string {
	v, _ := f.want.Objects[i].Fields.Get(name)
	return v
}

// cases reads cases by the xid that they are made with.
func (f *finder) cases(ctx context.Context, is []int) error {
	byXID := map[string][]int{}
	for _, i := range is {
		xid := f.field(i, "xid")
		byXID[xid] = append(byXID[xid], i)
	}
	xids := make([]string, 0, len(byXID))
	for xid := range byXID {
		xids = append(xids, xid)
	}
	slices.Sort(xids)
	for r, err := range f.c.SearchIn(ctx, intel.KindCase, tc.QueryIn{In: []tc.In{{Keyword: "xid", Values: xids}}}) {
		if err != nil {
			return err
		}
		for _, i := range byXID[r.XID] {
			f.inv.Objects[i] = append(f.inv.Objects[i], r)
		}
	}
	return nil
}

// artifacts reads artifacts by case, type and summary.
func (f *finder) artifacts(ctx context.Context, is []int) error {
	perCase := map[string][]int{} // TQL that names the case
	var clauses []string
	for _, i := range is {
		clause := "caseId=" + f.field(i, "caseId")
		if xid := f.field(i, "caseXid"); xid != "" {
			byXID, err := tc.Equal("xid", xid)
			if err != nil {
				return err
			}
			clause = "hasCase(" + byXID + ")"
		}
		if perCase[clause] == nil {
			clauses = append(clauses, clause)
		}
		perCase[clause] = append(perCase[clause], i)
	}
	for _, clause := range clauses {
		if err := f.bySummary(ctx, intel.KindArtifact, clause, perCase[clause]); err != nil {
			return err
		}
	}
	return nil
}

// victimAssets reads victim assets by victim, type and value.
func (f *finder) victimAssets(ctx context.Context, is []int) error {
	perVictim := map[string][]int{}
	var clauses []string
	for _, i := range is {
		clause := "victimId=" + f.field(i, "victimId")
		if perVictim[clause] == nil {
			clauses = append(clauses, clause)
		}
		perVictim[clause] = append(perVictim[clause], i)
	}
	for _, clause := range clauses {
		for r, err := range f.c.Search(ctx, intel.KindVictimAsset, tc.Query{TQL: clause}) {
			if err != nil {
				return err
			}
			f.sortIn(r, perVictim[clause])
		}
	}
	return nil
}

func (f *finder) bySummary(ctx context.Context, k intel.Kind, clause string, is []int) error {
	var summaries []string
	for _, i := range is {
		summaries = append(summaries, f.want.Objects[i].Summary)
	}
	q := tc.QueryIn{Query: tc.Query{TQL: clause}, In: []tc.In{{Keyword: "summary", Values: unique(summaries)}}}
	for r, err := range f.c.SearchIn(ctx, k, q) {
		if err != nil {
			return err
		}
		f.sortIn(r, is)
	}
	return nil
}

// sortIn gives r to the objects of is that have its type and summary.
func (f *finder) sortIn(r *intel.Remote, is []int) {
	for _, i := range is {
		o := f.want.Objects[i]
		if intel.Fold(o.Type) == intel.Fold(r.Type) && plan.SameText(o.Summary, r.Name) {
			f.inv.Objects[i] = append(f.inv.Objects[i], r)
		}
	}
}
