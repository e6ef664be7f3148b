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

// learn takes from the answer to a write what became of the tags and of the
// new objects in it.
func (w *writing) learn(req *plan.Request, r *intel.Remote) {
	if r.Lists.Has(intel.ListTags) && req.Write.TagMode != intel.ModeDelete {
		for sent, stored := range plan.RewrittenTags(req.Write.Tags, r.Tags) {
			if w.res.Rewritten == nil {
				w.res.Rewritten = map[string]string{}
			}
			w.res.Rewritten[sent] = stored
		}
	}
	byObject := map[int]*intel.Remote{}
	claims := map[*intel.Remote]int{} // what answers for two objects tells of neither
	var links *plan.LinkIndex
	for i, as := range req.Links {
		if req.Write.Links[i].New == nil {
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
		ob.settled, ob.made, ob.failed = true, true, ""
		if link == nil || claims[link] > 1 || ob.id != 0 {
			continue
		}
		ob.id, ob.webLink = link.ID, link.WebLink
		ob.checked = len(plan.LacksMetadata(w.plan.Objects[i].Definition, link)) == 0 && link.Lists.Has(metadataLists(w.plan.Objects[i].Definition))
	}
}

// metadataLists are the lists of a new indicator that have to be read to know
// whether the instance took them.
func metadataLists(o *intel.Object) intel.List {
	var l intel.List
	if len(o.Tags) > 0 {
		l |= intel.ListTags
	}
	if len(o.Attributes) > 0 {
		l |= intel.ListAttributes
	}
	if len(o.SecurityLabels) > 0 {
		l |= intel.ListSecurityLabels
	}
	return l
}
