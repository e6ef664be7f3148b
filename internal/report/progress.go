package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
)

// ProgressMode is how progress is shown.
type ProgressMode int

// The modes of progress.
const (
	ProgressOff   ProgressMode = iota // where nobody looks: cron, --quiet
	ProgressBar                       // on a terminal
	ProgressLines                     // in CI: one line every 30 seconds
)

// lineEvery is the time between two lines of progress in CI.
const lineEvery = 30 * time.Second

// Progress shows how far a run is. Its Sink and OnWait may be used from any
// goroutine. What others have to say on the same stream goes through Write, so
// that the bar does not tear it.
type Progress struct {
	mu     sync.Mutex
	w      io.Writer
	mode   ProgressMode
	now    func() time.Time
	bar    *progressbar.ProgressBar
	begun  time.Time
	total  int
	done   int
	failed int
	wait   string
	stop   chan struct{}
}

// NewProgress makes a progress that is shown on w.
func NewProgress(w io.Writer, mode ProgressMode) *Progress {
	return &Progress{w: w, mode: mode, now: time.Now}
}

var _ apply.Sink = (*Progress)(nil).Sink

// Sink takes the events of a run. It never ends one: that nobody sees how far
// it is does not keep it from going on.
func (p *Progress) Sink(ev apply.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case ev.Begin != nil:
		p.begin(ev.Begin)
	case ev.Done != nil:
		p.done++
		if ev.Done.Status != apply.OK {
			p.failed++
		}
		p.wait = ""
		p.show()
	case ev.End != nil:
		p.end()
	}
	return nil
}

// OnWait tells what the run waits for just now, "" when it goes on.
func (p *Progress) OnWait(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wait == text {
		return
	}
	p.wait = text
	if p.bar != nil {
		p.bar.Describe(p.describe())
	}
}

// Write writes something else to the same stream.
func (p *Progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar == nil {
		return p.w.Write(b)
	}
	_ = p.bar.Clear()
	n, err := p.w.Write(b)
	_ = p.bar.RenderBlank()
	return n, err
}

func (p *Progress) begin(pl *plan.Plan) {
	s := pl.Summary
	p.total, p.begun = s.Create+s.Update+s.Delete, p.now()
	if p.total == 0 {
		return
	}
	switch p.mode {
	case ProgressBar:
		p.bar = progressbar.NewOptions(p.total,
			progressbar.OptionSetWriter(p.w),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetWidth(24),
			progressbar.OptionShowCount(),
			progressbar.OptionShowIts(),
			progressbar.OptionSetItsString("groups"),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionSetRenderBlankState(true),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSetDescription(p.describe()),
		)
	case ProgressLines:
		// A run that only waits says so, too: its lines do not depend on events.
		p.stop = make(chan struct{})
		go p.tick(p.stop)
	case ProgressOff:
	}
}

func (p *Progress) tick(stop <-chan struct{}) {
	t := time.NewTicker(lineEvery)
	defer t.Stop()
	for {
		select {
		case <-stop:
			return
		case <-t.C:
			p.mu.Lock()
			fmt.Fprintln(p.w, p.sentence())
			p.mu.Unlock()
		}
	}
}

func (p *Progress) show() {
	if p.bar == nil {
		return
	}
	p.bar.Describe(p.describe())
	_ = p.bar.Set(min(p.done, p.total))
}

// end takes the bar away.
func (p *Progress) end() {
	if p.stop != nil {
		close(p.stop)
		p.stop = nil
	}
	if p.bar != nil {
		_ = p.bar.Clear()
		_ = p.bar.Exit()
		p.bar = nil
	}
}

// describe is what stands before the bar.
func (p *Progress) describe() string {
	parts := []string{"Applying"}
	if p.failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", p.failed))
	}
	if p.wait != "" {
		parts = append(parts, shorten(safe(p.wait), 60))
	}
	return strings.Join(parts, ", ")
}

// sentence is a line of progress.
func (p *Progress) sentence() string {
	passed := p.now().Sub(p.begun).Seconds()
	s := fmt.Sprintf("%d of %d groups", p.done, p.total)
	if p.failed > 0 {
		s += fmt.Sprintf(", %d failed", p.failed)
	}
	if passed > 0 && p.done > 0 {
		rate := float64(p.done) / passed
		s += fmt.Sprintf(", %.1f/s, about %s left", rate, duration(float64(p.total-p.done)/rate))
	}
	if p.wait != "" {
		s += ", " + safe(p.wait)
	}
	return s
}
