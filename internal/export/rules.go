package export

import (
	"context"
	"log/slog"
	"maps"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
)

// rules are the rules by which a plan checks manifests: those of the API, and those
// of the instance, which is asked only for what the groups need.
type rules struct {
	instance *tc.Description
	log      *slog.Logger
	checker  *intel.Checker

	shown      map[string]bool // types of attributes whose only one is the default one
	techniques map[string]bool // technique IDs that manifests accept
}

func newRules(instance *tc.Description, log *slog.Logger) *rules {
	return &rules{instance: instance, log: log, checker: intel.NewChecker(&instance.Instance),
		shown: map[string]bool{}, techniques: map[string]bool{}}
}

// learn asks the instance for what r has to be checked by.
func (x *rules) learn(ctx context.Context, r *intel.Remote) error {
	parts := partsOf(r)
	if x.instance.Knows(parts) {
		return nil
	}
	unread, err := x.instance.Read(ctx, parts)
	for _, u := range unread {
		x.log.Warn("the instance does not list its "+u.What, "error", u.Err)
	}
	x.checker = intel.NewChecker(&x.instance.Instance)
	return err
}

// partsOf are the parts of the instance's description by which a group of it is
// checked.
func partsOf(r *intel.Remote) tc.Part {
	g := intel.Group{Name: r.Name, Fields: r.Fields, Attributes: make([]intel.Attribute, len(r.Attributes))}
	for _, l := range r.SecurityLabels {
		g.SecurityLabels = append(g.SecurityLabels, l.Name)
	}
	for i := range r.Attributes {
		g.Attributes[i] = r.Attributes[i].Attribute
	}
	parts := tc.PartsOfGroup(&g)
	for _, l := range r.Links {
		if l.Kind == intel.KindIndicator {
			parts |= tc.PartsOfObject(&intel.Object{Kind: l.Kind, Type: l.Type})
		}
	}
	return parts
}

// wrong is what a plan would refuse of g, "" for nothing. g stays as it is.
func (x *rules) wrong(g *intel.Group) string {
	var ps intel.Problems
	x.checker.Group(g.Clone(), &ps)
	for _, p := range ps {
		if !p.Warning {
			return p.Message
		}
	}
	return ""
}

// showsOnly reports whether the only attribute of a type is its object's default
// one unless it says otherwise.
func (x *rules) showsOnly(typ string) bool {
	shown, known := x.shown[typ]
	if !known {
		g := intel.Group{Attributes: []intel.Attribute{{Type: typ, Value: "x"}}}
		x.checker.Group(&g, &intel.Problems{})
		shown = g.Attributes[0].Default != intel.Unsaid
		x.shown[typ] = shown
	}
	return shown
}

// isTechnique reports whether manifests can name an ATT&CK tag by this ID.
func (x *rules) isTechnique(id string) bool {
	if id == "" {
		return false
	}
	good, known := x.techniques[id]
	if !known {
		without := x.errors(&intel.Group{})
		good = x.errors(&intel.Group{Tags: []intel.Tag{{TechniqueID: id}}}) == without
		x.techniques[id] = good
	}
	return good
}

func (x *rules) errors(g *intel.Group) int {
	var ps intel.Problems
	x.checker.Group(g, &ps)
	return ps.Errors()
}

// prune takes out of g, of which the skeleton is right, what a plan would
// refuse, and says why. Every part gets a place of its own, by which problems
// name it; taking some out can bring no new ones about, but can bring further
// ones of the same sort to light.
func (x *rules) prune(g *intel.Group) []string {
	if x.wrong(g) == "" {
		return nil
	}
	var out []string
	g.SecurityLabels = slices.DeleteFunc(g.SecurityLabels, func(label string) bool {
		why := x.wrongLabel(label) // labels have no places
		if why != "" {
			out = append(out, why)
		}
		return why != ""
	})
	for {
		why := x.wrongParts(g)
		if len(why) == 0 {
			return out
		}
		for _, part := range slices.Sorted(maps.Keys(why)) {
			out = append(out, why[part])
		}
		next := 0
		wrong := func() bool { next++; return why[next] != "" }
		g.Fields = slices.DeleteFunc(g.Fields, func(intel.Field) bool { return wrong() })
		g.Tags = slices.DeleteFunc(g.Tags, func(intel.Tag) bool { return wrong() })
		g.Attributes = slices.DeleteFunc(g.Attributes, func(intel.Attribute) bool { return wrong() })
	}
}

// wrongParts is what a plan would refuse of the parts of g: fields, tags and
// attributes, numbered from 1.
func (x *rules) wrongParts(g *intel.Group) map[int]string {
	t := g.Clone()
	parts := 0
	place := func() intel.Pos { parts++; return intel.At("part", parts, 0) }
	for i := range t.Fields {
		t.Fields[i].Pos = place()
	}
	for i := range t.Tags {
		t.Tags[i].Pos = place()
	}
	for i := range t.Attributes {
		t.Attributes[i].Pos = place()
	}
	var ps intel.Problems
	x.checker.Group(t, &ps)
	why := map[int]string{}
	for _, p := range ps {
		if part := p.Pos.Line(); !p.Warning && part > 0 && why[part] == "" {
			why[part] = p.Message
		}
	}
	return why
}

// wrongLabel is what a plan would refuse of a security label, "" for nothing.
func (x *rules) wrongLabel(label string) string {
	return x.wrong(&intel.Group{Type: intel.GroupTypes[0].Name, Name: "x", SecurityLabels: []string{label}})
}
