package plan

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/intel"
)

// created is a group that jobs can create.
func created(owner string, n int, changes ...FullChange) *Action {
	key := fmt.Sprintf("%s-%d", owner, n)
	return &Action{Verb: Create, Key: key, Type: "Incident", Name: key, Owner: owner, XID: "x-" + key, Changes: Changes(changes...)}
}

func manyCreated(owner string, n int, changes ...FullChange) []*Action {
	out := make([]*Action, n)
	for i := range out {
		out[i] = created(owner, i, changes...)
	}
	return out
}

// counted is a plan of some actions and objects.
func counted(actions []*Action, objects ...*Object) *Plan {
	p := &Plan{Actions: actions, Objects: objects}
	p.Count()
	return p
}

func newIndicator(owner, summary string, own bool, d intel.Details) *Object {
	def := &intel.Object{Kind: intel.KindIndicator, Type: "Host", Summary: summary, Written: "Host:" + summary, Owner: owner}
	def.SetDetails(d)
	return &Object{Definition: def, Kind: intel.KindIndicator, State: New, Own: own}
}

var (
	tag       = FullChange{Field: "tags", Op: Add, New: "Phishing"}
	technique = FullChange{Field: "tags", Op: Add, New: "techniqueId:T1566"}
	described = FullChange{Field: "attribute:Description", Op: Add, New: "Text"}
)

