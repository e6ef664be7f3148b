package export

import (
	"context"
	"log/slog"
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
	for i := range r.Links {
		if l := &r.Links[i]; l.Kind == intel.KindIndicator {
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
		shown = g.Attributes[0].Default != nil
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
		before := len(out)
		g.Fields = without(g.Fields, why[inFields], &out)
		g.Tags = without(g.Tags, why[inTags], &out)
		g.Attributes = without(g.Attributes, why[inAttributes], &out)
		if len(out) == before {
			return out
		}
	}
}

// The lists of parts, as places of problems name them.
const (
	inFields     = "fields"
	inTags       = "tags"
	inAttributes = "attributes"
)

// wrongParts is what a plan would refuse of g, by list and index.
func (x *rules) wrongParts(g *intel.Group) map[string]map[int]string {
	t := g.Clone()
	for i := range t.Fields {
		t.Fields[i].Pos = intel.At(inFields, i+1, 0)
	}
	for i := range t.Tags {
		t.Tags[i].Pos = intel.At(inTags, i+1, 0)
	}
	for i := range t.Attributes {
		t.Attributes[i].Pos = intel.At(inAttributes, i+1, 0)
	}
	var ps intel.Problems
	x.checker.Group(t, &ps)
	why := map[string]map[int]string{}
	for _, p := range ps {
		list, i := p.Pos.File(), p.Pos.Line()-1
		if p.Warning || i < 0 || why[list][i] != "" {
			continue
		}
		if why[list] == nil {
			why[list] = map[int]string{}
		}
		why[list][i] = p.Message
	}
	return why
}

// without is parts less those that are wrong, the reasons of which go to out.
func without[L ~[]T, T any](parts L, why map[int]string, out *[]string) L {
	kept := parts[:0]
	for i, part := range parts {
		if why[i] != "" {
			*out = append(*out, why[i])
			continue
		}
		kept = append(kept, part)
	}
	return kept
}

// wrongLabel is what a plan would refuse of a security label, "" for nothing.
func (x *rules) wrongLabel(label string) string {
	return x.wrong(&intel.Group{Type: intel.GroupTypes[0].Name, Name: "x", SecurityLabels: []string{label}})
}
