package apply

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// follow makes the move that the table has for an answer. An error ends the run.
func (w *writing) follow(ctx context.Context, s *step, a answer) error {
	switch m := transitions[s.state][a.kind]; m {
	case accept:
		w.accept(s, a)
	case look:
		w.look(s, a)
	case resend:
		return w.resend(ctx, s, a)
	case sendNow:
		if s.state == findingEarlier {
			w.doNext(s, w.create(s.entries))
		} else {
			w.doNext(s, w.update(a.missing))
		}
	case sendLast:
		w.sendLast(a.missing)
	case adopt:
		w.setIdentity(a.group)
		w.recordTags(s.entries, a.group) // the group is new: the instance made all its tags of those in the create
		w.complete(s, a.group, "created, but reading it back failed")
	case resume:
		w.setIdentity(a.group)
		mark(s.entries, InDoubt)
		w.readFirst()
		w.complete(s, a.group, earlierUnread)
	case takeOver:
		w.takeOver(a.group)
	case createBare:
		scalars, others := split(s.entries, isScalar)
		w.doNext(s, &step{state: creatingBare, entries: scalars}, &step{state: dividing, entries: others, cause: s.cause})
	case drop:
		w.drop(s, a.err)
	case halve:
		w.halve(s, a.err)
	case reject:
		w.reject(s.entries[0], a.err)
	case leaveInDoubt:
		return w.leaveInDoubt(ctx, s.entries, s.problem, a.err)
	default:
		return w.fail(ctx, m, s, a)
	}
	return nil
}

// fail makes the moves after which the action has failed.
func (w *writing) fail(ctx context.Context, m move, s *step, a answer) error {
	switch m {
	case fail:
		w.noteRefused(nil, a.err)
		w.end(Failed, a.err)
	case xidTaken:
		w.unseen.Add(1)
		owner, xid := message.Quote(w.action.Owner), message.Quote(w.action.XID)
		w.end(Failed, fmt.Errorf("%w; but %s has no group with the xid %s that the API user can read: run again, and if that does not help, give the group another xid",
			s.cause, owner, xid))
	case deletedSince:
		clearDoubt(w.entries)
		w.end(Failed, fmt.Errorf("%w; the group was deleted after the plan was made: plan again", a.err))
	case giveUp:
		w.end(Failed, fmt.Errorf("%w; it is unknown which entry was refused, because reading the group failed: %s", s.cause, reason(a.err)))
		return w.fatal(ctx, a.err)
	case stopRun:
		status := Failed
		if a.kind == unsent {
			status = NotAttempted
		}
		w.end(status, a.err)
		return a.err
	default:
		panic(fmt.Sprintf("apply: no move for %q after answer %d", s.state, a.kind))
	}
	return nil
}

// end gives the action its outcome. Steps that remain are not taken.
func (w *writing) end(status Status, err error) { w.res.Status, w.res.Error = status, reason(err) }

// setIdentity takes ID and link from the group that was created.
func (w *writing) setIdentity(r *intel.Remote) {
	w.res.ID, w.res.WebLink, w.written = r.ID, r.WebLink, true
}

// accept notes that entries have arrived. Only an answer to a request shows what
// the instance accepts: after a read, somebody else may have written the same.
func (w *writing) accept(s *step, a answer) {
	mark(s.entries, OK)
	switch s.state {
	case deleting:
		if a.kind == succeeded {
			w.noteAccepted(nil)
		}
	case creating, creatingBare:
		w.setIdentity(a.group)
		w.noteAccepted(s.entries)
		w.record(s.entries, a.group)
	case updating:
		w.noteAccepted(s.entries)
		w.record(s.entries, a.group)
	case changingAttribute:
		w.noteAccepted(s.entries)
	}
	w.written = true
}

// look adds the step that finds out what a request without an answer has done. A
// refused create needs it, too: the API does not promise that it has no effect.
func (w *writing) look(s *step, a answer) {
	next := &step{entries: s.entries, try: s.try, cause: a.err, checks: s.state}
	problem := "reading it back failed"
	switch s.state {
	case updating:
		next.state = readingUpdate
	case changingAttribute:
		next.state = readingAttribute
	case deleting:
		next.state = readingDeleted
	default:
		problem = "looking up the group failed"
		switch a.kind {
		case inDoubt:
			next.state = findingLost
		case exists:
			next.state = findingExisting
		default:
			next.state = findingRefused
		}
	}
	next.problem = a.err.Error() + "; " + problem
	if a.kind == inDoubt {
		mark(s.entries, InDoubt)
		w.lostAt = time.Now()
	}
	if a.kind == exists && w.isRecent() {
		w.lostAt = time.Now()
	}
	w.doNext(s, next)
}

