package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"tcimport/internal/apply"
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

	mu     sync.Mutex
	look   *look         // nil to show nothing
	stop   chan struct{} // ends the current step, nil if there is none
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
	p.what, p.unit, p.total, p.begun, p.stop = what, unit, total, time.Now(), stop
	p.done, p.failed, p.doubt, p.wait, p.rested = 0, 0, 0, wait{}, 0
	go p.show(stop, p.look)
}

// End ends the current step, if there is one.
func (p *Progress) End() {
	p.drawing.Lock()
	defer p.drawing.Unlock()
	if p.over() {
		p.terminal.SetStatus("")
	}
}

// over ends the current step without showing anything, and reports whether there was
// one.
func (p *Progress) over() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop == nil {
		return false
	}
	close(p.stop)
	p.stop = nil
	return true
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

var _ apply.Sink = (*Progress)(nil).Sink

// Sink takes the events of a run. It returns no error, so it never ends a run.
func (p *Progress) Sink(ev apply.Event) error {
	switch {
	case ev.Begin != nil:
		s := ev.Begin.Summary
		if n := s.Create + s.Update + s.Delete; n > 0 {
			p.begin(applying, "group", n)
		}
	case ev.Done != nil:
		p.mu.Lock()
		p.done++
		switch ev.Done.Status {
		case apply.Failed:
			p.failed++
		case apply.InDoubt:
			p.doubt++
		case apply.OK, apply.NotAttempted:
		}
		p.mu.Unlock()
	case ev.Wait != nil:
		p.Wait(message.Plural(ev.Wait.Writes, "unanswered write"), ev.Wait.Until)
	case ev.End != nil:
		p.End()
	}
	return nil
}

// bar is a step as a line of a terminal.
func (p *Progress) bar() string {
	if p.total == 0 {
		return p.sentence()
	}
	line := p.what + " " + gauge(min(p.done, p.total), p.total)
	return strings.Join(append([]string{line}, p.details()...), ", ")
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
func (p *Progress) sentence() string {
	counts := message.Plural(p.done, p.unit)
	if p.total > 0 {
		counts = fmt.Sprintf("%d of %s", min(p.done, p.total), message.Plural(p.total, p.unit))
	}
	return p.what + ": " + strings.Join(append([]string{counts}, p.details()...), ", ")
}

// details are the facts beside the counts. The remaining time includes a wait.
func (p *Progress) details() []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if p.failed > 0 {
		add("%d failed", p.failed)
	}
	if p.doubt > 0 {
		add("%d in doubt", p.doubt)
	}
	now := time.Now()
	waiting := max(p.wait.until.Sub(now), 0)
	passed := now.Sub(p.begun)
	if worked := passed - p.waited(now); p.done > 0 && p.done < p.total && worked > 0 {
		rest := worked.Seconds() / float64(p.done) * float64(p.total-p.done)
		add("about %s left", duration(rest+waiting.Seconds()))
	} else {
		add("%s", duration(passed.Truncate(time.Second).Seconds()))
	}
	if waiting > 0 {
		add("waiting %s: %s", duration(waiting.Seconds()), message.Escaped(p.wait.reason))
	}
	return out
}

// waited is the time of a step that was spent on waits.
func (p *Progress) waited(now time.Time) time.Duration {
	end := p.wait.until
	if now.Before(end) {
		end = now
	}
	return p.rested + end.Sub(p.wait.since)
}
