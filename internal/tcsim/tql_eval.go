package tcsim

import (
	"strings"
	"time"
)

// tval is one value of a keyword: a string, or a number, boolean or date in i
// (dates as Unix seconds) and f.
type tval struct {
	s   string
	i   int64
	f   float64
	set bool // of sorting: there is a value
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
	candidates func() (objects set, ok bool)
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
	q.candidates = func() (set, bool) {
		if and {
			return smallest(parts)
		}
		return either(parts)
	}
	return q, nil
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

// compileNested: hasX(query) holds if a related object of kind X matches.
func (c *call) compileNested(k kind, kw *keyword, n *tqlNode) (*query, *apiError) {
	if kw.related == kindCount { // a kind that the simulator does not have: nothing is related
		return &query{match: func(*object) bool { return false }, candidates: func() (set, bool) { return nil, true }}, nil
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
		for _, other := range related(o, kw.related) {
			if c.visible(other) && inner.match(other) {
				return true
			}
		}
		return false
	}
	if kw.name == "hasAllTags" {
		match = func(o *object) bool { return hasAllTags(o, n.inner) }
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
	return &query{match: match, candidates: candidates}, nil
}

// hasAllTags(name in ("a", "b")) asks for every one of the listed tags.
func hasAllTags(o *object, inner *tqlNode) bool {
	for _, v := range inner.values {
		found := false
		for _, tag := range related(o, kTag) {
			found = found || strings.EqualFold(tag.name, v.text)
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
	q.candidates = func() (set, bool) {
		if n.not || n.op != "=" && n.op != "in" {
			return nil, false
		}
		return c.indexed(k, kw, n.values)
	}
	return &q, nil
}
