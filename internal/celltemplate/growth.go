package celltemplate

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"text/template"
)

// printing are the functions of text/template itself that make text; its
// others make nothing larger than their arguments.
var printing = map[string]any{
	"print": fmt.Sprint, "println": fmt.Sprintln, "printf": fmt.Sprintf,
	"html": template.HTMLEscaper, "js": template.JSEscaper, "urlquery": template.URLQueryEscaper,
}

// growth estimates the size of results before a call, for functions that can
// make much out of little. All others make about as much as they get.
var growth = map[string]func(...reflect.Value) int{
	"repeat":  func(a ...reflect.Value) int { return times(number(a[0]), size(a[1])) },
	"indent":  func(a ...reflect.Value) int { return times(number(a[0]), strings.Count(text(a[1]), "\n")+1) },
	"nindent": func(a ...reflect.Value) int { return times(number(a[0]), strings.Count(text(a[1]), "\n")+1) },
	"replace": func(a ...reflect.Value) int { return times(strings.Count(text(a[2]), text(a[0])), size(a[1])) },
	"join":    func(a ...reflect.Value) int { return times(size(a[0]), size(a[1])) },
	"printf":  printed,

	"split":     func(a ...reflect.Value) int { return times(64, strings.Count(text(a[1]), text(a[0]))) },
	"splitn":    func(a ...reflect.Value) int { return times(64, strings.Count(text(a[2]), text(a[0]))) },
	"list":      func(a ...reflect.Value) int { return times(16, strings.Count(text(a[1]), text(a[0]))) },
	"splitList": func(a ...reflect.Value) int { return times(16, strings.Count(text(a[1]), text(a[0]))) },

	"until":     func(a ...reflect.Value) int { return counting(0, number(a[0]), 1) },
	"untilStep": func(a ...reflect.Value) int { return counting(number(a[0]), number(a[1]), number(a[2])) },
	"seq": func(a ...reflect.Value) int {
		switch n := numbers(a[0]); len(n) {
		case 1:
			return counting(1, n[0], 1)
		case 2:
			return counting(n[0], n[1], 1)
		case 3:
			return counting(n[0], n[2], n[1])
		}
		return 0
	},

	"uniq": pairwise, "mustUniq": pairwise, "without": pairwise, "mustWithout": pairwise,

	"regexMatch": compiled, "mustRegexMatch": compiled, "regexFind": compiled, "mustRegexFind": compiled,
	"regexFindAll": parts, "mustRegexFindAll": parts, "regexSplit": parts, "mustRegexSplit": parts,
	"regexReplaceAll": substituted, "mustRegexReplaceAll": substituted,
	"regexReplaceAllLiteral": substituted, "mustRegexReplaceAllLiteral": substituted,
}

// counting is for lists of numbers between two bounds, for any step. Bounds
// that can overflow are too large.
func counting(from, to, step int) int {
	const huge = 1 << 50
	for _, n := range []int{from, to, step} {
		if n < -huge || n > huge {
			return maxCell + 1
		}
	}
	return times(16, max(from-to, to-from))
}

// compiled is for functions that compile their first argument.
func compiled(a ...reflect.Value) int { return times(200, size(a[0])) }

// parts is for functions that can return a list of every character.
func parts(a ...reflect.Value) int { return compiled(a...) + times(16, size(a[1])) }

// substituted is for functions that replace every match by their third
// argument, in which $1 is a part of the match.
func substituted(a ...reflect.Value) int { return compiled(a...) + times(size(a[2]), 2*size(a[1])+1) }

// pairwise is for functions that compare each entry of a list with each.
func pairwise(a ...reflect.Value) int {
	n := size(a[0])
	for _, more := range a[1:] {
		n += size(more)
	}
	return times(n, n)
}

var formatNumber = regexp.MustCompile(`[0-9]+`)

// maxWidth is the largest width that fmt accepts.
const maxWidth = 1_000_000

// printed estimates printf: every verb can print the largest argument, in as
// many characters as its width asks for.
func printed(a ...reflect.Value) int {
	format, largest := text(a[0]), 0
	for i := range a[1].Len() {
		left := maxCell
		if measure(a[1].Index(i), 0, &left) != nil {
			return maxCell + 1
		}
		largest = max(largest, maxCell-left)
	}
	n := times(strings.Count(format, "%"), largest) + times(strings.Count(format, "*"), maxWidth)
	for _, digits := range formatNumber.FindAllString(format, -1) {
		if width, err := strconv.Atoi(digits); err == nil {
			n += min(width, maxWidth)
		}
	}
	return n
}

// times is the product of two sizes, or more than is allowed.
func times(a, b int) int {
	if a < 0 || b < 0 {
		return 0
	}
	if b > 0 && a > maxCell/b {
		return maxCell + 1
	}
	return a * b
}

// text, number, numbers and size are arguments of functions.

func text(v reflect.Value) string { return inside(v).String() }

func number(v reflect.Value) int { return int(v.Int()) }

func numbers(v reflect.Value) []int {
	out := make([]int, v.Len())
	for i := range out {
		out[i] = number(v.Index(i))
	}
	return out
}

// size is the length of a text or a list, 1 of anything else.
func size(v reflect.Value) int {
	switch v = inside(v); v.Kind() {
	case reflect.String, reflect.Slice, reflect.Array, reflect.Map:
		return v.Len()
	}
	return 1
}

func inside(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v
}
