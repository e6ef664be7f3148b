package report

import (
	"strings"
)

// diffLine is a line of a text that has changed: kept (' '), added, removed, or
// ('.') a mark for kept ones that are left out.
type diffLine struct {
	op   byte
	text string
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

// diffLines tells which lines of a text have changed. It shows the changed
// lines with a little of what is around them.
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
		all = append(all, diffLine{' ', l})
	}
	all = append(all, diffMiddle(a[head:len(a)-tail], b[head:len(b)-tail])...)
	for _, l := range a[len(a)-tail:] {
		all = append(all, diffLine{' ', l})
	}
	return compact(all)
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
			out = append(out, diffLine{'-', l})
		}
		for _, l := range b {
			out = append(out, diffLine{'+', l})
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
			out = append(out, diffLine{' ', a[i]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[(i+1)*width+j] >= common[i*width+j+1]):
			out = append(out, diffLine{'-', a[i]})
			i++
		default:
			out = append(out, diffLine{'+', b[j]})
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
		out = append(out, diffLine{'.', "… " + plural(i-start, "line") + " unchanged"})
	}
	return out
}
