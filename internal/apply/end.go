package apply

import "cmp"

// stop ends the run from without, if there is anything left of it.
func (e *engine) stop(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.left > 0 {
		e.end(err)
	}
}

// end ends the run, unless it has ended before. e.mu is held.
func (e *engine) end(err error) {
	if e.stopErr == nil {
		e.stopErr = err
		close(e.over)
	}
	e.wake.Broadcast()
}

func (e *engine) stopped() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stopErr
}

// endedBy is what has ended the run early, nil if nothing did; err is the error
// of a worker. What comes during the last write, and does not keep that from
// being done, has ended nothing.
func (e *engine) endedBy(err error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil && e.left == 0 {
		return nil
	}
	return cmp.Or(e.stopErr, err)
}

// ended is what has ended the run, nil if it goes on. Stop counts from the moment
// that it is closed, whoever has seen it by then. e.mu is held.
func (e *engine) ended() error {
	if err := e.halted(); err != nil {
		e.end(err)
	}
	return e.stopErr
}

// notAttempted is what to say of what the end of the run has kept from being
// done.
func notAttempted(end error) string {
	if end == nil {
		return "not attempted"
	}
	return "not attempted: " + reason(end)
}

// leaveRest gives what was not attempted its outcome.
func (e *engine) leaveRest(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	why := notAttempted(err)
	for i, a := range e.plan.Actions {
		if e.ledger.Results[i] != nil {
			continue
		}
		e.ledger.set(e.notSent(a, NotAttempted, why))
	}
}
