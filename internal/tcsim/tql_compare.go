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
func (c *call) compileTest(n *clause) func(*object, []value) bool {
	if n.op == "null" {
		return func(_ *object, vs []value) bool { return (len(vs) == 0) != n.not }
	}
	one := c.numberTest
	if n.word.text() {
		one = c.textTest
	}
	test, negated := one(n), n.not || n.op == "!="
	return func(o *object, vs []value) bool {
		if len(vs) == 0 {
			return negated && n.word.several()
		}
		for _, v := range vs {
			if test(o, v) {
				return !negated
			}
		}
		return negated
	}
}

// textTest compares strings; summary and other StringLower keywords ignore the
// case, except for types whose summaries are case-sensitive.
func (c *call) textTest(n *clause) func(*object, value) bool {
	exact, folded := map[string]bool{}, map[string]bool{}
	for _, v := range n.values {
		if v.kind != tokenString {
			panic(errLiteral(n.word, v))
		}
		exact[v.text], folded[fold(v.text)] = true, true
	}
	want := n.values[0].text
	wantFolded := fold(want)
	switch n.op {
	case "=", "!=", "in":
		return func(o *object, v value) bool {
			if c.comparesCase(n.word, o) {
				return exact[v.s]
			}
			return folded[fold(v.s)]
		}
	case "like":
		// % stands for any text and _ for one character, as in SQL.
		pattern := strings.NewReplacer("%", ".*", "_", ".").Replace(regexp.QuoteMeta(want))
		re, err := regexp.Compile("(?is)^" + pattern + "$")
		if err != nil {
			panic(errTQL("the pattern '%s' is not valid", want))
		}
		return func(_ *object, v value) bool { return re.MatchString(v.s) }
	case "contains":
		return func(_ *object, v value) bool { return containsFold(v.s, wantFolded) }
	case "startswith":
		return func(_ *object, v value) bool { return strings.HasPrefix(fold(v.s), wantFolded) }
	case "endswith":
		return func(_ *object, v value) bool { return strings.HasSuffix(fold(v.s), wantFolded) }
	}
	return func(_ *object, v value) bool { return ordered(n.op, strings.Compare(v.s, want)) }
}

// comparesCase says whether = and IN compare the letters of an object exactly.
func (c *call) comparesCase(word *keyword, o *object) bool {
	switch {
	case word.typ != "StringLower":
		return true
	case word.name != "summary":
		return false
	}
	return c.sw.SummaryCase == "sensitive" || o.kind == kIndicator && c.exact(c.st.types.indicatorType(o.typ))
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

func (c *call) numberTest(n *clause) func(*object, value) bool {
	switch n.op {
	case "like", "contains", "startswith", "endswith":
		panic(errTQL("the operator %s does not apply to '%s'.", strings.ToUpper(n.op), n.word.name))
	}
	type number struct {
		i int64
		f float64
	}
	wanted := map[number]bool{}
	var want value
	for _, t := range n.values {
		want = c.literal(n.word, t)
		wanted[number{want.i, want.f}] = true
	}
	if n.op == "in" {
		return func(_ *object, v value) bool { return wanted[number{v.i, v.f}] }
	}
	return func(_ *object, v value) bool { return ordered(n.op, compareNumbers(v, want)) }
}

// compareNumbers compares IDs as integers: they may exceed what a float holds.
func compareNumbers(a, b value) int {
	if a.f == float64(a.i) && b.f == float64(b.i) {
		return cmp.Compare(a.i, b.i)
	}
	return cmp.Compare(a.f, b.f)
}

func (c *call) literal(word *keyword, t token) value {
	switch word.typ {
	case "Boolean":
		if t.kind == tokenWord {
			return truth(strings.EqualFold(t.text, "true"))
		}
	case "Date":
		if d, ok := c.tqlDate(t.text); ok && t.kind == tokenString {
			return date(d)
		}
	default:
		if t.kind != tokenNumber {
			break
		}
		if i, err := strconv.ParseInt(t.text, 10, 64); err == nil {
			return integer(i)
		}
		if f, err := strconv.ParseFloat(t.text, 64); err == nil {
			return decimal(f)
		}
	}
	panic(errLiteral(word, t))
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
