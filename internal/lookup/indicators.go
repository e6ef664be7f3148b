package lookup

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
)

// indicators reads indicators. It asks only for those of which nested lists of groups
// have not shown enough.
func (f *finder) indicators(ctx context.Context, is []int) error {
	m := &indicatorMatcher{f: f, is: is}
	for _, g := range f.inv.Groups {
		for _, l := range g.Links {
			if l.Kind == intel.KindIndicator {
				m.add(l)
			}
		}
	}
	rest := slices.DeleteFunc(slices.Clone(is), m.shown)
	if len(rest) > 0 {
		if err := m.ask(ctx, rest); err != nil {
			return err
		}
		if err := m.askUnlisted(ctx, rest); err != nil {
			return err
		}
	}
	m.settle(is)
	return nil
}

// ask asks for indicators, or pages through all of their owners where that takes
// fewer requests.
func (m *indicatorMatcher) ask(ctx context.Context, is []int) error {
	f, metadata := m.f, m.f.metadata(is)
	queries, err := f.indicatorQueries(is, metadata)
	if err != nil {
		return err
	}
	owners, asking, err := f.worthPaging(ctx, is, queries)
	if err != nil {
		return err
	}
	if owners != nil {
		f.opt.Log.Info("paging through indicators", "owners", owners, "insteadOf", asking)
		if err = m.page(ctx, owners, metadata); !errors.Is(err, tc.ErrIncomplete) {
			return err
		}
		f.opt.Log.Warn("the list of indicators is not complete", "error", err)
	}
	f.opt.Log.Info("asking for indicators by type and summary", "indicators", len(is), "requests", asking)
	for _, q := range queries {
		err := m.addAll(f.searchIn(ctx, intel.KindIndicator, q))
		if errors.Is(err, tc.ErrTQL) && len(q.In) > 0 && q.In[0].Keyword != "summary" {
			// Not every instance can be asked for a hash: then all Files are read.
			f.opt.Log.Warn("the instance does not find Files by a hash; reading all of them", "error", err)
			err = m.addAll(f.search(ctx, intel.KindIndicator, q.Query))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// askUnlisted asks for those indicators one by one that lists may not show yet.
func (m *indicatorMatcher) askUnlisted(ctx context.Context, is []int) error {
	f := m.f
	if f.want.Unlisted == nil {
		return nil
	}
	var objects []*intel.Object
	for _, i := range is {
		if len(f.inv.Objects[i])+len(m.loosely[i]) == 0 || m.open(i) {
			objects = append(objects, f.want.Objects[i])
		}
	}
	ids, err := f.want.Unlisted(objects)
	if err != nil {
		return err
	}
	found, err := each(ctx, f, slices.Sorted(maps.Keys(ids)), func(ctx context.Context, n int) (*intel.Remote, error) {
		return f.c.Indicator(ctx, objects[n], ids[n])
	})
	for _, r := range found {
		if r != nil {
			m.add(r)
		}
	}
	return err
}

func (m *indicatorMatcher) page(ctx context.Context, owners []counted, q tc.Query) error {
	for _, owner := range owners {
		q.Owner, q.Counted, q.PageSize, q.Kept = owner.name, owner.n, pageSize, true
		if err := m.addAll(m.f.search(ctx, intel.KindIndicator, q)); err != nil {
			return err
		}
	}
	return nil
}

// metadata has the lists and fields of indicators that the wanted ones say something
// of: whoever has just made them has to know whether these have arrived.
func (f *finder) metadata(is []int) tc.Query {
	var q tc.Query
	var names []string
	for _, i := range is {
		o := f.want.Objects[i]
		q.Lists |= intel.MetadataLists(o.Tags(), o.SecurityLabels(), o.Attributes())
		for _, field := range o.Fields() {
			if !slices.Contains(names, field.Name) {
				names = append(names, field.Name)
			}
		}
	}
	q.Fields = readWith(intel.KindIndicator, "", names)
	return q
}

// indicatorQueries ask for indicators, those of each type in one query, with what
// metadata asks for.
func (f *finder) indicatorQueries(is []int, metadata tc.Query) ([]tc.QueryIn, error) {
	values := map[string]map[string][]string{} // by type and keyword
	for _, i := range is {
		o := f.want.Objects[i]
		if values[o.Type] == nil {
			values[o.Type] = map[string][]string{}
		}
		of := values[o.Type]
		if o.Type != "File" {
			of["summary"] = append(of["summary"], o.Summary)
			continue
		}
		for n, v := range o.Values() {
			if v != "" {
				of[hashKeywords[n]] = append(of[hashKeywords[n]], v)
			}
		}
	}
	var queries []tc.QueryIn
	for _, typ := range slices.Sorted(maps.Keys(values)) {
		clause, err := tc.In{Keyword: "typeName", Values: []string{typ}}.TQL()
		if err != nil {
			return nil, err
		}
		q := tc.QueryIn{Query: metadata}
		q.TQL = clause
		for _, keyword := range slices.Sorted(maps.Keys(values[typ])) {
			q.In = append(q.In, tc.In{Keyword: keyword, Values: unique(values[typ][keyword])})
		}
		queries = append(queries, q)
	}
	return queries, nil
}

// hashKeywords find a File by one of its hashes. Anything else is found by its summary.
var hashKeywords = []string{"value1", "value2", "value3"}

func unique(values []string) []string {
	values = slices.Clone(values)
	slices.Sort(values)
	return slices.Compact(values)
}

// indicatorMatcher gives the indicators that the instance has to the wanted ones that
// they can be.
type indicatorMatcher struct {
	f            *finder
	is           []int                   // the wanted ones
	exact, loose keyed                   // nothing before there is something to match
	loosely      map[int][]*intel.Remote // what the instance has for a loose key; what it has for an exact one is in the inventory at once
	several      map[int]bool            // wanted ones that have several keys
	owners       map[int][]string        // other owners that have a wanted one
}

// keyed are wanted indicators by their keys of one sort. Their owners are compared later.
type keyed map[string][]int

// want adds a wanted one, which is the only one of a list. Nearly all are the only one
// of their key: that list does for them.
func (k keyed) want(one []int, keys []string) {
	for _, key := range keys {
		k[key] = append(slices.Clip(one), k[key]...)
	}
}

// index finds the keys of the wanted ones.
func (m *indicatorMatcher) index() {
	m.exact, m.loose, m.several, m.owners = keyed{}, keyed{}, map[int]bool{}, map[int][]string{}
	m.loosely = map[int][]*intel.Remote{}
	for n, i := range m.is {
		exact, loose := m.f.want.Objects[i].Keys(m.f.opt.Custom)
		m.exact.want(m.is[n:n+1], exact)
		if !slices.Equal(exact, loose) {
			m.loose.want(m.is[n:n+1], loose)
		}
		if len(exact) > 1 {
			m.several[i] = true
		}
	}
}

// addAll adds all that a search finds.
func (m *indicatorMatcher) addAll(search iter.Seq2[*intel.Remote, error]) error {
	for r, err := range search {
		if err != nil {
			return err
		}
		m.add(r)
	}
	return nil
}

func (m *indicatorMatcher) add(r *intel.Remote) {
	if m.exact == nil {
		m.index()
	}
	exact, loose := r.Keys(m.f.opt.Custom)
	m.give(r, m.exact, exact, func(i int) { m.f.inv.Objects[i] = with(m.f.inv.Objects[i], r) })
	loosely := func(i int) { m.loosely[i] = with(m.loosely[i], r) }
	m.give(r, m.loose, loose, loosely)
	if !slices.Equal(exact, loose) {
		m.give(r, m.exact, loose, loosely) // those whose loose keys are their exact ones
	}
}

// give gives r to the wanted ones that have one of its keys and its owner.
func (m *indicatorMatcher) give(r *intel.Remote, wanted keyed, keys []string, to func(wanted int)) {
	for _, key := range keys {
		for _, i := range wanted[key] {
			if r.Owner == m.f.want.Objects[i].Owner {
				to(i)
			} else if !slices.Contains(m.owners[i], r.Owner) {
				m.owners[i] = append(m.owners[i], r.Owner)
			}
		}
	}
}

// with are found and r, in the place of what was read of it before.
func with(found []*intel.Remote, r *intel.Remote) []*intel.Remote {
	return append(slices.DeleteFunc(found, func(old *intel.Remote) bool { return old.ID == r.ID }), r)
}

// open reports whether i has to be read with its metadata, and was not.
func (m *indicatorMatcher) open(i int) bool {
	o, found := m.f.want.Objects[i], m.f.inv.Objects[i]
	return m.f.want.Begun != nil && m.f.want.Begun(o) && o.HasMetadata() &&
		!slices.ContainsFunc(found, func(r *intel.Remote) bool {
			return r.Lists.Has(intel.MetadataLists(o.Tags(), o.SecurityLabels(), o.Attributes()))
		})
}

// shown reports whether one indicator is i, and has all of its keys: a File that lacks
// one of the hashes may be one of two that match.
func (m *indicatorMatcher) shown(i int) bool {
	if m.open(i) {
		return false
	}
	found := m.f.inv.Objects[i]
	if len(found) != 1 || !m.several[i] {
		return len(found) == 1
	}
	has, _ := found[0].Keys(m.f.opt.Custom)
	wants, _ := m.f.want.Objects[i].Keys(m.f.opt.Custom)
	return !slices.ContainsFunc(wants, func(k string) bool { return !slices.Contains(has, k) })
}

// settle gives each object what was found for it: exact matches, else the only
// one that differs in case.
func (m *indicatorMatcher) settle(is []int) {
	for _, i := range is {
		found := m.f.inv.Objects[i]
		if len(found) == 0 && len(m.loosely[i]) == 1 {
			found = m.loosely[i]
		}
		slices.SortFunc(found, func(a, b *intel.Remote) int { return cmp.Compare(a.ID, b.ID) })
		if o := m.f.want.Objects[i]; len(found) == 1 && found[0].Name == o.Summary {
			found[0].Name = o.Summary // the same text, which is in memory once so
		}
		m.f.inv.Objects[i] = found
		if owners := m.owners[i]; len(found) == 0 && len(owners) > 0 {
			slices.Sort(owners)
			m.f.inv.Elsewhere[i] = owners
		}
	}
}
