package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// One error often repeats in many rows, and is corrected once. So problems with the
// same message share a line, with their number and first places. If there are still
// too many lines, messages that differ only in their values share a few. JSON has all
// problems.
const (
	maxProblemLines = 50
	maxAlike        = 5 // lines of one sort, if not all fit
	maxPlaces       = 5 // in a line
)

// ProblemLine is a line about one or more problems.
type ProblemLine struct {
	Message string
	Warning bool
	Places  []intel.Pos
	Rest    bool // it counts problems that have no line of their own
}

func (l ProblemLine) String() string {
	if l.Rest {
		return l.Message + ": " + firstPlaces(l.Places)
	}
	text := intel.Problem{Pos: l.Places[0], Message: l.Message, Warning: l.Warning}.String()
	if len(l.Places) > 1 {
		text += fmt.Sprintf(" (%d places: %s)", len(l.Places), firstPlaces(l.Places))
	}
	return text
}

// ProblemLines are the lines to print about problems.
func ProblemLines(problems intel.Problems) []ProblemLine {
	lines := byMessage(problems)
	if len(lines) <= maxProblemLines {
		return lines
	}
	return cut(fold(lines))
}

// byMessage makes one line of equal problems.
func byMessage(problems intel.Problems) []ProblemLine {
	type message struct {
		text    string
		warning bool
	}
	var lines []ProblemLine
	for _, equal := range alike(problems, func(p intel.Problem) message { return message{p.Message, p.Warning} }) {
		l := ProblemLine{Message: equal[0].Message, Warning: equal[0].Warning}
		for _, p := range equal {
			l.Places = append(l.Places, p.Pos)
		}
		lines = append(lines, l)
	}
	return lines
}

// alike puts entries of a list together that have the same key, in the order of the
// first ones.
func alike[T any, K comparable](list []T, key func(T) K) [][]T {
	var out [][]T
	at := map[K]int{}
	for _, t := range list {
		k := key(t)
		if _, ok := at[k]; !ok {
			at[k] = len(out)
			out = append(out, nil)
		}
		out[at[k]] = append(out[at[k]], t)
	}
	return out
}

// differing matches the values in messages, which differ within one sort.
var differing = regexp.MustCompile(`"[^"]*"?|[0-9]+`)

// fold keeps the first lines of each sort and counts the others in one more,
// errors before warnings.
func fold(lines []ProblemLine) []ProblemLine {
	slices.SortStableFunc(lines, func(a, b ProblemLine) int { return strings.Compare(a.level(), b.level()) })
	var out []ProblemLine
	for _, lines := range alike(lines, func(l ProblemLine) string { return l.level() + differing.ReplaceAllString(l.Message, `"`) }) {
		if len(lines) > maxAlike+1 {
			lines = append(lines[:maxAlike], restOf(lines[maxAlike:], "more "+lines[0].level(), "like these"))
		}
		out = append(out, lines...)
	}
	return out
}

func (l ProblemLine) level() string {
	if l.Warning {
		return "warning"
	}
	return "error"
}

// restOf is the line that stands for others: how many of which.
func restOf(lines []ProblemLine, one, which string) ProblemLine {
	rest := ProblemLine{Warning: true, Rest: true}
	for _, l := range lines {
		rest.Places = append(rest.Places, l.Places...)
		rest.Warning = rest.Warning && l.Warning
	}
	rest.Message = fmt.Sprintf("… and %s %s", message.Plural(len(rest.Places), one), which)
	return rest
}

// cut keeps as many lines as are printed. The last one counts the others.
func cut(lines []ProblemLine) []ProblemLine {
	if len(lines) <= maxProblemLines {
		return lines
	}
	rest := restOf(lines[maxProblemLines-1:], "more problem", "of other kinds (--json lists all)")
	return append(lines[:maxProblemLines-1:maxProblemLines-1], rest)
}

// firstPlaces are the first places, with the name of a file only if it changes.
func firstPlaces(all []intel.Pos) string {
	var out []string
	file, last := "", ""
	for _, p := range all {
		text := intel.At(p.File(), p.Line(), 0).String()
		if text == last {
			continue
		}
		last = text
		if len(out) == maxPlaces {
			return strings.Join(append(out, "…"), ", ")
		}
		if p.File() == file && p.Line() > 0 && len(out) > 0 {
			text = fmt.Sprint(p.Line())
		}
		file = p.File()
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}
