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
func (c *call) indexed(k kind, word *keyword, values []token) (set, bool) {
	if word.find == nil {
		return nil, false
	}
	var sets []set
	for _, v := range values {
		sets = append(sets, word.find(c, k, word, v.text))
	}
	return union(sets...), true
}

// finder finds the objects of kind k that have a value of a keyword, or more.
type finder = func(c *call, k kind, word *keyword, text string) set

func findName(c *call, k kind, _ *keyword, text string) set {
	return c.st.tables[k].byName.find(fold(text))
}

func findXID(c *call, k kind, _ *keyword, text string) set {
	return c.st.tables[k].byXID.find(fold(text))
}

// findValue: a type with one value has it as its summary.
func findValue(c *call, k kind, _ *keyword, text string) set {
	tab := c.st.tables[k]
	return union(tab.byName.find(fold(text)), tab.byValue[0].find(fold(text)), tab.byValue[1].find(fold(text)), tab.byValue[2].find(fold(text)))
}

func findOwner(c *call, k kind, _ *keyword, text string) set {
	owner := c.st.byOwner[text]
	if owner == nil {
		return nil
	}
	return c.st.tables[k].byOwner[owner]
}

func findID(c *call, k kind, _ *keyword, text string) set {
	if o := c.objectNumbered(k, text); o != nil {
		return set{o}
	}
	return nil
}

func findRelated(c *call, k kind, word *keyword, text string) set {
	if other := c.objectNumbered(word.related, text); other != nil {
		return slices.Clip(related(other, k))
	}
	return nil
}

func (c *call) objectNumbered(k kind, text string) *object {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil
	}
	return c.st.get(k, id)
}
