package apply_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// jobTrail is a journal of jobs that forgets.
type jobTrail struct{}

func (jobTrail) Job(int64, ...*plan.Action) error { return nil }
func (jobTrail) JobEnded(int64) error             { return nil }

// byJobs makes a run use the v2 Batch API. It settles after a minute.
func (b *bench) byJobs(o *apply.Options) {
	o.Settle = time.Minute
	o.Jobs = &apply.Jobs{API: b.c, Journal: jobTrail{}, Now: time.Now,
		Written: func(ctx context.Context, since time.Time, as []*plan.Action, lists intel.List, fields []string) (map[string]*intel.Remote, error) {
			return lookup.Written(ctx, b.c, since, as, lists, fields, lookup.Options{Workers: 4})
		}}
}

// ofJobs is an import with what jobs can carry, and what they cannot.
func ofJobs() string {
	return groups(30, func(i int) string {
		return fmt.Sprintf(`tags: [common, "t%[1]d"], attributes: [{type: Description, value: "about %[1]d"}, {type: Source, value: "from %[1]d", source: "s"}],
    securityLabels: ["TLP:GREEN"], associatedGroups: [k%[2]d], associatedIndicators: ["Host:h%[1]d.example", "Host:all.example"]`, i, (i+1)%30)
	}) + `  - {key: case, type: Threat, name: With a case, associatedCases: ["#1"], tags: ["techniqueId:T1566"]}
  - {key: task, type: Task, name: A task, status: In Progress}
  - {key: report, type: Report, name: A report without a file}
  - {key: of, type: Threat, name: Of both, associatedGroups: [case, task, k1]}
indicators:
  - {type: Host, hostName: own.example, tags: [own]}
`
}

// jobWrites are the requests of a run that write by v3, and those about jobs.
func jobWrites(b *bench) (v3, jobs int) {
	for _, e := range b.sim.Log() {
		switch {
		case strings.Contains(e.Target, "/v2/batch"):
			jobs++
		case e.Method != "GET" && e.Method != "OPTIONS":
			v3++
		}
	}
	return v3, jobs
}

// TestJobs: whatever an instance makes of jobs, all groups are there once with all that they have, and a
// second run changes nothing. What a job has done well takes no request of v3.
func TestJobs(t *testing.T) {
	for _, tt := range []struct {
		switches string
		v3       int // writes at most
	}{
		{"", 3}, // a case and a technique, a task, and what hangs together with that
		{"batch-rate=5 batch-delay-ms=2000", 3},
		{"batch-file-limit=2000", 3},
		{"batch-status=short", 3},
		{"batch-status=flat batch-unprocessed=unprocessedCount", 3},
		{"batch-counts=short", 3},
		{"batch-counts=zero", 3},
		{"batch-counts=no-errors", 3},
		{"batch-errors=errors", 3},
		{"batch-errors=results", 3},
		{"batch-twice=true attribute-append=duplicates", 3},
		{"batch-gone=completed", 3},
		{"batch-halt=10", 40},
		{"batch-gone=uploaded", 40},
		{"list-delay-ms=20000", 3},
		{"xid-delay-ms=20000 list-delay-ms=30000", 3},
		{"batch-links=with-item", 3},
		{"batch-queue=all", 3},
		{"batch-file-name=required", 4},
		{"nested-delay-ms=20000 attribute-append=duplicates", 100}, // associations that a list does not show are written again
		{"page-limit=4", 3},
		{"tag-rule=common>Common", 3},
	} {
		t.Run(tt.switches, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := withSwitches(t, strings.Fields(tt.switches)...)
				b.sim.AddCase(tcsim.Case{ID: 1, Name: "There", Owner: tcsim.DemoOrganization})
				m := b.read(ofJobs())
				p := b.plan(m, nil, plan.DefaultPolicy())
				l := b.completes(p, b.byJobs)
				newTruth(b, p, l).check()
				v3, jobs := jobWrites(b)
				if v3 > tt.v3 || jobs == 0 {
					t.Errorf("%d writes by v3, %d requests about jobs", v3, jobs)
				}
				for _, g := range b.sim.Snapshot().Groups {
					if strings.HasPrefix(g.Name, "Threat") && len(g.Attributes) != 2 {
						t.Errorf("%s has the attributes %v", g.Name, g.Attributes)
					}
				}
				time.Sleep(time.Minute)
				b.settled(b.read(ofJobs()), nil)
			})
		})
	}
}

