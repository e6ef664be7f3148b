package apply

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// picture is the table of transitions as docs/architecture.md shows it.
func picture() string {
	var b strings.Builder
	b.WriteString("| state |")
	for _, a := range answerNames {
		b.WriteString(" " + a.name + " |")
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", len(answerNames)+1) + "\n")
	for _, s := range allStates {
		fmt.Fprintf(&b, "| `%s` |", s)
		for _, a := range answerNames {
			b.WriteString(" " + string(transitions[s][a.kind]) + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

var allStates = []state{creating, creatingBare, updating, changingAttribute, deleting, findingEarlier, findingLost, findingExisting, findingRefused,
	findingInJob, resuming, readingUpdate, readingAttribute, readingDeleted, dividing, checkingPart}

// TestPictureOfStates holds the table in docs/architecture.md to the one of the
// code, and both to having all states.
func TestPictureOfStates(t *testing.T) {
	if len(allStates) != len(transitions) {
		t.Errorf("%d states, the table has %d", len(allStates), len(transitions))
	}
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), picture()) {
		t.Errorf("docs/architecture.md should have this table:\n%s", picture())
	}
	for s, row := range transitions {
		if !slices.Contains(allStates, s) {
			t.Errorf("the picture lacks %q", s)
		}
		for _, m := range row {
			if !strings.Contains(string(text), "`"+string(m)+"`") {
				t.Errorf("docs/architecture.md does not say what `%s` means", m)
			}
		}
	}
}

// kindsOfEntries are entries of every kind, each with a sibling of the same list.
func kindsOfEntries() map[string][]plan.Entry {
	change := func(field string, op plan.Op, old, is string, d *plan.AttributeDetail) plan.Entry {
		return plan.Entry{Change: new(plan.FullChange{Field: field, Op: op, Old: old, New: is, Attribute: d}.Change())}
	}
	link := func(op plan.Op, id int64, object int) plan.Entry {
		state := plan.Existing
		if id == 0 {
			state = plan.New
		}
		return plan.Entry{Association: new(plan.FullAssociation{Kind: intel.KindIndicator, Op: op, ID: id, State: state, Object: object}.Association())}
	}
	return map[string][]plan.Entry{
		"field":            {change("status", plan.Set, "New", "Open", nil), change("firstSeen", plan.Set, "", "2024-01-01T00:00:00Z", nil)},
		"name":             {change("name", plan.Set, "Old", "New", nil), change("status", plan.Set, "New", "Open", nil)},
		"add tag":          {change("tags", plan.Add, "", "x", nil), change("tags", plan.Add, "", "y", nil)},
		"remove tag":       {change("tags", plan.Remove, "x", "", nil), change("tags", plan.Remove, "y", "", nil)},
		"add label":        {change("securityLabels", plan.Add, "", "L", nil), change("securityLabels", plan.Add, "", "M", nil)},
		"remove label":     {change("securityLabels", plan.Remove, "L", "", nil), change("securityLabels", plan.Remove, "M", "", nil)},
		"add attribute":    {change("attribute:Topic", plan.Add, "", "v", nil), change("attribute:Topic", plan.Add, "", "w", nil)},
		"change attribute": {change("attribute:Topic", plan.Set, "u", "v", &plan.AttributeDetail{ID: 5, Pinned: intel.Yes})},
		"remove attribute": {change("attribute:Topic", plan.Remove, "v", "", &plan.AttributeDetail{ID: 5}), change("attribute:Topic", plan.Remove, "w", "", &plan.AttributeDetail{ID: 6})},
		"associate":        {link(plan.Add, 7, 0), link(plan.Add, 8, 0)},
		"associate a new":  {link(plan.Add, 0, 1), link(plan.Add, 0, 2)},
		"dissociate":       {link(plan.Remove, 7, 0), link(plan.Remove, 8, 0)},
	}
}

// inState is a write that is in a state with some entries.
func inState(s state, parts []plan.Entry) (*writing, *step) {
	a := &plan.Action{Verb: plan.Update, Key: "a", Type: "Incident", Name: "A", Owner: "o", ID: 3, XID: "x", Order: 1}
	switch {
	case s == deleting || s == readingDeleted:
		a.Verb, parts = plan.Delete, nil
	case s == creating || s == creatingBare || strings.HasPrefix(string(s), "find"):
		a.Verb, a.ID = plan.Create, 0
	}
	for _, p := range parts {
		if p.Change != nil {
			a.Changes = append(a.Changes, *p.Change)
		} else {
			a.Associations = append(a.Associations, *p.Association)
		}
	}
	object := plan.FullObject{Kind: intel.KindIndicator, Owner: "o", State: plan.New,
		Definition: &intel.Object{Kind: intel.KindIndicator, Type: "Host", Summary: "x.example", Owner: "o"}}.Object()
	e := newEngine(&plan.Plan{Actions: []*plan.Action{a}, Objects: []*plan.Object{object, object}}, nil, Options{})
	e.remaining, e.busy = 0, 1 // nobody else takes it up
	w := e.newWriting(0)
	w.begin()
	w.todo = nil
	return w, &step{state: s, entries: w.entries, cause: errors.New("the answer before"), checks: updating, problem: "looking", request: &request{}}
}

// outcomeOf is what a move has made of a write: the status of the action, of its
// entries, and what is to be done next.
func outcomeOf(w *writing) string {
	statuses := map[Status]bool{}
	for _, e := range w.entries {
		statuses[e.status] = true
	}
	next := []string{}
	for _, s := range w.todo {
		next = append(next, string(s.state))
	}
	return fmt.Sprintf("%s, entries %q, then %s", w.res.Status, slices.Sorted(maps.Keys(statuses)), strings.Join(next, " + "))
}

// TestEveryAnswer puts every answer to every state with every kind of entry. What
// has to come of it does not depend on the kind, unless the kind takes a request
// of its own.
func TestEveryAnswer(t *testing.T) {
	const (
		done      = `ok, entries ["ok"], then `
		notSent   = `not-attempted, entries [""], then `
		stopped   = `failed, entries [""], then `
		doubtful  = `doubt, entries ["doubt"], then `
		untouched = `ok, entries [""], then `
		waiting   = `ok, entries ["doubt"], then `
		rejected  = `ok, entries ["failed"], then `
	)
	want := map[state]map[answerKind]string{
		creating: {succeeded: done, inDoubt: waiting + "find, in doubt", refused: untouched + "find, refused", exists: untouched + "find, exists",
			gone: untouched + "find, refused", otherOwner: stopped, unsent: notSent, denied: stopped},
		creatingBare: {succeeded: done, inDoubt: waiting + "find, in doubt", refused: stopped, exists: untouched + "find, exists", gone: stopped, otherOwner: stopped, unsent: notSent, denied: stopped},
		updating: {succeeded: done, inDoubt: waiting + "read update", refused: waiting + "check part + check part", exists: waiting + "check part + check part", gone: stopped,
			unsent: notSent, denied: stopped},
		changingAttribute: {succeeded: done, inDoubt: waiting + "read attribute", refused: rejected, exists: rejected, gone: rejected, unsent: notSent, denied: stopped},
		deleting:          {succeeded: "ok", inDoubt: "ok, then read deleted", refused: "failed", exists: "failed", gone: "ok", unsent: "not-attempted", denied: "failed"},
		findingEarlier:    {succeeded: "", gone: untouched + "create", unreadable: doubtful},
		findingLost:       {succeeded: "", gone: untouched + "create", unreadable: doubtful},
		findingExisting:   {succeeded: "", gone: stopped, unreadable: doubtful},
		findingRefused:    {succeeded: "", gone: untouched + "create bare + divide", unreadable: doubtful},
		findingInJob:      {succeeded: "", unreadable: doubtful},
		resuming:          {succeeded: done, incomplete: untouched + "update", gone: stopped, unreadable: doubtful},
		readingUpdate:     {succeeded: done, incomplete: untouched + "update", unreadable: doubtful},
		readingAttribute:  {succeeded: done, incomplete: untouched + "change attribute", unreadable: doubtful},
		readingDeleted:    {succeeded: "ok", incomplete: "ok, then delete", unreadable: "doubt"},
		dividing:          {refused: untouched + "check part + check part"},
		checkingPart:      {succeeded: done, incomplete: untouched + "update", unreadable: stopped},
	}
	for s, row := range transitions {
		if !slices.Equal(slices.Sorted(maps.Keys(row)), slices.Sorted(maps.Keys(want[s]))) {
			t.Errorf("%s: there are moves for %v, and expectations of %v", s, slices.Sorted(maps.Keys(row)), slices.Sorted(maps.Keys(want[s])))
		}
		for is := range row {
			for kind, parts := range kindsOfEntries() {
				inPlace := kind == "change attribute"
				if alone := s == changingAttribute || s == readingAttribute; alone != inPlace && s != resuming && s != deleting && s != readingDeleted {
					continue
				}
				if scalar := kind == "field" || kind == "name"; s == creatingBare && !scalar || scalar && (s == creating || s == dividing || s == findingRefused) {
					continue
				}
				w, st := inState(s, parts)
				switch s {
				case findingLost:
					st.checks = creating
				case readingAttribute:
					st.checks = changingAttribute
				case readingDeleted:
					st.checks = deleting
				}
				a := answer{kind: is, missing: st.entries, group: &intel.Remote{ID: 3, Type: "Incident"}}
				if is != succeeded && is != incomplete {
					a.err = &tc.Error{Op: "write", Cause: tc.ErrRefused, Message: "no"}
				}
				err := w.follow(t.Context(), st, a)
				if ends := is == unsent || is == denied; (err != nil) != ends {
					t.Errorf("%s, %d, %s: ends the run: %v", s, is, kind, err)
				}
				got, exp := outcomeOf(w), want[s][is]
				if s == resuming && inPlace {
					exp = strings.Replace(exp, "then update", "then change attribute", 1)
				}
				if s == findingEarlier && len(parts) > 0 && parts[0].List() == 0 {
					exp = strings.Replace(exp, "create", "create bare", 1)
				}
				if s == deleting || s == readingDeleted {
					got = strings.TrimSuffix(strings.Replace(got, ", entries []", "", 1), ", then ")
				}
				if exp != "" && got != exp {
					t.Errorf("%s, %d, %s: %s, want %s", s, is, kind, got, exp)
				}
				if transitions[s][is] == adopt || transitions[s][is] == resume {
					adopted(t, fmt.Sprintf("%s, %s", s, kind), w)
				}
			}
		}
	}
}

// adopted holds that a group that was found has its ID, and that what it lacks is
// either there or written to it.
func adopted(t *testing.T, name string, w *writing) {
	t.Helper()
	if w.res.ID != 3 || w.res.Status != OK {
		t.Errorf("%s: adopted as %d, %s", name, w.res.ID, w.res.Status)
	}
	next := map[*entry]bool{}
	for _, s := range w.todo {
		for _, e := range s.entries {
			next[e] = true
		}
	}
	for _, e := range w.entries {
		if next[e] == (e.status == OK) {
			t.Errorf("%s: %s is %q, and to be written: %t", name, e, e.status, next[e])
		}
	}
}
