package lookup

import (
	"context"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
)

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

// counted is an owner, and how many indicators it has.
type counted struct {
	name string // "" for all owners
	n    int
}

// worthPaging counts the indicators and gives the owners whose indicators are
// cheaper to page through than to ask for by queries: all where that can tell of other
// owners at little more cost, else those of the import, and none where there are no
// indicators at all; nil where asking is cheaper, in the number of requests that it gives.
func (f *finder) worthPaging(ctx context.Context, is []int, queries []tc.QueryIn) (owners []counted, asking int, err error) {
	var names []string
	for _, i := range is {
		names = append(names, f.want.Objects[i].Owner)
	}
	names = unique(names)
	if asking = f.requests(queries); asking <= 2*(len(names)+1) {
		return nil, asking, nil
	}
	all, err := f.count(ctx, intel.KindIndicator, tc.Query{})
	if err != nil || all < 0 {
		return nil, asking, err
	}
	if all == 0 {
		return []counted{}, asking, nil
	}
	everywhere := []counted{{"", all}}
	if pages(all) <= 2 {
		return everywhere, asking, nil
	}
	if asking > worthProving && f.c.LongQueries(ctx, intel.KindIndicator) {
		asking = f.requests(queries)
	}
	if asking <= 2*len(names)+1 {
		return nil, asking, nil
	}
	own := 0
	for _, name := range names {
		n, err := f.count(ctx, intel.KindIndicator, tc.Query{Owner: name})
		if err != nil || n < 0 {
			return nil, asking, err
		}
		owners = append(owners, counted{name, n})
		own += pages(n)
	}
	switch {
	case pages(all) < asking && pages(all) <= own+own/2+2:
		return everywhere, asking, nil
	case own < asking:
		return owners, asking, nil
	}
	return nil, asking, nil
}