// maxUnseen is for how many groups that no read shows the run waits in vain.
const maxUnseen = 3

// isRecent reports whether a group that exists, as the answer to a create says, was probably
// created a moment ago: neither lists nor its xid show it yet. Nobody else can have given
// that xid to a group.
func (w *writing) isRecent() bool {
	return !w.action.OwnXID && w.unseen.Load() < maxUnseen
}

// resend sends again what is missing, once this cannot duplicate anything.
func (w *writing) resend(ctx context.Context, s *step, a answer) error {
	missing, problem := a.missing, s.problem
	if s.state == findingLost {
		missing, problem = s.entries, s.cause.Error()+"; looking up its new objects failed"
	}
	if s.try+1 >= maxTries {
		w.end(InDoubt, s.cause) // look has marked the entries
		return nil
	}
	var err error
	if s.state == findingLost || duplicates(missing) {
		err = w.bindCreated(ctx, missing)
	} else {
		err = w.backOff(ctx, s.try+1)
	}
	if err != nil {
		return w.leaveInDoubt(ctx, missing, problem, err)
	}
	w.doNext(s, &step{state: s.checks, entries: missing, try: s.try + 1, forced: true})
	return nil
}

// complete writes what an existing group lacks. If this could duplicate something,
// it waits until a request in doubt can have no more effect.
func (w *writing) complete(s *step, r *intel.Remote, problem string) {
	missing := w.missing(s.entries, r)
	switch {
	case len(missing) == 0:
	case !w.lostAt.IsZero() && duplicates(missing):
		w.doNext(s, &step{state: resuming, entries: missing, problem: problem})
	case s.state == findingEarlier:
		w.sendLast(missing)
	default:
		w.doNext(s, w.update(missing))
	}
}

// sendLast writes entries after all other requests. After the settling time, they
// are not in doubt any more.
func (w *writing) sendLast(entries []*entry) {
	if !time.Now().Before(w.lostAt.Add(w.opt.Settle)) {
		clearDoubt(entries)
	}
	w.push(w.update(entries))
}

// drop leaves out the optional fields that the refusal names. These are fields that
// the API documents but some instances refuse, such as the status of a Task.
func (w *writing) drop(s *step, err error) {
	typ, _ := intel.GroupTypeNamed(w.action.Type)
	without, kept := split(s.entries, func(e *entry) bool {
		spec, ok := typ.Field(e.Name())
		return ok && spec.CreateOnly && !spec.Required && strings.Contains(err.Error(), e.Name())
	})
	if len(without) == 0 {
		w.noteRefused(nil, err)
		w.end(Failed, err)
		return
	}
	for _, e := range without {
		e.set(Failed, "refused: "+refusalOf(err).text)
	}
	for _, next := range w.todo {
		if next.state == dividing { // the fields were refused, and not these entries
			next.state = updating
		}
	}
	w.doNext(s, &step{state: creatingBare, entries: kept})
}

// halve sends both halves of a refused update, until the refused entries are alone.
// A refused update may have taken effect in part.
func (w *writing) halve(s *step, err error) {
	if len(s.entries) == 1 {
		w.reject(s.entries[0], err)
		return
	}
	if s.state != dividing {
		mark(s.entries, InDoubt)
	}
	n := len(s.entries) / 2
	w.doNext(s, &step{state: checkingPart, entries: s.entries[:n:n], cause: err}, &step{state: checkingPart, entries: s.entries[n:], cause: err})
}

// reject gives a refused entry its status.
func (w *writing) reject(e *entry, err error) {
	w.noteRefused([]*entry{e}, err)
	if e.Association == nil {
		e.set(Failed, "refused: "+refusalOf(err).text)
		return
	}
	e.set(Failed, err.Error())
	w.refuseObject(e)
}

// leaveInDoubt ends the action, because entries could not be read.
func (w *writing) leaveInDoubt(ctx context.Context, entries []*entry, problem string, err error) error {
	mark(entries, InDoubt)
	err = unsettled(problem, err)
	w.end(InDoubt, err)
	return w.fatal(ctx, err)
}
