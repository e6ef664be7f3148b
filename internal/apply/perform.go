package apply

import (
	"context"
	"fmt"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// perform takes a step and returns the answer. follow decides what comes after it.
func (w *writing) perform(ctx context.Context, s *step) answer {
	switch s.state {
	case creating, creatingBare:
		return w.sendCreate(ctx, s)
	case updating:
		lists, fields := answerWith(w.action.Type, s.entries)
		r, err := w.store.UpdateGroup(ctx, body(w.res.ID, w.action.Type, s.entries), lists, fields...)
		return answer{kind: w.classify(ctx, err), err: err, group: r}
	case changingAttribute:
		at := s.entries[0].Attribute()
		stored, err := w.store.UpdateGroupAttribute(ctx, at.ID, at.Attribute)
		if err == nil && stored.ID == at.ID {
			s.entries[0].setStored(stored.Value, intel.SameText)
		}
		return answer{kind: w.classify(ctx, err), err: err}
	case deleting:
		err := w.store.Delete(ctx, intel.KindGroup, w.res.ID)
		return answer{kind: w.classify(ctx, err), err: err}

	case findingEarlier, findingLost, findingExisting, findingRefused:
		return w.find(ctx, s)
	case findingInJob:
		return w.findInJob()
	case resuming:
		if s.entries[0].InPlace() {
			return answer{kind: incomplete, missing: s.entries} // the same change twice does no harm
		}
		return w.readEntries(ctx, s)
	case readingUpdate:
		a := w.readEntries(ctx, s)
		if a.kind == gone {
			a.kind = unreadable
		}
		return a
	case readingAttribute:
		return w.readAttribute(ctx, s)
	case readingDeleted:
		_, err := w.store.Group(ctx, w.res.ID, 0)
		switch classify(err) {
		case succeeded:
			return answer{kind: incomplete}
		case gone:
			return answer{kind: succeeded}
		}
		return answer{kind: unreadable, err: err}
	case dividing:
		return answer{kind: refused, err: s.cause}
	case checkingPart:
		return w.checkPart(ctx, s)
	}
	panic("apply: no such state: " + string(s.state))
}

// sendCreate creates the group, and checks that the answer can be true.
func (w *writing) sendCreate(ctx context.Context, s *step) answer {
	g := body(0, w.action.Type, s.entries)
	g.XID, g.Owner = w.action.XID, w.action.Owner
	lists, fields := answerWith(w.action.Type, s.entries)
	r, err := w.store.CreateGroup(ctx, g, lists, fields...)
	if err != nil {
		return answer{kind: w.classify(ctx, err), err: err}
	}
	if r.Owner != "" && r.Owner != w.action.Owner {
		return answer{kind: otherOwner, err: fmt.Errorf("the instance answered with group %d in %s, which already has the xid %s: give this group another xid",
			r.ID, message.Quote(r.Owner), message.Quote(w.action.XID))}
	}
	if err := w.checkIdentity(r); err != nil {
		s.try = maxTries // the instance has created something: a second try could create more
		return answer{kind: inDoubt, err: err}
	}
	return answer{kind: succeeded, group: r}
}

// find looks for the created group by its xid, until it exists or the settling time
// has passed.
func (w *writing) find(ctx context.Context, s *step) answer {
	lists, fields := readWith(w.action.Type, s.entries)
	var found *intel.Remote
	err := w.watch(ctx, w.lostAt, func() (bool, error) {
		r, err := w.store.GroupByXID(ctx, w.action.Owner, w.action.XID, lists, fields...)
		r, err = w.withAttributes(ctx, s.entries, r, err)
		switch classify(err) {
		case succeeded:
			found = r
			return true, w.takeID(r.ID, true)
		case gone:
			return false, nil
		default:
			return false, err
		}
	})
	switch {
	case err != nil:
		return answer{kind: unreadable, err: err}
	case found == nil:
		return answer{kind: gone}
	}
	return answer{kind: succeeded, group: found}
}

// readEntries reads which entries are missing. If sending them again could duplicate
// something, it reads until the settling time has passed.
func (w *writing) readEntries(ctx context.Context, s *step) answer {
	missing := s.entries
	err := w.watch(ctx, w.lostAt, func() (bool, error) {
		r, err := w.read(ctx, s.entries)
		if err != nil {
			return false, err
		}
		missing = w.missing(s.entries, r)
		return len(missing) == 0 || !duplicates(missing), nil
	})
	switch {
	case err != nil && classify(err) == gone:
		return answer{kind: gone, err: err}
	case err != nil:
		return answer{kind: unreadable, err: err}
	case len(missing) > 0:
		return answer{kind: incomplete, missing: missing}
	}
	return answer{kind: succeeded}
}

// checkPart reads which entries of a refused update are missing, where sending one
// again would duplicate an attribute or an object.
func (w *writing) checkPart(ctx context.Context, s *step) answer {
	missing := s.entries
	if hasAttributes(missing) {
		r, err := w.read(ctx, missing)
		if err != nil {
			return answer{kind: unreadable, err: err}
		}
		if missing = w.missing(missing, r); len(missing) == 0 {
			return answer{kind: succeeded}
		}
	}
	if err := w.bindCreated(ctx, missing); err != nil {
		return answer{kind: unreadable, err: err}
	}
	return answer{kind: incomplete, missing: missing}
}

// readAttribute reads whether an attribute was changed. Only the nested list of the
// group shows labels of attributes; labels that no answer shows are set once more,
// which changes nothing the second time.
func (w *writing) readAttribute(ctx context.Context, s *step) answer {
	var fields []string
	if len(s.entries[0].Attribute().SecurityLabels) > 0 {
		fields = []string{plan.AttributeLabels}
	}
	r, err := w.store.Group(ctx, w.res.ID, intel.ListAttributes, fields...)
	if len(fields) == 0 {
		r, err = w.withAttributes(ctx, s.entries, r, err)
	}
	switch {
	case err != nil:
		return answer{kind: unreadable, err: err}
	case w.shown(r).has(s.entries[0].Entry, intel.LinkWrite{}):
		return answer{kind: succeeded}
	}
	return answer{kind: incomplete, missing: s.entries}
}

// read reads the lists and fields of the group that entries belong to.
func (w *writing) read(ctx context.Context, entries []*entry) (*intel.Remote, error) {
	lists, fields := readWith(w.action.Type, entries)
	r, err := w.store.Group(ctx, w.res.ID, lists, fields...)
	return w.withAttributes(ctx, entries, r, err)
}

// withAttributes reads all attributes of r. The nested list can be cut, and an
// attribute that it does not show would be added twice.
func (w *writing) withAttributes(ctx context.Context, entries []*entry, r *intel.Remote, err error) (*intel.Remote, error) {
	if err != nil || !hasAttributes(entries) {
		return r, err
	}
	all, err := w.store.GroupAttributes(ctx, r.ID)
	switch classify(err) {
	case succeeded:
		if len(all) > len(r.Attributes) {
			r.Attributes = all
		}
	case refused, gone: // some instances lack this list: the nested one has to do
	default:
		return nil, err
	}
	return r, nil
}
