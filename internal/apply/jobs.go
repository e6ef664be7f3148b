package apply

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// The v2 Batch API takes many groups in one file, works them off by itself, and answers with
// counts. So a job is only another thing that a node waits for. When the job has ended, its groups
// are read, and each node goes on from there: the same steps as for any group that exists
// write what it lacks. What a job says of itself decides nothing but whether it is worth to wait.

// JobAPI is the v2 Batch API.
type JobAPI interface {
	CreateJob(ctx context.Context, owner string, attributes tc.JobAttributes) (id int64, err error)
	UploadJob(ctx context.Context, id int64, file []byte) error
	ReadJob(ctx context.Context, id int64) (tc.JobStatus, error)
	JobErrors(ctx context.Context, id int64) ([]tc.JobError, error)
}

// JobJournal records jobs. Job returns once it is safe that a job is about to get a file with some
// groups: it stands for their intents. JobEnded records that the job writes nothing any more.
type JobJournal interface {
	Job(id int64, as ...*plan.Action) error
	JobEnded(id int64) error
}

// Jobs say how to use the v2 Batch API.
type Jobs struct {
	API JobAPI

	Journal JobJournal

	// Now is the time by the clock of the instance.
	Now func() time.Time

	// Written finds groups that a job was to create since a time of that clock, or to associate, by key.
	Written func(ctx context.Context, since time.Time, as []*plan.Action, lists intel.List, fields []string) (map[string]*intel.Remote, error)

	// Optional says that the run goes on without jobs if the instance takes none.
	Optional bool

	// Again are the keys of Options.Doubtful whose last request was part of a job that has
	// ended. A job that carries such a group again does no harm.
	Again map[string]bool
}

// carries reports whether a job carries an action. An earlier run may have sent it
// in a request of its own: whether that arrives has to be known first.
func (e *engine) carries(a *plan.Action) bool {
	jobs := e.opt.Jobs
	return jobs != nil && a.ByJob() && (!e.doubtful(a.Key) || jobs.Again[a.Key])
}

// hand gives a node back that waited for its job. e.mu is held.
func (e *engine) hand(i int, c *carried) {
	n := &e.nodes[i]
	n.held, n.carried = false, c
	if c == nil {
		n.job = 0
	}
	if n.waits--; n.waits == 0 {
		heap.Push(&e.ready, i)
	}
}

// handAll gives nodes back.
func (e *engine) handAll(is []int, c *carried) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, i := range is {
		e.hand(i, c)
	}
	e.changed()
}

// held are the nodes that wait for a job, in their order, by owner.
func (e *engine) held() (owners []string, of map[string][]int) {
	of = map[string][]int{}
	for i := range e.nodes {
		if n := &e.nodes[i]; n.held {
			if of[n.action.Owner] == nil {
				owners = append(owners, n.action.Owner)
			}
			of[n.action.Owner] = append(of[n.action.Owner], i)
		}
	}
	return owners, of
}

// errNoJobs ends the use of jobs, and not the run.
var errNoJobs = errors.New("the rest goes by v3")

