package report

import (
	"fmt"
	"regexp"
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
	index := map[message]int{}
	for _, p := range problems {
		m := message{p.Message, p.Warning}
		i, ok := index[m]
		if !ok {
			i = len(lines)
			index[m] = i
			lines = append(lines, ProblemLine{Message: p.Message, Warning: p.Warning})
		}
		lines[i].Places = append(lines[i].Places, p.Pos)
	}
	return lines
}

// differing matches the values in messages, which differ within one sort.
var differing = regexp.MustCompile(`"[^"]*"?|[0-9]+`)

// fold keeps the first lines of each sort and counts the others in one more,
// errors before warnings.
func fold(lines []ProblemLine) []ProblemLine {
	var sorts [2][][]ProblemLine // errors and warnings, in the order of their first
	index := map[string]int{}
	for _, l := range lines {
		of, key := 0, differing.ReplaceAllString(l.Message, `"`)
		if l.Warning {
			of, key = 1, "warning: "+key
		}
		i, ok := index[key]
		if !ok {
			i = len(sorts[of])
			index[key] = i
			sorts[of] = append(sorts[of], nil)
		}
		sorts[of][i] = append(sorts[of][i], l)
	}
	var out []ProblemLine
	for _, alike := range append(sorts[0], sorts[1]...) {
		if len(alike) <= maxAlike+1 {
			out = append(out, alike...)
			continue
		}
		rest := ProblemLine{Warning: alike[0].Warning, Rest: true}
		for _, l := range alike[maxAlike:] {
			rest.Places = append(rest.Places, l.Places...)
		}
		what := "error"
		if rest.Warning {
			what = "warning"
		}
		rest.Message = fmt.Sprintf("… and %s like these", message.Plural(len(rest.Places), "more "+what))
		out = append(append(out, alike[:maxAlike]...), rest)
	}
	return out
}

// cut keeps as many lines as are printed. The last one counts the others.
func cut(lines []ProblemLine) []ProblemLine {
	if len(lines) <= maxProblemLines {
		return lines
	}
	rest := ProblemLine{Warning: true, Rest: true}
	for _, l := range lines[maxProblemLines-1:] {
		rest.Places = append(rest.Places, l.Places...)
		rest.Warning = rest.Warning && l.Warning
	}
	rest.Message = fmt.Sprintf("… and %s of other kinds (--json lists all)", message.Plural(len(rest.Places), "more problem"))
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
