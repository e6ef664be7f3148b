package apply_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// TestWaitingWriteHoldsNoWorker: a write that waits for its time holds no worker: with one
// worker, all other work is done long before.
func TestWaitingWriteHoldsNoWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := lateBench(t)
		p := b.plan(b.read(groups(20, func(int) string { return "" })), nil, plan.DefaultPolicy())
		b.sim.SetFault(onceOf("", tcsim.Fault{Later: 20 * time.Second, Status: http.StatusGatewayTimeout}))
		begun := time.Now()
		var first, last time.Duration
		n := 0
		b.completes(p, func(o *apply.Options) {
			o.Workers, o.Settle = 1, time.Minute
			o.Sink = func(ev apply.Event) error {
				if ev.Done != nil {
					if n++; n == 19 {
						first = time.Since(begun)
					}
					last = time.Since(begun)
				}
				return nil
			}
		})
		if first > time.Second || last < 20*time.Second || last > 40*time.Second {
			t.Errorf("19 groups after %s, the last one after %s", first, last)
		}
	})
}

// TestSharedIndicatorDoesNotWait: an indicator that is new to many groups is made
// by the next of them where the answer to the first is lost.
func TestSharedIndicatorDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := lateBench(t)
		p := b.plan(b.read(groups(10, func(int) string { return "associatedIndicators: [Host:x.example]" })), nil, plan.DefaultPolicy())
		b.sim.SetFault(onceOf("", tcsim.Fault{Drop: true}))
		begun, slow := time.Now(), 0
		b.completes(p, func(o *apply.Options) {
			o.Workers, o.Settle = 1, time.Minute
			o.Sink = func(ev apply.Event) error {
				if ev.Done != nil && time.Since(begun) > time.Second {
					slow++
				}
				return nil
			}
		})
		if n := len(b.sim.Snapshot().Indicators); slow != 1 || n != 1 {
			t.Errorf("%d groups had to wait, %d indicators", slow, n)
		}
	})
}

// TestSinkKnowsUntilWhenNothingCanBeDone: while all writes wait, the sink knows until when.
func TestSinkKnowsUntilWhenNothingCanBeDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := lateBench(t)
		p := b.plan(b.read(groups(3, func(int) string { return "" })), nil, plan.DefaultPolicy())
		b.sim.SetFault(onceOf("", tcsim.Fault{Drop: true}))
		var waited time.Duration
		_, err := b.run(p, func(o *apply.Options) {
			o.Workers, o.Settle = 1, time.Minute
			o.Sink = func(ev apply.Event) error {
				if ev.Wait != nil {
					waited += time.Until(ev.Wait.Until)
					if ev.Wait.Writes != 1 {
						t.Errorf("%d writes", ev.Wait.Writes)
					}
				}
				return nil
			}
		})
		if err != nil || waited < 50*time.Second || waited > time.Minute {
			t.Errorf("%v, %s of a minute were told", err, waited)
		}
	})
}

// TestNeverSentAgainSooner: what could be there twice is sent again once the
// settling time has passed, and not before.
func TestNeverSentAgainSooner(t *testing.T) {
	for _, c := range lateWrites[:6] {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := lateBench(t)
				var sent []time.Time
				late(b, c.before, c.after, c.policy, func() {
					b.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
						if p.Phase != tcsim.BeforeHandling || p.Request.Method == http.MethodGet {
							return tcsim.Fault{}
						}
						sent = append(sent, time.Now())
						return tcsim.Fault{Drop: len(sent) == 1} // which never arrives
					})
				})
				if len(sent) != 2 || sent[1].Sub(sent[0]) < time.Minute || sent[1].Sub(sent[0]) > 70*time.Second {
					t.Errorf("sent at %v", sent)
				}
			})
		})
	}
}

// TestStopLeavesUnsettledWritesInDoubt: a run that has to end leaves in doubt what has not
// settled, at once, and says what to do.
func TestStopLeavesUnsettledWritesInDoubt(t *testing.T) {
	lost := tcsim.Fault{Status: http.StatusGatewayTimeout}
	refused := tcsim.Fault{Status: http.StatusBadRequest, Body: `{"status":"Error","message":"no"}`, Delay: 10 * time.Second}
	for how, next := range map[string]tcsim.Fault{"interrupted": {}, "too many failures": refused} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := lateBench(t)
				p := b.plan(b.read(groups(2, func(int) string { return "" })), nil, plan.DefaultPolicy())
				first := onceOf(http.MethodPost, lost)
				b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
					if fault := first(f); fault.Status != 0 || f.Request.Method != http.MethodPost {
						return fault
					}
					return next
				})
				stop := make(chan struct{})
				if how == "interrupted" {
					time.AfterFunc(10*time.Second, func() { close(stop) })
				}
				begun := time.Now()
				l, _ := b.run(p, func(o *apply.Options) {
					o.Workers, o.Settle, o.Stop, o.MaxFailures = 1, time.Minute, stop, &plan.Limit{}
				})
				r, _ := outcome(l, "k0")
				if r.Status != apply.InDoubt || r.Error != "stopped while being sent; run the same command to settle it" || time.Since(begun) > 25*time.Second {
					t.Errorf("%s %s, after %s", r.Status, r.Error, time.Since(begun))
				}
			})
		})
	}
}

