package apply_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// TestObjectsAreDeletedLast: what undo deletes beside groups is looked at after all groups.
// What has to stay is a failure with the reason, an answer that is lost makes the engine
// look again, and an object that is gone already is deleted.
func TestObjectsAreDeletedLast(t *testing.T) {
	const lost, refused = "answer lost", "refused"
	tests := []struct {
		name   string
		stays  string
		there  bool
		fault  string
		status apply.Status
		why    string
		gone   bool // in the end
	}{
		{"as it was", "", true, "", apply.OK, "", true},
		{"has to stay", "somebody has edited it", true, "", apply.Failed, "it is kept: somebody has edited it", false},
		{"gone already", "", false, "", apply.OK, "", false},
		{"answer lost", "", true, lost, apply.OK, "", true},
		{"refused", "", true, refused, apply.Failed, "no", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, tcsim.Config{})
			b.sim.AddIndicator(tcsim.Indicator{ID: 7, Type: "Host", Summary: "a.example", Owner: tcsim.DemoOrganization})
			b.sim.AddGroup(tcsim.Group{ID: 1, Type: "Adversary", Name: "A", Owner: tcsim.DemoOrganization})
			b.sim.Associate(tcsim.Ref{Kind: tcsim.KindGroup, ID: 1}, tcsim.Ref{Kind: tcsim.KindIndicator, ID: 7})
			faults := 1
			b.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
				if p.Request.Method != http.MethodDelete || !strings.Contains(p.Request.URL.Path, "/indicators/") || faults == 0 {
					return tcsim.Fault{}
				}
				switch {
				case tt.fault == lost && p.Phase == tcsim.AfterCommit:
					faults--
					return tcsim.Fault{Drop: true}
				case tt.fault == refused && p.Phase == tcsim.BeforeHandling:
					faults--
					return tcsim.Fault{Status: 400, Body: `{"message":"no","status":"Error"}`}
				}
				return tcsim.Fault{}
			})
			p := deleting(7)
			looks := 0
			l, err := b.run(p, func(o *apply.Options) {
				o.Stays = func(_ context.Context, o *plan.Object, goes func(*intel.Remote) bool) (bool, string, error) {
					looks++
					snap := b.sim.Snapshot()
					if len(snap.Groups) > 0 || !goes(&intel.Remote{Kind: intel.KindGroup, ID: 1}) || goes(&intel.Remote{Kind: intel.KindGroup, ID: 2}) {
						t.Errorf("the look comes before the group is deleted, or another one counts as deleted")
					}
					return tt.there && len(snap.Indicators) > 0, tt.stays, nil
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			res := l.Objects[0]
			if res.Status != tt.status || !strings.Contains(res.Error, tt.why) || (len(b.sim.Snapshot().Indicators) == 0) != tt.gone {
				t.Errorf("%s %q, want %s %q; %d indicators", res.Status, res.Error, tt.status, tt.why, len(b.sim.Snapshot().Indicators))
			}
			if want := map[bool]int{true: 2, false: 1}[tt.fault == lost]; looks != want {
				t.Errorf("%d looks, want %d", looks, want)
			}
		})
	}
}

// TestObjectsOfAnEndedRunStay: nothing is deleted after the run has ended, and the report
// says so.
func TestObjectsOfAnEndedRunStay(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	b.sim.AddIndicator(tcsim.Indicator{ID: 7, Type: "Host", Summary: "a.example", Owner: tcsim.DemoOrganization})
	b.sim.AddGroup(tcsim.Group{ID: 1, Type: "Adversary", Name: "A", Owner: tcsim.DemoOrganization})
	stop := make(chan struct{})
	close(stop)
	l, err := b.run(deleting(7), func(o *apply.Options) {
		o.Stop = stop
		o.Stays = func(context.Context, *plan.Object, func(*intel.Remote) bool) (bool, string, error) {
			return true, "", nil
		}
	})
	if !errors.Is(err, apply.ErrStopped) || l.Objects[0].Status != apply.NotAttempted || len(b.sim.Snapshot().Indicators) != 1 {
		t.Errorf("%v, %s %q", err, l.Objects[0].Status, l.Objects[0].Error)
	}
}

// deleting is a plan that deletes group 1 and an indicator.
func deleting(id int64) *plan.Plan {
	p := &plan.Plan{Version: plan.Version, Undoes: "run", Policy: plan.DefaultPolicy(),
		Actions: []*plan.Action{{Verb: plan.Delete, Key: "a", Type: "Adversary", Name: "A", Owner: tcsim.DemoOrganization, ID: 1}},
		Objects: []*plan.Object{plan.FullObject{Kind: intel.KindIndicator, Written: "Host:a.example", Type: "Host", Name: "a.example", Owner: tcsim.DemoOrganization,
			ID: id, State: plan.ToDelete}.Object()}}
	p.Count()
	return p
}

// TestCasesStayWithTheirArtifacts: a case with an artifact that has to stay is not deleted:
// the artifact would go with it. One that cannot be looked at stays, too.
func TestCasesStayWithTheirArtifacts(t *testing.T) {
	for _, kept := range []bool{false, true} {
		b := newBench(t, tcsim.Config{})
		of := b.sim.AddCase(tcsim.Case{Name: "C"})
		artifact := b.sim.AddArtifact(tcsim.Artifact{CaseID: of, Type: "Host", Summary: "a.example"})
		p := &plan.Plan{Version: plan.Version, Undoes: "run", Policy: plan.DefaultPolicy(), Actions: []*plan.Action{}, Objects: []*plan.Object{
			plan.FullObject{Kind: intel.KindCase, Written: "C", Name: "C", ID: of, State: plan.ToDelete}.Object(),
			plan.FullObject{Kind: intel.KindArtifact, Written: "A", Name: "a.example", ID: artifact, State: plan.ToDelete}.Object()}}
		p.Count()
		l, err := b.run(p, func(o *apply.Options) {
			o.Stays = func(_ context.Context, o *plan.Object, goes func(*intel.Remote) bool) (bool, string, error) {
				switch {
				case o.Kind == intel.KindArtifact && kept:
					return true, "somebody has edited it", nil
				case o.Kind == intel.KindCase && !goes(&intel.Remote{Kind: intel.KindArtifact, ID: artifact}):
					return true, "it has an artifact", nil
				}
				return true, "", nil
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if snap := b.sim.Snapshot(); len(snap.Cases)+len(snap.Artifacts) != map[bool]int{true: 2, false: 0}[kept] {
			t.Errorf("kept %t: %d cases and %d artifacts; %+v, %+v", kept, len(snap.Cases), len(snap.Artifacts), l.Objects[0], l.Objects[1])
		}
	}
}

// TestPanicLeavesADeletionInDoubt: an object whose deletion has panicked does not count as
// deleted, and the run ends.
func TestPanicLeavesADeletionInDoubt(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	b.sim.AddGroup(tcsim.Group{ID: 1, Type: "Adversary", Name: "A", Owner: tcsim.DemoOrganization})
	l, err := b.run(deleting(7), func(o *apply.Options) {
		o.Stays = func(context.Context, *plan.Object, func(*intel.Remote) bool) (bool, string, error) { panic("no") }
	})
	if err == nil || l.Objects[0].Status != apply.InDoubt {
		t.Errorf("%v, %s %q", err, l.Objects[0].Status, l.Objects[0].Error)
	}
}
