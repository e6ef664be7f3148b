package plan

import (
	"encoding/json"
	"fmt"
	"slices"

	"tcimport/internal/intel"
)

// MostEntries is how many entries of one nested list go into a request.
const MostEntries = 500

// Count counts what is in a plan anew.
func (p *Plan) Count() { p.Summary = p.summarize() }

// Seal counts what is in a plan, and names the plan by its content.
func (p *Plan) Seal() {
	p.Count()
	p.ID = p.digest()
}

func (p *Plan) summarize() Summary {
	s := Summary{New: map[intel.Kind]int{}}
	for _, a := range p.Actions {
		switch a.Verb {
		case Create:
			s.Create++
		case Update:
			s.Update++
		case Delete:
			s.Delete++
		case Unchanged:
			s.Unchanged++
		case Skip:
			s.Skip++
		case Conflict:
			s.Conflict++
		default:
			panic("plan: unknown verb " + string(a.Verb))
		}
		if !a.Verb.Writes() {
			continue
		}
		for _, as := range a.Associations {
			switch {
			case as.State == Missing:
			case as.Op == Remove:
				s.Removals++
			default:
				s.Associations++
			}
		}
		s.Requests += a.Requests()
	}
	carried := p.carried()
	for i, o := range p.Objects {
		switch {
		case o.Kind == intel.KindIndicator && o.State == Existing:
			s.IndicatorsFound++
		case o.State == New && carried[i]:
			s.New[o.Kind]++
		}
	}
	return s
}

// summaryJSON is Summary without its methods.
type summaryJSON Summary

// newCount is what JSON calls the number of new objects of a kind.
func newCount(k intel.Kind) string { return string(k) + "sNew" }

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

// carried says which objects an action that writes names: a new one that only
// a conflict names is not made.
func (p *Plan) carried() []bool {
	out := make([]bool, len(p.Objects))
	for _, a := range p.Actions {
		if !a.Verb.Writes() {
			continue
		}
		for _, as := range a.Associations {
			if as.Object > 0 {
				out[as.Object-1] = true
			}
		}
	}
	return out
}

// Writers are the actions that write, in the order in which they are written;
// deletions last.
func (p *Plan) Writers() []*Action {
	var out, deletes []*Action
	for _, a := range p.Actions {
		switch {
		case a.Verb == Delete:
			deletes = append(deletes, a)
		case a.Verb.Writes():
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b *Action) int { return a.Order - b.Order })
	return append(out, deletes...)
}
