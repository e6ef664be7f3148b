package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// path is a write with the answers that it gets, one after the other.
type path struct {
	name    string
	verb    plan.Verb
	entries string        // "+x" adds the tag x, "-x" removes it, "@x" adds the attribute x, "!x" changes it in place
	earlier time.Duration // since an earlier run has sent the write; 0 for none
	answers []reply
	want    string // the status of the action, its message if there is a ":", then the entries that have not arrived
}

// reply is an answer, and the tags and attributes that it shows of the group.
type reply struct {
	kind  answerKind
	shows string
	err   error // nil: one of that kind
	busy  bool  // meanwhile, the instance has refused many such entries of other groups
}

// errorsOf are errors that have the meaning of an answer.
var errorsOf = map[answerKind]error{
	inDoubt: &tc.InDoubtError{Err: errors.New("no answer")}, refused: &tc.Error{Op: "write", Cause: tc.ErrRefused, Message: "no"},
	exists: &tc.Error{Op: "write", Cause: tc.ErrExists}, gone: &tc.Error{Op: "write", Cause: tc.ErrNotFound},
	unreadable: &tc.Error{Op: "read", Cause: tc.ErrServer}, unsent: &tc.Error{Op: "write", Cause: tc.ErrNetwork}, denied: &tc.Error{Op: "write", Cause: tc.ErrUnauthorized},
}

const settle = time.Minute

// follow makes the moves of a path, and returns the status of the action and of
// the entries that have not arrived.
func (p path) follow(t *testing.T) string {
	a := &plan.Action{Verb: p.verb, Key: "a", Type: "Threat", Name: "A", Owner: "o", XID: "x", Order: 1}
	if p.verb != plan.Create {
		a.ID = 3
	}
	for _, e := range strings.Fields(p.entries) {
		c := plan.FullChange{Field: "tags", Op: plan.Add, New: e[1:]}
		switch e[0] {
		case '-':
			c.Op, c.Old, c.New = plan.Remove, c.New, ""
		case '@':
			c.Field = "attribute:Aliases"
		case '!':
			c.Field, c.Op, c.Attribute = "attribute:Aliases", plan.Set, &plan.AttributeDetail{ID: 5}
		}
		a.Changes = append(a.Changes, c.Change())
	}
	opt := Options{Settle: settle}
	if p.earlier > 0 {
		opt.Doubtful = map[string]time.Time{"a": time.Now().Add(-p.earlier)}
	}
	e := newEngine(&plan.Plan{Actions: []*plan.Action{a}}, nil, opt)
	e.remaining, e.busy = 0, 1 // nobody else takes it up
	w := e.newWriting(0)
	w.begin()
	begun := time.Now()
	var err error
	for s := w.next(); s != nil && err == nil; s = w.next() {
		if len(p.answers) == 0 {
			t.Fatalf("no answer for %q", s.state)
		}
		r := p.answers[0]
		p.answers = p.answers[1:]
		if transitions[s.state][r.kind] == "" {
			t.Fatalf("%q cannot get the answer %d", s.state, r.kind)
		}
		if r.busy {
			class := entryClasses(a, s.entries[0].Entry)[0]
			for range hopelessAfter {
				w.refusals.noteRefused("no", class)
			}
			for range 2 { // the third one would not be tried
				w.refusals.tryAnother(class)
			}
		}
		err = w.follow(context.Background(), s, w.answerOf(s, r))
	}
	if len(p.answers) > 0 {
		t.Errorf("answers that no step has asked for: %v", p.answers)
	}
	res := w.finish()
	out := []string{string(res.Status)}
	if strings.Contains(p.want, ": ") {
		out[0] += ": " + res.Error
	}
	for _, m := range res.Missed {
		out = append(out, fmt.Sprintf("%s%s %s", m.Change.New(), m.Change.Old(), m.Status))
	}
	if err != nil {
		out = append(out, "ends the run")
	}
	if waited := time.Since(begun); waited > 0 {
		out = append(out, fmt.Sprint("after ", waited))
	}
	return strings.Join(out, ", ")
}

// answerOf is the answer of an instance whose group has what the reply shows.
func (w *writing) answerOf(s *step, r reply) answer {
	g := &intel.Remote{ID: 3, Type: "Threat", Name: "A", XID: "x", Lists: intel.ListTags | intel.ListAttributes}
	for _, e := range strings.Fields(r.shows) {
		switch e[0] {
		case '@':
			g.Attributes = append(g.Attributes, intel.RemoteAttribute{ID: 5, Attribute: intel.Attribute{Type: "Aliases", Value: e[1:]}})
		default:
			g.Tags = append(g.Tags, intel.RemoteTag{Name: e[1:]})
		}
	}
	a := answer{kind: r.kind, err: cmp.Or(r.err, errorsOf[r.kind]), group: g}
	if a.kind == incomplete {
		a.missing = w.missing(s.entries, g)
	}
	return a
}

