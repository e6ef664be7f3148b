package plan

import (
	"strconv"

	"tcimport/internal/intel"
)

// LinkIndex finds what was made among the associated objects of an answer.
type LinkIndex struct {
	links  []intel.Remote
	custom []intel.IndicatorType
	byKey  map[linkKey][]int // ascending
}

type linkKey struct {
	kind     intel.Kind
	typ, key string
}

// NewLinkIndex indexes the associated objects of an answer.
func NewLinkIndex(links []intel.Remote, custom []intel.IndicatorType) *LinkIndex {
	ix := &LinkIndex{links, custom, make(map[linkKey][]int, 2*len(links))}
	for i := range links {
		l := &links[i]
		put := func(key string) {
			k := ix.key(l.Kind, l.Type, key)
			ix.byKey[k] = append(ix.byKey[k], i)
		}
		put("#" + strconv.FormatInt(l.ID, 10))
		t, ok := intel.IndicatorTypeNamed(l.Type, custom)
		if l.Kind != intel.KindIndicator || !ok {
			put("=" + plainText(l.Name))
			continue
		}
		values, keys := t.KeysOfSummary(l.Name)
		for _, key := range keysOf(keys, t.LooseKeys(values)) {
			put(key)
		}
	}
	return ix
}

// keysOf tells exact and loose keys apart.
func keysOf(exact, loose []string) []string {
	out := make([]string, 0, len(exact)+len(loose))
	for _, k := range exact {
		out = append(out, "="+k)
	}
	for _, k := range loose {
		out = append(out, "~"+k)
	}
	return out
}

// key is what an object goes by. Cases have no type, and IDs need none.
func (ix *LinkIndex) key(kind intel.Kind, typ, key string) linkKey {
	if kind == intel.KindCase || key[0] == '#' {
		typ = ""
	}
	return linkKey{kind, intel.Fold(typ), key}
}

// Find finds the object that was made from o, nil if it is not there.
func (ix *LinkIndex) Find(o *intel.Object) *intel.Remote {
	keys := []string{"=" + plainText(o.Summary)}
	if t, ok := intel.IndicatorTypeNamed(o.Type, ix.custom); ok && o.Kind == intel.KindIndicator {
		keys = keysOf(t.Keys(o.Values), t.LooseKeys(o.Values))
	}
	first := -1
	for _, key := range keys {
		for _, i := range ix.byKey[ix.key(o.Kind, o.Type, key)] {
			if l := &ix.links[i]; l.Owner != "" && o.Owner != "" && l.Owner != o.Owner {
				continue
			}
			if first < 0 || i < first {
				first = i
			}
			break
		}
	}
	if first < 0 {
		return nil
	}
	return &ix.links[first]
}

func (ix *LinkIndex) has(link intel.LinkWrite) bool {
	if link.ID != 0 {
		return len(ix.byKey[ix.key(link.Kind, "", "#"+strconv.FormatInt(link.ID, 10))]) > 0
	}
	return ix.Find(link.New) != nil
}

// FindLink finds among links the object that was made from o.
func FindLink(o *intel.Object, links []intel.Remote, custom []intel.IndicatorType) *intel.Remote {
	return NewLinkIndex(links, custom).Find(o)
}
