package tcsim

import (
	"strings"
	"time"
)

// tval is one value of a keyword: a string, or a number, boolean or date in i
// (dates as Unix seconds) and f.
type tval struct {
	s string
	i int64
	f float64
}

func strVal(s string) tval     { return tval{s: s} }
func intVal(i int64) tval      { return tval{i: i, f: float64(i)} }
func numVal(f float64) tval    { return tval{i: int64(f), f: f} }
func dateVal(t time.Time) tval { return intVal(t.Unix()) }

func boolVal(b bool) tval {
	if b {
		return intVal(1)
	}
	return intVal(0)
}

// query is a compiled TQL query over one kind.
type query struct {
	kind  kind
	match func(*object) bool
	// candidates gives a superset of the matches from the indexes, in ascending
	// order; ok is false where only a scan helps.
	candidates func() (ids idset, ok bool)
	mentions   map[string]bool // canonical keywords used, at any depth of this kind
}

// compileTQL compiles n against the keywords of kind k.
func (c *call) compileTQL(k kind, n *tqlNode) (*query, *apiError) {
	if n.join != "" {
		return c.compileJoin(k, n)
	}
	kw := c.s.byKind[k].keywords[strings.ToLower(n.keyword)]
	if kw == nil {
		return nil, errTQL("'%s' is not a valid keyword (position %d).", n.keyword, n.pos)
	}
	if (n.op == "nested") != kw.nested {
		return nil, errTQL("'%s' cannot be used this way (position %d).", n.keyword, n.pos)
	}
	var q *query
	var err *apiError
	if kw.nested {
		q, err = c.compileNested(k, kw, n)
	} else {
		q, err = c.compileLeaf(k, kw, n)
	}
	if err != nil {
		return nil, err
	}
	q.kind = k
	q.mentions = map[string]bool{kw.name: true}
	return q, nil
}

func (c *call) compileJoin(k kind, n *tqlNode) (*query, *apiError) {
	q := &query{kind: k, mentions: map[string]bool{}}
	parts := make([]*query, len(n.parts))
	for i, p := range n.parts {
		part, err := c.compileTQL(k, p)
		if err != nil {
			return nil, err
		}
		parts[i] = part
		for m := range part.mentions {
			q.mentions[m] = true
		}
	}
	and := n.join == "and"
	q.match = func(o *object) bool {
		for _, p := range parts {
			if p.match(o) != and {
				return !and
			}
		}
		return and
	}
	q.candidates = func() (idset, bool) {
		if and {
			return smallest(parts)
		}
		return union(parts)
	}
	return q, nil
}

// smallest is the best index of an AND.
func smallest(parts []*query) (idset, bool) {
	var best idset
	found := false
	for _, p := range parts {
		if ids, ok := p.candidates(); ok && (!found || len(ids) < len(best)) {
			best, found = ids, true
		}
	}
	return best, found
}

func union(parts []*query) (idset, bool) {
	var sets []idset
	for _, p := range parts {
		ids, ok := p.candidates()
		if !ok {
			return nil, false
		}
		sets = append(sets, ids)
	}
	return mergeSets(sets), true
}

// compileNested: hasX(query) holds if a related object of kind X matches.
func (c *call) compileNested(k kind, kw *keyword, n *tqlNode) (*query, *apiError) {
	if kw.related == kindCount { // a kind that the simulator does not have: nothing is related
		return &query{match: func(*object) bool { return false }, candidates: func() (idset, bool) { return nil, true }}, nil
	}
	inner, err := c.compileTQL(kw.related, n.inner)
	if err != nil {
		return nil, err
	}
	self := c.sw.OwnGroup && k == kGroup && kw.related == kGroup
	match := func(o *object) bool {
		if self && inner.match(o) {
			return true
		}
		for _, id := range c.st.related(o, kw.related) {
			if other := c.st.get(kw.related, id); other != nil && c.visible(other) && inner.match(other) {
				return true
			}
		}
		return false
	}
	if kw.name == "hasAllTags" {
		match = func(o *object) bool { return c.hasAllTags(o, n.inner) }
	}
	candidates := func() (idset, bool) {
		ids, ok := inner.candidates()
		if !ok || len(ids) > 1000 {
			return nil, false
		}
		sets := make([]idset, 0, len(ids)+1)
		for _, id := range ids {
			if other := c.st.get(kw.related, id); other != nil {
				sets = append(sets, c.st.related(other, k))
			}
		}
		if self {
			sets = append(sets, ids)
		}
		return mergeSets(sets), true
	}
	return &query{match: match, candidates: candidates}, nil
}

// hasAllTags(name in ("a", "b")) asks for every one of the listed tags.
func (c *call) hasAllTags(o *object, inner *tqlNode) bool {
	for _, v := range inner.values {
		found := false
		for _, id := range c.st.related(o, kTag) {
			found = found || strings.EqualFold(c.st.get(kTag, id).name, v.text)
		}
		if !found {
			return false
		}
	}
	return len(inner.values) > 0
}

// compileLeaf compiles keyword op value.
func (c *call) compileLeaf(k kind, kw *keyword, n *tqlNode) (*query, *apiError) {
	test, err := c.compileTest(kw, n)
	if err != nil {
		return nil, err
	}
	var q query
	var values []tval // reused: a query serves one request
	q.match = func(o *object) bool {
		values = kw.get(c, o, values[:0])
		return test(o, values)
	}
	q.candidates = func() (idset, bool) {
		if n.not || n.op != "=" && n.op != "in" {
			return nil, false
		}
		return c.indexed(k, kw, n.values)
	}
	return &q, nil
}
