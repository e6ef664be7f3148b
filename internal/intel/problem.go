package intel

import (
	"cmp"
	"fmt"
	"slices"
)

// Problem is an error in a manifest or, with Warning set, a probable mistake.
type Problem struct {
	Pos     Pos
	Message string
	Warning bool
	Denied  bool // it is about what the API user may see or do
	OfGroup bool // it is an error of one group: without that group the import is usable
}

func (p Problem) String() string {
	if p.Warning {
		return fmt.Sprintf("%s: warning: %s", p.Pos, p.Message)
	}
	return fmt.Sprintf("%s: %s", p.Pos, p.Message)
}

// Problems gathers problems in the order in which they were found.
type Problems []Problem

// Errorf adds an error.
func (ps *Problems) Errorf(pos Pos, format string, args ...any) {
	*ps = append(*ps, Problem{Pos: pos, Message: fmt.Sprintf(format, args...)})
}

// Deniedf adds an error about what the API user may see or do.
func (ps *Problems) Deniedf(pos Pos, format string, args ...any) {
	*ps = append(*ps, Problem{Pos: pos, Message: fmt.Sprintf(format, args...), Denied: true})
}

// Warnf adds a warning.
func (ps *Problems) Warnf(pos Pos, format string, args ...any) {
	*ps = append(*ps, Problem{Pos: pos, Message: fmt.Sprintf(format, args...), Warning: true})
}

// Errors is the number of problems that are not warnings.
func (ps Problems) Errors() int {
	n := 0
	for _, p := range ps {
		if !p.Warning {
			n++
		}
	}
	return n
}

// Warnings is ps without errors.
func (ps Problems) Warnings() Problems {
	var out Problems
	for _, p := range ps {
		if p.Warning {
			out = append(out, p)
		}
	}
	return out
}

// Distinct is ps without repetitions. Defaults are checked with each group,
// and the value of an anchor at each of its aliases, but the problem has one
// place.
func (ps Problems) Distinct() Problems {
	seen := make(map[Problem]bool, len(ps))
	return slices.DeleteFunc(ps, func(p Problem) bool {
		repeated := seen[p]
		seen[p] = true
		return repeated
	})
}

// Sorted is ps by file, in the order in which the files first occur, then by
// line and column; what has the same place keeps its order.
func (ps Problems) Sorted() Problems {
	files := map[string]int{}
	for _, p := range ps {
		if _, ok := files[p.Pos.File()]; !ok {
			files[p.Pos.File()] = len(files)
		}
	}
	out := slices.Clone(ps)
	slices.SortStableFunc(out, func(a, b Problem) int {
		return cmp.Or(files[a.Pos.File()]-files[b.Pos.File()], a.Pos.Line()-b.Pos.Line(), a.Pos.Column()-b.Pos.Column())
	})
	return out
}
