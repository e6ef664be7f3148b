package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// Job is what is known of a job that is at work.
type Job struct {
	ID     int64
	Status tc.JobStatus
	Items  int       // in its file
	Next   time.Time // when it is asked for again

	Limit   int   // of bytes that a file has from now on, because the instance has refused one; 0 if it has not
	Without error // why the run goes on without jobs; nil if it does not
}

// jobEnd is how a job has ended.
type jobEnd struct {
	id     int64
	status tc.JobStatus  // the last one; not completed if the instance does not know the job any more
	hung   bool          // it has not ended, as far as is known
	unread error         // why its status could not be read; nil if it was
	ended  time.Time     // by the clock of this machine
	errors []tc.JobError // what it says of single items
}

// invalidGroup is the code of a group that was refused as a whole. Other errors that name a group can
// be about a part of it. Source: developer docs, rest_api/v2/batch_api/v2_batch_api.rst.
const invalidGroup = "0x1006"

// refused are the xids of groups that the job says it has refused.
func (j *jobEnd) refused() map[string]bool {
	xids := map[string]bool{}
	for _, e := range j.errors {
		if !strings.EqualFold(e.Code, invalidGroup) || e.Severity != "" && !strings.HasPrefix(strings.ToLower(e.Severity), "err") {
			continue
		}
		for _, text := range []string{e.Source, e.Reason} {
			for _, word := range strings.FieldsFunc(text, noXID) {
				xids[strings.TrimRight(word, ".:")] = true
			}
		}
	}
	return xids
}

// noXID reports whether a derived xid cannot have the character.
func noXID(r rune) bool {
	return !strings.ContainsRune("._:-", r) && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r))
}

// endless is the error of a job that hangs.
func (j *jobEnd) endless() error {
	if j.unread != nil {
		return j.unread
	}
	return fmt.Errorf("nothing has happened to job %d for %s (%s)", j.id, patience, j.why())
}

// why is what the job says of itself.
func (j *jobEnd) why() string {
	text := fmt.Sprintf("successes %d, errors %d, unprocessed %d", j.status.Done, j.status.Failed, j.status.Unprocessed)
	if j.status.State != tc.JobCompleted {
		text = "the instance does not know the job any more"
	}
	switch {
	case j.unread != nil:
		text = j.unread.Error()
	case j.hung:
		text = "it is " + strings.ToLower(string(j.status.State))
	}
	if len(j.errors) > 0 {
		text += "; " + message.Quote(j.errors[0].Reason)
	}
	return text
}

// spareJob is a job that has got no file.
type spareJob struct {
	id         int64
	owner      string
	attributes tc.JobAttributes
}

// send makes a job of a file with items, and waits until it has ended. nodes are those that
// it carries. A *tc.FileTooLargeError has set how long a file may be.
func (e *engine) send(ctx context.Context, owner string, attributes tc.JobAttributes, file *tc.JobFile, items int, nodes []int) (jobEnd, error) {
	id, err := e.createJob(ctx, owner, attributes)
	if err != nil {
		return jobEnd{}, err
	}
	if err := journalError(e.opt.Jobs.Journal.Job(id, e.inJob(id, nodes)...)); err != nil {
		return jobEnd{}, err
	}
	tell := func(s tc.JobStatus, next time.Time) error {
		return e.emit(Event{Job: &Job{ID: id, Status: s, Items: items, Next: next}})
	}
	for try := 1; ; try++ {
		err := e.opt.Jobs.API.UploadJob(ctx, id, file.Bytes())
		arrives := e.opt.Settle
		switch kind := e.classify(ctx, err); {
		case kind == succeeded:
			arrives = patience
		case kind == inDoubt:
		case kind == refused && try > 1: // it may have a file by now
		default:
			e.inJob(0, nodes)
			if tooLarge, ok := errors.AsType[*tc.FileTooLargeError](err); ok {
				e.maxFile = file.Len() / 2
				if tooLarge.Limit > 0 && tooLarge.Limit < int64(file.Len()) {
					e.maxFile = int(tooLarge.Limit)
				}
				e.spare = spareJob{id, owner, attributes}
				if serr := e.emit(Event{Job: &Job{ID: id, Limit: e.maxFile}}); serr != nil {
					err = serr
				}
			}
			_ = e.opt.Jobs.Journal.JobEnded(id) // it has got no file; without the record, the next run asks for it
			return jobEnd{}, err
		}
		status, hung, err := AwaitJob(ctx, e.opt.Jobs.API, id, arrives, e.sleep, tell)
		if ended := e.isOver(); ended != nil && err != nil {
			return jobEnd{}, ended
		}
		end := jobEnd{id: id, status: status, hung: hung, unread: err, ended: time.Now()}
		switch {
		case hung:
			return end, nil
		case status.State == tc.JobCreated && arrives < patience && try < maxTries:
			continue // the file has not arrived
		case status.State == tc.JobCreated:
			end.hung = true
			return end, nil
		}
		if status.Failed+status.Unprocessed > 0 || status.State != tc.JobCompleted {
			end.errors, _ = e.opt.Jobs.API.JobErrors(ctx, id) // they only explain what reading shows
		}
		return end, journalError(e.opt.Jobs.Journal.JobEnded(id))
	}
}

// createJob creates a job. It does nothing as long as it has no file, so it is created again
// if the answer is lost.
func (e *engine) createJob(ctx context.Context, owner string, attributes tc.JobAttributes) (int64, error) {
	if s := e.spare; s.id != 0 && s.owner == owner && s.attributes == attributes {
		e.spare = spareJob{}
		return s.id, nil
	}
	for try := 1; ; try++ {
		id, err := e.opt.Jobs.API.CreateJob(ctx, owner, attributes)
		if e.classify(ctx, err) != inDoubt || try == maxTries {
			return id, err
		}
		if e.backOff(ctx, try, e.sleep) != nil {
			return 0, err
		}
	}
}

// patience is for how long nothing has happened to a job that hangs. TcEx gives up after that time, too.
const patience = time.Hour

// AwaitJob asks for a job until it has ended, until nothing has happened to it for an hour
// (hung), or until it has been without a file for as long as that can be on its way (arrives). A job
// that the instance does not know any more has ended. tell gets each status, and the time of the next.
func AwaitJob(ctx context.Context, api JobAPI, id int64, arrives time.Duration,
	sleep func(context.Context, time.Time) error, tell func(s tc.JobStatus, next time.Time) error) (last tc.JobStatus, hung bool, err error) {
	begun := time.Now()
	changed := begun
	for n := 0; ; n++ {
		if err := sleep(ctx, time.Now().Add(plan.PollWait(n))); err != nil {
			return last, true, err
		}
		status, err := api.ReadJob(ctx, id)
		switch {
		case tc.IsNotFound(err):
			return tc.JobStatus{}, false, nil
		case err != nil:
			return last, true, fmt.Errorf("job %d: %w", id, err)
		}
		if err := tell(status, time.Now().Add(plan.PollWait(n+1))); err != nil {
			return status, true, err
		}
		now := time.Now()
		switch {
		case status.State == tc.JobCompleted:
			return status, false, nil
		case status.State == tc.JobCreated && now.Sub(begun) >= arrives:
			return status, false, nil
		case status.State != last.State || status.Done+status.Failed != last.Done+last.Failed:
			last, changed = status, now
		case now.Sub(changed) >= patience:
			return status, true, nil
		}
	}
}
