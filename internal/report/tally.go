package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// planTally are the counts of a plan.
func planTally(p *plan.Plan, show Show) []statement {
	s, missing, words := p.Summary, missingEnds(p), wordsOf(p)
	leftOut := leftOut(p)
	var out []statement
	if !s.Pending() && s.Conflict+s.Skip+missing+leftOut == 0 {
		same := say(words.nothing)
		if n := len(unwritten(editsKept(p))); n > 0 {
			same = sayf("No changes, but edits of %s on the server are kept.", message.Plural(n, "group"))
		}
		out = append(out, statement{what: phrase{same}})
	}
	counts := fmt.Sprintf("Plan: %d to create, %d to update, %d to delete, %d unchanged", s.Create, s.Update, s.Delete, s.Unchanged)
	if s.Skip > 0 {
		counts += fmt.Sprintf(", %d %s", s.Skip, words.skipped)
	}
	if s.Conflict > 0 {
		counts += ", " + message.Plural(s.Conflict, "conflict")
	}
	under := []phrase{{say(details(p, missing, leftOut, show.Rate))}}
	if jobs := show.jobs(p); jobs != nil {
		under = append(under, jobs)
	}
	if n := adopted(p); n > 0 {
		under = append(under, phrase{sayf("Adopted by name: %s. Without an id-map, later runs find such groups by name only.", message.Plural(n, "group"))})
	}
	if gone := countObjects(objectsToDelete(p)); gone != "" {
		under = append(under, phrase{sayf("Also to delete: %s that the run has made.", gone)})
	}
	if kept := keptObjects(p); kept != nil {
		under = append(under, kept)
	}
	return append(out, statement{phrase{sayf("%s.", counts)}, under})
}

// isKept reports whether a plan that takes back a run leaves a group as it is.
func isKept(p *plan.Plan, a *plan.Action) bool { return p.Undoes != "" && a.Verb == plan.Skip }

// keptObjects says which objects of a run stay when it is taken back, nil for none.
func keptObjects(p *plan.Plan) phrase {
	if kept := countObjects(p.MadeObjects); kept != "" {
		return phrase{sayf("Kept: %s that the run has made.", kept)}
	}
	return nil
}

// objectsToDelete counts the objects that a plan deletes.
func objectsToDelete(p *plan.Plan) map[intel.Kind]int {
	out := map[intel.Kind]int{}
	for _, o := range p.Objects {
		if o.State == plan.ToDelete {
			out[o.Kind]++
		}
	}
	return out
}

func countObjects(counts map[intel.Kind]int) string {
	var parts []string
	for _, k := range intel.Kinds {
		if n := counts[k]; n > 0 {
			parts = append(parts, message.Plural(n, k.Spec().Name))
		}
	}
	return message.Join(parts, "and")
}

// adopted counts the groups that were found by their names.
func adopted(p *plan.Plan) int {
	n := 0
	for _, a := range p.Actions {
		if _, ok := a.Note(plan.AdoptedByName); ok {
			n++
		}
	}
	return n
}

// details counts associations, objects and requests.
func details(p *plan.Plan, missing, leftOut int, rate float64) string {
	s := p.Summary
	var b strings.Builder
	b.WriteString(message.Plural(s.Associations, "association") + " to add")
	if s.Removals > 0 {
		fmt.Fprintf(&b, ", %d to remove", s.Removals)
	}
	if p.Undoes == "" {
		fmt.Fprintf(&b, "; %s found, %d to create", message.Plural(s.IndicatorsFound, "indicator"), s.New[intel.KindIndicator])
	}
	if s.Complete > 0 {
		fmt.Fprintf(&b, ", %d to complete", s.Complete)
	}
	var others []string
	for _, k := range intel.Kinds {
		if n := s.New[k]; n > 0 && k != intel.KindIndicator {
			others = append(others, message.Plural(n, k.Spec().Name))
		}
	}
	if len(others) > 0 {
		b.WriteString("; " + strings.Join(others, ", ") + " to create")
	}
	if missing > 0 {
		b.WriteString("; " + message.Plural(missing, "association") + " left out because the other end is missing")
	}
	if leftOut > 0 {
		fmt.Fprintf(&b, "; %s left out (--missing-indicators skip)", message.Plural(leftOut, "indicator"))
	}
	b.WriteString(". " + cost(s.Requests, rate) + ".")
	return b.String()
}

func cost(requests int, rate float64) string {
	out := message.Plural(requests, "request")
	if rate > 0 && requests > 0 {
		seconds := math.Ceil(float64(requests) / rate)
		out += fmt.Sprintf(", about %s at %g/s", duration(seconds), rate)
	}
	return out
}

// worthJobs is how many requests a plan must have for a reader to wonder whether there is a faster way.
const worthJobs = 100

// jobs says what the plan costs by jobs: if somebody has asked for them, or if they save much.
func (show Show) jobs(p *plan.Plan) phrase {
	asked := show.Engine == plan.EngineBatch || show.Engine == plan.EngineAuto
	if n := p.Summary.Requests; n == 0 || n < worthJobs && !asked {
		return nil
	}
	const with = "With --engine batch: "
	f := p.Forecast(show.Rate)
	switch b := f.Batch; {
	case !asked && !f.SavesRequests():
		return nil
	case b.Jobs == 0:
		return phrase{say(with + "the same, because jobs can carry nothing of this plan.")}
	case show.NoJobs != "":
		return phrase{say(with + "not possible: "), datum(show.NoJobs)}
	default:
		cost := fmt.Sprintf("%sabout %s (%s)", with, message.Plural(b.Requests, "request"), message.Plural(b.Jobs, "job"))
		if b.Seconds > 0 {
			cost += ", about " + duration(float64(b.Seconds))
		}
		return phrase{say(cost + ".")}
	}
}

// duration is a time in the unit that suits it.
func duration(seconds float64) string {
	switch {
	case seconds < 90:
		return fmt.Sprintf("%.0f s", seconds)
	case seconds < 90*60:
		return fmt.Sprintf("%.0f min", seconds/60)
	case seconds < 48*3600:
		return fmt.Sprintf("%.0f h", seconds/3600)
	case seconds < float64(math.MaxInt64)/float64(time.Second):
		return fmt.Sprintf("%.0f days", seconds/86400)
	}
	return "more than 292 years"
}

// leftOut counts the indicators of their own that a flag leaves out.
func leftOut(p *plan.Plan) int {
	n := 0
	for _, o := range p.Objects {
		if o.Own && o.State == plan.Missing && !o.InConflict() {
			n++
		}
	}
	return n
}

// missingEnds counts the associations that are not made because the other end is
// missing.
func missingEnds(p *plan.Plan) int {
	n := 0
	for _, a := range p.Actions {
		if a.Verb == plan.Conflict || a.Verb == plan.Skip {
			continue
		}
		for _, as := range a.Associations {
			if as.State == plan.Missing {
				n++
			}
		}
	}
	return n
}
