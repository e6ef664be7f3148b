package tc

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"tcimport/internal/intel"
	"tcimport/internal/spelling"
	"tcimport/internal/workers"
)

// shared are the nested lists whose entries many groups have in common, and
// where these are: the property of a group that finds those that have an entry,
// and the list of all.
var shared = map[intel.List]struct{ many, path, has string }{
	intel.ListTags:           {"tags", "/v3/tags", "hasTag"},
	intel.ListSecurityLabels: {"security labels", "/v3/securityLabels", "hasSecurityLabel"},
}

// SmallestCap is the length below which no instance is expected to cut nested lists,
// unless it has been seen to. Very many groups have lists that are short and equally
// long.
const SmallestCap = 10

// ListLen is the length of a nested list of a group. An instance that cuts such lists
// cuts all of a kind at the same length: a list that is shorter than another one is
// complete.
func ListLen(r *intel.Remote, list intel.List) int {
	switch list {
	case intel.ListTags:
		return len(r.Tags)
	case intel.ListSecurityLabels:
		return len(r.SecurityLabels)
	case intel.ListAttributes:
		return len(r.Attributes)
	}
	n := 0
	for _, l := range r.Links {
		if l.Kind.List() == list {
			n++
		}
	}
	return n
}

// exact is a list without room to spare.
func exact[T any](list []T) []T {
	if len(list) == cap(list) {
		return list
	}
	return append(make([]T, 0, len(list)), list...)
}

// CompleteAttributes puts all attributes into a group, and reports whether the nested
// list lacked some. Only that list has the labels of attributes.
func (c *Client) CompleteAttributes(ctx context.Context, r *intel.Remote) (lacked bool, err error) {
	all, err := c.GroupAttributes(ctx, r.ID)
	if err != nil && !errors.Is(err, ErrIncomplete) {
		return false, err
	}
	nested := make(map[int64][]string, len(r.Attributes))
	for _, a := range r.Attributes {
		nested[a.ID] = a.SecurityLabels
	}
	for i := range all {
		labels, shown := nested[all[i].ID]
		all[i].SecurityLabels = labels
		lacked = lacked || !shown
	}
	if lacked = lacked && (err == nil || len(all) > len(r.Attributes)); lacked {
		r.Attributes = all
	}
	return lacked, err
}

// Complete puts the complete tags, or the complete security labels, into those
// groups of which nested lists have left something out that matters; nil stands
// for everything. It returns the groups that it has changed. Labels are handed to
// matters as tags.
//
// Queries name many groups, and answer which entries any of them has; mostly
// there is none that matters. Which group has one is asked by entry or by group,
// whichever takes fewer requests.
func (c *Client) Complete(ctx context.Context, list intel.List, groups []*intel.Remote, matters func(*intel.Remote, intel.RemoteTag) bool) ([]*intel.Remote, error) {
	byID := make(map[int64]*intel.Remote, len(groups))
	shown := make(map[int64]map[string]bool, len(groups))
	for _, r := range groups {
		byID[r.ID], shown[r.ID] = r, map[string]bool{}
		for _, t := range Entries(r, list) {
			shown[r.ID][spelling.Fold(t.Name)] = true
		}
	}
	w := &wholeLists{c: c, list: list, found: map[int64][]intel.RemoteTag{}, matters: func(group int64, t intel.RemoteTag) bool {
		return !shown[group][spelling.Fold(t.Name)] && (matters == nil || matters(byID[group], t))
	}}
	terms, err := QueryIn{In: []In{InIDs(slices.Sorted(maps.Keys(byID)))}}.terms()
	if err != nil {
		return nil, err
	}
	err = c.inChunks(terms, chunking{
		fixed: c.fixedLength(shared[list].path, listParams("hasGroup()")),
		ask: func(ch chunk, _ bool) error {
			part := make([]int64, len(ch))
			for i, t := range ch {
				part[i], _ = strconv.ParseInt(t.value, 10, 64)
			}
			return w.chunk(ctx, part, ch.tql())
		},
	})
	if IsObjectError(err) {
		c.log.Warn("the instance cannot be asked for the "+shared[list].many+" of groups: those of single groups are read", "error", err)
		err = w.byGroup(ctx, slices.Collect(maps.Keys(byID)), w.single)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the %s of groups: %w", shared[list].many, err)
	}
	var cut []*intel.Remote
	for _, r := range byID {
		if w.anyMatters(r.ID, w.found[r.ID]) {
			cut = append(cut, r)
			setEntries(r, list, w.found[r.ID])
		}
	}
	return cut, nil
}

