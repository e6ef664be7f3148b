package apply

import (
	"container/heap"
	"fmt"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/workers"
)

// While all workers are busy, the intents of the next writes are recorded. So no worker
// waits for the journal, and many writes share one sync. After a crash, the next run reads
// these groups, too.

// slots is how many writes are at work at a time.
func (e *engine) slots() int { return max(e.opt.Workers, 1) }

// lookahead is how many nodes are prepared while all workers are busy.
func (e *engine) lookahead() int { return 2 * (e.slots() - 1) }

// hasRoom reports whether one more node may be prepared. e.mu is held.
func (e *engine) hasRoom() bool {
	return e.preparing+e.busy+e.returning < e.slots()+e.lookahead() && e.parked+e.preparing < maxParked
}

// isShort reports whether it is time to prepare nodes: few are left, or one is ready that
// goes before them. e.mu is held.
func (e *engine) isShort() bool {
	if e.ready.Len() == 0 || !e.hasRoom() {
		return false
	}
	return e.prepared.Len() <= e.lookahead()/2 || e.ready[0] < e.prepared[0]
}

// prepare records the intents of nodes, until there are none or the run ends.
func (e *engine) prepare() error {
	for {
		is, making := e.nextBatch()
		if len(is) == 0 {
			return nil
		}
		var actions []*plan.Action
		for _, i := range is {
			if e.nodes[i].carried == nil { // the intent of the job stands
				actions = append(actions, e.nodes[i].action)
			}
		}
		err := workers.Do(func() error {
			if err := e.opt.Journal.Making(making...); err != nil {
				return journalError(err)
			}
			return journalError(e.opt.Journal.Intent(actions...))
		})
		e.handOver(is, err)
		if err != nil {
			return err
		}
	}
}

// nextBatch waits until it is time to prepare nodes, and takes them. They are none if the
// run is over. making are the indicators with metadata that they create: an instance may ignore that
// at first.
func (e *engine) nextBatch() (is []int, making []*plan.Object) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for e.remaining > 0 && e.ended() == nil {
		if e.isShort() {
			for e.ready.Len() > 0 && e.hasRoom() {
				if i := heap.Pop(&e.ready).(int); e.claim(i) {
					e.preparing++
					is = append(is, i)
					making = append(making, e.makes(i)...)
				}
			}
		}
		if len(is) > 0 {
			return is, making
		}
		e.refill.Wait()
	}
	return nil, nil
}

// makes are the indicators with metadata that node i creates and that the journal does not have yet.
// e.mu is held.
func (e *engine) makes(i int) (making []*plan.Object) {
	for _, c := range e.nodes[i].claims {
		if ob := &e.objects[c.object]; !ob.begun && ob.planned.Kind == intel.KindIndicator && ob.planned.Definition.HasMetadata() {
			ob.begun = true
			making = append(making, ob.planned)
		}
	}
	return making
}

// handOver gives prepared nodes to the workers. An error ends the run.
func (e *engine) handOver(is []int, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.end(err)
	}
	for _, i := range is {
		heap.Push(&e.prepared, i)
	}
	e.changed()
}

// next waits for a prepared node and for its turn. The first one in the order of the plan
// goes first, because others may wait for that group. After the end of the run, all that
// are prepared still come, because they need an outcome. It returns false if there will be
// none.
func (e *engine) next() (int, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		ended := e.ended() != nil
		switch {
		case e.prepared.Len() > 0 && (ended || e.busy+e.returning < e.slots()):
			i := heap.Pop(&e.prepared).(int)
			e.preparing--
			e.busy++
			e.changed()
			return i, true
		case e.remaining == 0, ended && e.preparing == 0:
			return 0, false
		}
		e.idle++
		e.wake.Wait()
		e.idle--
	}
}

// changed wakes those who may have something to do now. e.mu is held.
func (e *engine) changed() {
	e.wake.Broadcast()
	if e.isShort() || e.remaining == 0 || e.stopErr != nil {
		e.refill.Signal()
	}
}

func journalError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the journal cannot be written: %w", err)
}
