package compare_test

import (
	"cmp"
	"testing"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// TestSame: of a group nothing is kept where the last run has left it as the manifest wants
// it, and nobody has changed it; in any doubt all is.
func TestSame(t *testing.T) {
	tag := func(name string) baseline.Fact { return baseline.Tag(intel.Tag{Name: name}) }
	left := baseline.New(baseline.Name("One"), tag("x"))
	for _, tt := range []struct {
		name   string
		tags   string // of the manifest; "" for x
		there  *intel.Remote
		ids    baseline.IDMap
		leftOn baseline.IDMap // nil for ids
		policy func(*plan.Policy)
		want   bool
	}{
		{name: "as it was left", want: true},
		{name: "a tag of somebody else", there: group(7, "Threat", "One", ours("a"), tags("x", "y")), want: true},
		{name: "associations that are gone", ids: baseline.IDMap{"a": {ID: 7, Baseline: left.With(baseline.Link(intel.KindGroup, 9))}}, want: true},
		{name: "a further tag in the manifest", tags: "x, z"},
		{name: "renamed", there: group(7, "Threat", "Two", ours("a"), tags("x"))},
		{name: "a tag was removed", there: group(7, "Threat", "One", ours("a"))},
		{name: "another type", there: group(7, "Adversary", "One", ours("a"), tags("x"))},
		{name: "another group", there: group(8, "Threat", "One", ours("a"), tags("x"))},
		{name: "no last run", ids: baseline.IDMap{"a": {ID: 7}}},
		{name: "no id-map", ids: baseline.IDMap{}},
		{name: "a tag that the manifest no longer names", ids: baseline.IDMap{"a": {ID: 7, Baseline: left.With(tag("y"))}}},
		{name: "a tag that the last run has not left", ids: baseline.IDMap{"a": {ID: 7, Baseline: baseline.New(baseline.Name("One"))}}},
		{name: "a tag in doubt", ids: baseline.IDMap{"a": {ID: 7, Baseline: left.With(tag("x").As(baseline.MaybeGone))}}},
		{name: "lists may lag behind", leftOn: baseline.IDMap{"a": {ID: 7, Baseline: left.With(tag("y"))}}},
		{name: "several keys", ids: baseline.IDMap{"a": {ID: 7, Baseline: left}, "b": {ID: 7}}},
		{name: "tags are replaced", policy: func(p *plan.Policy) { p.Tags = plan.Replace }},
		{name: "labels are replaced", policy: func(p *plan.Policy) { p.Labels = plan.Replace }},
		{name: "attributes are replaced", policy: func(p *plan.Policy) { p.Attributes = plan.Replace }},
	} {
		r, ids, leftOn, policy := tt.there, tt.ids, tt.leftOn, plan.DefaultPolicy()
		if r == nil {
			r = group(7, "Threat", "One", ours("a"), tags("x"))
		}
		if ids == nil {
			ids = baseline.IDMap{"a": {ID: 7, Baseline: left}}
		}
		if leftOn == nil {
			leftOn = ids
		}
		if tt.policy != nil {
			tt.policy(&policy)
		}
		g := manifest(t, `groups: [{key: a, type: Threat, name: One, tags: [`+cmp.Or(tt.tags, "x")+`]}]`).Groups[0]
		if got := compare.NewSame(ids, leftOn, policy).Is(g, r); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}