// TestOutcomeIsTrueOnEveryPath: whatever answers a write gets one after the other, no
// entry counts as arrived that is not there, none as not sent that may still arrive,
// and none stays in doubt that cannot arrive any more.
func TestOutcomeIsTrueOnEveryPath(t *testing.T) {
	lost, nothing := reply{kind: inDoubt}, reply{kind: gone}
	for _, p := range []path{
		{"what an earlier run may still write is in doubt", plan.Create, "+x", time.Second,
			[]reply{{kind: succeeded}, {kind: unsent}}, "failed, x doubt, ends the run"},
		{"what an earlier run can write no more was not sent", plan.Create, "+x", time.Hour,
			[]reply{{kind: succeeded}, {kind: unsent}}, "failed, x not-attempted, ends the run"},
		{"a create is sent three times", plan.Create, "+x", 0,
			[]reply{lost, nothing, lost, nothing, lost, nothing}, "doubt, x doubt"},
		{"an update is sent three times", plan.Update, "+x", 0,
			[]reply{lost, {kind: incomplete}, lost, {kind: incomplete}, lost, {kind: incomplete}}, "doubt, x doubt, after 9.5s"},
		{"a change in place is sent three times", plan.Update, "!x", 0,
			[]reply{lost, {kind: incomplete}, lost, {kind: incomplete}, lost, {kind: incomplete}}, "doubt, x doubt, after 9.5s"},
		{"only what is missing is in doubt after three tries", plan.Update, "+x +y", 0,
			[]reply{lost, {kind: incomplete, shows: "+x"}, lost, {kind: incomplete}, lost, {kind: incomplete}}, "doubt, y doubt, after 9.5s"},
		{"credentials that fail while reading end the run", plan.Update, "+x", 0,
			[]reply{lost, {kind: unreadable, err: errorsOf[denied]}}, "doubt, x doubt, ends the run"},
		{"credentials that fail while halving end the run", plan.Update, "+x +y", 0,
			[]reply{{kind: refused}, {kind: unreadable, err: errorsOf[denied]}}, "failed, x doubt, y doubt, ends the run"},
		{"a group that was deleted has no entries in doubt", plan.Update, "-x +y", time.Second,
			[]reply{nothing}, "failed, x not-attempted, y not-attempted"},
		{"an attribute that a lost create may still add is looked for again before it is sent", plan.Create, "+x @y", 0,
			[]reply{lost, {kind: succeeded, shows: "+x"}, {kind: incomplete, shows: "+x"}, {kind: succeeded}}, "ok"},
		{"a tag that a lost create may still add is sent at once", plan.Create, "+x @y", 0,
			[]reply{lost, {kind: succeeded, shows: "@y"}, {kind: succeeded}}, "ok"},
		{"what a refused create has not written is sent at once", plan.Create, "+x @y", 0,
			[]reply{{kind: refused}, {kind: succeeded, shows: "+x"}, {kind: succeeded}}, "ok"},
		{"an entry in doubt is sent again, whatever the instance refuses to others", plan.Update, "+x", 0,
			[]reply{{kind: inDoubt, busy: true}, {kind: incomplete}, {kind: succeeded}}, "ok, after 2s"},
		{"the message says what could not be read after an update", plan.Update, "+x", 0,
			[]reply{lost, {kind: unreadable}}, "doubt: no answer; reading it back failed: read: internal server error, x doubt"},
		{"the message says what could not be read after a create", plan.Create, "+x", 0,
			[]reply{lost, {kind: unreadable}}, "doubt: no answer; looking up the group failed: read: internal server error, x doubt"},
		{"the message says what could not be read after a create that was found", plan.Create, "@y", 0,
			[]reply{lost, {kind: succeeded}, {kind: unreadable}}, "doubt: created, but reading it back failed: read: internal server error, y doubt"},
		{"the message says what could not be read after an earlier run", plan.Create, "@y", time.Second,
			[]reply{{kind: succeeded}, {kind: unreadable}}, "doubt: an earlier run may have written this, and reading it failed: read: internal server error, y doubt"},
	} {
		t.Run(p.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := p.follow(t); got != p.want {
					t.Errorf("%s, want %s", got, p.want)
				}
			})
		})
	}
}

// TestAcceptedClassIsNeverHopeless: a class of entries, or of actions, of which the
// instance has accepted one is sent, however often it refuses others.
func TestAcceptedClassIsNeverHopeless(t *testing.T) {
	for _, c := range []struct {
		state         state
		answer        answerKind
		kind          string
		action, entry bool // whether the answer shows that the instance accepts such
	}{
		{creating, succeeded, "add tag", true, true},
		{creating, succeeded, "field", true, false}, // it proves nothing about changes of fields
		{creatingBare, succeeded, "field", true, false},
		{updating, succeeded, "add tag", true, true},
		{updating, succeeded, "field", true, true},
		{changingAttribute, succeeded, "change attribute", true, true},
		{deleting, succeeded, "", true, false},
		{deleting, gone, "", false, false},
		{readingDeleted, succeeded, "", false, false}, // somebody else may have done it
		{readingUpdate, succeeded, "add tag", false, false},
	} {
		parts := kindsOfEntries()[c.kind]
		w, st := inState(c.state, parts)
		if err := w.follow(t.Context(), st, answer{kind: c.answer, group: &intel.Remote{ID: 3, Type: "Incident"}}); err != nil {
			t.Fatal(err)
		}
		hopeless := func(class refusalClass) bool {
			for range hopelessAfter {
				w.refusals.noteRefused("no", class)
			}
			_, why := w.refusals.hopeless(class)
			return why != ""
		}
		if hopeless(actionClass(w.action)) == c.action {
			t.Errorf("%s, %d, %s: hopeless: %t", c.state, c.answer, actionClass(w.action), !c.action)
		}
		for _, p := range parts {
			if class := entryClasses(w.action, p)[0]; hopeless(class) == c.entry {
				t.Errorf("%s, %d, %s: hopeless: %t", c.state, c.answer, class, !c.entry)
			}
		}
	}
}
