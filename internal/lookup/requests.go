package lookup

import (
	"context"
	"iter"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
)

// The requests of a look-up. Each of these announces how many requests it takes, as
// far as that is known before.

func (f *finder) count(ctx context.Context, k intel.Kind, q tc.Query) (int, error) {
	f.opt.Expect(1)
	return f.c.Count(ctx, k, q)
}

func (f *finder) search(ctx context.Context, k intel.Kind, q tc.Query) iter.Seq2[*intel.Remote, error] {
	f.opt.Expect(1)
	return f.c.Search(ctx, k, q)
}

func (f *finder) searchIn(ctx context.Context, k intel.Kind, q tc.QueryIn) iter.Seq2[*intel.Remote, error] {
	f.opt.Expect(f.c.ChunkCount(k, q))
	return f.c.SearchIn(ctx, k, q)
}
