package tcsim

import (
	"slices"
	"strings"
)

// query is a compiled TQL query over one kind.
type query struct {
	match func(*object) bool
	// candidates gives a superset of the matches from the indexes, in ascending
	// order; ok is false where only a scan helps.
	candidates func() (objects set, ok bool)
	active     bool    // the keyword indicatorActive is used, and not of a related object
	values     []token // of a single clause
}

// nothing has no matches.
var nothing = &query{match: func(*object) bool { return false }, candidates: func() (set, bool) { return nil, true }}

// join is the AND or the OR of parts.
func join(parts []*query, and bool) *query {
	return &query{
		match: func(o *object) bool {
			for _, p := range parts {
				if p.match(o) != and {
					return !and
				}
			}
			return and
		},
		candidates: func() (set, bool) {
			if and {
				return smallest(parts)
			}
			return either(parts)
		},
		active: slices.ContainsFunc(parts, func(p *query) bool { return p.active }),
	}
}

// smallest is the best index of an AND.
func smallest(parts []*query) (set, bool) {
	var best set
	found := false
	for _, p := range parts {
		if s, ok := p.candidates(); ok && (!found || len(s) < len(best)) {
			best, found = s, true
		}
	}
	return best, found
}

// either is the union of the indexes of an OR.
func either(parts []*query) (set, bool) {
	var sets []set
	for _, p := range parts {
		s, ok := p.candidates()
		if !ok {
			return nil, false
		}
		sets = append(sets, s)
	}
	return union(sets...), true
}

// nestedQuery: hasX(query) holds if a related object of kind X matches.
func (c *call) nestedQuery(k kind, word *keyword, inner *query) *query {
	if word.related == kindCount { // nothing is related to what the simulator does not have
		return nothing
	}
	self := c.sw.OwnGroup && k == kGroup && word.related == kGroup
	match := func(o *object) bool {
		return self && inner.match(o) || slices.ContainsFunc(related(o, word.related), func(other *object) bool {
			return c.visible(other) && inner.match(other)
		})
	}
	if word.name == "hasAllTags" {
		match = func(o *object) bool { return hasAllTags(o, inner.values) }
	}
	candidates := func() (set, bool) {
		few, ok := inner.candidates()
		if !ok || len(few) > 1000 {
			return nil, false
		}
		var sets []set
		for _, other := range few {
			sets = append(sets, related(other, k))
		}
		if self {
			sets = append(sets, few)
		}
		return union(sets...), true
	}
	return &query{match: match, candidates: candidates}
}

// hasAllTags(name in ("a", "b")) asks for every one of the listed tags.
func hasAllTags(o *object, names []token) bool {
	for _, name := range names {
		if !slices.ContainsFunc(o.linked(kTag), func(tag *object) bool { return strings.EqualFold(tag.name, name.text) }) {
			return false
		}
	}
	return len(names) > 0
}

// leaf compiles one clause.
func (c *call) leaf(k kind, n *clause) *query {
	test := c.compileTest(n)
	var values []value // reused: a query serves one request
	return &query{
		match: func(o *object) bool {
			values = n.word.values(c, o, values[:0])
			return test(o, values)
		},
		candidates: func() (set, bool) {
			if n.not || n.op != "=" && n.op != "in" {
				return nil, false
			}
			return c.indexed(k, n.word, n.values)
		},
		active: n.word.name == "indicatorActive",
		values: n.values,
	}
}
