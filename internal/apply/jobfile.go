package apply

import (
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// fill makes a file of the first nodes, and returns how many are in it.
func (e *engine) fill(is []int) (*tc.JobFile, int) {
	f := new(tc.JobFile)
	is = is[:min(len(is), plan.MostJobGroups)]
	for n, i := range is {
		a := e.nodes[i].action
		entries := e.jobEntries(a)
		flat, links := split(entries, func(e *entry) bool { return e.Association == nil })
		mark := f.Mark()
		if err := addAction(f, a, flat, e.jobLinks(links)); err != nil || f.Len() > e.maxFile {
			f.Back(mark)
			return f, n
		}
	}
	return f, len(is)
}

// addAction adds a new group, or what a group is to be associated with.
func addAction(f *tc.JobFile, a *plan.Action, flat []*entry, links []tc.JobLink) (err error) {
	if a.Verb == plan.Create {
		w := body(0, a.Type, flat)
		w.XID, w.Owner = a.XID, a.Owner
		return f.AddGroup(w, links)
	}
	for i := 0; i < len(links) && err == nil; i++ {
		err = f.AddAssociation(tc.JobLink{Kind: intel.KindGroup, ID: a.ID}, links[i])
	}
	return err
}

// jobEntries are the entries of an action that go into its job.
func (e *engine) jobEntries(a *plan.Action) []*entry {
	entries, _ := split(e.newEntries(a), func(e *entry) bool { return e.status == "" && a.InJob(e.Entry) })
	return entries
}

// jobLinks are the other ends of associations. One that was not made cannot be named: the job
// could refuse the group for it.
func (e *engine) jobLinks(entries []*entry) []tc.JobLink {
	e.mu.Lock()
	defer e.mu.Unlock()
	links := make([]tc.JobLink, 0, len(entries))
	for _, entry := range entries {
		as := entry.Association
		link := tc.JobLink{Kind: as.Kind, ID: as.ID(), Type: as.Type()}
		switch {
		case as.State == plan.Existing:
		case as.Object() > 0:
			if e.objects[as.Object()-1].seen().refusal != "" {
				continue
			}
			link.Summary = as.Name()
		default:
			i := e.actions[as.Key()]
			if r := e.ledger.Results[i]; r != nil && r.ID == 0 {
				continue
			}
			link.XID = e.plan.Actions[i].XID
		}
		links = append(links, link)
	}
	return links
}

// fillObjects makes a file of the first objects, and returns how many are in it.
func (e *engine) fillObjects(is []int) (*tc.JobFile, int) {
	f := new(tc.JobFile)
	is = is[:min(len(is), plan.MostJobIndicators)]
	for n, i := range is {
		mark := f.Mark()
		if err := f.AddIndicator(e.objects[i].planned.Definition); err != nil || f.Len() > e.maxFile {
			f.Back(mark)
			return f, n
		}
	}
	return f, len(is)
}

// jobObjects are the new indicators that jobs create, by owner.
func (e *engine) jobObjects() (owners []string, of map[string][]int) {
	of = map[string][]int{}
	for i, byJob := range e.plan.JobIndicators() {
		if ob := &e.objects[i]; byJob && !ob.exists {
			owner := ob.planned.Owner()
			if of[owner] == nil {
				owners = append(owners, owner)
			}
			of[owner] = append(of[owner], i)
		}
	}
	return owners, of
}
