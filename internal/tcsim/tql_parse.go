package tcsim

import "strings"

// tqlNode is a parsed query: either a join of parts, or a clause.
type tqlNode struct {
	join  string // "and", "or", "" for a clause
	parts []*tqlNode

	keyword string // as written
	op      string // canonical: = != > < >= <= in like contains startswith endswith null nested
	not     bool
	values  []token
	inner   *tqlNode // of hasX(...)
	pos     int
}

type tqlParser struct {
	tokens []token
	at     int
	depth  int
	values int // literals seen
}

const maxTQLDepth = 100 // a guard of the simulator's own stack

// parseTQL parses a whole query and counts its literals.
func parseTQL(q string, strict bool) (*tqlNode, int, *apiError) {
	tokens, err := lexTQL(q, strict)
	if err != nil {
		return nil, 0, err
	}
	p := &tqlParser{tokens: tokens}
	n, err := p.or()
	if err != nil {
		return nil, 0, err
	}
	if t := p.peek(); t.kind != tokenEnd {
		return nil, 0, errTQL("unexpected '%s' at position %d", t.text, t.pos)
	}
	return n, p.values, nil
}

func (p *tqlParser) peek() token { return p.tokens[p.at] }

func (p *tqlParser) next() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

// word takes the next token if it is this word, in any case.
func (p *tqlParser) word(w string) bool {
	if t := p.peek(); t.kind == tokenWord && strings.EqualFold(t.text, w) {
		p.at++
		return true
	}
	return false
}

func (p *tqlParser) expect(k tokenKind, what string) *apiError {
	if t := p.next(); t.kind != k {
		return errTQL("expected %s at position %d", what, t.pos)
	}
	return nil
}

func (p *tqlParser) or() (*tqlNode, *apiError) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxTQLDepth {
		return nil, errTQL("the query is nested too deeply")
	}
	return p.joined("or", p.and)
}

func (p *tqlParser) and() (*tqlNode, *apiError) { return p.joined("and", p.clause) }

func (p *tqlParser) joined(word string, part func() (*tqlNode, *apiError)) (*tqlNode, *apiError) {
	first, err := part()
	if err != nil {
		return nil, err
	}
	n := first
	for p.word(word) {
		next, err := part()
		if err != nil {
			return nil, err
		}
		if n == first {
			n = &tqlNode{join: word, parts: []*tqlNode{first}}
		}
		n.parts = append(n.parts, next)
	}
	return n, nil
}

func (p *tqlParser) clause() (*tqlNode, *apiError) {
	t := p.next()
	switch t.kind {
	case tokenOpen:
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		return n, p.expect(tokenClose, "')'")
	case tokenWord:
		n := &tqlNode{keyword: t.text, pos: t.pos}
		if p.peek().kind == tokenOpen {
			p.next()
			inner, err := p.or()
			if err != nil {
				return nil, err
			}
			n.op, n.inner = "nested", inner
			return n, p.expect(tokenClose, "')'")
		}
		return n, p.operator(n)
	}
	return nil, errTQL("expected a keyword at position %d", t.pos)
}

var signOps = map[string]string{"=": "=", "==": "=", "!=": "!=", ">": ">", "<": "<", ">=": ">=", "<=": "<="}

var wordOps = map[string]string{
	"eq": "=", "equals": "=", "ne": "!=", "gt": ">", "lt": "<", "geq": ">=", "leq": "<=",
	"like": "like", "contains": "contains", "startswith": "startswith", "endswith": "endswith",
}

// operator reads the rest of a clause after its keyword.
func (p *tqlParser) operator(n *tqlNode) *apiError {
	if t := p.peek(); t.kind == tokenSign {
		p.next()
		n.op = signOps[t.text]
		return p.value(n)
	}
	if p.word("is") {
		n.op, n.not = "null", p.word("not")
		if !p.word("null") {
			return errTQL("expected NULL at position %d", p.peek().pos)
		}
		return nil
	}
	n.not = p.word("not")
	if p.word("in") {
		n.op = "in"
		return p.valueList(n)
	}
	t := p.next()
	op, ok := wordOps[strings.ToLower(t.text)]
	if t.kind != tokenWord || !ok || n.not && (op == "=" || strings.ContainsAny(op, "!<>")) {
		return errTQL("expected an operator at position %d", t.pos)
	}
	n.op = op
	return p.value(n)
}

func (p *tqlParser) value(n *tqlNode) *apiError {
	t := p.next()
	bare := t.kind == tokenWord && (strings.EqualFold(t.text, "true") || strings.EqualFold(t.text, "false"))
	if t.kind != tokenString && t.kind != tokenNumber && !bare {
		return errTQL("expected a value at position %d", t.pos)
	}
	n.values = append(n.values, t)
	p.values++
	return nil
}

func (p *tqlParser) valueList(n *tqlNode) *apiError {
	if err := p.expect(tokenOpen, "'('"); err != nil {
		return err
	}
	for {
		if err := p.value(n); err != nil {
			return err
		}
		t := p.next()
		if t.kind == tokenClose {
			return nil
		}
		if t.kind != tokenComma {
			return errTQL("expected ',' or ')' at position %d", t.pos)
		}
	}
}
