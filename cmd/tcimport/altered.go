package main

import (
	"fmt"

	"tcimport/internal/apply"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// maxAltered is how many values are listed that the instance does not keep.
const maxAltered = 10

// sayAltered lists the values that the instance stores otherwise than this run has sent
// them. Only an id-map remembers that: without one, each run would send them again. So
// that has to be said even where nothing else is.
func (r *applying) sayAltered(l *apply.Ledger) {
	remembered := r.o.idMap != "" || len(r.plan.IDMap) > 0
	n, again := 0, false
	var lines []string
	for _, res := range l.Results {
		for _, v := range res.Altered {
			if n++; n <= maxAltered {
				sent, stored := aroundDifference(v.Sent, v.Stored)
				lines = append(lines, fmt.Sprintf("  %s: %s %s (key %s): %s was sent as %s, and the instance shows %s",
					res.Action.Source, res.Action.Type, message.Quote(res.Action.Name), res.Action.Key, v.Field, message.Quote(sent), message.Quote(stored)))
			}
			again = again || res.Action.Verb == plan.Update
		}
	}
	if n == 0 || r.global.quiet && (remembered || !again) {
		return
	}
	r.line(fmt.Sprintf("The instance does not keep %s as sent:", message.Plural(n, "value")))
	for _, line := range lines {
		r.line(line)
	}
	if n > maxAltered {
		r.line(fmt.Sprintf("  … and %d more", n-maxAltered))
	}
	next := "  The report remembers them: with --id-map " + r.o.report + " the next run leaves them as they are."
	if !remembered {
		next += " Without it, later runs send them again, in vain: then write them as the instance shows them."
	}
	r.line(next)
}

// aroundDifference leaves out what two long texts have in common before they differ.
func aroundDifference(a, b string) (string, string) {
	const before = 20
	x, y := []rune(a), []rune(b)
	at := 0
	for at < min(len(x), len(y)) && x[at] == y[at] {
		at++
	}
	if at <= 2*before {
		return a, b
	}
	at -= before
	return "…" + string(x[at:]), "…" + string(y[at:])
}
