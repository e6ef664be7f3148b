package tcsim

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// compileTest gives the test of an operator over all values of a keyword. Where
// a keyword has several values one match is enough; the negated forms ask that
// none match. Nothing but IS NULL matches an absent value.
func (c *call) compileTest(kw *keyword, n *tqlNode) (func(*object, []tval) bool, *apiError) {
	if n.op == "null" {
		return func(_ *object, vs []tval) bool { return (len(vs) == 0) != n.not }, nil
	}
	var one func(*object, tval) bool
	var err *apiError
	if kw.text() {
		one, err = c.textTest(kw, n)
	} else {
		one, err = c.numberTest(kw, n)
	}
	if err != nil {
		return nil, err
	}
	negated := n.not || n.op == "!="
	return func(o *object, vs []tval) bool {
		if len(vs) == 0 {
			return negated && kw.many
		}
		for _, v := range vs {
			if one(o, v) {
				return !negated
			}
		}
		return negated
	}, nil
}

// textTest compares strings; summary and other StringLower keywords ignore the
// case, except for types whose summaries are case-sensitive.
func (c *call) textTest(kw *keyword, n *tqlNode) (func(*object, tval) bool, *apiError) {
	exactSet, foldSet := map[string]bool{}, map[string]bool{}
	for _, v := range n.values {
		if v.kind != tokenString {
			return nil, errLiteral(kw, v)
		}
		exactSet[v.text] = true
		foldSet[fold(v.text)] = true
	}
	exact := func(o *object) bool {
		if kw.typ != "StringLower" {
			return true
		}
		if kw.name != "summary" || o.kind != kIndicator {
			return kw.name == "summary" && c.sw.SummaryCase == "sensitive"
		}
		return c.sw.SummaryCase == "sensitive" || c.exact(c.st.types.indicatorType(o.typ))
	}
	want := n.values[0].text
	folded := fold(want)
	switch n.op {
	case "=", "!=", "in":
		return func(o *object, v tval) bool {
			if exact(o) {
				return exactSet[v.s]
			}
			return foldSet[fold(v.s)]
		}, nil
	case "like":
		re, err := regexp.Compile("(?is)^" + likePattern(want) + "$")
		if err != nil {
			return nil, errTQL("the pattern '%s' is not valid", want)
		}
		return func(_ *object, v tval) bool { return re.MatchString(v.s) }, nil
	case "contains":
		return func(_ *object, v tval) bool { return containsFold(v.s, folded) }, nil
	case "startswith":
		return func(_ *object, v tval) bool { return strings.HasPrefix(fold(v.s), folded) }, nil
	case "endswith":
		return func(_ *object, v tval) bool { return strings.HasSuffix(fold(v.s), folded) }, nil
	}
	return func(_ *object, v tval) bool { return ordered(n.op, strings.Compare(v.s, want)) }, nil
}

// containsFold says whether s holds the folded text, without a copy of s where
// both are ASCII.
func containsFold(s, folded string) bool {
	if len(folded) == 0 {
		return true
	}
	low := folded[0]
	up := low
	if 'a' <= low && low <= 'z' {
		up -= 'a' - 'A'
	}
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b >= 0x80 || low >= 0x80:
			return strings.Contains(fold(s), folded)
		case (b == low || b == up) && len(s)-i >= len(folded) && strings.EqualFold(s[i:i+len(folded)], folded):
			return true
		}
	}
	return false
}

// likePattern: % stands for any text and _ for one character, as in SQL.
func likePattern(s string) string {
	return strings.NewReplacer("%", ".*", "_", ".").Replace(regexp.QuoteMeta(s))
}

func ordered(op string, n int) bool {
	switch op {
	case ">":
		return n > 0
	case "<":
		return n < 0
	case ">=":
		return n >= 0
	case "<=":
		return n <= 0
	}
	return n == 0 // = != in
}

func (c *call) numberTest(kw *keyword, n *tqlNode) (func(*object, tval) bool, *apiError) {
	switch n.op {
	case "like", "contains", "startswith", "endswith":
		return nil, errTQL("the operator %s does not apply to '%s'.", strings.ToUpper(n.op), kw.name)
	}
	values := make([]tval, len(n.values))
	for i, t := range n.values {
		v, err := c.literal(kw, t)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	if n.op == "in" && len(values) > 8 {
		set := map[tval]bool{}
		for _, v := range values {
			set[v] = true
		}
		return func(_ *object, v tval) bool { return set[v] }, nil
	}
	return func(_ *object, v tval) bool {
		for _, want := range values {
			if ordered(n.op, compareNumbers(v, want)) {
				return true
			}
		}
		return false
	}, nil
}

// compareNumbers compares IDs as integers: they may exceed what a float holds.
func compareNumbers(a, b tval) int {
	if a.f == float64(a.i) && b.f == float64(b.i) {
		return cmp.Compare(a.i, b.i)
	}
	return cmp.Compare(a.f, b.f)
}

func (c *call) literal(kw *keyword, t token) (tval, *apiError) {
	switch kw.typ {
	case "Boolean":
		if b, err := strconv.ParseBool(strings.ToLower(t.text)); err == nil && t.kind == tokenWord {
			return boolVal(b), nil
		}
	case "Date":
		if d, ok := c.tqlDate(t.text); ok && t.kind == tokenString {
			return dateVal(d), nil
		}
	default:
		if t.kind != tokenNumber {
			break
		}
		if i, err := strconv.ParseInt(t.text, 10, 64); err == nil {
			return intVal(i), nil
		}
		if f, err := strconv.ParseFloat(t.text, 64); err == nil {
			return numVal(f), nil
		}
	}
	return tval{}, errLiteral(kw, t)
}

// errLiteral refuses a literal of the wrong form: strings and dates are quoted,
// numbers and booleans are not (filter_results.rst).
func errLiteral(kw *keyword, t token) *apiError {
	return errTQL("'%s' is not a valid value for '%s' (position %d).", t.text, kw.name, t.pos)
}

var relativeDate = regexp.MustCompile(`(?i)^(NOW|TODAY)\(\)\s*(?:([+-])\s*(\d{1,6})\s*(MINUTE|HOUR|DAY|WEEK|MONTH|YEAR)S?)?$`)

var timeUnits = map[string]struct{ years, months, days, minutes int }{
	"MINUTE": {minutes: 1}, "HOUR": {minutes: 60}, "DAY": {days: 1}, "WEEK": {days: 7}, "MONTH": {months: 1}, "YEAR": {years: 1},
}

// tqlDate reads the dates of a query: a day, a day and a time, ISO, or the
// relative forms NOW() and TODAY(), which are quoted too.
func (c *call) tqlDate(s string) (time.Time, bool) {
	m := relativeDate.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return parseTime(s, dateForms)
	}
	d := c.now.UTC()
	if strings.EqualFold(m[1], "TODAY") {
		d = d.Truncate(24 * time.Hour)
	}
	n, _ := strconv.Atoi("0" + m[3])
	if m[2] == "-" {
		n = -n
	}
	u := timeUnits[strings.ToUpper(m[4])]
	return d.AddDate(n*u.years, n*u.months, n*u.days).Add(time.Duration(n*u.minutes) * time.Minute), true
}
