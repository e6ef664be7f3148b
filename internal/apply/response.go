package apply

import (
	"context"
	"fmt"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

func (w *writing) shown(r *intel.Remote) *plan.Shown {
	return plan.NewShown(r, w.action.Type, w.opt.Custom)
}

// learn takes from the answer to a write what became of the name, the tags and
// the new objects in it.
func (w *writing) learn(entries []*entry, r *intel.Remote) {
	w.res.Name = r.Name
	w.learnTags(entries, r)
	w.learnObjects(entries, w.shown(r))
}

// learnTags takes from r, which shows the group as a write has left it, what became
// of the tags.
func (w *writing) learnTags(entries []*entry, r *intel.Remote) {
	if !r.Lists.Has(intel.ListTags) {
		return
	}
	var tags []intel.Tag
	for _, e := range entries {
		if e.List() == intel.ListTags && !e.Removes() {
			tags = append(tags, e.Tag())
		}
	}
	rewritten := plan.RewrittenTags(tags, r.Tags, w.action.HadTags)
	for _, t := range tags {
		sent := t.String()
		stored, ok := rewritten[sent]
		switch {
		case !ok:
			delete(w.res.Rewritten, sent) // it had only not arrived before
		case w.res.Rewritten == nil:
			w.res.Rewritten = map[string]string{sent: stored}
		default:
			w.res.Rewritten[sent] = stored
		}
	}
}

// missing are those of entries that are not in r, which was read. New objects that
// are need not be made any more.
func (w *writing) missing(entries []*entry, r *intel.Remote) []*entry {
	w.res.Name = r.Name
	shown := w.shown(r)
	arrived, rest := split(entries, func(e *entry) bool { return shown.Has(e.Entry, e.end) })
	mark(arrived, OK)
	w.written = w.written || len(arrived) > 0
	w.learnObjects(arrived, shown)
	return rest
}

// learnObjects takes from what was read what became of the new objects that entries
// have made.
func (w *writing) learnObjects(entries []*entry, shown *plan.Shown) {
	byObject := map[int]*intel.Remote{}
	claims := map[*intel.Remote]int{} // what answers for two objects tells of neither
	for _, e := range entries {
		if e.end.New != nil {
			link := shown.Links().Find(e.end.New)
			byObject[e.Association.Object-1] = link
			claims[link]++
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, link := range byObject {
		ob := &w.objects[i]
		ob.there()
		if link == nil || claims[link] > 1 || ob.id != 0 {
			continue
		}
		ob.id, ob.webLink = link.ID, link.WebLink
		def := w.plan.Objects[i].Definition
		lacking := plan.LacksMetadata(def, link)
		ob.checked = len(lacking) == 0 && link.Lists.Has(intel.MetadataLists(def.Tags, def.SecurityLabels, def.Attributes))
		// An answer need not show every field: one that is shown is a sign that all were taken.
		ob.bare = len(lacking) > 0 && len(lacking) == len(plan.LacksMetadata(def, &intel.Remote{Lists: link.Lists}))
	}
}

// resolve binds the other end of an association to what is known by now. What does
// not exist is lost, with the reason.
func (w *writing) resolve(e *entry) {
	as := e.Association
	e.end = intel.LinkWrite{Kind: as.Kind, ID: as.ID}
	switch {
	case as.State == plan.Existing:
		return
	case as.Object > 0:
		w.resolveObject(e)
		return
	}
	w.mu.Lock()
	other := w.ledger.Results[w.actions[as.Key]]
	w.mu.Unlock()
	switch {
	case other == nil:
		e.fail(NotAttempted, "the other end was not created")
	case other.ID != 0:
		e.end.ID = other.ID
	case other.Status == InDoubt:
		e.fail(InDoubt, fmt.Sprintf("the other end %q was not created: %s", as.Key, other.Error))
	default:
		e.fail(NotAttempted, fmt.Sprintf("the other end %q was not created: %s", as.Key, other.Error))
	}
}

func (w *writing) resolveObject(e *entry) {
	i := e.Association.Object - 1
	w.mu.Lock()
	ob := w.objects[i]
	w.mu.Unlock()
	switch {
	case ob.failed != "" && ob.refusesAll(w.action.Owner):
		e.fail(Failed, ob.failed)
	case ob.inDoubt():
		e.fail(InDoubt, ob.doubt)
	case ob.id != 0:
		e.end.ID = ob.id
	case ob.settled && !ob.oneOnly:
		e.fail(NotAttempted, "the other end was created, but its ID could not be read")
	default:
		e.end.New = w.plan.Objects[i].Definition
	}
}

// refuseObject notes that the instance refuses the new object of an entry.
func (w *writing) refuseObject(e *entry) {
	if e.end.New == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	i := e.Association.Object - 1
	ob := &w.objects[i]
	if ob.failed == "" {
		ob.owners = []string{}
	}
	ob.failed = e.why
	if w.plan.Objects[i].Owner == w.action.Owner {
		ob.owners = nil
	} else if ob.owners != nil {
		ob.owners = append(ob.owners, w.action.Owner)
	}
}

// bindMade names by their IDs those new objects of entries that a write without
// success has made all the same: sent again they would be made again.
func (w *writing) bindMade(ctx context.Context, entries []*entry) error {
	made, _ := split(entries, func(e *entry) bool { return e.end.New != nil && !oneOnly(e.end.New) })
	if len(made) == 0 || w.opt.Find == nil {
		return nil
	}
	wanted := make([]*intel.Object, len(made))
	for i, e := range made {
		wanted[i] = e.end.New
	}
	found, err := w.opt.Find(ctx, wanted)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, e := range made {
		if len(found[i]) == 0 {
			continue
		}
		r := found[i][0]
		e.end = intel.LinkWrite{Kind: e.end.Kind, ID: r.ID}
		ob := &w.objects[e.Association.Object-1]
		ob.id, ob.webLink = r.ID, r.WebLink
		ob.there()
	}
	return nil
}