// groupJobs sends the nodes that wait for jobs. An error ends the run.
func (e *engine) groupJobs(ctx context.Context) error {
	owners, of := e.held()
	for n, owner := range owners {
		err := (&jobsOf{engine: e, owner: owner, todo: of[owner]}).run(ctx)
		if errors.Is(err, errNoJobs) {
			for _, rest := range owners[n+1:] {
				e.handAll(of[rest], nil)
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// jobsOf are the jobs that create the groups of one owner.
type jobsOf struct {
	*engine
	owner string
	todo  []int     // nodes without a job, in their order
	open  []openJob // jobs that have ended without showing all of their groups
	empty int       // jobs in a row that have created nothing
}

// openJob is a job that has ended, and of which groups are not to be seen.
type openJob struct {
	jobEnd
	since time.Time
	nodes []int // of groups that are not to be seen
	shown int   // groups that were

	// These show whether what it carries has arrived.
	lists  intel.List
	fields []string
}

// useless is how many jobs in a row have to create nothing, so that no more are sent.
const useless = 3

func (o *jobsOf) run(ctx context.Context) error {
	for len(o.todo) > 0 {
		err := o.next(ctx)
		if err == nil {
			continue
		}
		if !errors.Is(err, errNoJobs) {
			return err
		}
		rest := o.todo
		o.todo = nil
		o.handAll(rest, nil)
		return cmp.Or(o.settle(ctx), err)
	}
	return o.settle(ctx)
}

// next makes a job of the first nodes.
func (o *jobsOf) next(ctx context.Context) error {
	if ended := o.isOver(); ended != nil {
		return ended
	}
	file, n := o.fill(o.todo)
	if n == 0 {
		o.handAll(o.todo[:1], nil) // too large for any file, or it cannot be written in one
		o.todo = o.todo[1:]
		return nil
	}
	nodes, since := o.todo[:n], o.opt.Jobs.Now().Add(-clockDoubt)
	end, err := o.send(ctx, o.owner, tc.JobReplace, file, n, nodes)
	if _, tooLarge := errors.AsType[*tc.FileTooLargeError](err); tooLarge {
		return nil // fill makes a smaller one
	}
	if err != nil {
		return o.without(err)
	}
	o.todo = o.todo[n:]
	job := openJob{jobEnd: end, since: since, nodes: nodes}
	job.lists, job.fields = o.shownBy(nodes)
	if err := o.look(ctx, &job); err != nil {
		return err
	}
	if len(job.nodes) > 0 {
		o.open = append(o.open, job)
	}
	if o.empty++; job.shown > 0 {
		o.empty = 0
	}
	switch {
	case end.hung:
		return o.without(end.endless())
	case o.empty == useless && len(o.todo) > 0:
		return o.goOn(fmt.Errorf("%d jobs in a row have created nothing; the last one: %s", useless, end.why()))
	}
	return nil
}

// shownBy names the lists and fields that show whether what the job of some nodes carries has arrived.
func (e *engine) shownBy(nodes []int) (lists intel.List, fields []string) {
	for _, a := range e.actionsOf(nodes) {
		l, more := readWith(a.Type, e.jobEntries(a))
		lists |= l
		for _, f := range more {
			if !slices.Contains(fields, f) {
				fields = append(fields, f)
			}
		}
	}
	return lists, fields
}

// clockDoubt is how far the clock of the instance may be from what is known of it: answers
// have it in whole seconds.
const clockDoubt = 5 * time.Second

// without ends the use of jobs because of err: the rest goes by v3 if that is allowed.
func (e *engine) without(err error) error {
	if kind := classify(err); !e.opt.Jobs.Optional || kind == unsent || e.isOver() != nil {
		return err
	}
	return e.goOn(err)
}

// goOn ends the use of jobs because of err: the rest goes by v3.
func (e *engine) goOn(err error) error {
	if serr := e.emit(Event{Job: &Job{Without: err}}); serr != nil {
		return serr
	}
	return errNoJobs
}

// inJob notes in which job nodes are, and returns their actions.
func (e *engine) inJob(id int64, nodes []int) []*plan.Action {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, i := range nodes {
		e.nodes[i].job = id
	}
	return e.actionsOf(nodes)
}

func (e *engine) actionsOf(nodes []int) []*plan.Action {
	as := make([]*plan.Action, len(nodes))
	for n, i := range nodes {
		as[n] = e.nodes[i].action
	}
	return as
}

// look reads the groups of a job, hands back the nodes of those that are there, and of those
// that the job has refused by name. The others stay with the job.
func (o *jobsOf) look(ctx context.Context, job *openJob) error {
	found, err := o.opt.Jobs.Written(ctx, job.since, o.actionsOf(job.nodes), job.lists, job.fields)
	if err != nil {
		if ended := o.isOver(); ended != nil {
			return ended
		}
		doubt := fmt.Errorf("job %d was to create it, and looking it up failed: %w", job.id, err)
		o.handAll(job.nodes, &carried{doubt: doubt})
		job.nodes = nil
		return nil
	}
	refused := job.refused()
	o.mu.Lock()
	defer o.mu.Unlock()
	var open []int
	for _, i := range job.nodes {
		a := o.nodes[i].action
		switch r := found[a.Key]; {
		case r != nil:
			job.shown++
			o.hand(i, &carried{group: r, ended: job.ended})
		case a.Verb == plan.Update, refused[a.XID]:
			o.hand(i, nil)
		default:
			open = append(open, i)
		}
	}
	job.nodes = open
	o.changed()
	return nil
}
