package apply

import (
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// ask is what the answer of a write should carry: the tags as the instance
// stored them, and what it made of new objects.
func (w *writing) ask(req *plan.Request) (intel.List, []string) {
	var lists intel.List
	var fields []string
	if len(req.Write.Tags) > 0 {
		lists |= intel.ListTags
	}
	for i, as := range req.Links {
		def := req.Write.Links[i].New
		if def == nil {
			continue
		}
		lists |= as.Kind.List()
		if as.Kind != intel.KindIndicator {
			continue
		}
		if len(def.Tags) > 0 && !slices.Contains(fields, "associatedIndicators.tags") {
			fields = append(fields, "associatedIndicators.tags")
		}
		if len(def.Attributes) > 0 && !slices.Contains(fields, "associatedIndicators.attributes") {
			fields = append(fields, "associatedIndicators.attributes")
		}
	}
	return lists, fields
}

// learn takes from the answer to a write what became of the name, the tags and
// the new objects in it.
func (w *writing) learn(req *plan.Request, r *intel.Remote) {
	w.res.Name = r.Name
	w.fates.set(req, OK)
	w.learnTags(req, r)
	w.learnObjects(r, req, nil)
}

// learnTags takes from r, which shows the group as req left it, what became of
// its tags.
func (w *writing) learnTags(req *plan.Request, r *intel.Remote) {
	if !r.Lists.Has(intel.ListTags) || req.Write.TagMode == intel.ModeDelete {
		return
	}
	rewritten := plan.RewrittenTags(req.Write.Tags, r.Tags, w.action.HadTags)
	for _, t := range req.Write.Tags {
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

// missing is what of req is not in r, which was read; nil if all of it is there.
// New objects that are need not be made any more.
func (w *writing) missing(req *plan.Request, r *intel.Remote) *plan.Request {
	w.res.Name = r.Name
	rest := plan.Remaining(req, r, w.opt.Custom)
	w.fates.arrived(req, rest)
	if rest == nil {
		w.written = true
		w.learnObjects(r, req, nil)
		return nil
	}
	rest.Write.ID = r.ID
	w.written = w.written || plan.Entries(rest) < plan.Entries(req)
	w.learnObjects(r, req, rest.Links)
	return rest
}

// learnObjects takes from r what became of the new objects in req, less those of
// the associations without.
func (w *writing) learnObjects(r *intel.Remote, req *plan.Request, without []*plan.Association) {
	byObject := map[int]*intel.Remote{}
	claims := map[*intel.Remote]int{} // what answers for two objects tells of neither
	var links *plan.LinkIndex
	for i, as := range req.Links {
		if req.Write.Links[i].New == nil || slices.Contains(without, as) {
			continue
		}
		if links == nil {
			links = plan.NewLinkIndex(r.Links, w.opt.Custom)
		}
		link := links.Find(req.Write.Links[i].New)
		byObject[as.Object-1] = link
		claims[link]++
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
