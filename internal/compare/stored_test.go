package compare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// TestStoredOtherwise: what the instance is known to store in place of what was sent is no
// change, whatever it has made of it. An edit, of the manifest or on the server, is one.
func TestStoredOtherwise(t *testing.T) {
	left := baseline.New(slices.Concat(
		baseline.Stored(baseline.Name("First"), baseline.Name("Fir")),
		baseline.Stored(baseline.Attribute("Aliases", "one long"), baseline.Attribute("Aliases", "one")),
		baseline.Stored(baseline.Attribute("Aliases", "two long"), baseline.Attribute("Aliases", "two")))...)
	for _, c := range []struct {
		name, first, one, two string // the name and the values that the manifest wants
		server                []option
		want                  string
	}{
		{"nothing", "First", "one long", "two long", []option{attribute(11, "Aliases", "one"), attribute(12, "Aliases", "two")}, ""},
		{"manifest", "Other", "one", "two longer", []option{attribute(11, "Aliases", "one"), attribute(12, "Aliases", "two")},
			"name Fir>Other manifest, attribute:Aliases two>two longer manifest"},
		{"server", "First", "one long", "two long", []option{attribute(11, "Aliases", "edited"), attribute(12, "Aliases", "two")},
			"attribute:Aliases edited>one long server"},
		{"gone", "First", "one long", "two long", []option{attribute(12, "Aliases", "two")}, "attribute:Aliases >one long server"},
	} {
		s := scene{manifest: fmt.Sprintf(`groups: [{key: a, type: Threat, name: %s, attributes: [{type: Aliases, value: %s}, {type: Aliases, value: %s}]}]`, c.first, c.one, c.two),
			groups: []*intel.Remote{group(1, "Threat", "Fir", append(c.server, ours("a"))...)},
			ids:    baseline.IDMap{"a": {ID: 1, Type: "Threat", Name: "First", Baseline: left}}}
		a := s.plan(t).Actions[0]
		var got []string
		for _, ch := range a.Changes {
			f := ch.Full()
			got = append(got, fmt.Sprintf("%s %s>%s %s", f.Field, f.Old, f.New, map[plan.Drift]string{plan.FromManifest: "manifest", plan.FromServer: "server"}[f.Drift]))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s: %q, want %q", c.name, text, c.want)
		}
		if c.name == "nothing" && !a.Baseline().Equal(left) {
			t.Errorf("the next run knows %s, want %s", a.Baseline(), left)
		}
	}
}
