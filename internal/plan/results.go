package plan

import (
	"cmp"
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
)

// Arrival is what became of an entry of an action.
type Arrival uint8

// What can become of an entry.
const (
	Arrived  Arrival = iota
	Lacking          // it did not arrive
	Doubtful         // it was sent, and no answer came
)

// Facts are those that an entry of a group of type typ makes true, and those that it
// makes untrue. id is that of the other end of an association.
func (e Entry) Facts(typ *intel.GroupType, id int64) (makes, takes []baseline.Fact) {
	return e.appendFacts(nil, nil, typ, id)
}

// appendFacts is Facts behind others.
func (e Entry) appendFacts(makes, takes []baseline.Fact, typ *intel.GroupType, id int64) ([]baseline.Fact, []baseline.Fact) {
	if as := e.Association; as != nil {
		switch {
		case id == 0:
		case as.Op == Remove:
			takes = append(takes, baseline.Link(as.Kind, id))
		default:
			makes = append(makes, baseline.Link(as.Kind, id))
		}
		return makes, takes
	}
	c := e.Change
	switch list := e.List(); {
	case list == intel.ListTags && e.Removes():
		takes = append(takes, baseline.Tag(intel.ParseTag(c.Old())), baseline.Tag(intel.Tag{Name: c.Old()}))
	case list == intel.ListTags:
		makes = append(makes, baseline.Tag(e.Tag()))
	case list == intel.ListSecurityLabels && e.Removes():
		takes = append(takes, baseline.Label(c.Old()))
	case list == intel.ListSecurityLabels:
		makes = append(makes, baseline.Label(c.New()))
	case list == intel.ListAttributes && e.Removes():
		takes = append(takes, baseline.Attribute(e.Name(), c.Old()))
	case list == intel.ListAttributes:
		at := e.Attribute().Attribute
		makes = append(makes, baseline.AttributeWith(at.Type, at.Value, baseline.Parts(&at))...)
	case c.Field() == fieldName:
		makes = append(makes, baseline.Name(c.New()))
	case typ != nil:
		if spec, ok := typ.Field(c.Field()); ok && !spec.CreateOnly {
			makes = append(makes, baseline.Scalar(spec, c.New()))
		}
	}
	if c.Attribute() != nil {
		takes = append(takes, c.Attribute().Replaces...)
	}
	return makes, takes
}

// Ending is what became of an action.
type Ending struct {
	Became func(Entry) Arrival
	Stored map[Entry]string         // values that answers have shown, of entries that are stored otherwise or that overwrite an edit
	Name   string                   // of a new group, likewise; "" if it is the one that was sent
	IDOf   func(*Association) int64 // of the other end of an association that has none
}

// BaselineAfter is the baseline of the group after the action was carried out. last is
// that of the run before.
func (a *Action) BaselineAfter(last baseline.Baseline, end Ending) baseline.Baseline {
	entries := a.Entries()
	after := append(make([]baseline.Fact, 0, len(a.Baseline())+len(entries)+1), a.Baseline()...)
	if a.Verb == Create {
		after = append(after, baseline.Stored(baseline.Name(a.Name), baseline.Name(cmp.Or(end.Name, a.Name)))...)
	}
	typ, _ := intel.GroupTypeNamed(a.Type)
	var makes, takes []baseline.Fact
	for _, e := range entries {
		id := int64(0)
		if as := e.Association; as != nil {
			if id = as.ID(); id == 0 {
				id = end.IDOf(as)
			}
		}
		makes, takes = e.appendFacts(makes[:0], takes[:0], typ, id)
		arrival := end.Became(e)
		if arrival == Arrived {
			switch text, ok := end.Stored[e]; {
			case ok:
				makes = e.storedFacts(makes, typ, text)
			case e.Overwrites():
				if before := e.factsOf(typ, e.Change.Old()); len(makes) > 0 && len(before) > 0 {
					makes = append(makes, baseline.Overwritten(makes[0], before[0]))
				}
			}
			after = append(after, makes...)
			continue
		}
		after = append(after, e.Before(last, slices.Concat(makes, takes))...)
		if arrival == Doubtful {
			after = append(after, inDoubt(makes, takes)...)
		}
	}
	return baseline.New(after...).WithoutOrphans()
}

// storedFacts are makes, the facts of a value, if the instance stores it as text.
func (e Entry) storedFacts(makes []baseline.Fact, typ *intel.GroupType, text string) []baseline.Fact {
	stored := e.factsOf(typ, text)
	if len(makes) == 0 || len(stored) == 0 { // the field cannot be read back
		return makes
	}
	return append(stored, baseline.Stored(makes[0], stored[0])...)
}

// factsOf are the facts that the entry would make true if it had the value text.
func (e Entry) factsOf(typ *intel.GroupType, text string) []baseline.Fact {
	full := e.Change.Full()
	full.New = text
	c := full.Change()
	facts, _ := Entry{Change: &c}.Facts(typ, 0)
	return facts
}

// Overwrites reports whether the entry overwrites a value that no run has left.
func (e Entry) Overwrites() bool {
	return e.Change != nil && e.Change.Op == Set && e.Change.Drift == FromServer && e.Change.Old() != ""
}

// Before are the facts of last that stay true if the entry does not arrive. concerned
// are those that it makes true or untrue.
func (e Entry) Before(last baseline.Baseline, concerned []baseline.Fact) baseline.Baseline {
	if e.List() == 0 {
		return last.Of(e.Name())
	}
	return last.Concerning(concerned)
}

func inDoubt(makes, takes []baseline.Fact) []baseline.Fact {
	return append(baseline.As(baseline.MaybeThere, makes), baseline.As(baseline.MaybeGone, takes)...)
}

// Intended are the facts in doubt after the action was sent, until an answer comes.
func (a *Action) Intended() baseline.Baseline {
	typ, _ := intel.GroupTypeNamed(a.Type)
	var makes, takes []baseline.Fact
	for _, e := range a.Entries() {
		id := int64(0)
		if e.Association != nil {
			id = e.Association.ID()
		}
		makes, takes = e.appendFacts(makes, takes, typ, id)
	}
	return baseline.New(inDoubt(makes, takes)...)
}

// AssociatedLists are the lists that show the associations which the group of an
// action has already as the manifests want them.
func (a *Action) AssociatedLists() intel.List { return a.Baseline().Lists() & intel.ListAssociations }
