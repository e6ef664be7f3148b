package apply

import (
	"context"
	"errors"
	"fmt"

	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// objectJobs creates new indicators by jobs, before any group names them. An error ends the run.
func (e *engine) objectJobs(ctx context.Context) error {
	if e.opt.Jobs == nil {
		return nil
	}
	owners, of := e.jobObjects()
	for _, owner := range owners {
		for todo := of[owner]; len(todo) > 0; {
			n, err := e.objectJob(ctx, owner, todo)
			if errors.Is(err, errNoJobs) {
				e.withoutJobs()
				return nil
			}
			if err != nil {
				return err
			}
			todo = todo[n:]
		}
	}
	return nil
}

// withoutJobs hands back all nodes that wait for jobs.
func (e *engine) withoutJobs() {
	owners, of := e.held()
	for _, owner := range owners {
		e.handAll(of[owner], nil)
	}
}

// objectJob creates the first of some indicators by a job, and returns how many are done with. Those
// that it leaves out are created as without jobs: with a group, or alone.
func (e *engine) objectJob(ctx context.Context, owner string, todo []int) (int, error) {
	if ended := e.isOver(); ended != nil {
		return 0, ended
	}
	file, n := e.fillObjects(todo)
	if n == 0 {
		return 1, nil
	}
	if err := e.makingByJob(todo[:n]); err != nil {
		return 0, err
	}
	end, err := e.send(ctx, owner, tc.JobStatic, file, n, nil)
	if _, tooLarge := errors.AsType[*tc.FileTooLargeError](err); tooLarge {
		return 0, nil
	}
	if err != nil {
		return 0, e.without(err)
	}
	if err := e.takeObjects(ctx, end, todo[:n]); err != nil {
		return 0, err
	}
	if end.hung {
		return 0, e.without(end.endless())
	}
	return n, nil
}

// takeObjects notes which indicators a job has created. If it has no errors, the groups that name
// them, and a look after all groups, show whether this is true. Otherwise the indicators are looked up.
func (e *engine) takeObjects(ctx context.Context, end jobEnd, is []int) error {
	for _, i := range is {
		e.objects[i].byJob = true
	}
	if s := end.status; s.State == tc.JobCompleted && s.Failed+s.Unprocessed == 0 {
		for _, i := range is {
			e.objects[i].setExists()
		}
		return nil
	}
	if e.opt.Find == nil {
		return nil
	}
	found, err := e.opt.Find(ctx, e.definitions(is))
	if err != nil {
		if ended := e.isOver(); ended != nil {
			return ended
		}
		return fmt.Errorf("looking up what job %d has created: %w", end.id, err)
	}
	for n, i := range is {
		if len(found[n]) > 0 {
			e.objects[i].setFound(found[n][0])
		}
	}
	return nil
}

// makingByJob records the indicators of a job that it may have to complete. They are on the disk once
// the job is.
func (e *engine) makingByJob(is []int) error {
	var making []*plan.Object
	for _, i := range is {
		if ob := &e.objects[i]; !ob.begun && ob.planned.Definition.HasMetadata() {
			ob.begun = true
			making = append(making, ob.planned)
		}
	}
	return journalError(e.opt.Journal.Making(making...))
}
