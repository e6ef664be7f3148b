package apply

import (
	"slices"

	"tcimport/internal/intel"
)

// linkIndex finds new objects among the associated objects of an answer.
type linkIndex struct {
	links  []*intel.Remote
	custom []intel.IndicatorType
	loose  map[linkKey][]int // ascending
}

type linkKey struct {
	kind intel.Kind
	key  string
}

// newLinkIndex indexes the associated objects of an answer.
func newLinkIndex(links []*intel.Remote, custom []intel.IndicatorType) *linkIndex {
	ix := &linkIndex{links, custom, make(map[linkKey][]int, len(links))}
	for i, l := range links {
		_, keys := l.Keys(custom)
		for _, k := range keys {
			ix.loose[linkKey{l.Kind, k}] = append(ix.loose[linkKey{l.Kind, k}], i)
		}
	}
	return ix
}

// find finds the object that was created from o. It is nil if there is none, or if several
// match: some answers do not show which case an artifact belongs to. Of those that differ
// in case, it is the one that does not.
func (ix *linkIndex) find(o *intel.Object) *intel.Remote {
	found := ix.candidates(o)
	if len(found) > 1 {
		wanted, _ := o.Keys(ix.custom)
		found = slices.DeleteFunc(found, func(i int) bool {
			has, _ := ix.links[i].Keys(ix.custom)
			return !slices.ContainsFunc(has, func(k string) bool { return slices.Contains(wanted, k) })
		})
	}
	if len(found) != 1 {
		return nil
	}
	return ix.links[found[0]]
}

// candidates finds all objects that may have been created from o: those that are equal, and
// those that differ in case only.
func (ix *linkIndex) candidates(o *intel.Object) (found []int) {
	_, keys := o.Keys(ix.custom)
	for _, k := range keys {
		for _, i := range ix.loose[linkKey{o.Kind, k}] {
			if !o.Contradicts(ix.links[i]) && !slices.Contains(found, i) {
				found = append(found, i)
			}
		}
	}
	return found
}

func (ix *linkIndex) has(link intel.LinkWrite) bool {
	if link.ID == 0 {
		return len(ix.candidates(link.New)) > 0
	}
	return slices.ContainsFunc(ix.links, func(l *intel.Remote) bool { return l.Kind == link.Kind && l.ID == link.ID })
}
