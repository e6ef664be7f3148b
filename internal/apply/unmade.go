package apply

import (
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// Unmade is a change that did not arrive on the instance, or of which that is
// not known.
type Unmade struct {
	Change int    // its index in Action.Changes
	Status Status // Failed, InDoubt, NotAttempted
}

// UnmadeChanges are the indices of the changes that did not arrive; where that
// is in doubt it is true of them.
func (r *Result) UnmadeChanges() map[int]bool {
	out := make(map[int]bool, len(r.Unmade))
	for _, u := range r.Unmade {
		out[u.Change] = u.Status == InDoubt
	}
	return out
}

// allUnmade are the changes of an action of which nothing is sent.
func allUnmade(a *plan.Action) []Unmade {
	return (&fates{of: make([]Status, len(a.Changes))}).unmade()
}

// fates are what is known of each change of an action: whether it has arrived,
// "" as long as it was not sent.
type fates struct {
	of      []Status
	byEntry map[string][]int // entries of requests -> changes
}

func newFates(a *plan.Action) fates {
	f := fates{of: make([]Status, len(a.Changes)), byEntry: make(map[string][]int, len(a.Changes))}
	for i, c := range a.Changes {
		e := entryOfChange(c)
		f.byEntry[e] = append(f.byEntry[e], i)
	}
	return f
}

// set notes what became of what a request holds. What has arrived stays so; that
// something is in doubt says less than that it was refused.
func (f *fates) set(req *plan.Request, s Status) {
	for _, e := range entriesOfRequest(req) {
		for _, i := range f.byEntry[e] {
			if was := f.of[i]; s == OK || was == "" || was == InDoubt && s == Failed {
				f.of[i] = s
			}
		}
	}
}

// arrived notes that all of req is there but what rest holds, nil for nothing.
func (f *fates) arrived(req, rest *plan.Request) {
	if rest == nil {
		f.set(req, OK)
		return
	}
	lacks := map[string]bool{}
	for _, e := range entriesOfRequest(rest) {
		lacks[e] = true
	}
	for _, e := range entriesOfRequest(req) {
		for _, i := range f.byEntry[e] {
			if !lacks[e] {
				f.of[i] = OK
			}
		}
	}
}

// begun reports whether any change has been sent.
func (f *fates) begun() bool {
	return slices.ContainsFunc(f.of, func(s Status) bool { return s != "" })
}

func (f *fates) unmade() []Unmade {
	var out []Unmade
	for i, s := range f.of {
		switch s {
		case OK:
		case "":
			out = append(out, Unmade{i, NotAttempted})
		default:
			out = append(out, Unmade{i, s})
		}
	}
	return out
}

// entryOfChange names the entry that a change is in a request, as
// entriesOfRequest does.
func entryOfChange(c plan.Change) string {
	typ, isAttribute := strings.CutPrefix(c.Field, "attribute:")
	removes := c.Op == plan.Remove
	switch {
	case c.Field == "tags" && removes:
		return tagEntry(intel.Tag{Name: c.Old}, intel.ModeDelete)
	case c.Field == "tags":
		return tagEntry(intel.ParseTag(c.New), "")
	case c.Field == "securityLabels" && removes:
		return labelEntry(c.Old, intel.ModeDelete)
	case c.Field == "securityLabels":
		return labelEntry(c.New, "")
	case !isAttribute:
		return "field " + c.Field
	case c.Attribute == nil:
		return attributeEntry(typ, c.New, "")
	case c.Op == plan.Add:
		return attributeEntry(typ, c.New, c.Attribute.Source)
	default:
		return attributeByID(c.Attribute.ID)
	}
}

// entriesOfRequest names what a request holds beside associations.
func entriesOfRequest(req *plan.Request) []string {
	if req.Attribute != nil {
		return []string{attributeByID(req.Attribute.ID)}
	}
	w := req.Write
	var out []string
	if w.Name != "" {
		out = append(out, "field name")
	}
	for _, f := range w.Fields {
		out = append(out, "field "+f.Name)
	}
	for _, t := range w.Tags {
		out = append(out, tagEntry(t, w.TagMode))
	}
	for _, l := range w.SecurityLabels {
		out = append(out, labelEntry(l, w.LabelMode))
	}
	for _, at := range w.Attributes {
		if w.AttributeMode == intel.ModeDelete {
			out = append(out, attributeByID(at.ID))
		} else {
			out = append(out, attributeEntry(at.Type, at.Value, at.Source))
		}
	}
	return out
}

func tagEntry(t intel.Tag, m intel.Mode) string {
	return fmt.Sprintf("%t tag %s", m == intel.ModeDelete, t)
}

func labelEntry(name string, m intel.Mode) string {
	return fmt.Sprintf("%t label %s", m == intel.ModeDelete, name)
}

func attributeEntry(typ, value, source string) string {
	return fmt.Sprintf("attribute %q %q %q", typ, value, source)
}

func attributeByID(id int64) string { return fmt.Sprint("attribute ", id) }

// doubt notes that what requests hold may be there.
func (w *writing) doubt(reqs []plan.Request) {
	for i := range reqs {
		w.fates.set(&reqs[i], InDoubt)
	}
}

// left is what the group has once the action was carried out, as far as it was;
// nil if nothing of it was sent: then it is what it was.
func (w *writing) left() plan.Applied {
	r, a := w.res, w.action
	if r.ID == 0 || a.Reference || a.Verb == plan.Delete || r.Status == NotAttempted && !w.written && !w.fates.begun() {
		return nil
	}
	lost := make(map[*plan.Association]bool, len(r.Lost))
	for _, l := range r.Lost {
		lost[l.Association] = true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var last plan.Applied
	if known := w.plan.Remembered[a.Key]; known.ID == r.ID {
		last = known.Applied
	}
	ap := a.AppliedAfter(last, r.UnmadeChanges(), func(as *plan.Association) int64 {
		switch {
		case lost[as]:
			return 0
		case as.ID != 0:
			return as.ID
		case as.Object > 0:
			return w.objects[as.Object-1].id
		}
		if i, ok := w.actions[as.Key]; ok && w.ledger.Results[i] != nil {
			return w.ledger.Results[i].ID
		}
		return 0
	})
	if ap == nil {
		ap = plan.Applied{}
	}
	return ap
}
