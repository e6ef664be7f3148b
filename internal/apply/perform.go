package apply

import (
	"context"
	"fmt"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// perform does what a step is about, and says how that was answered. What follows
// from the answer is not its business.
func (w *writing) perform(ctx context.Context, s *step) said {
	switch s.state {
	case creating, creatingBare:
		return w.sendCreate(ctx, s)
	case updating:
		lists, fields := answerWith(s.entries)
		r, err := w.store.UpdateGroup(ctx, body(w.res.ID, w.action.Type, s.entries), lists, fields...)
		return said{is: w.classify(ctx, err), err: err, group: r}
	case setting:
		at := s.entries[0].Attribute()
		err := w.store.UpdateGroupAttribute(ctx, at.ID, at.Attribute)
		return said{is: w.classify(ctx, err), err: err}
	case deleting:
		err := w.store.DeleteGroup(ctx, w.res.ID)
		return said{is: w.classify(ctx, err), err: err}

	case findingEarlier, findingLost, findingExisting, findingRefused:
		return w.find(ctx, s)
	case resuming:
		if s.entries[0].InPlace() {
			return said{is: lacking, rest: s.entries} // to change it again changes nothing
		}
		return w.readBack(ctx, s)
	case readingBack:
		a := w.readBack(ctx, s)
		if a.is == Gone {
			a.is = unread
		}
		return a
	case readingSet:
		return w.readAttribute(ctx, s)
	case readingDeleted:
		_, err := w.store.Group(ctx, w.res.ID, 0)
		switch {
		case err == nil:
			return said{is: lacking}
		case classify(err) == Gone:
			return said{is: None}
		}
		return said{is: unread, err: err}
	case dividing:
		return said{is: Refused, err: s.cause}
	case halving:
		return w.lookAtHalf(ctx, s)
	}
	panic("apply: no such state: " + string(s.state))
}

// sendCreate makes the group. An answer is believed as far as it can be true.
func (w *writing) sendCreate(ctx context.Context, s *step) said {
	g := body(0, w.action.Type, s.entries)
	g.XID, g.Owner = w.action.XID, w.action.Owner
	lists, fields := answerWith(s.entries)
	r, err := w.store.CreateGroup(ctx, g, lists, fields...)
	if err != nil {
		return said{is: w.classify(ctx, err), err: err}
	}
	if r.Owner != "" && r.Owner != w.action.Owner {
		return said{is: foreign, err: fmt.Errorf("the instance answered with group %d in %s, which has the xid %s, too: give the group another xid",
			r.ID, message.Quote(r.Owner), message.Quote(w.action.XID))}
	}
	if err := w.recognise(r); err != nil {
		s.try = maxTries // something was made: another try could make another
		return said{is: Doubt, err: err}
	}
	return said{is: None, group: r}
}

// find looks for the group of a create by its xid, until it is there or can come
// no more.
func (w *writing) find(ctx context.Context, s *step) said {
	lists, fields := readWith(w.action.Type, s.entries)
	var found *intel.Remote
	err := w.watch(ctx, w.lost, func() (bool, error) {
		r, err := w.store.GroupByXID(ctx, w.action.Owner, w.action.XID, lists, fields...)
		r, err = w.withAttributes(ctx, s.entries, r, err)
		switch classify(err) {
		case None:
			found = r
			return true, w.takeID(r.ID, true)
		case Gone:
			return false, nil
		default:
			return false, err
		}
	})
	switch {
	case err != nil:
		return said{is: unread, err: err}
	case found == nil:
		return said{is: Gone}
	}
	return said{is: None, group: found}
}

// readBack reads what of a write has not arrived. Where to send that again could
// double it, it is looked for until it can come no more.
func (w *writing) readBack(ctx context.Context, s *step) said {
	rest := s.entries
	err := w.watch(ctx, w.lost, func() (bool, error) {
		r, err := w.read(ctx, s.entries)
		if err != nil {
			return false, err
		}
		rest = w.missing(s.entries, r)
		return len(rest) == 0 || !doubles(rest), nil
	})
	switch {
	case err != nil && classify(err) == Gone:
		return said{is: Gone, err: err}
	case err != nil:
		return said{is: unread, err: err}
	case len(rest) > 0:
		return said{is: lacking, rest: rest}
	}
	return said{is: None}
}

// lookAtHalf finds what a refused update has left undone of a half of it: to append
// an attribute again, or to make an object again, would double it.
func (w *writing) lookAtHalf(ctx context.Context, s *step) said {
	rest := s.entries
	if hasAttributes(rest) {
		r, err := w.read(ctx, rest)
		if err != nil {
			return said{is: unread, err: err}
		}
		if rest = w.missing(rest, r); len(rest) == 0 {
			return said{is: None}
		}
	}
	if err := w.bindMade(ctx, rest); err != nil {
		return said{is: unread, err: err}
	}
	return said{is: lacking, rest: rest}
}

// readAttribute reads whether an attribute of the group is as it should be.
func (w *writing) readAttribute(ctx context.Context, s *step) said {
	all, err := w.store.GroupAttributes(ctx, w.res.ID)
	if kind := classify(err); kind == Refused || kind == Gone {
		var r *intel.Remote
		if r, err = w.store.Group(ctx, w.res.ID, intel.ListAttributes); err == nil {
			all = r.Attributes
		}
	}
	switch {
	case err != nil:
		return said{is: unread, err: err}
	case w.shown(&intel.Remote{Attributes: all}).Has(s.entries[0].Entry, intel.LinkWrite{}):
		return said{is: None}
	}
	return said{is: lacking, rest: s.entries}
}

// read reads of a group what entries touch.
func (w *writing) read(ctx context.Context, entries []*entry) (*intel.Remote, error) {
	lists, fields := readWith(w.action.Type, entries)
	r, err := w.store.Group(ctx, w.res.ID, lists, fields...)
	return w.withAttributes(ctx, entries, r, err)
}

// withAttributes completes the attributes of r: to append one again that a
// nested list does not show would double it.
func (w *writing) withAttributes(ctx context.Context, entries []*entry, r *intel.Remote, err error) (*intel.Remote, error) {
	if err != nil || !hasAttributes(entries) {
		return r, err
	}
	all, err := w.store.GroupAttributes(ctx, r.ID)
	switch classify(err) {
	case None:
		if len(all) > len(r.Attributes) {
			r.Attributes = all
		}
	case Refused, Gone: // what cannot be read so is left to the nested list
	default:
		return nil, err
	}
	return r, nil
}
