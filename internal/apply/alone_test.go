package apply_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

const alone = `
groups:
  - {key: g, type: Threat, name: G, associatedIndicators: [Host:with.example]}
indicators:
  - {type: Host, summary: a.example, rating: 3, tags: [x], securityLabels: [TLP:RED], attributes: [{type: Description, value: d}]}
  - Host:b.example
  - {type: Host, summary: with.example, tags: [y]}
`

// creations counts the requests that create indicators by themselves.
func creations(b *bench) int { return b.sim.Stats().ByRoute["POST /v3/indicators"] }

// TestIndicatorsOfTheirOwn: what no group brings along is created by itself, with all that is
// said of it; all else with its group. A second run changes nothing.
func TestIndicatorsOfTheirOwn(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p, l := b.apply(alone)
	complete(t, l)
	if s := p.Summary; s.Alone != 2 || s.New[intel.KindIndicator] != 3 || s.Requests != 3 || creations(b) != 2 || puts(b) != 0 {
		t.Errorf("%+v; %d creations, %d changes", s, creations(b), puts(b))
	}
	b.settled(b.read(alone), nil)
	for _, i := range b.sim.Snapshot().Indicators {
		if i.Summary == "a.example" && (i.Fields["rating"] == nil || len(i.Tags) != 1 || len(i.SecurityLabels) != 1 || len(i.Attributes) != 1) {
			t.Errorf("%+v", i)
		}
	}

	// The answer to the creation shows all: nothing is read after it.
	b = newBench(t, tcsim.Config{})
	p = b.plan(b.read(`indicators: [{type: Host, summary: a.example, rating: 3, tags: [x], firstSeen: 2021-01-01, attributes: [{type: Description, value: d}]}]`), nil, plan.DefaultPolicy())
	looks := b.sim.Stats().Reads
	if b.completes(p); b.sim.Stats().Reads != looks+1 {
		t.Errorf("%d reads beside the look before the creation", b.sim.Stats().Reads-looks-1)
	}
}

// onPost is a fault of the first n requests that create a.example by itself.
func onPost(b *bench, n int, phase tcsim.Phase, fault tcsim.Fault) {
	var mu sync.Mutex
	about := map[int]bool{} // the numbers of these requests
	b.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		mu.Lock()
		defer mu.Unlock()
		if p.Phase == tcsim.BeforeHandling && p.Request.Method == http.MethodPost && p.Route == "/v3/indicators" {
			body, _ := io.ReadAll(p.Request.Body)
			p.Request.Body = io.NopCloser(bytes.NewReader(body))
			about[p.N] = strings.Contains(string(body), "a.example")
		}
		if n == 0 || p.Phase != phase || !about[p.N] {
			return tcsim.Fault{}
		}
		n--
		return fault
	})
}

// TestFaultsOfIndicatorsOfTheirOwn: whatever happens to the request of one, it has one outcome, is
// there once, and the others are made. An answer that is lost leads to a look, and to a second
// request only after the settling time.
func TestFaultsOfIndicatorsOfTheirOwn(t *testing.T) {
	lost := tcsim.Fault{Drop: true}
	for _, tt := range []struct {
		name   string
		n      int
		phase  tcsim.Phase
		fault  tcsim.Fault
		status apply.Status
		sent   int // requests for indicators
		waits  bool
		other  apply.Status
	}{
		{"answer lost", 1, tcsim.AfterCommit, lost, apply.OK, 2, false, apply.OK},
		{"request lost", 1, tcsim.BeforeHandling, lost, apply.OK, 3, true, apply.OK},
		{"all requests lost", 99, tcsim.BeforeHandling, lost, apply.InDoubt, 4, true, apply.OK},
		{"refused", 1, tcsim.BeforeHandling, tcsim.Fault{Status: 400, Body: `{"message":"no","status":"Error"}`}, apply.Failed, 2, false, apply.OK},
		{"throttled", 1, tcsim.BeforeHandling, tcsim.Fault{Status: 429}, apply.OK, 3, false, apply.OK},
		{"denied, the credentials work", 99, tcsim.BeforeHandling, tcsim.Fault{Status: 401, Body: `{"message":"no","status":"Error"}`}, apply.Failed, 3, false, apply.OK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, tcsim.Config{})
				onPost(b, tt.n, tt.phase, tt.fault)
				p := b.plan(b.read(alone), nil, plan.DefaultPolicy())
				begun := time.Now()
				l, err := b.run(p, func(o *apply.Options) {
					o.Settle = time.Minute
					o.Probe = b.probe
				})
				if err != nil {
					t.Fatal(err)
				}
				want := map[string]apply.Status{"a.example": tt.status, "b.example": tt.other, "with.example": apply.OK}
				if diff := cmp.Diff(want, objects(l)); diff != "" {
					t.Errorf("-want +got:\n%s\n%s", diff, troubles(l))
				}
				if waited := time.Since(begun) >= time.Minute; waited != tt.waits || creations(b) != tt.sent {
					t.Errorf("waited %s, %d requests, want %d", time.Since(begun), creations(b), tt.sent)
				}
				b.sim.SetFault(nil)
				b.completes(b.plan(b.read(alone), nil, plan.DefaultPolicy()))
				b.settled(b.read(alone), nil)
				attributes := 0
				for _, i := range b.sim.Snapshot().Indicators {
					attributes += len(i.Attributes)
				}
				if n := len(b.sim.Snapshot().Indicators); n != 3 || attributes != 1 {
					t.Errorf("%d indicators with %d attributes", n, attributes)
				}
			})
		})
	}
}

