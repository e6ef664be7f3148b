package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
)

func wide(n int) func() int { return func() int { return n } }

func showing(mode ProgressMode, t *Terminal, say func(string)) *Progress {
	p := NewProgress(t, say)
	p.Show(mode)
	return p
}

func statusOf(t *Terminal) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.status
}

// send sends an event of a run.
func send(t *testing.T, p *Progress, ev apply.Event) {
	t.Helper()
	if err := p.Sink(ev); err != nil {
		t.Fatal(err)
	}
}

func begins(n int) apply.Event {
	return apply.Event{Begin: &plan.Plan{Summary: plan.Summary{Create: n}}}
}

func ends(s apply.Status) apply.Event { return apply.Event{Done: &apply.Result{Status: s}} }

// TestProgressLines: without a terminal there is a line every 30 seconds, also
// while nothing happens.
func TestProgressLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines []string
		p := showing(ProgressLines, NewTerminal(io.Discard, wide(80)), func(line string) { lines = append(lines, line) })
		end := p.Begin("Looking up")
		time.Sleep(31 * time.Second)
		p.Expect(10)
		p.Answered()
		time.Sleep(30 * time.Second)
		end()
		send(t, p, begins(100))
		for i := range 10 {
			status := apply.OK
			if i == 3 {
				status = apply.Failed
			}
			send(t, p, ends(status))
		}
		time.Sleep(31 * time.Second)
		p.Wait("too many requests\x1b[31m", time.Now().Add(37*time.Second))
		time.Sleep(30 * time.Second)
		send(t, p, apply.Event{End: &apply.Ledger{}})
		time.Sleep(time.Minute)
		want := []string{
			"Looking up: 0 requests, 30 s",
			"Looking up: 1 of 10 requests, about 9 min left",
			"Applying: 10 of 100 groups, 1 failed, about 4 min left",
			"Applying: 10 of 100 groups, 1 failed, about 5 min left, waiting 8 s: too many requests\\x1b[31m",
		}
		if got := strings.Join(lines, "\n"); got != strings.Join(want, "\n") {
			t.Errorf("got:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
		}
	})
}

// TestProgressShowsTheLongestWait: a wait that ends sooner than the one that is
// shown does not replace it; one that ends later does.
func TestProgressShowsTheLongestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := NewTerminal(io.Discard, wide(120))
		p := showing(ProgressBar, term, nil)
		send(t, p, begins(20))
		for _, c := range []struct {
			reason string
			until  time.Duration
			want   string
		}{
			{"too many requests", 30 * time.Second, "waiting 29 s: too many requests"},
			{"unavailable", 5 * time.Second, "waiting 28 s: too many requests"},
			{"unavailable", 40 * time.Second, "waiting 39 s: unavailable"},
		} {
			p.Wait(c.reason, time.Now().Add(c.until))
			time.Sleep(time.Second)
			synctest.Wait()
			if got := statusOf(term); !strings.HasSuffix(got, c.want) {
				t.Errorf("%s for %s: it shows %q, want %q", c.reason, c.until, got, c.want)
			}
		}
		send(t, p, apply.Event{End: &apply.Ledger{}})
	})
}

