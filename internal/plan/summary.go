package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
)

// MostEntries is how many entries of one nested list go into a request.
const MostEntries = 500

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

// carried tells which objects an action that writes names: a new one that only
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

// digest names the plan by its content.
func (p *Plan) digest() string {
	c := *p
	c.ID = ""
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(&c); err != nil {
		panic(fmt.Sprintf("plan: %v", err)) // every field can be encoded
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// Write writes the plan as JSON.
func (p *Plan) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(p)
}

// actionJSON is Action without its methods.
type actionJSON Action

// MarshalJSON leaves out what is to be done of associations that are not made: those
// that have it are those that are counted.
func (a *Action) MarshalJSON() ([]byte, error) {
	out := actionJSON(*a)
	out.Associations = slices.Clone(a.Associations)
	for i, as := range out.Associations {
		if as.Op == Add && (as.State == Missing || !a.Verb.Writes()) {
			not := *as
			not.Op = ""
			out.Associations[i] = &not
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // as the encoder of the plan does, or not
	err := e.Encode(&out)
	return b.Bytes(), err
}

// UnmarshalJSON reads what MarshalJSON writes.
func (a *Action) UnmarshalJSON(data []byte) error {
	err := json.Unmarshal(data, (*actionJSON)(a))
	for _, as := range a.Associations {
		if as.Op == "" {
			as.Op = Add
		}
	}
	return err
}

// Read reads a plan back and proves that it is whole.
func Read(r io.Reader) (*Plan, error) {
	d := json.NewDecoder(r)
	var p Plan
	if err := d.Decode(&p); errors.Is(err, errOlder) {
		return nil, errOlder
	} else if err != nil {
		return nil, fmt.Errorf("not a saved plan: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("not a saved plan: the file holds more than one JSON document")
	}
	switch p.Version {
	case Version:
	case 0:
		return nil, fmt.Errorf("not a saved plan: it has no version")
	default:
		return nil, fmt.Errorf("the plan has the version %d, this tcimport reads version %d: plan again", p.Version, Version)
	}
	if p.ID != p.digest() {
		return nil, fmt.Errorf("the plan was changed after it was saved, or saved by another version of tcimport (its planId does not match its content): plan again")
	}
	p.sortBaselines()
	return &p, nil
}

// sortBaselines sorts what an earlier version has saved in another order.
func (p *Plan) sortBaselines() {
	for _, a := range p.Actions {
		a.Baseline = baseline.New(a.Baseline...)
	}
	for key, g := range p.IDMap {
		g.Baseline = baseline.New(g.Baseline...)
		p.IDMap[key] = g
	}
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
