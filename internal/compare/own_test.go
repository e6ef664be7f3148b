package compare_test

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// TestIndicatorsOfTheirOwn: the plan says which indicators no group brings along, which it cannot
// make, and what flags and permissions do with them. It counts each once.
func TestIndicatorsOfTheirOwn(t *testing.T) {
	const manifest = `
groups:
  - {key: a, type: Threat, name: One, associatedIndicators: [Host:with.example]}
indicators: [Host:with.example, Host:own.example, Host:there.example, "#7"]
`
	there, byID := object(intel.KindIndicator, 6, "Host", "there.example"), object(intel.KindIndicator, 7, "Host", "seven.example")
	all := []*intel.Remote{there, byID}
	policy := func(set func(*plan.Policy)) func(*plan.Policy) { return set }
	for _, tt := range []struct {
		name  string
		scene scene
		want  string // objects with their states, then the tally
	}{
		{"new and existing", scene{objects: all}, "with new, own new, there existing, seven existing; 1 alone of 2 new, 2 found, 0 conflicts, 2 requests"},
		{"an ID that is not there", scene{objects: []*intel.Remote{there}}, "with new, own new, there existing,  missing; 1 alone of 2 new, 1 found, 1 conflicts, 2 requests"},
		{"the group cannot be written", scene{objects: all, groups: []*intel.Remote{group(1, "Incident", "One", ours("a"))}},
			"with new, own new, there existing, seven existing; 2 alone of 2 new, 2 found, 1 conflicts, 2 requests"},
		{"the group is left out", scene{objects: all, policy: policy(func(p *plan.Policy) { p.UpdateOnly = true })},
			"with new, own new, there existing, seven existing; 2 alone of 2 new, 2 found, 0 conflicts, 2 requests"},
		{"missing ones fail", scene{objects: all, policy: policy(func(p *plan.Policy) { p.MissingIndicators = plan.MissingFail })},
			"with missing, own missing, there existing, seven existing; 0 alone of 0 new, 2 found, 3 conflicts, 0 requests"},
		{"missing ones are skipped", scene{objects: all, policy: policy(func(p *plan.Policy) { p.MissingIndicators = plan.MissingSkip })},
			"with missing, own missing, there existing, seven existing; 0 alone of 0 new, 2 found, 0 conflicts, 1 requests"},
		{"two match", scene{objects: append(all, object(intel.KindIndicator, 8, "Host", "own.example"), object(intel.KindIndicator, 9, "Host", "own.example"))},
			"with new, own missing, there existing, seven existing; 0 alone of 1 new, 2 found, 1 conflicts, 1 requests"},
		{"denied", scene{objects: all, then: func(in *compare.Input) {
			in.Owners = []intel.Owner{{Name: org, Permissions: map[string]string{"permIndicator": "READ"}}}
		}}, "with missing, own missing, there existing, seven existing; 0 alone of 0 new, 2 found, 3 conflicts, 0 requests"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.scene.manifest = manifest
			p := tt.scene.plan(t)
			var states []string
			for _, o := range p.Objects {
				states = append(states, strings.TrimSuffix(o.Name(), ".example")+" "+o.State.String())
			}
			s := p.Summary
			got := fmt.Sprintf("%s; %d alone of %d new, %d found, %d conflicts, %d requests", strings.Join(states, ", "), s.Alone, s.New[intel.KindIndicator],
				s.IndicatorsFound, s.Conflict, s.Requests)
			if got != tt.want || len(p.Alone()) != s.Alone {
				t.Errorf("%s, want\n%s", got, tt.want)
			}
			if denied := tt.name == "denied"; (len(p.Denied) == 1) != denied {
				t.Errorf("denied: %q", p.Denied)
			}
		})
	}
}

// TestStaleIndicatorsOfTheirOwn: one that was there and is gone makes a plan stale, and is left out if
// it is asked for. One that was to be made and is there by now does not.
func TestStaleIndicatorsOfTheirOwn(t *testing.T) {
	s := scene{manifest: `indicators: [Host:x.example, Host:y.example]`, objects: []*intel.Remote{object(intel.KindIndicator, 7, "Host", "x.example")}}
	p := s.plan(t)
	s.objects = append(s.objects, object(intel.KindIndicator, 8, "Host", "y.example"))
	if stale := compare.FindStale(p, inventoryOf(p, s), nil); len(stale) != 0 {
		t.Errorf("%v", stale)
	}
	s.objects = nil
	stale := compare.FindStale(p, inventoryOf(p, s), nil)
	if len(stale) != 1 || !strings.HasSuffix(stale[0].String(), `Host "x.example": indicator 7 (x.example) is gone`) {
		t.Fatalf("%v", stale)
	}
	compare.LeaveOut(p, stale)
	if s := p.Summary; s.Conflict != 1 || s.Alone != 1 || !p.Objects[0].InConflict() {
		t.Errorf("%+v", s)
	}
}
