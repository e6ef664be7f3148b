package plan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"tcimport/internal/intel"
)

// MostEntries is how many entries of one nested list go into a request.
const MostEntries = 500

// Count counts what is in a plan anew.
func (p *Plan) Count() { p.Summary = p.summarize() }

func (p *Plan) summarize() Summary {
	s := Summary{New: map[intel.Kind]int{}}
	brought := p.brought()
	count := map[Verb]*int{Create: &s.Create, Update: &s.Update, Delete: &s.Delete, Unchanged: &s.Unchanged, Skip: &s.Skip, Conflict: &s.Conflict}
	for _, a := range p.Actions {
		*count[a.Verb]++
		if !a.Verb.Writes() {
			continue
		}
		s.Requests += a.Requests()
		for _, as := range a.Associations {
			switch {
			case as.State == Missing:
			case as.Op == Remove:
				s.Removals++
			default:
				s.Associations++
			}
		}
	}
	for i, o := range p.Objects {
		switch {
		case o.Kind == intel.KindIndicator && o.State == Existing:
			s.IndicatorsFound++
		case o.State == New && o.Exists():
			s.IndicatorsFound++
			s.Complete++
			s.Requests++
		case o.State == New && brought[i]:
			s.New[o.Kind]++
		case o.State == New && o.Own:
			s.New[o.Kind]++
			s.Alone++
			s.Requests++
		case o.InConflict():
			s.Conflict++
		case o.State == ToDelete:
			s.Objects++
			s.Requests++
		}
	}
	return s
}

// brought marks the objects that an action which writes names: a new one is made with it.
func (p *Plan) brought() []bool {
	out := make([]bool, len(p.Objects))
	for _, a := range p.Actions {
		if !a.Verb.Writes() {
			continue
		}
		for i := range a.Associations {
			if o := a.Associations[i].Object(); o > 0 {
				out[o-1] = true
			}
		}
	}
	return out
}

// Alone are the new indicators that no group brings along: each takes a request of its own.
func (p *Plan) Alone() []*Object {
	var out []*Object
	for i, brought := range p.brought() {
		if o := p.Objects[i]; o.Own && o.State == New && !o.Exists() && !brought {
			out = append(out, o)
		}
	}
	return out
}

// Completed are the indicators that an earlier run has created, and that lack what it has left out.
func (p *Plan) Completed() []*Object {
	var out []*Object
	for _, o := range p.Objects {
		if o.State == New && o.Exists() {
			out = append(out, o)
		}
	}
	return out
}

// summaryJSON is Summary without its methods.
type summaryJSON Summary

// newCount is what JSON calls the number of new objects of a kind.
func newCount(k intel.Kind) string { return k.String() + "sNew" }

// MarshalJSON gives the new objects of each kind a count of their own.
func (s Summary) MarshalJSON() ([]byte, error) {
	out, err := json.Marshal(summaryJSON(s))
	out = out[:max(len(out)-1, 0)]
	for _, k := range intel.ObjectKinds {
		out = fmt.Appendf(out, ",%q:%d", newCount(k), s.New[k])
	}
	return append(out, '}'), err
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Summary) UnmarshalJSON(data []byte) error {
	var counts map[string]int
	if err := json.Unmarshal(data, &counts); err != nil {
		return err
	}
	err := json.Unmarshal(data, (*summaryJSON)(s))
	s.New = map[intel.Kind]int{}
	for _, k := range intel.ObjectKinds {
		if n := counts[newCount(k)]; n > 0 {
			s.New[k] = n
		}
	}
	return err
}

// Writers are the actions that write, in the order in which they are written;
// deletions last.
func (p *Plan) Writers() []*Action {
	var out []*Action
	for _, a := range p.Actions {
		if a.Verb.Writes() {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b *Action) int { return cmp.Compare(a.place(), b.place()) })
	return out
}

func (a *Action) place() int {
	if a.Verb == Delete {
		return math.MaxInt
	}
	return a.Order
}