// Entries are the tags of a group, or its security labels as tags.
func Entries(r *intel.Remote, list intel.List) []intel.RemoteTag {
	if list == intel.ListTags {
		return r.Tags
	}
	var out []intel.RemoteTag
	for _, l := range r.SecurityLabels {
		out = append(out, intel.RemoteTag{ID: l.ID, Name: l.Name})
	}
	return out
}

func setEntries(r *intel.Remote, list intel.List, entries []intel.RemoteTag) {
	if list == intel.ListTags {
		r.Tags = entries
		return
	}
	r.SecurityLabels = nil
	for _, e := range entries {
		r.SecurityLabels = append(r.SecurityLabels, intel.RemoteLabel{ID: e.ID, Name: e.Name})
	}
}

// listParams are those of a list that a query selects from.
func listParams(tql string) params { return params{{"tql", tql}, {"sorting", "id asc"}} }

// wholeLists is one Complete in progress.
type wholeLists struct {
	c       *Client
	list    intel.List
	matters func(int64, intel.RemoteTag) bool
	found   map[int64][]intel.RemoteTag
}

// anyMatters reports whether any of entries matters to a group.
func (w *wholeLists) anyMatters(group int64, entries []intel.RemoteTag) bool {
	return slices.ContainsFunc(entries, func(t intel.RemoteTag) bool { return w.matters(group, t) })
}

// chunk finds the lists of some groups, which clause selects.
func (w *wholeLists) chunk(ctx context.Context, groups []int64, clause string) error {
	all, err := w.entries(ctx, "hasGroup("+clause+")")
	if err != nil {
		return err
	}
	relevant := slices.DeleteFunc(slices.Clone(all), func(t intel.RemoteTag) bool {
		return !slices.ContainsFunc(groups, func(g int64) bool { return w.matters(g, t) })
	})
	suspects := slices.DeleteFunc(slices.Clone(groups), func(g int64) bool { return !w.anyMatters(g, relevant) })
	switch {
	case len(suspects) == 0:
		return nil
	case len(all) < len(suspects):
		return w.byEntry(ctx, suspects, all)
	case len(relevant) < len(suspects):
		having := &wholeLists{c: w.c, list: w.list, found: map[int64][]intel.RemoteTag{}}
		if err := having.byEntry(ctx, suspects, relevant); err != nil {
			return err
		}
		suspects = slices.DeleteFunc(suspects, func(g int64) bool { return !w.anyMatters(g, having.found[g]) })
	}
	return w.byGroup(ctx, suspects, func(ctx context.Context, group int64) ([]intel.RemoteTag, error) {
		return w.entries(ctx, fmt.Sprintf("hasGroup(id = %d)", group))
	})
}

// byEntry asks for each entry which of the groups have it.
func (w *wholeLists) byEntry(ctx context.Context, groups []int64, entries []intel.RemoteTag) error {
	having, err := workers.InParallel(ctx, w.c.cfg.Workers, entries, func(ctx context.Context, t intel.RemoteTag) (having []int64, err error) {
		q := QueryIn{Query: Query{TQL: fmt.Sprintf("%s(id = %d)", shared[w.list].has, t.ID)}, In: []In{InIDs(groups)}}
		for r, err := range w.c.SearchIn(ctx, intel.KindGroup, q) {
			if err != nil {
				return nil, err
			}
			having = append(having, r.ID)
		}
		return having, nil
	})
	if err != nil {
		return err // the same groups may be asked about again
	}
	for i, t := range entries {
		for _, g := range having[i] {
			w.found[g] = append(w.found[g], t)
		}
	}
	return nil
}

// byGroup reads the entries of each group.
func (w *wholeLists) byGroup(ctx context.Context, groups []int64, read func(context.Context, int64) ([]intel.RemoteTag, error)) error {
	lists, err := workers.InParallel(ctx, w.c.cfg.Workers, groups, read)
	for i, g := range groups {
		w.found[g] = lists[i]
	}
	return err
}

// single reads a group itself: where an answer of many groups cuts their lists, one of a
// single group may not.
func (w *wholeLists) single(ctx context.Context, group int64) ([]intel.RemoteTag, error) {
	r, err := w.c.Group(ctx, group, w.list)
	switch {
	case IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return Entries(r, w.list), nil
}

// entries are all that a query finds in the list of entries.
func (w *wholeLists) entries(ctx context.Context, tql string) ([]intel.RemoteTag, error) {
	var out []intel.RemoteTag
	s, d, seen := shared[w.list], w.c.newDecoder(), map[intel.RemoteTag]bool{}
	err := w.c.each(ctx, "list "+s.many, s.path, listParams(tql), func(v value) {
		var r intel.Remote
		if d.entry(&r, nestedList{list: intel.ListTags}, v); !seen[r.Tags[0]] {
			seen[r.Tags[0]] = true
			out = append(out, r.Tags[0])
		}
	})
	return out, err
}
