package apply

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"tcimport/internal/tc"
)

// saysMade reports whether the job says that it has made groups that are not to be seen.
func (j *openJob) saysMade() bool {
	s := j.status
	return s.State == tc.JobCompleted && s.Done > j.shown && len(j.nodes) > s.Failed+s.Unprocessed
}

// settle looks for the groups that were not to be seen after their jobs, until the settling time
// has passed. What is not there then goes by v3, unless its job says that it has made it.
func (o *jobsOf) settle(ctx context.Context) error {
	if len(o.open) == 0 {
		return nil
	}
	last := o.open[len(o.open)-1].ended
	err := o.watch(ctx, last, o.pause, func() (bool, error) {
		left := 0
		for n := range o.open {
			job := &o.open[n]
			if len(job.nodes) == 0 {
				continue
			}
			if err := o.look(ctx, job); err != nil {
				return false, err
			}
			left += len(job.nodes)
		}
		return left == 0, nil
	})
	if err != nil {
		return cmp.Or(o.isOver(), err)
	}
	for _, job := range o.open {
		var c *carried
		if job.hung || job.saysMade() {
			c = &carried{doubt: fmt.Errorf("job %d was to create it, and the instance does not show it yet (%s): run the same command to settle it", job.id, job.why())}
		}
		o.handAll(job.nodes, c)
	}
	return nil
}

// pause waits until a time, and says so.
func (o *jobsOf) pause(ctx context.Context, t time.Time) error {
	open := 0
	for _, job := range o.open {
		open += len(job.nodes)
	}
	if err := o.emit(Event{Wait: &Wait{open, t}}); err != nil {
		return err
	}
	return o.sleep(ctx, t)
}
