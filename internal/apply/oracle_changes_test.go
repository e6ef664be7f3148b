package apply_test

import (
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// changes: each that the plan has is so now or is among what was missed, and none that
// is so is among that.
func (w *truth) changes(r *apply.Result) {
	missed := map[*plan.Change]apply.Status{}
	for _, m := range r.Missed {
		if m.Change == nil {
			continue
		}
		if _, twice := missed[m.Change]; twice || m.Status == apply.OK || !slices.Contains(r.Action.Entries(), m.Entry) {
			w.t.Errorf("%s: %s is missed twice, or has arrived, or is not of this action: %v", r.Action.Key, m, r.Missed)
		}
		missed[m.Change] = m.Status
	}
	g := w.groups[w.group(r.Action)]
	for i, c := range r.Action.Changes {
		status, isMissed := missed[&r.Action.Changes[i]]
		made := g != nil && hasChange(g, c)
		switch {
		case !made && !isMissed && r.Action.Verb.Writes():
			w.t.Errorf("%s (%s: %s): %s %s %q is neither made nor missed", r.Action.Key, r.Status, r.Error, c.Op, c.Field(), c.New()+c.Old())
		case made && isMissed && status != apply.InDoubt && !w.earlier[r.Action.Key]:
			w.t.Errorf("%s (%s: %s): %s %s %q is made, but missed as %s", r.Action.Key, r.Status, r.Error, c.Op, c.Field(), c.New()+c.Old(), status)
		}
	}
	if r.Status == apply.OK && len(missed) > 0 && r.Action.Verb != plan.Skip {
		w.t.Errorf("%s is OK, but without %v", r.Action.Key, missed)
	}
	touched := r.Status == apply.OK || r.Status == apply.Failed && r.Action.Verb == plan.Update
	if _, done := w.done[r.Action.Key]; touched && !done && r.Baseline == nil && r.Action.Verb.Writes() && r.Action.Verb != plan.Delete &&
		!r.Action.Reference && !strings.Contains(r.Error, "journal") {
		w.t.Errorf("%s (%s: %s): what it has now is not told", r.Action.Key, r.Status, r.Error)
	}
}

// hasChange reports whether g is as a change makes it.
func hasChange(g *tcsim.Group, c plan.Change) bool {
	typ, isAttribute := strings.CutPrefix(c.Field(), "attribute:")
	value, removes := c.New(), c.Op == plan.Remove
	if removes {
		value = c.Old()
	}
	switch {
	case c.Field() == "tags":
		t := intel.ParseTag(value)
		if removes {
			t = intel.Tag{Name: value}
		}
		return removes != slices.ContainsFunc(g.Tags, func(name string) bool { return intel.SameTag(t, intel.RemoteTag{Name: name}) })
	case c.Field() == "securityLabels":
		return removes != slices.ContainsFunc(g.SecurityLabels, func(name string) bool { return intel.SameLabel(value, name) })
	case isAttribute && removes:
		return !slices.ContainsFunc(g.Attributes, func(at tcsim.Attribute) bool { return at.ID == c.Attribute().ID })
	case isAttribute:
		return slices.ContainsFunc(g.Attributes, func(at tcsim.Attribute) bool {
			same := at.Type == typ && at.Value == value
			if c.Op == plan.Add {
				return same
			}
			is := func(want intel.Flag, have bool) bool { return want == intel.Unsaid || want == intel.FlagOf(have) }
			return same && at.ID == c.Attribute().ID && is(c.Attribute().Default, at.Default) && is(c.Attribute().Pinned, at.Pinned)
		})
	case c.Field() == "name":
		return g.Name == value
	}
	return fmt.Sprint(g.Fields[c.Field()]) == value
}
