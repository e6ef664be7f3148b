package lookup

import (
	"context"
	"fmt"
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
			return fmt.Errorf("looking up %ss by ID: %w", k, err)
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
			return fmt.Errorf("looking up %ss: %w", s.kind, err)
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
	for r, err := range f.searchIn(ctx, intel.KindCase, tc.QueryIn{In: []tc.In{{Keyword: "xid", Values: xids}}}) {
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
		of := f.byType(perVictim[clause])
		for r, err := range f.search(ctx, intel.KindVictimAsset, tc.Query{TQL: clause}) {
			if err != nil {
				return err
			}
			f.take(r, of)
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
	search := f.searchIn(ctx, k, q)
	if slices.ContainsFunc(summaries, func(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }) {
		search = f.search(ctx, k, q.Query) // a query cannot hold it
	}
	of := f.byType(is)
	for r, err := range search {
		if err != nil {
			return err
		}
		f.take(r, of)
	}
	return nil
}

// byType finds the objects of a list by type and summary, so that an answer is
// not compared with each of them.
func (f *finder) byType(is []int) map[objectKey][]int {
	out := make(map[objectKey][]int, len(is))
	for _, i := range is {
		k := keyOfObject(f.want.Objects[i].Type, f.want.Objects[i].Summary)
		out[k] = append(out[k], i)
	}
	return out
}

// objectKey is what an artifact or a victim asset compares by within its case or
// its victim.
type objectKey struct{ typ, summary string }

func keyOfObject(typ, summary string) objectKey {
	return objectKey{intel.Fold(typ), intel.PlainText(summary)}
}

// take gives r to the objects that it is.
func (f *finder) take(r *intel.Remote, of map[objectKey][]int) {
	for _, i := range of[keyOfObject(r.Type, r.Name)] {
		f.inv.Objects[i] = append(f.inv.Objects[i], r)
	}
}
