package apply

import (
	"context"
	"errors"
	"slices"
	"time"
)

// A write whose answer was lost may still be at work on the instance, so that
// one look is not enough to say that it had no effect. Until the settling time
// has passed it is parked between looks: it holds no worker then.

// looks are the moments of the looks at a write whose answer was lost, as parts
// of the settling time. Most often only the answer was lost, so that nothing is
// waited for first.
var looks = []float64{0, 1. / 30, 1. / 8, 1. / 4, 1. / 2, 1}

// maxParked bounds the writes that are in doubt at one time: where an instance
// loses every answer, no more are begun.
const maxParked = 256

// lookAt is when look n at a write that was lost at since is due.
func (e *engine) lookAt(since time.Time, n int) time.Time {
	return since.Add(time.Duration(looks[n] * float64(e.opt.Settle)))
}

// parking is a way to wait until a time. It fails where the run ends before.
type parking func(ctx context.Context, t time.Time) error

// watch looks at once, and then at each look's time, until look says that all is
// known or the write that was lost at since has settled.
func (e *engine) watch(ctx context.Context, since time.Time, wait parking, look func() (known bool, err error)) error {
	for n := 0; ; {
		at := time.Now()
		if known, err := look(); known || err != nil {
			return err
		}
		for n < len(looks) && !e.lookAt(since, n).After(at) {
			n++
		}
		if n == len(looks) {
			return nil
		}
		if err := wait(ctx, e.lookAt(since, n)); err != nil {
			return err
		}
	}
}

// backOff waits before try is followed by another of a write that changes nothing
// the second time.
func (e *engine) backOff(ctx context.Context, try int, wait parking) error {
	if try == maxTries {
		return nil
	}
	return wait(ctx, e.lookAt(time.Now(), try))
}

// wait parks the caller, who is one of the busy. Where there is work, somebody
// else takes that up meanwhile.
func (e *engine) wait(ctx context.Context, t time.Time) error {
	e.mu.Lock()
	e.busy--
	e.parked++
	if e.idlers == 0 && e.left > 0 && e.stopErr == nil {
		e.workers.Go(func() error { return e.work(ctx) })
	}
	e.wake.Broadcast()
	waiting := Wait{e.parked, t}
	idle := e.busy == 0 && e.ready.Len() == 0
	e.mu.Unlock()
	if idle {
		_ = e.emit(Event{Wait: &waiting}) // a sink that fails tells it again
	}
	err := e.sleep(ctx, t)
	e.mu.Lock()
	e.parked--
	e.mu.Unlock()
	e.enter()
	return err
}

// errEnded is why a write is not waited for any more.
var errEnded = errors.New("the run ended")

func (e *engine) sleep(ctx context.Context, t time.Time) error {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return errEnded
	case <-e.over:
		return errEnded
	case <-timer.C:
		return nil
	}
}

// enter returns once a worker is free, and takes it. Whoever has begun already
// goes before new actions.
func (e *engine) enter() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.due++
	for e.busy >= max(e.opt.Workers, 1) && e.stopErr == nil {
		e.wake.Wait()
	}
	e.due--
	e.busy++
	e.wake.Broadcast()
}

func (e *engine) leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.busy--
	e.wake.Broadcast()
}

// wait parks the action. Meanwhile others may make the indicators that it names:
// an instance has each of them once, whoever makes it.
func (w *writing) wait(ctx context.Context, t time.Time) error {
	w.mu.Lock()
	n := &w.nodes[w.node]
	n.claimed = slices.DeleteFunc(n.claimed, func(o int) bool {
		if canDouble(w.plan.Objects[o].Definition) {
			return false
		}
		w.disclaim(&w.objects[o])
		n.ceded = append(n.ceded, o)
		return true
	})
	w.mu.Unlock()
	return w.engine.wait(ctx, t)
}

func (w *writing) watch(ctx context.Context, since time.Time, look func() (known bool, err error)) error {
	return w.engine.watch(ctx, since, w.wait, look)
}

func (w *writing) backOff(ctx context.Context, try int) error {
	return w.engine.backOff(ctx, try, w.wait)
}
