package export

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	"tcimport/internal/intel"
)

// TestNestedListsAreReadWholeInFewReads: whatever an instance cuts from nested
// lists, and in whichever batch this begins to show, they are complete in the end.
// Lists whose length was proven to be complete are not read again.
func TestNestedListsAreReadWholeInFewReads(t *testing.T) {
	for _, c := range []struct {
		name    string
		cutAt   int   // 0 for an instance that cuts nothing
		batches []int // the length of the lists of 2*probes groups each
		reads   int
	}{
		{"nothing is cut", 0, []int{3, 3, 3}, probes},
		{"shorter lists come later", 0, []int{3, 2}, probes},
		{"longer lists come later", 0, []int{3, 4, 4}, 2 * probes},
		{"all are cut", 2, []int{3, 3}, 4 * probes},
		{"those that come later are cut", 5, []int{3, 8, 3}, probes + 2*probes},
		{"none has an entry", 0, []int{0, 0}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, reads := &exporter{opt: Options{Log: slog.New(slog.DiscardHandler)}}, 0
			whole := map[*intel.Remote]int{}
			tags := list{"tags", intel.ListTags, func(_ context.Context, groups []*intel.Remote) error {
				reads += len(groups)
				for _, r := range groups {
					r.Tags = manyTags(whole[r])
				}
				return nil
			}}
			state := &cut{}
			for _, n := range c.batches {
				var batch []*intel.Remote
				for range 2 * probes {
					shown := n
					if c.cutAt > 0 {
						shown = min(n, c.cutAt)
					}
					r := &intel.Remote{Tags: manyTags(shown)}
					batch, whole[r] = append(batch, r), n
				}
				if err := x.completeLists(t.Context(), batch, tags, state); err != nil {
					t.Fatal(err)
				}
			}
			for r, n := range whole {
				if len(r.Tags) != n {
					t.Fatalf("a list has %d of %d entries", len(r.Tags), n)
				}
			}
			if reads != c.reads {
				t.Errorf("%d lists were read, want %d", reads, c.reads)
			}
		})
	}
}

func manyTags(n int) []intel.RemoteTag {
	var out []intel.RemoteTag
	for i := range n {
		out = append(out, intel.RemoteTag{Name: fmt.Sprint("tag ", i)})
	}
	return out
}
