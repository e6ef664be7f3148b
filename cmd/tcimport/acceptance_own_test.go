package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/tcsim"
)

// ownIndicators are indicators of their own, and one that comes with a group, with all that an instance
// could ignore, lose or have twice.
const ownIndicators = `
namespace: own
groups:
  - {key: g, type: Threat, name: G, associatedIndicators: [{type: Host, summary: with.example, rating: 2, tags: [w], attributes: [{type: Description, value: w}]}]}
indicators:
  - {type: Host, summary: a.example, rating: 3, tags: [o], securityLabels: [TLP:RED], attributes: [{type: Description, value: a}]}
  - {type: File, md5: 0cc175b9c0f1b6a831c399e269772661, sha256: 3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d, attributes: [{type: Description, value: f}]}
  - {type: URL, summary: 'https://u.example/a?b=%2F+c', attributes: [{type: Description, value: u}]}
  - Host:plain.example
`

// checkOwn fails the test unless each indicator is there once, with all that the manifest says.
func (w *world) checkOwn(at string) {
	w.t.Helper()
	indicators := w.sim.Snapshot().Indicators
	if len(indicators) != 5 {
		w.t.Errorf("%s: %d indicators", at, len(indicators))
	}
	for _, i := range indicators {
		attributes, tags, labels, rated := 1, 0, 0, false
		switch i.Summary {
		case "a.example":
			tags, labels, rated = 1, 1, true
		case "with.example":
			tags, rated = 1, true
		case "plain.example":
			attributes = 0
		}
		if len(i.Attributes) != attributes || len(i.Tags) != tags || len(i.SecurityLabels) != labels || (i.Fields["rating"] != nil) != rated {
			w.t.Errorf("%s: %s has the attributes %v, tags %v, labels %v and fields %v", at, i.Summary, i.Attributes, i.Tags, i.SecurityLabels, i.Fields)
		}
	}
}

// TestIndicatorsThatListsShowLate: an indicator of its own that lists do not show for a long time is
// created once. The report of the run that has created it tells the next ones. It was completed, so it
// is left alone from then on.
func TestIndicatorsThatListsShowLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{Switches: tcsim.Switches{ListDelayMS: 3_600_000, PostFields: "ignored"}}).with("TCIMPORT_SETTLE=50ms")
	w.write("in.yaml", ownIndicators)
	apply := []string{"apply", "@in.yaml", "--yes", "--report", "@ids.csv"}
	w.run(apply...).mustExit(t, codeOK)
	w.checkOwn("at first")
	writes := w.sim.Stats().Writes
	w.run("plan", "@in.yaml", "--id-map", "@ids.csv", "--detailed-exitcode").mustExit(t, codeOK)
	w.run(apply...).mustExit(t, codeOK)
	w.run("apply", "@in.yaml", "--yes", "--report", "@other.csv", "--id-map", "@ids.csv").mustExit(t, codeOK)
	w.run("plan", "@in.yaml", "--id-map", "@ids.csv", "--out", "@plan.json").mustExit(t, codeOK)
	w.run("apply", "--plan", "@plan.json", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
	if n := w.sim.Stats().Writes - writes; n != 0 {
		t.Errorf("%d writes, but all is there", n)
	}
	w.checkOwn("again")
	for _, i := range w.sim.Snapshot().Indicators {
		w.change(fmt.Sprint("indicators/", i.ID), `{"tags":{"data":[],"mode":"replace"}}`)
	}
	writes = w.sim.Stats().Writes
	if w.run(apply...).mustExit(t, codeOK); w.sim.Stats().Writes != writes {
		t.Errorf("what somebody has removed is added again")
	}
}

// TestKilledAmongIndicators kills a run at each write that makes or completes an indicator, before and
// after the instance carries it out. The next run creates nothing twice, and adds what is missing.
func TestKilledAmongIndicators(t *testing.T) {
	t.Parallel()
	for name, switches := range map[string]string{
		"lists lag": "list-delay-ms=3600000", "metadata ignored, lists lag": "post-fields=ignored nested-metadata=ignored list-delay-ms=3600000",
	} {
		for _, phase := range []tcsim.Phase{tcsim.BeforeHandling, tcsim.AfterCommit} {
			t.Run(name+[]string{"", ", after it"}[phase], func(t *testing.T) {
				t.Parallel()
				for n := 1; ; n++ {
					w := newWorld(t, tcsim.Config{}).with("TCIMPORT_SETTLE=50ms", "TCIMPORT_WORKERS=2")
					w.flip(switches)
					w.write("in.yaml", ownIndicators)
					apply := []string{"apply", "in.yaml", "--yes", "--report", "ids.csv"}
					signal, wait := w.start(apply...)
					w.atWrite(n, phase, 20*time.Millisecond, func() { signal(os.Kill); time.Sleep(60 * time.Millisecond) })
					if r := wait(); r.code != -1 {
						r.mustExit(t, codeOK)
						break
					}
					w.handled()
					w.sim.SetFault(nil)
					w.exec(apply...).mustExit(t, codeOK)
					w.checkOwn(name)
					w.exec("plan", "in.yaml", "--id-map", "ids.csv", "--detailed-exitcode").mustExit(t, codeOK)
				}
			})
		}
	}
}