// TestRefusedItemFailsAlone: what a job refuses goes by v3, which finds out what is refused. So
// it costs what it costs there: a tag, and not its group.
func TestRefusedItemFailsAlone(t *testing.T) {
	const bad = `
groups:
  - {key: a, type: Threat, name: A, attributes: [{type: No Such Type, value: x}, {type: Description, value: good}], associatedGroups: [b]}
  - {key: b, type: Threat, name: B, associatedIndicators: ["Host:a.example"]}
  - {key: c, type: Threat, name: C, associatedIndicators: ["Host:bad.example"]}
`
	for _, text := range []string{"named", "position", "bare"} {
		t.Run(text, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var byV3 []string
				for _, with := range []func(*bench) func(*apply.Options){
					func(*bench) func(*apply.Options) { return func(*apply.Options) {} },
					func(b *bench) func(*apply.Options) { return b.byJobs },
				} {
					var sw tcsim.Switches
					if err := tcsim.ParseSwitch(&sw, "batch-error-text="+text); err != nil {
						t.Fatal(err)
					}
					b := newBench(t, tcsim.Config{Switches: sw, ExcludedSummary: []string{"bad.example"}})
					p := b.plan(b.read(bad), nil, plan.DefaultPolicy())
					l, err := b.run(p, with(b))
					if err != nil {
						t.Fatal(err)
					}
					newTruth(b, p, l).check()
					var got []string
					for _, r := range l.Results {
						got = append(got, fmt.Sprint(r.Action.Key, r.Status, r.ID != 0, r.Error, len(r.Lost())))
					}
					if byV3 == nil {
						byV3 = got
					} else if fmt.Sprint(got) != fmt.Sprint(byV3) {
						t.Errorf("by jobs:\n%s\nby v3:\n%s", got, byV3)
					}
				}
			})
		})
	}
}

// TestInstanceWithoutJobs: if an instance takes no jobs, the run goes on without them only if that is
// allowed, and otherwise writes nothing.
func TestInstanceWithoutJobs(t *testing.T) {
	for _, sw := range []string{"batch=disabled", "batch-permission=none"} {
		for _, optional := range []bool{true, false} {
			t.Run(fmt.Sprint(sw, optional), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := withSwitches(t, sw)
					b.sim.AddCase(tcsim.Case{ID: 1, Name: "There", Owner: tcsim.DemoOrganization})
					p := b.plan(b.read(ofJobs()), nil, plan.DefaultPolicy())
					var said error
					l, err := b.run(p, b.byJobs, func(o *apply.Options) {
						o.Jobs.Optional = optional
						o.Sink = func(ev apply.Event) error {
							if ev.Job != nil {
								said = ev.Job.Without
							}
							return nil
						}
					})
					v3, _ := jobWrites(b)
					switch {
					case optional && (err != nil || said == nil || !tallyOf(l).complete()):
						t.Errorf("ended with %v, said %v: %s", err, said, troubles(l))
					case !optional && (err == nil || v3 > 0 || tallyOf(l).NotAttempted != len(p.Actions)):
						t.Errorf("ended with %v after %d writes: %+v", err, v3, tallyOf(l))
					}
				})
			})
		}
	}
}

// TestJobThatHangs: a job in which nothing happens for an hour is not waited for. What it has done is
// taken over. The rest of it is in doubt, and nothing of that goes by v3.
func TestJobThatHangs(t *testing.T) {
	for _, optional := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			b := withSwitches(t, "batch-hang=10")
			p := b.plan(b.read(groups(30, func(int) string { return "" })), nil, plan.DefaultPolicy())
			l, err := b.run(p, b.byJobs, func(o *apply.Options) { o.Jobs.Optional = optional })
			if (err == nil) != optional || err != nil && !strings.Contains(err.Error(), "nothing has happened to job") {
				t.Errorf("ended with %v", err)
			}
			newTruth(b, p, l).check()
			if n := tallyOf(l); n.Created+n.InDoubt != 30 || n.InDoubt < 20 {
				t.Errorf("%+v", n)
			}
			if v3, _ := jobWrites(b); v3 > 0 {
				t.Errorf("%d writes by v3", v3)
			}
		})
	}
}

