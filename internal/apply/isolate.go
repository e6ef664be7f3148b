package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// postApart creates a group whose create was refused: bare, and then what goes
// along, so that an entry which the instance refuses fails alone. refusal is
// what the instance said to the whole.
func (w *writing) postApart(ctx context.Context, req *plan.Request, refusal error) (*intel.Remote, error) {
	if plan.Entries(req) == 0 {
		return w.postWithout(ctx, req, refusal)
	}
	// No source says that a create which is refused has had no effect.
	switch r, err := w.look(ctx, req); {
	case err != nil:
		w.fates.set(req, InDoubt)
		end := w.giveUp(ctx, refusal, err, nil)
		w.res.Status = InDoubt
		return nil, end
	case r != nil:
		return r, w.topUp(ctx, req, r)
	}
	bare, rest := plan.SplitBare(req)
	r, err := w.postBare(ctx, bare, refusal)
	if r == nil || err != nil {
		return r, err
	}
	rest.Write.ID = r.ID
	if len(w.wrong) > 0 {
		return r, w.put(ctx, rest) // what was refused was the group itself, which is without it now
	}
	return r, w.thenWithheld(ctx, w.putApart(ctx, rest, refusal))
}

// postBare creates a group without anything that goes along. If even that is
// refused the group has failed, with the reason that the instance gives now.
func (w *writing) postBare(ctx context.Context, bare *plan.Request, refusal error) (*intel.Remote, error) {
	r, _, kind, err := w.send(ctx, bare, 0)
	switch kind {
	case None:
		w.learnAccepted(bare)
		w.fates.set(bare, OK)
		return r, nil
	case Refused, Gone:
		return w.postWithout(ctx, bare, err)
	default:
		return nil, w.unmade(ctx, err, kind)
	}
}

// postWithout drops the fields that are sent on create only by way of trial (a
// Task's status is documented, but instances may refuse it) if it is one of
// those that the refusal names.
func (w *writing) postWithout(ctx context.Context, req *plan.Request, refusal error) (*intel.Remote, error) {
	typ, _ := intel.GroupTypeNamed(w.action.Type)
	less, without := *req.Write, intel.GroupWrite{}
	less.Fields = nil
	var dropped []string
	for _, f := range req.Write.Fields {
		spec, ok := typ.Field(f.Name)
		if ok && spec.CreateOnly && !spec.Required && strings.Contains(refusal.Error(), f.Name) {
			dropped = append(dropped, fmt.Sprintf("%s was refused: %s", f.Name, w.refusal(refusal).Text))
			without.Fields = append(without.Fields, f)
			continue
		}
		less.Fields = append(less.Fields, f)
	}
	if len(dropped) == 0 {
		w.learnRefused(req, refusal)
		return nil, w.fail(ctx, refusal, Refused)
	}
	r, _, kind, err := w.send(ctx, &plan.Request{Write: &less}, 0)
	if kind != None {
		return nil, w.unmade(ctx, err, kind)
	}
	w.fates.set(&plan.Request{Write: &less}, OK)
	w.fates.set(&plan.Request{Write: &without}, Failed)
	w.wrong = append(w.wrong, dropped...)
	return r, nil
}

// putApart sends an update that was refused in halves, until those entries are
// alone that the instance refuses.
func (w *writing) putApart(ctx context.Context, req *plan.Request, refusal error) error {
	if plan.Entries(req) <= 1 {
		w.fates.set(req, Failed)
		w.blame(req, refusal)
		return nil
	}
	a, b := plan.Halve(req)
	halves := []*plan.Request{a, b}
	for i, half := range halves {
		// A refused write may have had a part of its effect, and to append an
		// attribute again would double it.
		if len(half.Write.Attributes) > 0 {
			r, err := w.read(ctx, half)
			if err != nil {
				return w.giveUp(ctx, refusal, err, halves[i:])
			}
			if half = w.missing(half, r); half == nil {
				continue
			}
			halves[i] = half
		}
		if err := w.bindMade(ctx, half); err != nil {
			return w.giveUp(ctx, refusal, err, halves[i:])
		}
		if err := w.putLikely(ctx, half); err != nil || w.res.Status != OK {
			for _, left := range halves[i+1:] {
				w.lose(left.Links, NotAttempted, w.res.Error)
			}
			return err
		}
	}
	return nil
}

// bindMade names by their IDs those new objects of req that a refused write has
// made all the same: sent again they would be made again.
func (w *writing) bindMade(ctx context.Context, req *plan.Request) error {
	var at []int
	var wanted []*intel.Object
	for i, link := range req.Write.Links {
		if link.New != nil && !oneOnly(link.New) {
			at, wanted = append(at, i), append(wanted, link.New)
		}
	}
	if len(at) == 0 || w.opt.Find == nil {
		return nil
	}
	found, err := w.opt.Find(ctx, wanted)
	if err != nil {
		return err
	}
	links := slices.Clone(req.Write.Links)
	w.mu.Lock()
	defer w.mu.Unlock()
	for n, i := range at {
		if len(found[n]) == 0 {
			continue
		}
		r := found[n][0]
		links[i] = intel.LinkWrite{Kind: links[i].Kind, ID: r.ID}
		ob := &w.objects[req.Links[i].Object-1]
		ob.id, ob.webLink = r.ID, r.WebLink
		ob.there()
	}
	req.Write.Links = links
	return nil
}

// blame notes the one entry of req that the instance refuses.
func (w *writing) blame(req *plan.Request, refusal error) {
	w.learnRefused(req, refusal)
	if len(req.Links) == 0 {
		w.wrong = append(w.wrong, fmt.Sprintf("%s was refused: %s", plan.DescribeEntry(req), w.refusal(refusal).Text))
		return
	}
	w.loseRefused(req, refusal.Error())
}

// loseRefused notes associations that the instance refuses, and the new objects
// that are refused with them.
func (w *writing) loseRefused(req *plan.Request, why string) {
	w.lose(req.Links, Failed, why)
	for i, as := range req.Links {
		if req.Write.Links[i].New == nil {
			continue
		}
		w.mu.Lock()
		ob := &w.objects[as.Object-1]
		if ob.failed == "" {
			ob.owners = []string{}
		}
		ob.failed = why
		if w.plan.Objects[as.Object-1].Owner == w.action.Owner {
			ob.owners = nil
		} else if ob.owners != nil {
			ob.owners = append(ob.owners, w.action.Owner)
		}
		w.mu.Unlock()
	}
}

// giveUp ends what cannot be taken apart because of err: what is left of it is
// lost.
func (w *writing) giveUp(ctx context.Context, refusal, err error, left []*plan.Request) error {
	w.res.Status, w.res.Error = Failed, fmt.Sprintf("%v; which part of it was refused could not be found out: %s", refusal, reason(err))
	for _, half := range left {
		w.lose(half.Links, NotAttempted, w.res.Error)
	}
	return w.fatal(ctx, err)
}
