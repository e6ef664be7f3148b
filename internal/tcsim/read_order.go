package tcsim

import (
	"cmp"
	"slices"
	"strings"
)

// order is how a list is sorted: as the tables lie, oldest or newest first, or
// then by keys.
type order struct {
	newest bool
	keys   []sortKey
}

type sortKey struct {
	word  *keyword
	sign  int // -1: descending
	nulls int // 1: what has no value comes last
}

// asTables says that the tables have this order already.
func (s order) asTables() bool { return len(s.keys) == 0 }

// window is one page of objects that are not sorted by keys.
func (s order) window(objects set, start, limit int) set {
	from, to := min(start, len(objects)), min(start+limit, len(objects))
	if !s.newest {
		return objects[from:to]
	}
	page := slices.Clone(objects[len(objects)-to : len(objects)-from])
	slices.Reverse(page)
	return page
}

// sorting reads "keyword asc|desc [nullsfirst|nullslast] ...".
func (c *call) sorting() order {
	text, _ := c.param("sorting")
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == '+' })
	s := order{newest: c.sw.DefaultOrder != "id-asc"} // the samples of the docs run newest first
	if len(words) == 0 && c.sw.DefaultOrder == "name" && c.res.keywords["summary"] != nil {
		words = []string{"summary"}
	}
	for _, word := range words {
		last := len(s.keys) - 1
		word = strings.ToLower(strings.ReplaceAll(word, "_", ""))
		kw := c.res.keywords[word]
		switch {
		case kw != nil && !kw.nested:
			s.keys = append(s.keys, sortKey{kw, 1, 1})
		case last >= 0 && word == "asc":
		case last >= 0 && word == "desc":
			s.keys[last].sign = -1
		case last >= 0 && word == "nullsfirst":
			s.keys[last].nulls = -1
		case last >= 0 && word == "nullslast":
		default:
			panic(badRequest("The value '%s' is not valid for the parameter 'sorting'.", word))
		}
	}
	if len(s.keys) == 1 && s.keys[0].word.name == "id" {
		s = order{newest: s.keys[0].sign < 0}
	}
	return s
}

// apply sorts what was found. The values are taken once, not at each comparison.
func (s order) apply(c *call, found set) set {
	if s.asTables() {
		return found
	}
	type row struct {
		o      *object
		values []value // by key
	}
	rows := make([]row, len(found))
	values := make([]value, len(found)*len(s.keys))
	var all []value
	for i, o := range found {
		rows[i] = row{o, values[i*len(s.keys) : (i+1)*len(s.keys)]}
		for j, k := range s.keys {
			if all = k.word.values(c, o, all[:0]); len(all) > 0 {
				rows[i].values[j] = all[0]
				rows[i].values[j].s = fold(all[0].s)
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		for j, k := range s.keys {
			if n := k.compare(&a.values[j], &b.values[j]); n != 0 {
				return n
			}
		}
		return 0
	})
	for i := range rows {
		found[i] = rows[i].o
	}
	return found
}

func (k *sortKey) compare(a, b *value) int {
	switch {
	case a.kind == valueNone && b.kind == valueNone:
		return 0
	case a.kind == valueNone:
		return k.nulls
	case b.kind == valueNone:
		return -k.nulls
	case k.word.text():
		return k.sign * cmp.Compare(a.s, b.s)
	}
	return k.sign * compareNumbers(*a, *b)
}