// TestStopDuringAJob: a run that is interrupted while a job is at work does not wait for it. All
// that the job may do is in doubt.
func TestStopDuringAJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := withSwitches(t, "batch-rate=1")
		p := b.plan(b.read(groups(30, func(int) string { return "" })), nil, plan.DefaultPolicy())
		stop := make(chan struct{})
		l, err := b.run(p, b.byJobs, func(o *apply.Options) {
			o.Stop = stop
			time.AfterFunc(5*time.Second, func() { close(stop) })
		})
		if !errors.Is(err, apply.ErrStopped) || tallyOf(l).InDoubt != 30 {
			t.Errorf("ended with %v: %+v", err, tallyOf(l))
		}
	})
}

// TestLostAnswersAboutJobs: an answer that is lost, and an upload that lands late, neither lose nor
// double anything.
func TestLostAnswersAboutJobs(t *testing.T) {
	for name, fault := range map[string]tcsim.Fault{
		"lost": {Status: 504}, "late": {Later: 20 * time.Second, Status: 504}, "never": {Status: 504},
	} {
		for _, route := range []string{"/v2/batch", "/v2/batch/{id}"} {
			t.Run(name+route, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := withSwitches(t, "existing-xid=duplicate", "attribute-append=duplicates")
					b.sim.AddCase(tcsim.Case{ID: 1, Name: "There", Owner: tcsim.DemoOrganization})
					p := b.plan(b.read(ofJobs()), nil, plan.DefaultPolicy())
					phase := tcsim.AfterCommit
					if name != "lost" {
						phase = tcsim.BeforeHandling
					}
					struck := false
					b.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
						if struck || p.Phase != phase || p.Route != route || p.Request.Method != "POST" {
							return tcsim.Fault{}
						}
						struck = true
						return fault
					})
					l := b.completes(p, b.byJobs)
					if !struck {
						t.Fatal("no answer was lost")
					}
					time.Sleep(time.Minute) // what lands late has landed
					newTruth(b, p, l).check()
					b.settled(b.read(ofJobs()), nil)
				})
			})
		}
	}
}

// TestUnreadJob: if an instance stops to answer about a job, what the job may do is in doubt, and
// nothing of it is sent by v3.
func TestUnreadJob(t *testing.T) {
	for _, optional := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			b := withSwitches(t, "batch-rate=5", "existing-xid=duplicate")
			p := b.plan(b.read(groups(30, func(int) string { return "" })), nil, plan.DefaultPolicy())
			n := 0
			b.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
				if p.Phase == tcsim.BeforeHandling && p.Route == "/v2/batch/{id}" && p.Request.Method == "GET" {
					if n++; n > 1 {
						return tcsim.Fault{Status: 400, Body: "no"}
					}
				}
				return tcsim.Fault{}
			})
			l, err := b.run(p, b.byJobs, func(o *apply.Options) { o.Jobs.Optional = optional })
			newTruth(b, p, l).check()
			if tallyOf(l).InDoubt == 0 && tallyOf(l).Created < 30 || (err == nil) != optional {
				t.Errorf("ended with %v: %+v", err, tallyOf(l))
			}
			if v3, _ := jobWrites(b); v3 > 0 {
				t.Errorf("%d writes by v3", v3)
			}
		})
	}
}

// TestAssociationsByJob: associations of groups that exist go by a job, too, if the groups get nothing
// else: with what exists, and with what is new.
func TestAssociationsByJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := withSwitches(t)
		before := groups(20, func(i int) string { return fmt.Sprintf(`associatedIndicators: ["Host:h%d.example"]`, i) })
		b.completes(b.plan(b.read(before), nil, plan.DefaultPolicy()), b.byJobs)
		b.sim.ResetStats()
		after := groups(20, func(i int) string {
			return fmt.Sprintf(`associatedGroups: [k%d, new], associatedIndicators: ["Host:h%d.example", "Host:new%d.example"]`, (i+1)%20, (i+2)%20, i%3)
		}) + "  - {key: new, type: Threat, name: New}\n"
		_, before3 := jobWrites(b)
		was, _ := jobWrites(b)
		p := b.plan(b.read(after), nil, plan.DefaultPolicy())
		l := b.completes(p, b.byJobs)
		newTruth(b, p, l).check()
		if v3, jobs := jobWrites(b); v3 > was || jobs == before3 {
			t.Errorf("%d writes by v3, %d requests about jobs", v3-was, jobs-before3)
		}
		b.settled(b.read(after), nil)
	})
}