// TestOneLookSettlesEachLostAnswer: where the answers to writes that change nothing the second time
// are always lost, one look settles each; none is sent twice.
func TestOneLookSettlesEachLostAnswer(t *testing.T) {
	for _, c := range lateWrites[6:] {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := lateBench(t)
				begun := time.Now()
				late(b, c.before, c.after, c.policy, func() {
					b.sim.ResetStats()
					begun = time.Now()
					b.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
						return tcsim.Fault{Drop: p.Phase == tcsim.AfterCommit && p.Request.Method != http.MethodGet}
					})
				})
				if st := b.sim.Stats(); st.Writes != 1 || time.Since(begun) > time.Second {
					t.Errorf("%d writes within %s", st.Writes, time.Since(begun))
				}
			})
		})
	}
}

// TestUnsettledWriteIsNotSentAgain: what an earlier run has sent, and that is still at
// work, is not sent again; the rest of the run does not wait for it.
func TestUnsettledWriteIsNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := lateBench(t)
		const artifact = "associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}]"
		text := groups(6, func(i int) string {
			if i == 0 || i == 3 { // the second one names what the first one makes
				return artifact
			}
			return ""
		})
		p := b.plan(b.read(text), nil, plan.DefaultPolicy())
		w := p.Actions[0]
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		b.sim.SetFault(onceOf("", tcsim.Fault{Later: 12 * time.Second, Drop: true, Delay: time.Hour}))
		killed := apply.Options{Workers: 1, Find: b.find, Settle: time.Minute}
		if _, err := apply.Run(ctx, p, b.connectUntil(ctx).c, killed); err == nil {
			t.Fatal("it was not killed")
		}
		b.connect()
		begun, slow := time.Now(), 0
		b.completes(p, func(o *apply.Options) {
			o.Workers, o.Settle, o.Doubtful = 1, time.Minute, doubtful(w.Key)
			o.Sink = func(ev apply.Event) error {
				if ev.Done != nil && time.Since(begun) > time.Second {
					slow++
				}
				return nil
			}
		})
		time.Sleep(time.Hour)
		clean := lateBench(t)
		clean.apply(text)
		if diff := cmp.Diff(state(clean.sim), state(b.sim)); diff != "" || slow != 2 {
			t.Errorf("%d had to wait, -fault-free +got:\n%s", slow, diff)
		}
	})
}

// TestUnansweredWritesAreBounded: an instance that loses every answer is not sent all of an
// import at once.
func TestUnansweredWritesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := lateBench(t)
		const n = 300
		p := b.plan(b.read(groups(n, func(int) string { return "" })), nil, plan.DefaultPolicy())
		b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
			if f.Phase != tcsim.BeforeHandling || f.Request.Method != http.MethodPost {
				return tcsim.Fault{}
			}
			return tcsim.Fault{Status: http.StatusGatewayTimeout, Later: 20 * time.Second}
		})
		open := &openWrites{}
		b.completes(p, func(o *apply.Options) {
			o.Workers, o.Settle, o.Journal = 2, time.Minute, open
		})
		if open.most < 200 || open.most > 260 || len(b.sim.Snapshot().Groups) != n {
			t.Errorf("%d were open at once, %d groups", open.most, len(b.sim.Snapshot().Groups))
		}
	})
}

// openWrites is a journal that counts the writes without an outcome.
type openWrites struct {
	mu        sync.Mutex
	now, most int
}

func (o *openWrites) add(n int) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now += n
	o.most = max(o.most, o.now)
	return nil
}

func (o *openWrites) Intent(as ...*plan.Action) error { return o.add(len(as)) }
func (o *openWrites) Outcome(*apply.Result) error     { return o.add(-1) }
func (o *openWrites) Made(*plan.Object, int64) error  { return nil }
func (*openWrites) Making(...*plan.Object) error      { return nil }
func (*openWrites) Became(*apply.ObjectResult) error  { return nil }