// TestForecast: the requests of a plan by each engine are those that its jobs, their polls, the reads of their IDs and the rest take.
func TestForecast(t *testing.T) {
	other := created("A", 1)
	naming := func(as ...Association) *Action {
		a := created("A", 0, tag)
		a.Associations = as
		return a
	}
	here, elsewhere := newIndicator("A", "a.example", false, intel.Details{}), newIndicator("B", "b.example", false, intel.Details{})
	artifact := FullObject{Kind: intel.KindArtifact, Type: "URL", Name: "x", State: New, Definition: &intel.Object{Kind: intel.KindArtifact}}.Object()
	for _, tt := range []struct {
		name string
		plan *Plan
		want [2]Cost // v3 and batch
	}{
		{"nothing to do", counted([]*Action{{Verb: Unchanged}}), [2]Cost{}},
		{"three groups", counted(manyCreated("A", 3, tag, described)),
			[2]Cost{{Requests: 3, Seconds: 1}, {Requests: 4, Jobs: 1, Polls: 1, Reads: 1, Seconds: 2}}},
		{"two owners", counted(append(manyCreated("A", 3), manyCreated("B", 4)...)),
			[2]Cost{{Requests: 7, Seconds: 1}, {Requests: 8, Jobs: 2, Polls: 2, Reads: 2, Seconds: 3}}},
		{"three jobs of groups", counted(manyCreated("A", 12_000)),
			[2]Cost{{Requests: 12_000, Seconds: 1200}, {Requests: 25, Jobs: 3, Polls: 16, Reads: 3, Seconds: 51}}},
		{"large texts fill jobs, too", counted(manyCreated("A", 300, FullChange{Field: "attribute:Description", Op: Add, New: strings.Repeat("x", MostJobBytes/100)})),
			[2]Cost{{Requests: 300, Seconds: 30}, {Requests: 16, Jobs: 4, Polls: 4, Reads: 4, Seconds: 6}}},
		{"techniques of tags go by v3", counted(manyCreated("A", 100, technique)),
			[2]Cost{{Requests: 100, Seconds: 10}, {Requests: 104, Jobs: 1, Polls: 1, Reads: 1, Rest: 100, Seconds: 12}}},
		{"no xid, no job", counted([]*Action{{Verb: Create, Key: "k", Type: "Incident", Owner: "A"}}),
			[2]Cost{{Requests: 1, Seconds: 1}, {Requests: 1, Rest: 1, Seconds: 1}}},
		{"updates and deletions go by v3", counted([]*Action{{Verb: Update, Key: "k", Changes: Changes(tag)}, {Verb: Delete, Key: "d"}}),
			[2]Cost{{Requests: 2, Seconds: 1}, {Requests: 2, Rest: 2, Seconds: 1}}},
		{"associations within the owner are in the job", counted([]*Action{other, naming(WithGroup(other, New, "A-1", ""), WithObject(here, 1, New, "", ""))}, here),
			[2]Cost{{Requests: 2, Seconds: 1}, {Requests: 8, Jobs: 2, Polls: 2, Reads: 2, Seconds: 3}}},
		{"those with another owner are not", counted([]*Action{naming(WithObject(elsewhere, 1, New, "", ""))}, elsewhere),
			[2]Cost{{Requests: 1, Seconds: 1}, {Requests: 5, Jobs: 1, Polls: 1, Reads: 1, Rest: 1, Seconds: 2}}},
		{"nor those with artifacts", counted([]*Action{naming(WithObject(artifact, 1, New, "", ""))}, artifact),
			[2]Cost{{Requests: 1, Seconds: 1}, {Requests: 5, Jobs: 1, Polls: 1, Reads: 1, Rest: 1, Seconds: 2}}},
		{"what is missing costs nothing", counted([]*Action{naming(WithObject(elsewhere, 1, Missing, "", "gone"))}, elsewhere),
			[2]Cost{{Requests: 1, Seconds: 1}, {Requests: 4, Jobs: 1, Polls: 1, Reads: 1, Seconds: 2}}},
		{"a group that goes by v3 brings its indicator", counted([]*Action{{Verb: Update, Key: "k", Owner: "A", Associations: []Association{WithObject(here, 1, New, "", "")}}}, here),
			[2]Cost{{Requests: 1, Seconds: 1}, {Requests: 1, Rest: 1, Seconds: 1}}},
		{"associations alone of a group that exists are in a job", counted([]*Action{{Verb: Update, Key: "k", Owner: "A", ID: 5, Associations: []Association{WithObject(here, 1, New, "", "")}}}, here),
			[2]Cost{{Requests: 1, Seconds: 1}, {Requests: 8, Jobs: 2, Polls: 2, Reads: 2, Seconds: 3}}},
		{"indicators of their own; attributes by v3", counted(nil, newIndicator("A", "a", true, intel.Details{}),
			newIndicator("A", "b", true, intel.Details{Attributes: []intel.Attribute{{Type: "Source", Value: "s"}}}),
			newIndicator("A", "c", true, intel.Details{Tags: []intel.Tag{{TechniqueID: "T1566"}}}),
			newIndicator("A", "d", true, intel.Details{Tags: []intel.Tag{{Name: "x"}}})),
			[2]Cost{{Requests: 4, Seconds: 1}, {Requests: 6, Jobs: 1, Polls: 1, Reads: 1, Rest: 2, Seconds: 2}}},
	} {
		f := tt.plan.Forecast(10)
		if diff := cmp.Diff(tt.want, [2]Cost{f.V3, f.Batch}); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
	}
}

