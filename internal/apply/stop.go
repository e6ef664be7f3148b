package apply

import (
	"cmp"
	"fmt"
)

// stop ends the run from outside, unless all actions are done.
func (e *engine) stop(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.remaining > 0 {
		e.end(err)
	}
}

// end ends the run, unless it has ended before. e.mu is held.
func (e *engine) end(err error) {
	if e.stopErr == nil {
		e.stopErr = err
		close(e.over)
		e.changed()
	}
}

func (e *engine) stopped() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stopErr
}

// isOver is the error that has ended the run, or that ends it now.
func (e *engine) isOver() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ended()
}

// stopRequested is ErrStopped once Options.Stop is closed.
func (e *engine) stopRequested() error {
	select {
	case <-e.opt.Stop:
		return ErrStopped
	default:
		return nil
	}
}

// ended is the error that has ended the run, nil if it goes on. It looks at
// Options.Stop itself, because the goroutine that watches it may be late. e.mu is
// held.
func (e *engine) ended() error {
	if err := e.stopRequested(); err != nil {
		e.end(err)
	}
	return e.stopErr
}

// endedBy is the error that has ended the run early, nil if none has; err is the error
// of a worker. A stop during the last write that lets it finish ends nothing.
func (e *engine) endedBy(err error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil && e.remaining == 0 {
		return nil
	}
	return cmp.Or(e.stopErr, err)
}

// notAttempted is the message for what the end of the run has prevented.
func notAttempted(end error) string { return "not attempted: " + reason(end) }

// prevented is the outcome of a node that the end of the run has prevented. If a job carries the group,
// it may be there.
func (e *engine) prevented(n *node, end error) *Result {
	if n.job != 0 {
		return e.notSent(n.action, InDoubt, fmt.Sprintf("job %d was to create it, and the run ended before that was checked: run the same command to settle it", n.job))
	}
	return e.notSent(n.action, NotAttempted, notAttempted(end))
}

// endRest gives the actions that the end of the run has prevented their outcome.
func (e *engine) endRest(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range e.nodes {
		if n := &e.nodes[i]; e.ledger.Results[n.index] == nil {
			e.ledger.set(n.index, e.prevented(n, err))
		}
	}
}
