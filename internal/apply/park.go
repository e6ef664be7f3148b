package apply

import (
	"context"
	"errors"
	"time"
)

// A write without an answer may still take effect on the instance, so one look does
// not prove that it has none. Until the settling time has passed, the write is parked
// between looks. A parked write holds no worker.

// looks are the times of the looks after a lost answer, as parts of the settling time.
// The first look does not wait, because most often only the answer was lost.
var looks = []float64{0, 1. / 30, 1. / 8, 1. / 4, 1. / 2, 1}

// maxParked bounds the parked writes. If an instance loses every answer, the run
// begins no more writes than this.
const maxParked = 256

// lookAt is the time of look n after the answer was lost.
func (e *engine) lookAt(lostAt time.Time, n int) time.Time {
	return lostAt.Add(time.Duration(looks[n] * float64(e.opt.Settle)))
}

// waitFunc waits until a time. It fails if the run ends before.
type waitFunc func(ctx context.Context, t time.Time) error

// watch looks at once, and then at the time of each look, until look says that all is
// known or the settling time has passed.
func (e *engine) watch(ctx context.Context, lostAt time.Time, wait waitFunc, look func() (known bool, err error)) error {
	for n := 0; ; {
		at := time.Now()
		if known, err := look(); known || err != nil {
			return err
		}
		for n < len(looks) && !e.lookAt(lostAt, n).After(at) {
			n++
		}
		if n == len(looks) {
			return nil
		}
		if err := wait(ctx, e.lookAt(lostAt, n)); err != nil {
			return err
		}
	}
}

// backOff waits between two tries of a write that can be repeated.
func (e *engine) backOff(ctx context.Context, try int, wait waitFunc) error {
	if try == maxTries {
		return nil
	}
	return wait(ctx, e.lookAt(time.Now(), try))
}

// wait parks the caller, who is busy. Another worker takes over the work.
func (e *engine) wait(ctx context.Context, t time.Time) error {
	e.mu.Lock()
	e.busy--
	e.parked++
	if e.idle == 0 && e.remaining > 0 && e.stopErr == nil {
		e.start(func() error { return e.work(ctx) })
	}
	e.changed()
	waiting := Wait{e.parked, t}
	nothingToDo := e.preparing+e.busy == 0 && e.ready.Len() == 0
	e.mu.Unlock()
	if nothingToDo {
		_ = e.emit(Event{Wait: &waiting}) // a sink that fails does so again at the next event
	}
	err := e.sleep(ctx, t)
	e.mu.Lock()
	e.parked--
	e.mu.Unlock()
	e.enter()
	return err
}

// errEnded means that the run ended during a wait.
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

// enter waits for a free worker and takes it. Writes that have begun go before new
// actions.
func (e *engine) enter() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.returning++
	for e.busy >= e.slots() && e.stopErr == nil {
		e.wake.Wait()
	}
	e.returning--
	e.busy++
	e.changed()
}

// exit gives the worker of enter back.
func (e *engine) exit() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.busy--
	e.changed()
}

// wait parks the action. Meanwhile, other actions may create the objects that cannot
// be duplicated.
func (w *writing) wait(ctx context.Context, t time.Time) error {
	w.mu.Lock()
	claims := w.nodes[w.node].claims
	for i := range claims {
		if ob := &w.objects[claims[i].object]; claims[i].held && !canDuplicate(ob.planned.Definition) {
			claims[i].held = false
			w.unclaim(ob)
		}
	}
	w.mu.Unlock()
	return w.engine.wait(ctx, t)
}

func (w *writing) watch(ctx context.Context, lostAt time.Time, look func() (known bool, err error)) error {
	return w.engine.watch(ctx, lostAt, w.wait, look)
}

func (w *writing) backOff(ctx context.Context, try int) error {
	return w.engine.backOff(ctx, try, w.wait)
}
