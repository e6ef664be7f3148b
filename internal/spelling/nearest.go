package spelling

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Nearest is the name of known that name probably means, "" if none is near.
// For many questions about one list use a Speller.
func Nearest(name string, known []string) string { return NewSpeller(known).Nearest(name) }

// Speller finds the name of a list that a misspelt one means. Case, blanks, _
// and - do not count; a swap of two neighbours counts as one error.
//
// A manifest can have as many misspelt names as right ones. To compare each
// with each would take longer than the import. So a Speller remembers its
// answers, and after a bounded number of comparisons it only finds names that
// differ in case and separators.
type Speller struct {
	known   []candidate
	exact   map[string]string // by squeezed name
	answers map[string]string

	looks, comparisons int   // that remain
	rows               []int // of distance
}

// The most names that a Speller looks at, and compares letter by letter.
const (
	maxLooks       = 30_000_000
	maxComparisons = 100_000
)

type candidate struct {
	name, squeezed string
	length         int // in characters
	letters        uint64
}

// NewSpeller makes the Speller of a list.
func NewSpeller(known []string) *Speller {
	s := &Speller{
		known: make([]candidate, 0, len(known)), exact: make(map[string]string, len(known)),
		answers: map[string]string{}, looks: maxLooks, comparisons: maxComparisons,
	}
	for _, name := range known {
		c := candidate{name: name, squeezed: Squeeze(name)}
		if _, ok := s.exact[c.squeezed]; ok {
			continue
		}
		c.length, c.letters = utf8.RuneCountInString(c.squeezed), letters(c.squeezed)
		s.exact[c.squeezed] = name
		s.known = append(s.known, c)
	}
	return s
}

// Spellers keeps the Speller of each list, by the first name of the list: the
// lists must live as long as it does.
type Spellers map[*string]*Speller

// Nearest is the name of known that name probably means, "" if none is near.
func (s Spellers) Nearest(name string, known []string) string {
	if len(known) == 0 {
		return ""
	}
	speller := s[&known[0]]
	if speller == nil {
		speller = NewSpeller(known)
		s[&known[0]] = speller
	}
	return speller.Nearest(name)
}

// Nearest is the name of the list that name probably means, "" if none is
// near.
func (s *Speller) Nearest(name string) string {
	written := Squeeze(name)
	if written == "" {
		return ""
	}
	if same, ok := s.exact[written]; ok {
		return same
	}
	near, ok := s.answers[written]
	if !ok {
		near = s.search(written)
		s.answers[written] = near
	}
	return near
}

func (s *Speller) search(written string) string {
	if s.looks < len(s.known) {
		return ""
	}
	s.looks -= len(s.known)
	length, of := utf8.RuneCountInString(written), letters(written)
	most := slips(length)
	best, bestDistance := "", most+1
	prefixOf, prefixes := "", 0
	for i := range s.known {
		c := &s.known[i]
		if length >= 4 && c.length > length && strings.HasPrefix(c.squeezed, written) {
			prefixOf = c.name
			prefixes++
		}
		if max(length-c.length, c.length-length) >= bestDistance ||
			bits.OnesCount64(of&^c.letters) >= bestDistance || bits.OnesCount64(c.letters&^of) >= bestDistance {
			continue
		}
		if s.comparisons == 0 {
			return ""
		}
		s.comparisons--
		if d := s.distance([]rune(written), []rune(c.squeezed), bestDistance); d < bestDistance {
			best, bestDistance = c.name, d
		}
	}
	if best == "" && prefixes == 1 {
		return prefixOf
	}
	return best
}

// letters is the set of characters in s: one error adds at most one and
// removes at most one.
func letters(s string) uint64 {
	var set uint64
	for _, r := range s {
		set |= 1 << (r % 64)
	}
	return set
}

// slips is how many errors a name of n characters may have: with two in four,
// any short name would be near to any other.
func slips(n int) int {
	switch {
	case n <= 2:
		return 0
	case n <= 4:
		return 1
	case n <= 11:
		return 2
	}
	return 3
}

// Squeeze folds s and removes blanks, underscores and hyphens, because people
// write the names of fields and columns with or without them.
func Squeeze(s string) string {
	s = Fold(s)
	if !strings.ContainsFunc(s, separates) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if separates(r) {
			return -1
		}
		return r
	}, s)
}

func separates(r rune) bool { return r == '_' || r == '-' || unicode.IsSpace(r) }

// distance is the number of insertions, deletions, replacements and swaps of
// neighbours that make a of b, or limit where it is not less.
func (s *Speller) distance(a, b []rune, limit int) int {
	width := len(b) + 1
	if len(s.rows) < 3*width {
		s.rows = make([]int, 3*width)
	}
	before, last, row := s.rows[:width], s.rows[width:2*width], s.rows[2*width:3*width]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit { // not even a swap leads below it any more
			return limit
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}

// Find is the entry of list that value is a spelling of: exactly, or else in another case.
func Find(value string, list []string) (string, bool) {
	if slices.Contains(list, value) {
		return value, true
	}
	for _, v := range list {
		if strings.EqualFold(v, value) {
			return v, true
		}
	}
	return "", false
}