// TestIndicatorsThatAnEarlierRunHasSent: one that an earlier run may have sent is not created again before
// the settling time has passed: a second request would give it its attribute twice. The journal has it
// as one that is being made before anything else is written.
func TestIndicatorsThatAnEarlierRunHasSent(t *testing.T) {
	for _, tt := range []struct {
		name    string
		arrives time.Duration // 0: never
		wait    time.Duration
		sent    int
	}{{"it arrives", 40 * time.Second, 60 * time.Second, 2}, {"it does not", 0, time.Minute, 2}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, tcsim.Config{Switches: tcsim.Switches{ListDelayMS: 3_600_000}})
				p := b.plan(b.read(alone), nil, plan.DefaultPolicy())
				begun, j := time.Now(), &journal{}
				if tt.arrives > 0 {
					time.AfterFunc(tt.arrives, func() {
						for _, o := range p.Objects {
							if o.Name() == "a.example" {
								_, _ = b.c.CreateIndicator(t.Context(), o.Definition)
							}
						}
					})
				}
				b.completes(p, func(o *apply.Options) {
					o.Settle, o.Journal = time.Minute, j
					o.Begun = func(o *intel.Object) (apply.BegunObject, bool) {
						return apply.BegunObject{LostAt: begun}, o.Summary == "a.example"
					}
				})
				if took := time.Since(begun); took != tt.wait || creations(b) != tt.sent {
					t.Errorf("%s, %d requests that create", took, creations(b))
				}
				for _, i := range b.sim.Snapshot().Indicators {
					if i.Summary == "a.example" && len(i.Attributes) != 1 {
						t.Errorf("%d attributes", len(i.Attributes))
					}
				}
				if len(j.told) == 0 || j.told[0] != "making a.example" {
					t.Errorf("%q", j.told)
				}
			})
		})
	}
}

// TestIndicatorsThatListsDoNotShow: what was made, or was sent without an answer, is looked for by itself.
// So it has an ID and its metadata, and is not created twice.
func TestIndicatorsThatListsDoNotShow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, tcsim.Config{Switches: tcsim.Switches{ListDelayMS: 3_600_000, PostFields: "ignored", NestedMetadata: "ignored"}})
		onPost(b, 1, tcsim.AfterCommit, tcsim.Fault{Drop: true})
		p := b.plan(b.read(alone), nil, plan.DefaultPolicy())
		begun := time.Now()
		b.completes(p, func(o *apply.Options) { o.Settle = time.Minute })
		if time.Since(begun) > time.Second || creations(b) != 2 {
			t.Errorf("%s, %d requests that create", time.Since(begun), creations(b))
		}
		for _, i := range b.sim.Snapshot().Indicators {
			if want := map[string]int{"a.example": 1, "with.example": 1}[i.Summary]; len(i.Tags) != want {
				t.Errorf("%s has %d tags", i.Summary, len(i.Tags))
			}
		}
	})
}