// TestProgressCountsDown: a wait counts down, is part of the time that is left
// while it lasts, and does not slow the rest down afterwards.
func TestProgressCountsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := NewTerminal(io.Discard, wide(120))
		p := showing(ProgressBar, term, nil)
		send(t, p, begins(20))
		time.Sleep(10 * time.Second)
		for range 10 {
			send(t, p, ends(apply.OK))
		}
		send(t, p, apply.Event{Wait: &apply.Wait{Writes: 2, Until: time.Now().Add(30 * time.Second)}})
		var got []string
		for _, d := range []time.Duration{time.Second, 9 * time.Second, 10 * time.Second, 11 * time.Second} {
			time.Sleep(d)
			synctest.Wait()
			_, after, _ := strings.Cut(statusOf(term), "| ")
			got = append(got, after)
		}
		send(t, p, apply.Event{End: &apply.Ledger{}})
		want := []string{
			"(10/20), about 39 s left, waiting 29 s: 2 unanswered writes",
			"(10/20), about 30 s left, waiting 20 s: 2 unanswered writes",
			"(10/20), about 20 s left, waiting 10 s: 2 unanswered writes",
			"(10/20), about 11 s left",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

// TestProgressOfAStoppedTerminal: a terminal that takes nothing, as after Ctrl-S,
// holds up whoever draws, and no request that is counted.
func TestProgressOfAStoppedTerminal(t *testing.T) {
	for _, mode := range []ProgressMode{ProgressBar, ProgressLines} {
		synctest.Test(t, func(t *testing.T) {
			stopped := make(chan struct{})
			free := sync.OnceFunc(func() { close(stopped) })
			defer free()
			blocks := func() { <-stopped }
			p := showing(mode, NewTerminal(writerFunc(func(b []byte) (int, error) { blocks(); return len(b), nil }), wide(80)), func(string) { blocks() })
			end := p.Begin("Looking up")
			p.Expect(2)
			time.Sleep(lineEvery + time.Second)
			if !p.mu.TryLock() {
				t.Fatalf("mode %d: a request waits for the terminal", mode)
			}
			p.mu.Unlock()
			p.Answered()
			free()
			end()
		})
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// TestProgressStopped: what a stopped run has not attempted did not fail.
func TestProgressStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := NewTerminal(io.Discard, wide(100))
		p := showing(ProgressBar, term, nil)
		send(t, p, begins(3))
		send(t, p, ends(apply.NotAttempted))
		send(t, p, ends(apply.InDoubt))
		time.Sleep(time.Second)
		if s := statusOf(term); strings.Contains(s, "failed") || !strings.Contains(s, "1 in doubt") {
			t.Errorf("got %q", s)
		}
		p.End()
	})
}

// TestProgressBesideLogs: a bar and a log on one terminal do not tear each other,
// and nothing of the bar stays.
func TestProgressBesideLogs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		term := NewTerminal(&b, wide(60))
		p := showing(ProgressBar, term, nil)
		send(t, p, begins(50))
		var wg sync.WaitGroup
		for w := range 5 {
			wg.Go(func() {
				for i := range 10 {
					send(t, p, ends(apply.OK))
					time.Sleep(70 * time.Millisecond)
					fmt.Fprintf(term.Stderr(), "worker %d line %d\n", w, i)
				}
			})
		}
		wg.Wait()
		send(t, p, apply.Event{End: &apply.Ledger{}})
		drawn := strings.Count(b.String(), "Applying")
		lines := screenOf(b.String())
		for _, line := range lines {
			if !strings.HasPrefix(line, "worker ") {
				t.Errorf("a torn line: %q", line)
			}
		}
		if len(lines) != 50 || drawn < 5 {
			t.Errorf("%d lines, the bar drawn %d times:\n%q", len(lines), drawn, b.String())
		}
	})
}

// screenOf is what a terminal shows in the end, without what is empty.
func screenOf(s string) []string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		var cells []rune
		at := 0
		for _, r := range line {
			if r == '\r' {
				at = 0
				continue
			}
			if at == len(cells) {
				cells = append(cells, 0)
			}
			cells[at] = r
			at++
		}
		if text := strings.TrimRight(string(cells), " "); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// TestProgressFits: a bar never takes more than a line, or it could not be taken
// away.
func TestProgressFits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		p := showing(ProgressBar, NewTerminal(&b, wide(30)), nil)
		send(t, p, begins(1000))
		p.Wait(strings.Repeat("reason ", 20), time.Now().Add(time.Minute))
		time.Sleep(time.Second)
		p.End()
		for _, part := range strings.Split(b.String(), "\r") {
			if n := len([]rune(part)); n > 29 {
				t.Errorf("%d columns: %q", n, part)
			}
		}
	})
}

func TestProgressOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		p := showing(ProgressOff, NewTerminal(&b, wide(80)), func(string) { t.Error("a line") })
		defer p.Begin("Looking up")()
		for _, ev := range []apply.Event{begins(1), ends(apply.OK), {End: &apply.Ledger{}}} {
			send(t, p, ev)
		}
		p.Wait("x", time.Now().Add(time.Hour))
		time.Sleep(time.Minute)
		if b.Len() > 0 {
			t.Errorf("got %q", b.String())
		}
	})
}