// TestForecastIsNoPartOfThePlan: a saved plan has the same ID with a forecast beside it and without one, and is read either way.
func TestForecastIsNoPartOfThePlan(t *testing.T) {
	ids := map[string]bool{}
	for _, beside := range [][]Member{nil, {{Name: "engines", Value: counted(manyCreated("A", 3)).Forecast(10)}}} {
		var b strings.Builder
		p := counted(manyCreated("A", 3))
		p.Version = Version
		if err := p.Write(&b, beside...); err != nil {
			t.Fatal(err)
		}
		back, err := Read(strings.NewReader(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		ids[p.ID], ids[back.ID] = true, true
	}
	if len(ids) != 1 {
		t.Errorf("the plan has the IDs %v", ids)
	}
}

// TestForecastNamesNoTimeWithoutARate: without a limit of the rate, only the instance decides how long a run takes.
func TestForecastNamesNoTimeWithoutARate(t *testing.T) {
	f := counted(manyCreated("A", 600)).Forecast(0)
	if f.V3.Seconds != 0 || f.Batch.Seconds != 0 {
		t.Errorf("seconds without a rate: %+v", f)
	}
	if !f.SavesRequests() {
		t.Errorf("jobs of 600 groups save no requests: %+v", f)
	}
}

// TestChoose: auto takes jobs where they save requests, batch wherever they can carry anything, and a choice says why.
func TestChoose(t *testing.T) {
	few, many := counted(manyCreated("A", 3)).Forecast(10), counted(manyCreated("A", 300)).Forecast(10)
	updates := counted([]*Action{{Verb: Update, Key: "k", Changes: Changes(tag)}}).Forecast(10)
	for _, tt := range []struct {
		asked Engine
		f     Forecast
		want  Engine
		why   string
	}{
		{EngineV3, many, EngineV3, ""},
		{EngineBatch, few, EngineBatch, ""},
		{EngineBatch, many, EngineBatch, ""},
		{EngineBatch, updates, EngineV3, "jobs can carry nothing of this plan"},
		{EngineAuto, many, EngineBatch, "1 job, about 4 requests in place of 300"},
		{EngineAuto, few, EngineV3, "3 requests, and about 4 by jobs"},
		{EngineAuto, updates, EngineV3, "jobs can carry nothing of this plan"},
		{EngineAuto, Forecast{}, EngineV3, ""},
	} {
		if got, why := tt.asked.Choose(tt.f); got != tt.want || why != tt.why {
			t.Errorf("%s, %d requests: %s (%s), want %s (%s)", tt.asked, tt.f.V3.Requests, got, why, tt.want, tt.why)
		}
	}
}

// TestForecastCountsNoFewerJobsThanAnyCutNeeds: however the jobs are cut, each owner needs as many as its groups and
// indicators fill, and as many as their bytes fill.
func TestForecastCountsNoFewerJobsThanAnyCutNeeds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	long := strings.Repeat("x", 50_000)
	for round := range 40 {
		p := &Plan{}
		needed := 0
		for _, owner := range []string{"A", "B", "C"}[:1+rng.IntN(3)] {
			groups, bytes := 0, 0
			few := []int{1, 20, 1000}[rng.IntN(3)] // one of so many has a long text
			for i := range rng.IntN(3) * rng.IntN(6000) {
				a := created(owner, i, tag)
				if rng.IntN(10) == 0 {
					a.Verb = Update
				} else if groups++; rng.IntN(few) == 0 {
					text := long[:rng.IntN(len(long))]
					a.Changes = Changes(FullChange{Field: "attribute:Description", Op: Add, New: text})
					bytes += len(text)
				}
				p.Actions = append(p.Actions, a)
			}
			indicators := rng.IntN(2) * rng.IntN(60_000)
			for i := range indicators {
				p.Objects = append(p.Objects, newIndicator(owner, fmt.Sprint(i), true, intel.Details{}))
			}
			needed += max((groups+MostJobGroups-1)/MostJobGroups, (bytes+MostJobBytes-1)/MostJobBytes) + (indicators+MostJobIndicators-1)/MostJobIndicators
		}
		p.Count()
		b := p.Forecast(10).Batch
		if b.Jobs < needed {
			t.Errorf("round %d: %d jobs, but %d are needed", round, b.Jobs, needed)
		}
		if sum := 2*b.Jobs + b.Polls + b.Reads + b.Rest; b.Requests != sum {
			t.Errorf("round %d: %d requests, but their parts are %d: %+v", round, b.Requests, sum, b)
		}
		if b.Polls < b.Jobs || b.Reads < b.Jobs {
			t.Errorf("round %d: each job is asked for, and read back: %+v", round, b)
		}
		if b.Rest < p.Summary.Update {
			t.Errorf("round %d: %d updates, but %d requests by v3", round, p.Summary.Update, b.Rest)
		}
	}
}

// TestPollWait: a small job is not waited for long, and a long one is not asked for often.
func TestPollWait(t *testing.T) {
	if PollWait(0) != time.Second || PollWait(1000) != 20*time.Second {
		t.Errorf("from %s to %s, want from 1s to 20s", PollWait(0), PollWait(1000))
	}
	for n := range 100 {
		if PollWait(n+1) < PollWait(n) {
			t.Errorf("the wait shrinks from %s to %s", PollWait(n), PollWait(n+1))
		}
	}
}
