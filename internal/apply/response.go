package apply

import (
	"fmt"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

func (w *writing) shown(r *intel.Remote) *shown {
	return newShown(r, w.action, w.opt.Custom)
}

// record takes what the instance stores, and new objects, from the answer to a write.
func (w *writing) record(entries []*entry, r *intel.Remote) {
	w.res.Name = r.Name
	w.recordTags(entries, r)
	w.recordStored(entries, r)
	w.recordObjects(entries, w.shown(r))
}

// tagsAdded are the tags among entries that are added.
func tagsAdded(entries []*entry) (tags []intel.Tag) {
	for _, e := range entries {
		if e.List() == intel.ListTags && !e.Removes() {
			tags = append(tags, e.Tag())
		}
	}
	return tags
}

// recordTags notes the tags that the instance stores in another spelling.
func (w *writing) recordTags(entries []*entry, r *intel.Remote) {
	if !r.Lists.Has(intel.ListTags) {
		return
	}
	tags := tagsAdded(entries)
	rewritten := rewrittenTags(tags, r.Tags, w.strangeTags(r))
	for _, t := range tags {
		sent := t.String()
		stored, ok := rewritten[sent]
		switch {
		case !ok:
			delete(w.res.Rewritten, sent) // an answer before this one did not show the tag yet
		case w.res.Rewritten == nil:
			w.res.Rewritten = map[string]string{sent: stored}
		default:
			w.res.Rewritten[sent] = stored
		}
	}
}

// strangeTags are the names of tags that the write does not add, and that were not there before it.
func (w *writing) strangeTags(r *intel.Remote) (names []string) {
	added, before := tagsAdded(w.entries), w.action.HadTags()
	for _, h := range r.Tags {
		if !slices.ContainsFunc(added, func(t intel.Tag) bool { return intel.SameTag(t, h) }) && !slices.Contains(before, h.Name) {
			names = append(names, h.Name)
		}
	}
	return names
}

// missing are the entries that a group lacks; r is the group as it was read. It marks
// the other entries as arrived.
func (w *writing) missing(entries []*entry, r *intel.Remote) []*entry {
	w.res.Name = r.Name
	shown := w.shown(r)
	arrived, missing := split(entries, func(e *entry) bool { return shown.has(e.Entry, e.end) })
	mark(arrived, OK)
	w.recordStored(arrived, r)
	w.written = w.written || len(arrived) > 0
	w.recordObjects(arrived, shown)
	return missing
}

// recordObjects takes from an answer the new objects that entries have created.
func (w *writing) recordObjects(entries []*entry, shown *shown) {
	byObject := map[int]*intel.Remote{}
	matches := map[*intel.Remote]int{} // a link that matches two objects identifies none of them
	for _, e := range entries {
		if e.end.New != nil {
			link := shown.associated().find(e.end.New)
			byObject[e.Association.Object()-1] = link
			matches[link]++
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, link := range byObject {
		ob := &w.objects[i]
		ob.setExists()
		if link == nil || matches[link] > 1 || ob.id != 0 {
			continue
		}
		ob.id, ob.webLink = link.ID, link.WebLink
		ob.checkMetadata(link)
	}
}

// resolve binds the other end of an association to its ID, or to the new object. If
// it does not exist, the association has failed.
func (w *writing) resolve(e *entry) {
	as := e.Association
	e.end = intel.LinkWrite{Kind: as.Kind, ID: as.ID()}
	switch {
	case as.State == plan.Existing:
		return
	case as.Object() > 0:
		w.resolveObject(e)
		return
	}
	w.mu.Lock()
	var other *Result
	if i, ok := w.actions[as.Key()]; ok {
		other = w.ledger.Results[i]
	}
	w.mu.Unlock()
	switch {
	case other == nil:
		e.set(NotAttempted, "the other end was not created")
	case other.ID != 0:
		e.end.ID = other.ID
	case other.Status == InDoubt:
		e.set(InDoubt, fmt.Sprintf("it is unknown whether the other end %q exists: %s", as.Key(), other.Error))
	default:
		e.set(NotAttempted, fmt.Sprintf("the other end %q was not created: %s", as.Key(), other.Error))
	}
}

func (w *writing) resolveObject(e *entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ob := &w.objects[e.Association.Object()-1]
	switch seen := ob.seen(); {
	case seen.refusal != "" && ob.refusedIn(w.action.Owner):
		e.set(Failed, seen.refusal)
	case ob.inDoubt():
		e.set(InDoubt, seen.doubt)
	case ob.id != 0:
		e.end.ID = ob.id
	case ob.exists && !ob.isUnique():
		e.set(NotAttempted, "the other end was created, but its ID could not be read")
	default:
		e.end.New = ob.planned.Definition
	}
}

// refuseObject notes that the instance refuses the new object of an entry.
func (w *writing) refuseObject(e *entry) {
	if e.end.New == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.objects[e.Association.Object()-1].refuse(w.action.Owner, e.why)
}
