package stixpattern

import "strings"

// maxDepth is how deep brackets may be nested.
const maxDepth = 100

// parser parses by recursive descent, a method for each rule of the grammar.
type parser struct {
	lexer
	token
	depth int
}

// Parse parses a pattern. An error names the character at which it is wrong.
func Parse(text string) (*Expression, error) {
	p := &parser{lexer: lexer{text: text}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	e, err := p.expression()
	if err == nil && p.kind != end {
		err = p.unexpected("AND, OR, FOLLOWEDBY or the end")
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

func (p *parser) advance() (err error) {
	p.token, err = p.next()
	return err
}

// is reports whether the token is a word or a symbol.
func (p *parser) is(text string) bool {
	return (p.kind == word || p.kind == symbol) && p.text() == text
}

func (p *parser) text() string { return p.token.text }

// accept goes over a word or a symbol, if it is the token.
func (p *parser) accept(text string) (bool, error) {
	if !p.is(text) {
		return false, nil
	}
	return true, p.advance()
}

func (p *parser) expect(text string) error {
	ok, err := p.accept(text)
	if err == nil && !ok {
		err = p.unexpected(text)
	}
	return err
}

func (p *parser) unexpected(want string) error {
	return p.fail(p.token.at, "%s is not expected here, but %s", p.token, want)
}

// nested parses what is in brackets.
func (p *parser) nested(parse func() error, closing string) error {
	if p.depth++; p.depth > maxDepth {
		return p.fail(p.token.at, "brackets are nested more than %d deep", maxDepth)
	}
	if err := p.advance(); err != nil {
		return err
	}
	if err := parse(); err != nil {
		return err
	}
	p.depth--
	return p.expect(closing)
}

// joined parses what an operator joins: the parts, of which there may be one only.
func joined[T any](p *parser, op Operator, part func() (T, error)) ([]T, error) {
	var parts []T
	for {
		one, err := part()
		if err != nil {
			return nil, err
		}
		parts = append(parts, one)
		if ok, err := p.accept(string(op)); !ok || err != nil {
			return parts, err
		}
	}
}

// expression parses observations; FOLLOWEDBY binds least, AND most.
func (p *parser) expression() (*Expression, error) { return p.observations(FollowedBy, Or, And) }

func (p *parser) observations(op Operator, tighter ...Operator) (*Expression, error) {
	parts, err := joined(p, op, func() (*Expression, error) {
		if len(tighter) > 0 {
			return p.observations(tighter[0], tighter[1:]...)
		}
		return p.observation()
	})
	switch {
	case err != nil:
		return nil, err
	case len(parts) == 1:
		return parts[0], nil
	}
	return &Expression{Operator: op, Parts: parts}, nil
}

// observation parses one observation, or an expression in brackets.
func (p *parser) observation() (e *Expression, err error) {
	switch {
	case p.is("["):
		e = &Expression{}
		err = p.nested(func() (err error) { e.Test, err = p.test(); return err }, "]")
	case p.is("("):
		err = p.nested(func() (err error) { e, err = p.expression(); return err }, ")")
	default:
		err = p.unexpected("[ or (")
	}
	for err == nil {
		var name string
		if name, err = p.qualifier(); name == "" {
			break
		}
		e.Qualifiers = append(e.Qualifiers, name)
	}
	return e, err
}

// qualifiers are the words of each, behind each of which a value comes.
var qualifiers = map[string]string{"START": "STOP", "WITHIN": "SECONDS", "REPEATS": "TIMES"}

// qualifier parses what restricts observations, and names it; "" if there is nothing.
func (p *parser) qualifier() (string, error) {
	name := p.text()
	second, ok := qualifiers[name]
	if p.kind != word || !ok {
		return "", nil
	}
	err := p.advance()
	if err == nil {
		_, err = p.literal()
	}
	if err == nil {
		err = p.expect(second)
	}
	if err == nil && second == "STOP" {
		_, err = p.literal()
	}
	return name, err
}

// test parses what is in the brackets of an observation; AND binds more than OR.
func (p *parser) test() (*Test, error) { return p.tests(Or, And) }

func (p *parser) tests(op Operator, tighter ...Operator) (*Test, error) {
	parts, err := joined(p, op, func() (*Test, error) {
		if len(tighter) > 0 {
			return p.tests(tighter[0], tighter[1:]...)
		}
		return p.oneTest()
	})
	switch {
	case err != nil:
		return nil, err
	case len(parts) == 1:
		return parts[0], nil
	}
	return &Test{Operator: op, Parts: parts}, nil
}

// oneTest parses a comparison, or a test in brackets.
func (p *parser) oneTest() (t *Test, err error) {
	if p.is("(") {
		err = p.nested(func() (err error) { t, err = p.test(); return err }, ")")
		return t, err
	}
	c := &Comparison{}
	if c.Not, err = p.accept("NOT"); err != nil {
		return nil, err
	}
	exists, err := p.accept("EXISTS")
	if err != nil {
		return nil, err
	}
	if c.Not && !exists {
		return nil, p.unexpected("EXISTS")
	}
	if err := p.path(c); err != nil {
		return nil, err
	}
	if exists {
		c.Operator = "EXISTS"
		return &Test{Comparison: c}, nil
	}
	return &Test{Comparison: c}, p.compare(c)
}

// compare parses what comes behind a path.
func (p *parser) compare(c *Comparison) (err error) {
	if c.Not, err = p.accept("NOT"); err != nil {
		return err
	}
	op := p.text()
	switch {
	case p.kind == symbol && strings.ContainsAny(op, "=<>"):
		c.Operator = map[string]string{"==": "=", "<>": "!="}[op]
		if c.Operator == "" {
			c.Operator = op
		}
	case p.kind == word && operators[op]:
		c.Operator = op
	default:
		return p.unexpected("a comparison such as =")
	}
	if err := p.advance(); err != nil {
		return err
	}
	if c.Operator != "IN" {
		value, err := p.literal()
		c.Values = []Literal{value}
		return err
	}
	if !p.is("(") {
		return p.unexpected("(")
	}
	return p.nested(func() (err error) {
		c.Values, err = joined(p, ",", p.literal)
		return err
	}, ")")
}

// path parses the type of an object and the way to a property of it.
func (p *parser) path(c *Comparison) error {
	if p.kind != word || isReserved(p.text()) {
		return p.unexpected("the type of an object")
	}
	c.Object = p.text()
	if err := p.advance(); err != nil {
		return err
	}
	if err := p.expect(":"); err != nil {
		return err
	}
	var b strings.Builder
	for {
		if p.kind != word && (p.kind != quoted || p.prefix != "") {
			return p.unexpected("the name of a property")
		}
		b.WriteString(p.text())
		if err := p.advance(); err != nil {
			return err
		}
		for p.is("[") {
			b.WriteByte('[')
			if err := p.nested(func() error { return p.index(&b) }, "]"); err != nil {
				return err
			}
			b.WriteByte(']')
		}
		if ok, err := p.accept("."); !ok || err != nil {
			c.Path = b.String()
			return err
		}
		b.WriteByte('.')
	}
}

func (p *parser) index(b *strings.Builder) error {
	if p.kind != number && !p.is("*") {
		return p.unexpected("a number or *")
	}
	b.WriteString(p.text())
	return p.advance()
}

// literal parses a value.
func (p *parser) literal() (Literal, error) {
	v := Literal{Text: p.text()}
	switch lower := strings.ToLower(v.Text); {
	case p.kind == number:
		v.Kind = Number
	case p.kind == word && (lower == "true" || lower == "false"):
		v.Kind, v.Text = Bool, lower
	case p.kind == quoted:
		v.Kind = map[string]LiteralKind{"": Text, "t": Time, "b": Encoded, "h": Encoded}[p.prefix]
	default:
		return v, p.unexpected("a value")
	}
	return v, p.advance()
}
