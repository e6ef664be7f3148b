package tcsim

import (
	"strings"
	"unicode/utf8"
)

// TQL, the ThreatConnect Query Language (developer docs, filter_results.rst):
//
//	query  := clause ( (AND|OR) clause )*      AND binds closer; parentheses group
//	clause := keyword op value | keyword [NOT] IN ( v, v, ... ) | keyword IS [NOT] NULL | hasX ( query )

type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenWord             // keyword or operator in letters
	tokenString           // quoted; text is unescaped
	tokenNumber
	tokenSign // = == != > < >= <= ( ) ,
)

type token struct {
	kind tokenKind
	text string
	pos  int
}

// clause is one condition on a keyword.
type clause struct {
	word   *keyword
	op     string // canonical: = != > < >= <= in like contains startswith endswith null
	not    bool
	values []token
}

// tqlParser reads a query and compiles it on the way, so that each keyword is
// looked up among those of the kind that it stands for.
type tqlParser struct {
	c      *call
	text   string
	at     int   // where the rest of the text begins
	ahead  token // the next token
	depth  int
	values int // literals seen
}

const maxTQLDepth = 100 // a guard of the simulator's own stack

// parseTQL compiles a query over objects of kind k and counts its literals.
func (c *call) parseTQL(k kind, text string) (*query, int) {
	p := &tqlParser{c: c, text: text}
	p.next()
	q := p.or(k)
	if p.ahead.kind != tokenEnd {
		panic(errTQL("unexpected '%s' at position %d", p.ahead.text, p.ahead.pos))
	}
	return q, p.values
}

// next takes the token ahead and reads the one behind it.
func (p *tqlParser) next() token {
	t := p.ahead
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
	p.ahead = token{pos: p.at}
	if p.at < len(p.text) {
		p.ahead.kind, p.ahead.text = p.read(p.text[p.at])
	}
	return t
}

// read reads the token that begins with b.
func (p *tqlParser) read(b byte) (tokenKind, string) {
	rest := p.text[p.at:]
	switch {
	case b == '"' || b == '\'':
		return tokenString, p.quoted(b)
	case strings.IndexByte("(),", b) >= 0:
		return tokenSign, p.take(1)
	case len(rest) > 1 && rest[1] == '=' && strings.IndexByte("=!<>", b) >= 0:
		return tokenSign, p.take(2)
	case strings.IndexByte("=<>", b) >= 0:
		return tokenSign, p.take(1)
	case isDigit(b) || (b == '-' || b == '+') && len(rest) > 1 && isDigit(rest[1]):
		n := 1
		for n < len(rest) && (isDigit(rest[n]) || rest[n] == '.') {
			n++
		}
		return tokenNumber, p.take(n)
	case isLetter(b):
		n := 1
		for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n])) {
			n++
		}
		return tokenWord, p.take(n)
	}
	r, _ := utf8.DecodeRuneInString(rest)
	panic(errTQL("unexpected character %q at position %d", r, p.at))
}

// take takes n bytes of the text.
func (p *tqlParser) take(n int) string {
	p.at += n
	return p.text[p.at-n : p.at]
}

func isDigit(b byte) bool  { return b >= '0' && b <= '9' }
func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' }

// quoted reads a quoted string. A backslash makes the next character plain. The
// docs list \' \" \` and \\: strict mode asks for exactly these.
func (p *tqlParser) quoted(quote byte) string {
	q, strict := p.text, p.c.strict
	special := func(i int) bool { return strings.IndexByte("'\"`\\", q[i]) >= 0 }
	var b strings.Builder
	for i := p.at + 1; i < len(q); i++ {
		switch {
		case q[i] == quote:
			p.at = i + 1
			return b.String()
		case q[i] == '\\' && i+1 < len(q):
			i++
			if strict && !special(i) {
				panic(errTQL("a backslash at position %d needs a second one before it", i-1))
			}
		case strict && special(i):
			panic(errTQL("the character %c at position %d needs a backslash before it", q[i], i))
		case strict && q[i] < ' ':
			panic(errTQL("control character at position %d", i))
		}
		b.WriteByte(q[i])
	}
	panic(errTQL("unterminated string at position %d", p.at))
}