// TestIndicatorsAreCompleted: what the instance has refused to add to an indicator that a run has made is
// added by a later run, however many fail at it. The plan says so. Nobody else's indicator is
// changed.
func TestIndicatorsAreCompleted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newQuietWorld(t, tcsim.Config{Switches: tcsim.Switches{NestedMetadata: "ignored"}})
		w.sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: "plain.example", Owner: tcsim.DemoOrganization})
		w.write("in.yaml", ownIndicators)
		w.refusing(func(r *http.Request) bool { return r.Method == http.MethodPut })
		apply := []string{"apply", "@in.yaml", "--yes", "--report", "@ids.csv"}
		for range 3 {
			w.run(apply...).mustExit(t, codeIncomplete)
		}
		w.refusing(nil)
		plan := w.run("plan", "@in.yaml", "--state-dir", w.dir).mustExit(t, codeOK)
		for _, want := range []string{"To complete, beside groups", "5 indicators found, 0 to create, 1 to complete", "1 request,",
			"an earlier run has created it without its rating, tags and attributes, which this one adds"} {
			if !strings.Contains(plan.out, want) {
				t.Errorf("the plan does not say %q:\n%s", want, plan.out)
			}
		}
		checkDocument(t, "plan of what is completed", w.run("plan", "@in.yaml", "--state-dir", w.dir, "--json").mustExit(t, codeOK).out)
		w.write("fewer.yaml", strings.Replace(ownIndicators, "  - Host:plain.example", "", 1))
		r := w.run("apply", "@fewer.yaml", "--yes", "--report", "@ids.csv", "--json").mustExit(t, codeOK)
		if !strings.Contains(r.out, `"summary": {"created":0,"updated":1,`) {
			t.Errorf("%s", r.out)
		}
		w.checkOwn("completed")
		if files, _ := filepath.Glob(w.path("tcimport-*.journal")); len(files) > 0 {
			t.Errorf("%q is left", files)
		}
	})
}

// TestRunsThatEndInDoubt: a run that ends early leaves a request that the instance still works on. The next
// run does not send it again before the settling time has passed, even if another one has ended
// early in between.
func TestRunsThatEndInDoubt(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"group":     "groups: [{key: a, type: Threat, name: A}, {key: b, type: Threat, name: B}]",
		"indicator": "indicators: [{type: Host, summary: a.example, attributes: [{type: Description, value: d}]}, Host:b.example]",
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newQuietWorld(t, tcsim.Config{Switches: tcsim.Switches{ExistingXID: "duplicate"}}).with("TCIMPORT_WORKERS=1")
				w.write("in.yaml", text)
				w.sim.SetFaultRules(tcsim.FaultRules{Rules: []tcsim.FaultRule{{Fault: "late", On: "WRITE", Status: 504, Seconds: 40, Every: 1, Times: 1}}})
				apply := []string{"apply", "@in.yaml", "--yes", "--report", "@ids.csv"}
				for range 2 {
					w.run(append(apply, "--max-duration", "10s")...).mustExit(t, codeIncomplete)
				}
				w.run(apply...).mustExit(t, codeOK)
				time.Sleep(5 * time.Minute)
				snap := w.sim.Snapshot()
				attributes := 0
				for _, i := range snap.Indicators {
					attributes += len(i.Attributes)
				}
				if n := len(snap.Groups) + len(snap.Indicators); n != 2 || attributes > 1 {
					t.Errorf("%d objects, %d attributes", n, attributes)
				}
			})
		})
	}
}

// refusing refuses some requests; nil for none.
func (w *world) refusing(which func(*http.Request) bool) {
	w.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		if which == nil || p.Phase != tcsim.BeforeHandling || !which(p.Request) {
			return tcsim.Fault{}
		}
		return tcsim.Fault{Status: http.StatusBadRequest, Body: `{"message":"no","status":"Error"}`}
	})
}
