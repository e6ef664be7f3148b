package apply

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// follow makes the move that an answer calls for.
func (w *writing) follow(ctx context.Context, s *step, a said) error {
	switch m := transitions[s.state][a.is]; m {
	case accept:
		w.accept(s, a)
	case settle:
		w.settle(s, a)
	case again:
		return w.again(ctx, s, a)
	case send:
		if s.state == findingEarlier {
			w.first(s, w.create(s.entries))
		} else {
			w.first(s, w.update(a.rest))
		}
	case later:
		w.writeLater(a.rest)
	case adopt:
		w.is(a.group)
		w.learnTags(s.entries, a.group) // all that the group has came with it
		w.lack(s, a.group, "created, but it could not be read back whether as a whole")
	case resume:
		w.is(a.group)
		mark(s.entries, InDoubt)
		w.lookFirst()
		w.lack(s, a.group, earlier)
	case bare:
		scalars, loose := split(s.entries, isScalar)
		w.first(s, &step{state: creatingBare, entries: scalars}, &step{state: dividing, entries: loose, cause: s.cause})
	case drop:
		w.drop(s, a.err)
	case halve:
		w.halve(s, a.err)
	case blame:
		w.blame(s.entries[0], a.err)
	case fail:
		if a.is == Refused {
			w.learnRefused(nil, a.err)
		}
		w.end(Failed, a.err)
	case absent:
		w.end(Failed, fmt.Errorf("%w; but %s shows no group with the xid %s: another owner has it, the API user cannot read it, or it shows only later (then run again)",
			s.cause, message.Quote(w.action.Owner), message.Quote(w.action.XID)))
	case vanish:
		unmark(w.entries)
		w.end(Failed, fmt.Errorf("%w; it was deleted after the plan was made: plan again", a.err))
	case giveUp:
		w.end(Failed, fmt.Errorf("%w; which part of it was refused could not be found out: %s", s.cause, reason(a.err)))
		return w.fatal(ctx, a.err)
	case leave:
		return w.leave(ctx, s.entries, s.what, a.err)
	case stop:
		status := Failed
		if a.is == Unsent {
			status = NotAttempted
		}
		w.end(status, a.err)
		return a.err
	default:
		panic(fmt.Sprintf("apply: no move for %q after answer %d", s.state, a.is))
	}
	return nil
}

// end gives the action its outcome. What is left to be done is not done.
func (w *writing) end(status Status, err error) { w.res.Status, w.res.Error = status, reason(err) }

// is takes from r, which is the group that was made, who it is.
func (w *writing) is(r *intel.Remote) {
	w.res.ID, w.res.WebLink, w.written = r.ID, r.WebLink, true
}

// accept notes that entries have arrived.
func (w *writing) accept(s *step, a said) {
	mark(s.entries, OK)
	if s.state == deleting || s.state == readingDeleted {
		if a.is == None && s.state == deleting {
			w.learnAccepted(nil)
		}
		return
	}
	w.written = true
	switch s.state {
	case creating, creatingBare, updating:
		if s.state != updating {
			w.is(a.group)
		}
		w.learnAccepted(s.entries)
		w.learn(s.entries, a.group)
	case setting:
		w.learnAccepted(s.entries)
	}
}

// looks are the states that find out what became of a write, and what to say where
// they fail.
var looksAfter = map[state]struct {
	state state
	what  string
}{
	updating: {readingBack, "reading it back"},
	setting:  {readingSet, "reading it back"},
	deleting: {readingDeleted, "looking it up"},
}

// settle looks what became of a write without an answer, or of a create that was
// refused: no source says that it has had no effect.
func (w *writing) settle(s *step, a said) {
	look := &step{entries: s.entries, try: s.try, cause: a.err, resend: s.state}
	after, ok := looksAfter[s.state]
	look.state, look.what = after.state, after.what
	if !ok {
		look.what = "looking it up"
		switch a.is {
		case Doubt:
			look.state = findingLost
		case Exists:
			look.state = findingExisting
		default:
			look.state, look.what = findingRefused, "which part of it was refused could not be found out"
		}
	}
	look.what = a.err.Error() + "; " + look.what
	if a.is == Doubt {
		mark(s.entries, InDoubt)
		w.lost = time.Now()
	}
	w.first(s, look)
}

