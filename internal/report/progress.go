package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"tcimport/internal/message"
)

// ProgressMode is how progress is shown.
type ProgressMode int

// The modes of progress.
const (
	ProgressOff   ProgressMode = iota // --quiet
	ProgressBar                       // on a terminal
	ProgressLines                     // elsewhere: one line every 30 seconds
)

const (
	lineEvery = 30 * time.Second
	drawEvery = 100 * time.Millisecond
)

// Progress shows how far a command is. Any goroutine may use it. Its methods only
// count; a clock decides when something is shown, so that a command that waits shows
// its progress, too.
type Progress struct {
	terminal *Terminal
	say      func(line string) // for ProgressLines

	// drawing is locked before mu, and while something is shown. A stopped terminal
	// blocks the goroutine that draws, but no goroutine that counts.
	drawing sync.Mutex

	mu   sync.Mutex
	look *look         // nil to show nothing
	stop chan struct{} // ends the current step, nil if there is none
	step
}

// step is a part of a command, and how far it is.
type step struct {
	what   string
	unit   string
	begun  time.Time
	total  int // 0 until it is known
	done   int
	failed int
	doubt  int
	wait   wait
	rested time.Duration // waited before the latest wait
}

// look is how steps are shown: how often, in which words, and where.
type look struct {
	every time.Duration
	line  func() string
	show  func(string)
}

// wait is the last wait of a command.
type wait struct {
	since, until time.Time
	reason       string
}

// NewProgress makes a progress that draws on a terminal or says lines, after Show.
func NewProgress(t *Terminal, say func(line string)) *Progress {
	return &Progress{terminal: t, say: say}
}

// Show sets how later steps are shown.
func (p *Progress) Show(mode ProgressMode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch mode {
	case ProgressOff:
		p.look = nil
	case ProgressBar:
		p.look = &look{drawEvery, p.bar, p.terminal.SetStatus}
	case ProgressLines:
		p.look = &look{lineEvery, p.sentence, p.say}
	}
}

// Begin begins a step that is measured in requests, and ends the step before. end
// ends it.
func (p *Progress) Begin(what string) (end func()) {
	p.begin(what, "request", 0)
	return p.End
}

const applying = "Applying"

func (p *Progress) begin(what, unit string, total int) {
	p.End()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.look == nil {
		return
	}
	stop := make(chan struct{})
	p.stop, p.step = stop, step{what: what, unit: unit, total: total, begun: time.Now()}
	go p.show(stop, p.look)
}

// End ends the current step, if there is one.
func (p *Progress) End() {
	p.drawing.Lock()
	defer p.drawing.Unlock()
	p.mu.Lock()
	ends := p.stop != nil
	if ends {
		close(p.stop)
		p.stop = nil
	}
	p.mu.Unlock()
	if ends {
		p.terminal.SetStatus("")
	}
}

// show shows a step until it ends.
func (p *Progress) show(stop chan struct{}, look *look) {
	t := time.NewTicker(look.every)
	defer t.Stop()
	for {
		select {
		case <-stop:
			return
		case <-t.C:
			p.draw(stop, look)
		}
	}
}

// draw shows how far a step is, unless it has ended meanwhile.
func (p *Progress) draw(stop chan struct{}, look *look) {
	p.drawing.Lock()
	defer p.drawing.Unlock()
	p.mu.Lock()
	ended, line := p.stop != stop, ""
	if !ended {
		line = look.line()
	}
	p.mu.Unlock()
	if !ended {
		look.show(line)
	}
}

// Expect says that a step takes n more requests.
func (p *Progress) Expect(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total += n
}

// Answered counts a request of a step that is measured in requests.
func (p *Progress) Answered() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.unit == "request" {
		p.done++
	}
}

// Objects shows how many objects of another format were read.
func (p *Progress) Objects(done int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unit, p.done = "object", done
}

// Reading shows how many groups an export has read. total is 0 until it is known.
func (p *Progress) Reading(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unit, p.done, p.total = "group", done, total
}

// Wait shows why a command waits. Of several waits the longest is shown.
func (p *Progress) Wait(reason string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if until.Before(p.wait.until) {
		return
	}
	if p.wait.until.Before(now) {
		p.rested = p.waited(now)
		p.wait.since = now
	}
	p.wait.until, p.wait.reason = until, reason
}

// bar is a step as a line of a terminal.
func (s *step) bar() string {
	if s.total == 0 {
		return s.sentence()
	}
	line := s.what + " " + gauge(min(s.done, s.total), s.total)
	return strings.Join(append([]string{line}, s.details()...), ", ")
}

// gauge draws a part of a whole.
func gauge(done, total int) string {
	bar := progressbar.NewOptions(total,
		progressbar.OptionSetWriter(io.Discard), // the terminal draws it
		progressbar.OptionSetWidth(24),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(false),
	)
	_ = bar.Set(done)
	return strings.TrimSpace(bar.String())
}

// sentence is a step as a line of a log.
func (s *step) sentence() string {
	counts := message.Plural(s.done, s.unit)
	if s.total > 0 {
		counts = fmt.Sprintf("%d of %s", min(s.done, s.total), message.Plural(s.total, s.unit))
	}
	return s.what + ": " + strings.Join(append([]string{counts}, s.details()...), ", ")
}

// details are the facts beside the counts. The remaining time includes a wait.
func (s *step) details() []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if s.failed > 0 {
		add("%d failed", s.failed)
	}
	if s.doubt > 0 {
		add("%d in doubt", s.doubt)
	}
	now := time.Now()
	waiting := max(s.wait.until.Sub(now), 0)
	passed := now.Sub(s.begun)
	if worked := passed - s.waited(now); s.done > 0 && s.done < s.total && worked > 0 {
		rest := worked.Seconds() / float64(s.done) * float64(s.total-s.done)
		add("about %s left", duration(rest+waiting.Seconds()))
	} else {
		add("%s", duration(passed.Truncate(time.Second).Seconds()))
	}
	if waiting > 0 {
		add("waiting %s: %s", duration(waiting.Seconds()), message.Escaped(s.wait.reason))
	}
	return out
}

// waited is the time of a step that was spent on waits.
func (s *step) waited(now time.Time) time.Duration {
	end := s.wait.until
	if now.Before(end) {
		end = now
	}
	return s.rested + end.Sub(s.wait.since)
}
