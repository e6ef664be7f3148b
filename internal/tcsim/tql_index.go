package tcsim

import (
	"slices"
	"strconv"
)

// related returns the objects of kind k that belong with o: linked to it, above
// it or below it. It is symmetric, so that an index on one side answers for the
// other.
func related(o *object, k kind) set {
	switch {
	case o.parent != nil && o.parent.kind == k:
		return append(set{o.parent}, o.linked(k)...)
	case o.kind == kGroup && k == kVictim, o.kind == kVictim && k == kGroup:
		// A group is associated with an asset, and thereby with its victim.
		sets := []set{o.linked(k)}
		for _, asset := range o.linked(kVictimAsset) {
			sets = append(sets, related(asset, k))
		}
		return union(sets...)
	}
	return o.linked(k)
}

// indexed answers = and IN from an index.
func (c *call) indexed(k kind, kw *keyword, values []token) (set, bool) {
	if kw.index == noIndex {
		return nil, false
	}
	var sets []set
	for _, v := range values {
		sets = append(sets, c.indexedValue(k, kw, v.text))
	}
	return union(sets...), true
}

func (c *call) indexedValue(k kind, kw *keyword, text string) set {
	tab := c.st.tables[k]
	id, err := strconv.ParseInt(text, 10, 64)
	switch {
	case kw.index == indexSummary:
		return tab.byName.find(fold(text))
	case kw.index == indexValues: // a type with one value has it as its summary
		sets := []set{tab.byName.find(fold(text))}
		for i := range tab.byValue {
			sets = append(sets, tab.byValue[i].find(fold(text)))
		}
		return union(sets...)
	case kw.index == indexOwner && c.st.byOwner[text] != nil:
		return tab.of(c.st.byOwner[text])
	case kw.index == indexID && err == nil:
		if o := tab.get(id); o != nil {
			return set{o}
		}
	case kw.index == indexRelated && err == nil:
		if other := c.st.get(kw.related, id); other != nil {
			return slices.Clip(related(other, k))
		}
	}
	return nil
}