// word takes the next token if it is this word, in any case.
func (p *tqlParser) word(w string) bool {
	found := p.ahead.kind == tokenWord && strings.EqualFold(p.ahead.text, w)
	if found {
		p.next()
	}
	return found
}

// sign takes the next token if it is this sign.
func (p *tqlParser) sign(s string) bool {
	found := p.ahead.kind == tokenSign && p.ahead.text == s
	if found {
		p.next()
	}
	return found
}

// expect refuses the query where something else is missing here.
func (p *tqlParser) expect(found bool, what string) {
	if !found {
		panic(errTQL("expected %s at position %d", what, p.ahead.pos))
	}
}

func (p *tqlParser) or(k kind) *query {
	p.depth++
	if p.depth > maxTQLDepth {
		panic(errTQL("the query is nested too deeply"))
	}
	q := p.joined(k, "or", p.and)
	p.depth--
	return q
}

func (p *tqlParser) and(k kind) *query { return p.joined(k, "and", p.clause) }

func (p *tqlParser) joined(k kind, word string, part func(kind) *query) *query {
	parts := []*query{part(k)}
	for p.word(word) {
		parts = append(parts, part(k))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return join(parts, word == "and")
}

// grouped reads a query in parentheses, the first of which has been read.
func (p *tqlParser) grouped(k kind) *query {
	q := p.or(k)
	p.expect(p.sign(")"), "')'")
	return q
}

func (p *tqlParser) clause(k kind) *query {
	if p.sign("(") {
		return p.grouped(k)
	}
	p.expect(p.ahead.kind == tokenWord, "a keyword")
	t := p.next()
	nested := p.sign("(")
	if k == kindCount { // a kind that the simulator does not have: only the form counts
		if nested {
			return p.grouped(k)
		}
		p.condition(&clause{})
		return nothing
	}
	word := p.c.s.byKind[k].keywords[strings.ToLower(t.text)]
	if word == nil {
		panic(errTQL("'%s' is not a valid keyword (position %d).", t.text, t.pos))
	}
	if nested != word.nested {
		panic(errTQL("'%s' cannot be used this way (position %d).", t.text, t.pos))
	}
	if nested {
		return p.c.nestedQuery(k, word, p.grouped(word.related))
	}
	n := &clause{word: word}
	p.condition(n)
	return p.c.leaf(k, n)
}

var operators = map[string]string{
	"=": "=", "==": "=", "!=": "!=", ">": ">", "<": "<", ">=": ">=", "<=": "<=",
	"eq": "=", "equals": "=", "ne": "!=", "gt": ">", "lt": "<", "geq": ">=", "leq": "<=",
	"like": "like", "contains": "contains", "startswith": "startswith", "endswith": "endswith",
}

// condition reads the rest of a clause after its keyword.
func (p *tqlParser) condition(n *clause) {
	if p.word("is") {
		n.op, n.not = "null", p.word("not")
		p.expect(p.word("null"), "NULL")
		return
	}
	n.not = p.word("not")
	if p.word("in") {
		n.op = "in"
		p.expect(p.sign("("), "'('")
		for more := true; more; more = p.sign(",") {
			p.value(n)
		}
		p.expect(p.sign(")"), "',' or ')'")
		return
	}
	kind := p.ahead.kind
	n.op = operators[strings.ToLower(p.ahead.text)]
	comparison := n.op == "=" || strings.ContainsAny(n.op, "!<>")
	p.expect((kind == tokenSign || kind == tokenWord) && n.op != "" && !(n.not && comparison), "an operator")
	p.next()
	p.value(n)
}

func (p *tqlParser) value(n *clause) {
	t := p.ahead
	bare := t.kind == tokenWord && (strings.EqualFold(t.text, "true") || strings.EqualFold(t.text, "false"))
	p.expect(t.kind == tokenString || t.kind == tokenNumber || bare, "a value")
	n.values = append(n.values, p.next())
	p.values++
}
