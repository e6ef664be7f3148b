package tcsim

import (
	"slices"
	"time"
)

// work does what the jobs have to do up to now. It is called before each look at
// the state, so that no goroutine is needed, and virtual time will do.
func (s *Server) work() {
	s.conf.Lock()
	w := worker{s: s, sw: s.sw, asked: s.asked, ordinal: s.ordinal, now: s.cfg.Now()}
	s.conf.Unlock()
	s.mu.RLock()
	w.st = s.st
	due := w.run(true)
	s.mu.RUnlock()
	if due {
		defer s.change()()
		w.st = s.st
		w.run(false)
	}
}

// worker works jobs off.
type worker struct {
	s       *Server
	st      *state
	sw      *Switches
	asked   int
	ordinal int64 // of the last request: what is made now was made by then
	now     time.Time
}

// run says whether something is to be done, if dry; or it does it. Jobs with a
// file wait in a queue.
func (w *worker) run(dry bool) (due bool) {
	for _, j := range slices.Clone(w.st.queue) {
		begin := w.beginning(j)
		if w.now.Before(begin) {
			if w.sw.BatchQueue == "" {
				break
			}
			continue
		}
		if dry && (j.begin.IsZero() || w.steps(j) > j.next || w.isDone(j)) {
			return true
		}
		if !dry {
			w.workOff(j, begin)
		}
		if j.end.IsZero() && w.sw.BatchQueue == "" {
			break
		}
	}
	return false
}

// beginning is when the work on a job begins: after the delay, and, unless the
// instance works at several, after the job before it.
func (w *worker) beginning(j *job) time.Time {
	if !j.begin.IsZero() {
		return j.begin
	}
	begin := j.uploaded.Add(time.Duration(w.sw.BatchDelayMS) * time.Millisecond)
	if w.sw.BatchQueue == "" && w.st.jobsFree.After(begin) {
		return w.st.jobsFree
	}
	return begin
}

// steps is how many steps are done by now.
func (w *worker) steps(j *job) int {
	n := len(j.steps)
	if w.sw.BatchRate > 0 {
		n = min(n, int(w.now.Sub(j.begin).Seconds()*float64(w.sw.BatchRate)+1e-6))
	}
	if w.sw.BatchHang > 0 {
		n = min(n, w.sw.BatchHang)
	}
	return n
}

// isDone says that no step is left, and that the job does not hang.
func (w *worker) isDone(j *job) bool {
	return j.next == len(j.steps) && (w.sw.BatchHang == 0 || j.next < w.sw.BatchHang)
}

// at is when step i is done.
func (w *worker) at(j *job, i int) time.Time {
	if w.sw.BatchRate == 0 {
		return j.begin
	}
	return j.begin.Add(time.Duration(float64(i+1) / float64(w.sw.BatchRate) * float64(time.Second)))
}

// workOff does the steps of a job that are due.
func (w *worker) workOff(j *job, begin time.Time) {
	j.begin = begin
	if j.broken != nil {
		j.reportFile()
		w.finish(j, begin)
		return
	}
	for n := w.steps(j); j.next < n; j.next++ {
		at := w.at(j, j.next)
		if !w.step(j, j.steps[j.next], at) {
			w.finish(j, at)
			return
		}
	}
	if !w.isDone(j) {
		return
	}
	end := w.at(j, j.next-1)
	if w.sw.BatchTwice && !j.again {
		j.again, j.begin, j.next = true, end, 0
		w.workOff(j, end)
		return
	}
	w.finish(j, end)
}

// finish ends a job and lets go of its file.
func (w *worker) finish(j *job, at time.Time) {
	j.end, j.steps = at, nil
	if at.After(w.st.jobsFree) {
		w.st.jobsFree = at
	}
	w.st.queue = slices.DeleteFunc(w.st.queue, func(other *job) bool { return other == j })
}

// step does one step, entirely or not at all, and says whether the job goes on.
func (w *worker) step(j *job, s *jobStep, at time.Time) (on bool) {
	if w.sw.BatchHalt > 0 && j.next >= w.sw.BatchHalt {
		w.report(j, s, "Error", refusal(0, jobInternal, "The processing was interrupted."), true)
		return false
	}
	w.st.jobSteps--
	c := &call{s: w.s, st: w.st, sw: w.sw, strict: w.sw.Strict == "", user: j.user, now: at, ordinal: w.st.jobSteps, asked: w.asked}
	it := &item{tx: &tx{st: w.st, c: c}, j: j, s: s}
	refused := attempt(it.write)
	if refused != nil {
		it.rollback()
	}
	for _, did := range it.steps {
		if did.did == stepAdd {
			did.a.born, did.a.byJob = w.ordinal, true
		}
	}
	if refused == nil {
		s.became = it.became
	}
	return w.counted(j, s, it.lost, refused)
}

// counted enters how a step went. An item counts once; what a second pass does is
// not counted.
func (w *worker) counted(j *job, s *jobStep, lost []*apiError, refused *apiError) (on bool) {
	_, isObject := s.body.(dict)
	failed := refused != nil || len(lost) > 0
	if !j.again {
		for _, err := range lost {
			w.report(j, s, "Warn", refusal(0, s.lossCode(), "%s", err.message), false)
		}
		if refused != nil {
			refused.code = s.jobCode(refused)
			w.report(j, s, "Error", refused, !isObject)
		}
		n := &j.count[s.part]
		switch {
		case s.of == nil && failed:
			n.failed++
		case s.of == nil:
			n.success++
		case failed && !s.of.failed:
			n.success--
			n.failed++
		}
	}
	if s.of == nil {
		s.failed = failed
	}
	return isObject && !(failed && j.halt)
}
