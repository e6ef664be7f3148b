package report

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/manifest"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// failedBegins begins a manifest of what failed.
const failedBegins = "What failed in an import by tcimport"

// failedFirst is the first line of a manifest of what failed.
func failedFirst(meta Meta) string {
	return fmt.Sprintf("%s into %s with %s.", failedBegins, meta.Instance, namespace(meta.Namespace))
}

// CheckFailed reads a file that is about to be overwritten, and fails if it is not
// the manifest of what failed in an import; with an instance in meta, in this
// import. edited reports whether somebody has changed it since tcimport wrote it.
func CheckFailed(r io.Reader, meta Meta) (edited bool, err error) {
	o, err := manifest.ReadOrigin(r)
	switch {
	case err != nil:
		return false, err
	case !o.Is(failedBegins):
		return false, errors.New("this is not a manifest that --failed wrote")
	case meta.Instance != "" && !o.Is(failedFirst(meta)):
		return false, fmt.Errorf("it belongs to another import: %s", message.Escaped(o.FirstLine))
	}
	return o.Edited, nil
}

// adviceOfFailed is for people who correct a manifest of what failed.
const adviceOfFailed = "The reason is above each entry. Correct the entries and apply this file. Keys, owners and namespace are unchanged; existing objects are given by ID."

// WriteFailed writes what failed as a manifest that can be corrected and imported
// again: the groups with everything that the manifests say about them, the indicators of
// their own, and the associations of groups that were written. It returns the number of entries; a
// manifest of none is valid, too.
func (rs *Results) WriteFailed(w io.Writer) (int, error) {
	entries := 0
	y := manifest.NewYAML(w, manifest.Head{FirstLine: failedFirst(rs.meta), Advice: adviceOfFailed, Namespace: rs.plan.Namespace})
	for _, r := range rs.ledger.Results {
		if defines(r) {
			entries++
			_ = y.Group(rs.failedGroup(r.Action), why(r.Action.Source, r.Status, r.Error)) // Close returns the error
		}
	}
	for _, r := range rs.ledger.Objects {
		o := r.Object
		if made := o.State == plan.New && r.ID != 0; !o.Own || r.Status == apply.OK || made {
			continue
		}
		entries++
		end := &intel.End{Object: o.Definition}
		if o.Definition == nil {
			end.ID = o.ID()
		}
		y.Indicator(&intel.Ref{Kind: o.Kind, End: end}, why(o.Source(), r.Status, r.Error))
	}
	for _, r := range rs.ledger.Results {
		if defines(r) || r.ID == 0 {
			continue
		}
		for _, l := range r.Lost() {
			if l.Status == apply.OK || l.Association.Op == plan.Remove {
				continue
			}
			if other, ok := rs.end(l.Association); ok {
				entries++
				group := existing(intel.KindGroup, r.ID, r.Action.Type, r.Action.Name)
				y.Association(&group, &other, why(r.Action.Source, l.Status, l.Error))
			}
		}
	}
	return entries, y.Close()
}

// why is the note above an entry.
func why(at plan.Source, status apply.Status, reason string) string {
	return fmt.Sprintf("%s: %s (%s)", status, reason, at)
}

// defines reports whether the manifest of what failed defines a group.
func defines(r *apply.Result) bool {
	a := r.Action
	if a.Reference || a.Leftover() || r.Status == apply.OK {
		return false
	}
	return a.Verb == plan.Create || a.Verb == plan.Update || a.Verb == plan.Conflict
}

// failedGroup defines a group as the manifests do.
func (rs *Results) failedGroup(a *plan.Action) *intel.Group {
	w := a.Wanted()
	if w == nil {
		w = wantedOf(a)
	}
	g := &intel.Group{Key: a.Key, Type: a.Type, Name: a.Name, Owner: a.Owner, Lists: w.Mentions,
		Fields: w.Fields, SecurityLabels: w.SecurityLabels, Attributes: w.Attributes}
	if a.OwnXID {
		g.XID = a.XID
	}
	for _, t := range w.Tags {
		g.Tags = append(g.Tags, intel.ParseTag(t))
	}
	// The plan has an association under the group that names it, the group that
	// sends it, or both.
	type identity struct {
		kind   intel.Kind
		key    string
		object int
	}
	seen := map[identity]bool{}
	for _, as := range slices.Concat(w.Associations, a.Associations) {
		id := identity{as.Kind, as.Key(), as.Object()}
		if as.Op == plan.Remove || seen[id] {
			continue
		}
		seen[id] = true
		if ref, ok := rs.end(&as); ok {
			g.Refs = append(g.Refs, ref)
		}
	}
	return g
}

// wantedOf is the definition of a group that is created: all of it is changes.
func wantedOf(a *plan.Action) *plan.Wanted {
	w := &plan.Wanted{}
	for _, e := range a.Entries() {
		switch e.List() {
		case intel.ListTags:
			w.Tags = append(w.Tags, e.Name())
		case intel.ListSecurityLabels:
			w.SecurityLabels = append(w.SecurityLabels, e.Name())
		case intel.ListAttributes:
			w.Attributes = append(w.Attributes, e.Attribute().Attribute)
		case 0:
			if e.Name() != "name" {
				w.Fields = append(w.Fields, intel.Field{Name: e.Name(), Value: e.Change.New()})
			}
		}
	}
	return w
}

// end is the other end of an association: the ID of an existing object, the key of
// a group of the same file, the definition of anything else. There is none for a
// group that a flag has left out.
func (rs *Results) end(as *plan.Association) (intel.Ref, bool) {
	if as.Object() > 0 {
		return rs.objectEnd(as.Object() - 1)
	}
	r := rs.byKey[as.Key()]
	switch {
	case r != nil && defines(r):
		return intel.Ref{Kind: as.Kind, Text: as.Key()}, true
	case r != nil && r.ID != 0:
		return existing(as.Kind, r.ID, r.Action.Type, r.Action.Name), true
	}
	return existing(as.Kind, as.ID(), as.Type(), as.Name()), as.ID() != 0
}

func (rs *Results) objectEnd(i int) (intel.Ref, bool) {
	o := rs.plan.Objects[i]
	if id := cmp.Or(rs.ledger.Objects[i].ID, o.ID()); id != 0 {
		return existing(o.Kind, id, o.Type(), o.Name()), true
	}
	end := intel.End{Object: o.Definition}
	if o.Definition == nil && o.Kind == intel.KindGroup {
		end.Group = &intel.GroupRef{Type: o.Type(), Name: o.Name(), Owner: o.Owner()}
		if xid, ok := intel.XIDOf(o.Written()); ok {
			end.Group = &intel.GroupRef{XID: xid, Owner: o.Owner()}
		}
	}
	return intel.Ref{Kind: o.Kind, End: &end}, end.Object != nil || end.Group != nil
}

// existing is an object by its ID. Type and name are for people.
func existing(kind intel.Kind, id int64, typ, name string) intel.Ref {
	return intel.Ref{Kind: kind, End: &intel.End{ID: id, Object: &intel.Object{Type: typ, Summary: name}}}
}