// TestIndicatorsThatAppear: one that somebody else has made since the plan was made is not changed,
// nor called made by this run, whatever the instance says to a second creation.
func TestIndicatorsThatAppear(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p := b.plan(b.read(alone), nil, plan.DefaultPolicy())
	b.sim.AddIndicator(tcsim.Indicator{ID: 70, Type: "Host", Summary: "a.example", Owner: tcsim.DemoOrganization})
	j := &journal{}
	l := b.completes(p, func(o *apply.Options) { o.Journal = j })
	for _, res := range l.Objects {
		if theirs := res.Object.Name() == "a.example"; res.Made == theirs {
			t.Errorf("%+v", res)
		}
	}
	for _, i := range b.sim.Snapshot().Indicators {
		if i.ID == 70 && (len(i.Tags) > 0 || i.Fields["rating"] != nil) {
			t.Errorf("it was changed: %+v", i)
		}
	}
	if told := strings.Join(j.told, ", "); told != "making with.example, intent g, outcome g, making b.example, made b.example, object with.example ok, object b.example ok" {
		t.Error(told)
	}

	// A run that goes on with the same plan knows that it was the run before.
	b = newBench(t, tcsim.Config{})
	p = b.plan(b.read(alone), nil, plan.DefaultPolicy())
	first := b.completes(p)
	done := map[string]apply.Result{"g": *first.Results[0]}
	begun := func(*intel.Object) (apply.BegunObject, bool) { return apply.BegunObject{Whole: true}, true }
	l = b.completes(p, func(o *apply.Options) { o.Begun, o.Done = begun, done })
	for _, res := range l.Objects {
		if !res.Made || creations(b) != 2 {
			t.Errorf("%+v, %d creations", res, creations(b))
		}
	}
}

// TestIndicatorsOfTheirOwnWithoutTheirGroup: if the group that names one is refused, it is made by
// itself.
func TestIndicatorsOfTheirOwnWithoutTheirGroup(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	b.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		if p.Request.Method == http.MethodPost && p.Route == "/v3/groups" {
			return tcsim.Fault{Status: 400, Body: `{"message":"no","status":"Error"}`}
		}
		return tcsim.Fault{}
	})
	l, err := b.run(b.plan(b.read(alone), nil, plan.DefaultPolicy()))
	want := map[string]apply.Status{"a.example": apply.OK, "b.example": apply.OK, "with.example": apply.OK}
	if diff := cmp.Diff(want, objects(l)); diff != "" || err != nil || creations(b) != 3 {
		t.Errorf("%v, %d creations, -want +got:\n%s", err, creations(b), diff)
	}
}

// TestEndsAmongIndicatorsOfTheirOwn: a stop, too many failures or credentials that no longer work end
// the run. What was not sent is told.
func TestEndsAmongIndicatorsOfTheirOwn(t *testing.T) {
	refused := tcsim.Fault{Status: 400, Body: `{"message":"no","status":"Error"}`}
	for _, tt := range []struct {
		name  string
		fault tcsim.Fault
		set   func(o *apply.Options, stop func())
		first apply.Status
		end   error
	}{
		{"stopped", tcsim.Fault{}, func(o *apply.Options, stop func()) { o.Journal = stopAfter(stop) }, apply.NotAttempted, apply.ErrStopped},
		{"too many failures", refused, func(o *apply.Options, _ func()) { o.MaxFailures = &plan.Limit{} }, apply.Failed, apply.ErrMaxFailures},
		{"denied", tcsim.Fault{Status: 401, Body: `{"message":"no","status":"Error"}`}, func(*apply.Options, func()) {}, apply.Failed, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, tcsim.Config{})
			if tt.fault.Status != 0 {
				onPost(b, 99, tcsim.BeforeHandling, tt.fault)
			}
			stop := make(chan struct{})
			p := b.plan(b.read(alone), nil, plan.DefaultPolicy())
			l, err := b.run(p, func(o *apply.Options) {
				o.Workers, o.Stop = 1, stop
				tt.set(o, func() { close(stop) })
			})
			if err == nil || tt.end != nil && !errors.Is(err, tt.end) {
				t.Errorf("ended with %v", err)
			}
			want := map[string]apply.Status{"a.example": tt.first, "b.example": apply.NotAttempted, "with.example": apply.OK}
			if diff := cmp.Diff(want, objects(l)); diff != "" {
				t.Errorf("-want +got:\n%s\n%s", diff, troubles(l))
			}
		})
	}
}
