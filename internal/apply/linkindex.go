package apply

import (
	"slices"

	"tcimport/internal/intel"
)

// linkIndex finds new objects among the associated objects of an answer.
type linkIndex struct {
	links        []*intel.Remote
	custom       []intel.IndicatorType
	byID         map[linkID]bool
	exact, loose map[linkKey][]int // ascending
}

type linkID struct {
	kind intel.Kind
	id   int64
}

type linkKey struct {
	kind intel.Kind
	key  string
}

// newLinkIndex indexes the associated objects of an answer.
func newLinkIndex(links []*intel.Remote, custom []intel.IndicatorType) *linkIndex {
	ix := &linkIndex{links, custom, make(map[linkID]bool, len(links)), make(map[linkKey][]int, len(links)), map[linkKey][]int{}}
	for i, l := range links {
		ix.byID[linkID{l.Kind, l.ID}] = true
		exact, loose := l.Keys(custom)
		for _, k := range exact {
			ix.exact[linkKey{l.Kind, k}] = append(ix.exact[linkKey{l.Kind, k}], i)
		}
		for _, k := range loose {
			ix.loose[linkKey{l.Kind, k}] = append(ix.loose[linkKey{l.Kind, k}], i)
		}
	}
	return ix
}

// find finds the object that was created from o. It is nil if there is none, or if several
// match: some answers do not show which case an artifact belongs to.
func (ix *linkIndex) find(o *intel.Object) *intel.Remote {
	exact, loose := ix.candidates(o)
	if len(exact) == 0 {
		exact = loose
	}
	if len(exact) != 1 {
		return nil
	}
	return ix.links[exact[0]]
}

// candidates finds all objects that may have been created from o: those that are equal, and
// those that differ in case only.
func (ix *linkIndex) candidates(o *intel.Object) (exact, loose []int) {
	if len(ix.links) == 0 {
		return nil, nil
	}
	exactKeys, looseKeys := o.Keys(ix.custom)
	among := func(index map[linkKey][]int, keys []string) (out []int) {
		for _, k := range keys {
			for _, i := range index[linkKey{o.Kind, k}] {
				if !o.Contradicts(ix.links[i]) && !slices.Contains(out, i) {
					out = append(out, i)
				}
			}
		}
		return out
	}
	return among(ix.exact, exactKeys), among(ix.loose, looseKeys)
}

func (ix *linkIndex) has(link intel.LinkWrite) bool {
	if link.ID != 0 {
		return ix.byID[linkID{link.Kind, link.ID}]
	}
	exact, loose := ix.candidates(link.New)
	return len(exact)+len(loose) > 0
}