// again sends once more what is missing, when it may be.
func (w *writing) again(ctx context.Context, s *step, a said) error {
	rest, what := a.rest, s.what
	if s.state == findingLost {
		rest, what = s.entries, s.cause.Error()+"; looking up what goes along"
	}
	if s.try+1 >= maxTries {
		mark(rest, InDoubt)
		w.end(InDoubt, s.cause)
		return w.fatal(ctx, s.cause)
	}
	var err error
	if s.state == findingLost || doubles(rest) {
		err = w.bindMade(ctx, rest)
	} else {
		err = w.backOff(ctx, s.try+1)
	}
	if err != nil {
		return w.leave(ctx, rest, what, err)
	}
	w.first(s, &step{state: s.resend, entries: rest, try: s.try + 1, chosen: true})
	return nil
}

// lack writes what a group lacks that was found. Where that could double something
// it is looked at until it can come no more.
func (w *writing) lack(s *step, r *intel.Remote, what string) {
	rest := w.missing(s.entries, r)
	switch {
	case len(rest) == 0:
	case !w.lost.IsZero() && doubles(rest):
		w.first(s, &step{state: resuming, entries: rest, what: what})
	case s.state == findingEarlier:
		w.writeLater(rest)
	default:
		w.first(s, w.update(rest))
	}
}

// writeLater writes entries, which a look has not shown, behind all others. Where the
// settling time has passed they cannot arrive any more without that.
func (w *writing) writeLater(entries []*entry) {
	if !time.Now().Before(w.lost.Add(w.opt.Settle)) {
		unmark(entries)
	}
	w.push(w.update(entries))
}

// drop leaves out those fields of a create that are sent only by way of trial (a
// Task's status is documented, but instances may refuse it), if the refusal
// names them.
func (w *writing) drop(s *step, refusal error) {
	typ, _ := intel.GroupTypeNamed(w.action.Type)
	without, kept := split(s.entries, func(e *entry) bool {
		spec, ok := typ.Field(e.Name())
		return ok && spec.CreateOnly && !spec.Required && strings.Contains(refusal.Error(), e.Name())
	})
	if len(without) == 0 {
		w.learnRefused(nil, refusal)
		w.end(Failed, refusal)
		return
	}
	for _, e := range without {
		e.fail(Failed, "refused: "+refusalOf(refusal).text)
	}
	for _, next := range w.todo {
		if next.state == dividing { // it was not what goes along that was refused
			next.state = updating
		}
	}
	w.first(s, &step{state: creatingBare, entries: kept})
}

// halve sends a refused update in halves, until those entries are alone that the
// instance refuses. A refused write may have had a part of its effect.
func (w *writing) halve(s *step, refusal error) {
	if s.state != dividing && len(s.entries) > 1 {
		mark(s.entries, InDoubt)
	}
	if len(s.entries) == 1 {
		w.blame(s.entries[0], refusal)
		return
	}
	n := len(s.entries) / 2
	w.first(s, &step{state: halving, entries: s.entries[:n:n], cause: refusal}, &step{state: halving, entries: s.entries[n:], cause: refusal})
}

// blame gives an entry that the instance refuses its outcome.
func (w *writing) blame(e *entry, refusal error) {
	w.learnRefused([]*entry{e}, refusal)
	if e.Association == nil {
		e.fail(Failed, "refused: "+refusalOf(refusal).text)
		return
	}
	e.fail(Failed, refusal.Error())
	w.refuseObject(e)
}

// leave ends the action in doubt, because err kept entries from being looked at.
func (w *writing) leave(ctx context.Context, entries []*entry, what string, err error) error {
	mark(entries, InDoubt)
	err = unsettled(what, err)
	w.end(InDoubt, err)
	return w.fatal(ctx, err)
}
