package plan

import (
	"slices"
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
			put("=" + intel.PlainText(l.Name))
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

// Find finds the object that was made from o, nil if it is not there, or if more
// than one can be it: an answer need not tell whose artifact it is.
func (ix *LinkIndex) Find(o *intel.Object) *intel.Remote {
	exact, loose := ix.candidates(o)
	if len(exact) == 0 {
		exact = loose
	}
	if len(exact) != 1 {
		return nil
	}
	return &ix.links[exact[0]]
}

// candidates finds all that can have been made from o: what agrees in every way,
// and what differs in case at most.
func (ix *LinkIndex) candidates(o *intel.Object) (exact, loose []int) {
	keys := []string{"=" + intel.PlainText(o.Summary)}
	if t, ok := intel.IndicatorTypeNamed(o.Type, ix.custom); ok && o.Kind == intel.KindIndicator {
		keys = keysOf(t.Keys(o.Values), t.LooseKeys(o.Values))
	}
	for _, key := range keys {
		into := &exact
		if key[0] == '~' {
			into = &loose
		}
		for _, i := range ix.byKey[ix.key(o.Kind, o.Type, key)] {
			if !ofAnother(o, &ix.links[i]) && !slices.Contains(*into, i) {
				*into = append(*into, i)
			}
		}
	}
	return exact, loose
}

// ofAnother reports whether l belongs to another owner, case or victim than o,
// or is another case of its name, as far as both say.
func ofAnother(o *intel.Object, l *intel.Remote) bool {
	if l.Owner != "" && o.Owner != "" && l.Owner != o.Owner {
		return true
	}
	differs := func(field, have string) bool {
		want, _ := o.Fields.Get(field)
		return want != "" && have != "" && have != "0" && want != have
	}
	return differs("caseId", strconv.FormatInt(l.CaseID, 10)) || differs("victimId", strconv.FormatInt(l.VictimID, 10)) ||
		o.Kind == intel.KindCase && differs("xid", l.XID)
}

func (ix *LinkIndex) has(link intel.LinkWrite) bool {
	if link.ID != 0 {
		return len(ix.byKey[ix.key(link.Kind, "", "#"+strconv.FormatInt(link.ID, 10))]) > 0
	}
	exact, loose := ix.candidates(link.New)
	return len(exact)+len(loose) > 0
}
