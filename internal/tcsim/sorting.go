package tcsim

import (
	"cmp"
	"strings"
)

// byID is asc or desc where the list is sorted by id alone, else empty.
func (c *call) byID() string {
	text, _ := c.param("sorting")
	switch strings.ToLower(strings.Join(strings.Fields(text), " ")) {
	case "id", "id asc":
		return "asc"
	case "id desc":
		return "desc"
	}
	return ""
}

// sorting compiles "keyword asc|desc [nullsfirst|nullslast] ..." into an order;
// nil is the default order.
func (c *call) sorting() (func(a, b *object) int, *apiError) {
	text, _ := c.param("sorting")
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == '+' })
	var keys []func(a, b *object) int
	for i := 0; i < len(words); {
		kw := c.res.keywords[strings.ToLower(strings.ReplaceAll(words[i], "_", ""))]
		if kw == nil || kw.nested {
			return nil, badRequest("The value '%s' is not valid for the parameter 'sorting'.", words[i])
		}
		sign, nulls := 1, 1
		for i++; i < len(words); i++ {
			switch strings.ToLower(words[i]) {
			case "asc":
				continue
			case "desc":
				sign = -1
				continue
			case "nullsfirst":
				nulls = -1
				continue
			case "nullslast":
				nulls = 1
				continue
			}
			break
		}
		keys = append(keys, c.sortKey(kw, sign, nulls))
	}
	if len(keys) == 0 {
		return nil, nil
	}
	return func(a, b *object) int {
		for _, k := range keys {
			if n := k(a, b); n != 0 {
				return n
			}
		}
		return 0
	}, nil
}

func (c *call) sortKey(kw *keyword, sign, nulls int) func(a, b *object) int {
	var va, vb []tval
	return func(a, b *object) int {
		va, vb = kw.get(c, a, va[:0]), kw.get(c, b, vb[:0])
		switch {
		case len(va) == 0 && len(vb) == 0:
			return 0
		case len(va) == 0:
			return nulls
		case len(vb) == 0:
			return -nulls
		case kw.text():
			return sign * cmp.Compare(fold(va[0].s), fold(vb[0].s))
		}
		return sign * compareNumbers(va[0], vb[0])
	}
}
