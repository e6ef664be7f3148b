package export

import (
	"context"
	"log/slog"
	"slices"
	"unicode/utf8"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
)

// rules are those that a plan will check the manifest by: the API's, and what
// the instance says of its own. It is asked only for what the groups make
// necessary.
type rules struct {
	c       *tc.Client
	log     *slog.Logger
	in      intel.Instance
	asked   map[string]bool
	checker *intel.Checker

	shown      map[string]bool // types of attributes whose only one is the default one
	techniques map[string]bool // technique IDs that manifests accept
}

func newRules(c *tc.Client, log *slog.Logger) *rules {
	x := &rules{c: c, log: log, asked: map[string]bool{}, shown: map[string]bool{}, techniques: map[string]bool{}}
	x.checker = intel.NewChecker(&x.in)
	return x
}

// need asks the instance for what r has to be checked by.
func (x *rules) need(ctx context.Context, r *intel.Remote) error {
	for _, q := range questions {
		if x.asked[q.what] || !q.raised(x, r) {
			continue
		}
		x.asked[q.what] = true
		if err := q.ask(ctx, x); err != nil {
			// One that is not a trial was tried for minutes where nothing answers.
			if !q.optional || ctx.Err() != nil || !q.trial && tc.IsUnreachable(err) {
				return err
			}
			x.log.Warn("the instance does not list its "+q.what, "error", err)
		}
		x.checker = intel.NewChecker(&x.in)
	}
	return nil
}

// questions are what an instance can be asked, and when it has to be.
var questions = []struct {
	what     string
	optional bool // a plan goes on without an answer
	trial    bool // given up after two tries
	raised   func(*rules, *intel.Remote) bool
	ask      func(context.Context, *rules) error
}{
	{what: "limits", optional: true, trial: true,
		raised: func(_ *rules, r *intel.Remote) bool {
			_, signature := r.Fields.Get("fileType")
			return signature || utf8.RuneCountInString(r.Name) > 100 // what older instances take
		},
		ask: func(ctx context.Context, x *rules) error {
			limits, err := x.c.GroupLimits(ctx)
			x.in.NameMax, x.in.SignatureTypes = limits.NameMax, limits.SignatureTypes
			return err
		}},
	{what: "event types", optional: true, trial: true,
		raised: func(_ *rules, r *intel.Remote) bool { _, ok := r.Fields.Get("eventType"); return ok },
		ask: func(ctx context.Context, x *rules) (err error) {
			x.in.EventTypes, err = x.c.EventTypes(ctx)
			return err
		}},
	{what: "attribute types",
		raised: func(_ *rules, r *intel.Remote) bool { return len(r.Attributes) > 0 },
		ask: func(ctx context.Context, x *rules) (err error) {
			x.in.AttributeTypes, err = x.c.AttributeTypes(ctx)
			return err
		}},
	{what: "security labels",
		raised: func(_ *rules, r *intel.Remote) bool {
			return len(r.SecurityLabels) > 0 || slices.ContainsFunc(r.Attributes, func(at intel.RemoteAttribute) bool { return len(at.SecurityLabels) > 0 })
		},
		ask: func(ctx context.Context, x *rules) (err error) {
			x.in.SecurityLabels, err = x.c.SecurityLabels(ctx)
			return err
		}},
	{what: "custom indicator types", optional: true,
		raised: func(x *rules, r *intel.Remote) bool {
			return slices.ContainsFunc(r.Links, func(l intel.Remote) bool {
				_, known := intel.IndicatorTypeNamed(l.Type, nil)
				return l.Kind == intel.KindIndicator && !known
			})
		},
		ask: func(ctx context.Context, x *rules) (err error) {
			x.in.IndicatorTypes, err = x.c.IndicatorTypes(ctx)
			return err
		}},
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
		t.Fields[i].Pos = intel.Pos{File: inFields, Line: i + 1}
	}
	for i := range t.Tags {
		t.Tags[i].Pos = intel.Pos{File: inTags, Line: i + 1}
	}
	for i := range t.Attributes {
		t.Attributes[i].Pos = intel.Pos{File: inAttributes, Line: i + 1}
	}
	var ps intel.Problems
	x.checker.Group(t, &ps)
	why := map[string]map[int]string{}
	for _, p := range ps {
		list, i := p.Pos.File, p.Pos.Line-1
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
