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

// changes: each that the plan has is so now or is told as unmade, and none is
// told as not made that is.
func (w *truth) changes(r *apply.Result) {
	unmade := map[int]apply.Status{}
	for _, u := range r.Unmade {
		if _, twice := unmade[u.Change]; twice || u.Status == apply.OK || u.Change >= len(r.Action.Changes) {
			w.t.Errorf("%s: change %d is told twice, or as made, or is not its own: %v", r.Action.Key, u.Change, r.Unmade)
		}
		unmade[u.Change] = u.Status
	}
	g := w.groups[w.group(r.Action)]
	for i, c := range r.Action.Changes {
		status, isUnmade := unmade[i]
		made := g != nil && hasChange(g, c)
		switch {
		case !made && !isUnmade && r.Action.Verb.Writes():
			w.t.Errorf("%s (%s: %s): %s %s %q is neither made nor told as unmade", r.Action.Key, r.Status, r.Error, c.Op, c.Field, c.New+c.Old)
		case made && isUnmade && status != apply.InDoubt && !w.earlier[r.Action.Key]:
			w.t.Errorf("%s (%s: %s): %s %s %q is made, but told as %s", r.Action.Key, r.Status, r.Error, c.Op, c.Field, c.New+c.Old, status)
		}
	}
	if r.Status == apply.OK && len(r.Unmade) > 0 && r.Action.Verb != plan.Skip {
		w.t.Errorf("%s is OK, but without %v", r.Action.Key, r.Unmade)
	}
	touched := r.Status == apply.OK || r.Status == apply.Failed && r.Action.Verb == plan.Update
	if _, done := w.done[r.Action.Key]; touched && !done && r.Baseline == nil && r.Action.Verb.Writes() && r.Action.Verb != plan.Delete &&
		!r.Action.Reference && !strings.Contains(r.Error, "journal") {
		w.t.Errorf("%s (%s: %s): what it has now is not told", r.Action.Key, r.Status, r.Error)
	}
}

// hasChange reports whether g is as a change makes it.
func hasChange(g *tcsim.Group, c plan.Change) bool {
	typ, isAttribute := strings.CutPrefix(c.Field, "attribute:")
	value, removes := c.New, c.Op == plan.Remove
	if removes {
		value = c.Old
	}
	switch {
	case c.Field == "tags":
		t := intel.ParseTag(value)
		if removes {
			t = intel.Tag{Name: value}
		}
		return removes != slices.ContainsFunc(g.Tags, func(name string) bool { return intel.SameTag(t, intel.RemoteTag{Name: name}) })
	case c.Field == "securityLabels":
		return removes != slices.ContainsFunc(g.SecurityLabels, func(name string) bool { return intel.SameLabel(value, name) })
	case isAttribute && removes:
		return !slices.ContainsFunc(g.Attributes, func(at tcsim.Attribute) bool { return at.ID == c.Attribute.ID })
	case isAttribute:
		return slices.ContainsFunc(g.Attributes, func(at tcsim.Attribute) bool {
			same := at.Type == typ && at.Value == value
			if c.Op == plan.Add {
				return same
			}
			is := func(want *bool, have bool) bool { return want == nil || *want == have }
			return same && at.ID == c.Attribute.ID && is(c.Attribute.Default, at.Default) && is(c.Attribute.Pinned, at.Pinned)
		})
	case c.Field == "name":
		return g.Name == value
	}
	return fmt.Sprint(g.Fields[c.Field]) == value
}
