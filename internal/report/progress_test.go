package report

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
)

func TestProgressLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		p := NewProgress(&b, ProgressLines)
		send := func(ev apply.Event) {
			if err := p.Sink(ev); err != nil {
				t.Fatal(err)
			}
		}
		send(apply.Event{Begin: &plan.Plan{Summary: plan.Summary{Create: 100}}})
		for i := range 10 {
			status := apply.OK
			if i == 3 {
				status = apply.Failed
			}
			send(apply.Event{Done: &apply.Result{Status: status}})
		}
		time.Sleep(31 * time.Second)
		p.OnWait("waiting 37 s (429)\x1b[31m")
		time.Sleep(30 * time.Second)
		send(apply.Event{End: &apply.Ledger{}})
		time.Sleep(time.Minute)
		want := "10 of 100 groups, 1 failed, 0.3/s, about 4 min left\n" +
			"10 of 100 groups, 1 failed, 0.2/s, about 9 min left, waiting 37 s (429)\\x1b[31m\n"
		if b.String() != want {
			t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
		}
	})
}

func TestProgressBar(t *testing.T) {
	var b bytes.Buffer
	p := NewProgress(&b, ProgressBar)
	if err := p.Sink(apply.Event{Begin: &plan.Plan{Summary: plan.Summary{Create: 50}}}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 20 {
			p.OnWait("waiting for the rate limit")
			p.OnWait("")
		}
	})
	for range 50 {
		if err := p.Sink(apply.Event{Done: &apply.Result{Status: apply.OK}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.Write([]byte("a line of the log\n")); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if err := p.Sink(apply.Event{End: &apply.Ledger{}}); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	if !strings.Contains(out, "a line of the log\n") || !strings.Contains(out, "Applying") {
		t.Errorf("got %q", out)
	}
	if last := out[strings.LastIndex(out, "\r")+1:]; strings.TrimSpace(last) != "" {
		t.Errorf("the bar is left behind: %q", last)
	}
}

func TestProgressOff(t *testing.T) {
	var b bytes.Buffer
	p := NewProgress(&b, ProgressOff)
	for _, ev := range []apply.Event{{Begin: &plan.Plan{Summary: plan.Summary{Create: 1}}}, {Done: &apply.Result{Status: apply.OK}}, {End: &apply.Ledger{}}} {
		if err := p.Sink(ev); err != nil {
			t.Fatal(err)
		}
	}
	p.OnWait("x")
	if b.Len() > 0 {
		t.Errorf("got %q", b.String())
	}
}
