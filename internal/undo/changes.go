package undo

import (
	"fmt"
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// updated takes back the changes of a group that was there before the run, each where
// the value is the one that the run has left. What is back already is nothing to do.
func (m *maker) updated(g *Group) {
	r := m.remotes[g]
	if r == nil {
		m.begin(g, nil).kept = []string{"it is not there any more, or the API user cannot read it"}
		return
	}
	w := m.begin(g, r)
	if g.Planned == nil {
		w.kept = []string{"it is not known what the run has changed: there is no record of it"}
		return
	}
	for i, e := range g.Planned.Entries() {
		switch list := e.List(); {
		case g.Lacking[i]:
		case e.Association != nil:
			m.linked(w, e.Association)
		case list == intel.ListTags:
			w.tag(e)
		case list == intel.ListSecurityLabels:
			w.label(e)
		case list == intel.ListAttributes:
			w.attribute(e)
		default:
			w.scalar(e)
		}
	}
	w.restoreDefaults()
	if slices.ContainsFunc(w.action.Changes, func(c plan.Change) bool { return c.Field() == "tags" && c.Op == plan.Add }) {
		for _, t := range r.Tags {
			w.action.Rare().HadTags = append(w.action.Rare().HadTags, t.Name)
		}
	}
}

func (w *work) add(c plan.FullChange) { w.action.Changes = append(w.action.Changes, c.Change()) }

func (w *work) keep(format string, args ...any) {
	w.kept = append(w.kept, fmt.Sprintf(format, args...))
}

// scalar takes back a field or the name.
func (w *work) scalar(e plan.Entry) {
	c := e.Change.Full()
	now, equal := w.remote.Name, intel.EquivalentText
	isFlag := false
	var spec *intel.FieldSpec // nil for the name
	if c.Field != "name" {
		spec = intel.KindGroup.Scalars(w.remote.Type)[c.Field]
		if spec == nil || spec.CreateOnly {
			return
		}
		now, _ = w.remote.Fields.Get(c.Field)
		equal, isFlag = spec.Equal, spec.Kind == intel.Bool
		if isFlag && now == "" {
			now = "false"
		}
		if isFlag && c.Old == "" {
			c.Old = "false"
		}
	}
	isLeft := equal(now, c.New) || w.Left.StoresAs(baseline.Scalar(spec, c.New), baseline.Scalar(spec, now))
	switch {
	case now == "" && c.Old == "", isBackAs(equal, now, c):
		// It is back already.
	case !isLeft:
		w.keep("%s is %s now, and the run has left %s", c.Field, message.Quote(now), message.Quote(c.New))
	case c.Old == "":
		w.keep("%s was empty before, and the API cannot clear it", c.Field)
	default:
		w.add(plan.FullChange{Field: c.Field, Op: plan.Set, Old: now, New: c.Old})
		if c.Field == "name" {
			w.action.Name = c.Old
		}
	}
}

// isBackAs reports whether a value is the one from before the change. If the change is
// between two values that equal does not tell apart, it has to be the very text.
func isBackAs(equal func(a, b string) bool, now string, c plan.FullChange) bool {
	return intel.SameText(now, c.Old) || equal(now, c.Old) && !equal(c.New, c.Old)
}

// tag takes back a tag. The instance may have stored it under other names: those go that
// were not there before.
func (w *work) tag(e plan.Entry) {
	if e.Removes() {
		tag := e.Tag()
		if !slices.ContainsFunc(w.remote.Tags, func(h intel.RemoteTag) bool { return intel.SameTag(tag, h) }) {
			w.add(plan.FullChange{Field: "tags", Op: plan.Add, New: e.Change.Old()})
		}
		return
	}
	tag := e.Tag()
	for _, h := range w.remote.Tags {
		same := intel.SameTag(tag, h)
		if same || w.Rewritten.IsTag(tag, h) && !slices.Contains(w.Planned.HadTags(), h.Name) && !w.sent(h) {
			w.add(plan.FullChange{Field: "tags", Op: plan.Remove, Old: h.Name})
		}
	}
}

// sent reports whether the run has added a tag by this very name.
func (w *work) sent(h intel.RemoteTag) bool {
	return slices.ContainsFunc(w.Planned.Entries(), func(e plan.Entry) bool {
		return e.List() == intel.ListTags && !e.Removes() && intel.SameTag(e.Tag(), h)
	})
}

// label takes back a security label.
func (w *work) label(e plan.Entry) {
	name := e.Name()
	i := slices.IndexFunc(w.remote.SecurityLabels, func(h intel.RemoteLabel) bool { return intel.SameLabel(name, h.Name) })
	switch {
	case e.Removes() && i < 0:
		w.add(plan.FullChange{Field: "securityLabels", Op: plan.Add, New: name})
	case !e.Removes() && i >= 0:
		w.add(plan.FullChange{Field: "securityLabels", Op: plan.Remove, Old: w.remote.SecurityLabels[i].Name})
	}
}

// attribute takes back an attribute that was added, removed or changed in place.
func (w *work) attribute(e plan.Entry) {
	c := e.Change.Full()
	switch {
	case e.Removes():
		w.addAgain(e, c)
	case e.InPlace():
		w.changeBack(e, c)
	default:
		w.removeAgain(e, c)
	}
}

// addAgain adds an attribute that the run has removed.
func (w *work) addAgain(e plan.Entry, c plan.FullChange) {
	was := c.Attribute.Was
	if was == nil {
		was = &plan.AttributeDetail{Source: c.Attribute.Source}
	}
	at := was.Attribute(e.Name(), c.Old)
	if slices.ContainsFunc(w.remote.Attributes, func(h intel.RemoteAttribute) bool { return isSame(&h, at) && !w.isOfOther(e, at.Value, &h) }) {
		return
	}
	for _, flag := range []*intel.Flag{&at.Default, &at.Pinned} {
		if *flag == intel.No {
			*flag = intel.Unsaid
		}
	}
	w.add(plan.FullChange{Field: c.Field, Op: plan.Add, New: c.Old, Attribute: plan.DetailOf(&at)})
}

// removeAgain removes an attribute that the run has added.
func (w *work) removeAgain(e plan.Entry, c plan.FullChange) {
	at := c.Attribute.Attribute(e.Name(), c.New)
	left := plan.DetailOf(&at) // what the plan does not say of a new attribute, it has not
	left.Pinned, left.SecurityLabels = max(left.Pinned, intel.No), append([]string{}, left.SecurityLabels...)
	var found *intel.RemoteAttribute
	best := 0
	for i := range w.remote.Attributes {
		h := &w.remote.Attributes[i]
		if !w.isSame(h, at) || w.isOfOther(e, at.Value, h) || w.removes(h) {
			continue
		}
		rank := 2 * w.match(at.Type, at.Value, h)
		if isLeft(h, left) {
			rank++
		}
		if rank > best || rank == best && h.ID > found.ID { // the run's own is the latest
			found, best = h, rank
		}
	}
	switch {
	case found == nil:
	case !isLeft(found, left):
		w.keep("attribute %s %s was changed since", at.Type, message.Quote(found.Value))
	default:
		w.add(plan.FullChange{Field: "attribute:" + found.Type, Op: plan.Remove, Old: found.Value,
			Attribute: &plan.AttributeDetail{ID: found.ID, Source: found.Source, Was: plan.DetailOf(&found.Attribute)}})
	}
}

// changeBack gives an attribute its value, source, flags and labels from before the run.
func (w *work) changeBack(e plan.Entry, c plan.FullChange) {
	was, name := c.Attribute.Was, "attribute "+e.Name()
	i := slices.IndexFunc(w.remote.Attributes, func(h intel.RemoteAttribute) bool { return h.ID == c.Attribute.ID })
	if i < 0 {
		w.keep("%s, which the run has changed from %s, is gone", name, message.Quote(c.Old))
		return
	}
	h := &w.remote.Attributes[i]
	switch {
	case was == nil:
		w.keep("%s: the plan does not say what it was before", name)
	case isBackAs(intel.EquivalentText, h.Value, c) && isBack(h, c.Attribute):
		// It is back already.
	case !w.isStored(e.Name(), c.New, h) || !isLeft(h, c.Attribute):
		w.keep("%s is %s now, and the run has left %s", name, message.Quote(h.Value), message.Quote(c.New))
	default:
		if was.Source == "" && c.Attribute.Source != "" && h.Source != "" {
			w.keep("%s had no source before, and the API cannot clear it", name)
		}
		if len(was.SecurityLabels) == 0 && len(c.Attribute.SecurityLabels) > 0 {
			w.keep("%s had no security labels before, and the API cannot clear them", name)
		}
		back := &plan.AttributeDetail{ID: h.ID, Was: plan.DetailOf(&h.Attribute), Replaces: w.factsOf(h)}
		if c.Attribute.Source != "" { // what the run has not set, somebody may have set since
			back.Source = was.Source
		}
		if c.Attribute.Default != intel.Unsaid {
			back.Default = max(was.Default, intel.No)
		}
		if c.Attribute.Pinned != intel.Unsaid {
			back.Pinned = max(was.Pinned, intel.No)
		}
		if c.Attribute.SecurityLabels != nil {
			back.SecurityLabels = was.SecurityLabels
		}
		if intel.SameText(c.Old, h.Value) && !changes(h, back) {
			return // what cannot be cleared is all that is left
		}
		w.add(plan.FullChange{Field: c.Field, Op: plan.Set, Old: h.Value, New: c.Old, Attribute: back})
	}
}
