package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// phase is how far a command has come. It decides what a signal does.
type phase int

const (
	parsing   phase = iota // the command line is being read
	reading                // nothing has to be tidied up: the program ends on the spot
	asking                 // nothing is written: what the command waits for is cancelled
	writing                // requests in flight are finished; a second signal cancels them
	finishing              // all that could be written was written: the report follows
	serving                // a signal ends the command in good order
)

// tidyTime is how long a command may take to end once its requests are
// cancelled. It may be blocked where nothing can cancel it: by a pipe that is
// full, for instance.
const tidyTime = time.Second

// signals turns signals into the end of a command.
type signals struct {
	hard context.Context // ends when requests in flight are to be cancelled
	left chan struct{}   // closed when the program is to end, whatever the command does

	cancelSoft, cancelHard context.CancelFunc

	code atomic.Int32 // exit code of the signal that has interrupted the command, 0 without one

	mu         sync.Mutex
	phase      phase
	count      int
	explain    func(again string) // prints what the first signal does while a command writes
	explaining sync.WaitGroup
}

func newSignals(ctx context.Context) (soft context.Context, s *signals) {
	s = &signals{left: make(chan struct{})}
	s.hard, s.cancelHard = context.WithCancel(ctx)
	soft, s.cancelSoft = context.WithCancel(s.hard)
	return soft, s
}

// watch takes signals until the command has ended.
func (s *signals) watch(in <-chan os.Signal, ended <-chan struct{}) {
	for {
		select {
		case sig := <-in:
			s.take(sig)
		case <-ended:
			return
		}
	}
}

func (s *signals) take(sig os.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sig == syscall.SIGHUP && s.count > 0 {
		return // shell and system both report a terminal that is closed
	}
	s.count++
	switch {
	case s.phase <= reading, s.count > 2, s.count == 2 && s.phase != writing && s.phase != finishing:
		s.interrupted(sig)
		s.leave()
	case s.phase == finishing:
		// Nothing is left to stop, and the report must not be cut.
	case s.count == 2:
		s.cancelHard()
	default:
		s.interrupted(sig)
		s.stopSoftly(sig)
	}
}

// stopSoftly is what the first signal does once there is something to tidy up.
func (s *signals) stopSoftly(sig os.Signal) {
	s.cancelSoft()
	switch s.phase {
	case asking:
		s.cancelHard()
		time.AfterFunc(tidyTime, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.leave()
		})
	case writing:
		// Whoever reads stderr may be slow: signals are taken meanwhile.
		explain := s.explain
		s.explaining.Go(func() { explain(again(sig)) })
	}
}

// again names what quits a command that is stopping.
func again(sig os.Signal) string {
	if sig == os.Interrupt {
		return "Ctrl-C again"
	}
	return "A second signal"
}

func (s *signals) interrupted(sig os.Signal) {
	code := codeTerminated
	if sig == os.Interrupt {
		code = codeInterrupted
	}
	s.code.CompareAndSwap(0, int32(code))
}

func (s *signals) leave() {
	select {
	case <-s.left:
	default:
		close(s.left)
	}
}

// in reports whether the command is in one of some phases.
func (s *signals) in(phases ...phase) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(phases, s.phase)
}

// errInterrupted is what a command ends with that a signal has ended before it
// wrote anything.
var errInterrupted = errors.New("interrupted; nothing was written")

// write begins the phase in which a command writes. No command begins to write
// after a signal. explain prints what the first one does from now on.
func (s *signals) write(explain func(again string)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count > 0 {
		return errInterrupted
	}
	s.phase, s.explain = writing, explain
	return nil
}

// enter begins another phase.
func (s *signals) enter(next phase) {
	s.mu.Lock()
	s.phase = next
	s.mu.Unlock()
	s.explaining.Wait() // before anything else is printed
}
