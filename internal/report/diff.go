package report

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
)

// diffLine is a line of a text that has changed: kept (' '), added, removed, or
// ('.') a mark for kept ones that are left out.
type diffLine struct {
	op    byte
	text  string
	words []piece // of text, where it has changed into another line
}

// marks are what the changed words of a line stand between.
var marks = map[byte][2]string{'-': {"[-", "-]"}, '+': {"{+", "+}"}}

// shown is the line, with its changed words marked, of at most most characters
// (0 for all).
func (d *diffLine) shown(most int) string {
	ps := d.words
	if ps == nil {
		ps = []piece{{text: d.text}}
	}
	m := marks[d.op]
	return excerpt(ps, m[0], m[1], most)
}

// diffText tells which lines of a text have changed, and which of their words.
// whole keeps the lines that have not.
func diffText(before, after string, whole bool) []diffLine {
	ds := diffLines(splitLines(before), splitLines(after))
	for i := 0; i < len(ds); {
		minus := run(ds[i:], '-')
		plus := run(ds[i+minus:], '+')
		for k := range min(minus, plus) {
			d, e := &ds[i+k], &ds[i+minus+k]
			if old, now, ok := wordDiff(d.text, e.text); ok {
				d.words, e.words = old, now
			}
		}
		i += max(minus+plus, 1)
	}
	if whole {
		return ds
	}
	return compact(ds)
}

// run is how many lines of an operation ds begins with.
func run(ds []diffLine, op byte) int {
	if n := slices.IndexFunc(ds, func(d diffLine) bool { return d.op != op }); n >= 0 {
		return n
	}
	return len(ds)
}

// splitLines cuts a text into lines, whatever ends them.
func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// around is how many kept lines are shown on each side of a change.
const around = 1

// diffLines tells which lines of a text have changed.
func diffLines(a, b []string) []diffLine {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var all []diffLine
	for _, l := range a[:head] {
		all = append(all, diffLine{op: ' ', text: l})
	}
	all = append(all, diffMiddle(a[head:len(a)-tail], b[head:len(b)-tail])...)
	for _, l := range a[len(a)-tail:] {
		all = append(all, diffLine{op: ' ', text: l})
	}
	return all
}

// largest is up to how many pairs of lines are compared; texts that differ more
// are shown as removed and added.
const largest = 1 << 18

// diffMiddle is the longest common subsequence of a and b, and what is not in
// it.
func diffMiddle(a, b []string) []diffLine {
	var out []diffLine
	if len(a)*len(b) > largest {
		for _, l := range a {
			out = append(out, diffLine{op: '-', text: l})
		}
		for _, l := range b {
			out = append(out, diffLine{op: '+', text: l})
		}
		return out
	}
	// common[i][j] is the length of the subsequence of a[i:] and b[j:].
	width := len(b) + 1
	common := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, diffLine{op: ' ', text: a[i]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[(i+1)*width+j] >= common[i*width+j+1]):
			out = append(out, diffLine{op: '-', text: a[i]})
			i++
		default:
			out = append(out, diffLine{op: '+', text: b[j]})
			j++
		}
	}
	return out
}

// compact leaves out kept lines that are far from any change.
func compact(all []diffLine) []diffLine {
	near := make([]bool, len(all))
	for i, d := range all {
		if d.op == ' ' {
			continue
		}
		for j := max(0, i-around); j <= min(len(all)-1, i+around); j++ {
			near[j] = true
		}
	}
	var out []diffLine
	for i := 0; i < len(all); {
		if near[i] {
			out = append(out, all[i])
			i++
			continue
		}
		start := i
		for i < len(all) && !near[i] {
			i++
		}
		out = append(out, diffLine{op: '.', text: "… " + intel.Plural(i-start, "line") + " unchanged"})
	}
	return out
}
