package intel

import (
	"strings"
	"unicode/utf8"
)

// NearestName is the one of known that somebody who wrote name most probably
// meant, "" where none is near. Case, blanks, _ and - do not count; a swap of
// two neighbours counts as one slip.
func NearestName(name string, known []string) string {
	written := squeeze(name)
	if written == "" {
		return ""
	}
	length := utf8.RuneCountInString(written)
	best, bestDistance := "", slips(length)+1
	prefixOf, prefixes := "", 0
	for _, k := range known {
		candidate := squeeze(k)
		if candidate == written {
			return k
		}
		if length >= 4 && strings.HasPrefix(candidate, written) {
			prefixOf = k
			prefixes++
		}
		if d := distance([]rune(written), []rune(candidate), bestDistance); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	if best == "" && prefixes == 1 {
		return prefixOf
	}
	return best
}

// slips is how many slips a word of n characters may hold and still be
// recognised: two of four would make any short word near to any other.
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

// squeeze folds s and takes out what headers and field names are written with
// or without.
func squeeze(s string) string {
	s = Fold(strings.TrimSpace(s))
	if !strings.ContainsAny(s, " _-") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '_' || r == '-' {
			return -1
		}
		return r
	}, s)
}

// distance is the number of insertions, deletions, replacements and swaps of
// neighbours that make a of b, or limit where it is not less.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	width := len(b) + 1
	rows := make([]int, 3*width)
	before, last, row := rows[:width], rows[width:2*width], rows[2*width:]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}
