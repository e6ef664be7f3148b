package report

import (
	"fmt"

	"tcimport/internal/apply"
	"tcimport/internal/message"
)

var _ apply.Sink = (*Progress)(nil).Sink

// Sink takes the events of a run. It returns no error, so it never ends a run.
func (p *Progress) Sink(ev apply.Event) error {
	switch {
	case ev.Begin != nil:
		s := ev.Begin.Summary
		switch n, alone := s.Create+s.Update+s.Delete, s.Alone+s.Complete; {
		case alone == 0 && n > 0:
			p.begin(applying, "group", n)
		case n > 0:
			p.begin(applying, "object", n+alone)
		case alone > 0:
			p.begin(applying, "indicator", alone)
		}
	case ev.Alone != nil:
		p.mu.Lock()
		p.done++
		p.mu.Unlock()
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
	case ev.Job != nil && !ev.Job.Next.IsZero():
		did := ev.Job.Status.Done + ev.Job.Status.Failed
		p.Wait(fmt.Sprintf("job %d (%d of %s)", ev.Job.ID, did, message.Plural(ev.Job.Items, "item")), ev.Job.Next)
	case ev.Wait != nil:
		p.Wait(message.Plural(ev.Wait.Writes, "unanswered write"), ev.Wait.Until)
	case ev.End != nil:
		p.End()
	}
	return nil
}
