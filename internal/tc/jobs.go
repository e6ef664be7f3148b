package tc

import (
	"context"
	"errors"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The v2 Batch API works off jobs: each is created, gets its input file (JobFile), and is asked
// for until it has ended. Source: developer docs, rest_api/v2/batch_api/v2_batch_api.rst.

// JobAttributes says what a job does with the attributes of what exists already.
type JobAttributes string

// What a job does with them. To append them would double those that are there.
const (
	JobReplace JobAttributes = "Replace" // the attributes of the file take their place
	JobStatic  JobAttributes = "Static"  // they stay, and those of the file are ignored
)

// JobState is how far a job is.
type JobState string

// The states of a job, in the order in which it has them.
const (
	JobCreated   JobState = "Created" // it has no file yet
	JobQueued    JobState = "Queued"
	JobRunning   JobState = "Running"
	JobCompleted JobState = "Completed" // with errors or without
)

var jobStates = []JobState{JobCreated, JobQueued, JobRunning, JobCompleted}

// JobStatus is what an instance says of a job. Its counts are 0 where it does not say them,
// as it may while the job is running.
type JobStatus struct {
	State                     JobState
	Done, Failed, Unprocessed int
}

// FileTooLargeError is a file that an instance does not accept for its size. Limit is the
// most bytes that it accepts, 0 if it does not say.
type FileTooLargeError struct {
	Limit int64
	Err   error
}

func (e *FileTooLargeError) Error() string { return e.Err.Error() }
func (e *FileTooLargeError) Unwrap() error { return e.Err }

const jobsPath = "/v2/batch"

// jobCall is a call about a job.
func jobCall(op string, id int64) call {
	text := strconv.FormatInt(id, 10)
	return call{op: op, object: text, path: jobsPath + "/" + text}
}

// noJob is a number that no job has.
const noJob = math.MaxInt32

// TakesJobs asks whether the instance takes jobs, without creating one: ErrNoJobs says that
// it does not, and why. Whether the API user may create a job in an owner only shows when it
// does so.
func (c *Client) TakesJobs(ctx context.Context) error {
	cl := jobCall("look for batch job", noJob)
	cl.jobs, cl.trial = true, true
	cl.decode = func(*answer) error { return nil }
	err := c.do(ctx, &cl)
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrRefused) {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		e.Object = "" // no user has asked for this job
	}
	return err
}

// CreateJob makes a job for an owner. It does nothing before it gets its file.
//
// ErrNoJobs is an instance without the Batch API, ErrPermission an API user who lacks the
// right to create what the message names.
//
// Whatever the file holds, the job takes nothing from what exists, except attributes if they
// are JobReplace. The defaults would replace tags and labels. They would also merge indicators of
// files into one, and overwrite their hashes. Here, a file whose hashes are those of several indicators
// adds to each of them, and one whose hashes contradict an indicator is left out.
func (c *Client) CreateJob(ctx context.Context, owner string, attributes JobAttributes) (id int64, err error) {
	e := c.newEncoder(false)
	e.Open('{')
	e.Text("version", "V2")
	e.Text("owner", owner)
	e.Text("action", "Create")
	e.Bool("haltOnError", false)
	e.Text("attributeWriteType", string(attributes))
	e.Text("tagWriteType", "Append")
	e.Text("securityLabelWriteType", "Append")
	e.Text("fileMergeMode", "Distribute")
	e.Text("hashCollisionMode", "IgnoreIncoming")
	e.Close('}')
	cl := call{op: "create batch job", method: http.MethodPost, path: jobsPath, body: e.Bytes(), writes: true, owner: true, jobs: true}
	cl.decode = func(r *answer) error {
		return readObject(r, func(v value) error {
			env, data := envelopeOf(v)
			for _, from := range []value{data, v} {
				if n, ok := from.get("batchId").int(); ok && n > 0 {
					id = n
					return nil
				}
			}
			return env.without("batchId")
		})
	}
	err = c.do(ctx, &cl)
	return id, err
}

// UploadJob gives a job its file, and so starts it. A file that is too large ends in a
// *FileTooLargeError, and the job is as it was before.
func (c *Client) UploadJob(ctx context.Context, id int64, file []byte) error {
	cl := jobCall("upload batch file of job", id)
	cl.method, cl.body, cl.file, cl.writes = http.MethodPost, file, true, true
	cl.decode = func(r *answer) error {
		return readObject(r, func(v value) error {
			_, err := jobStatus(v)
			return err
		})
	}
	err := c.do(ctx, &cl)
	if e, ok := errors.AsType[*Error](err); ok && e.Cause == ErrTooLong {
		return &FileTooLargeError{Limit: limitOf(e.Message), Err: err}
	}
	return err
}

var fileLimit = regexp.MustCompile(`(?i)limit of ([0-9]+)`)

// limitOf is the limit that a message names, 0 if it names none.
func limitOf(message string) int64 {
	m := fileLimit.FindStringSubmatch(message)
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseInt(m[1], 10, 64)
	return n
}

// ReadJob asks how far a job is; ErrNotFound if there is no such job.
func (c *Client) ReadJob(ctx context.Context, id int64) (status JobStatus, err error) {
	cl := jobCall("read batch job", id)
	cl.decode = func(r *answer) error {
		return readObject(r, func(v value) (err error) {
			status, err = jobStatus(v)
			return err
		})
	}
	err = c.do(ctx, &cl)
	return status, err
}

// jobStatus takes the status of a job out of an answer. While the job is running, some
// answers have it in the place of Success, and nothing else.
func jobStatus(v value) (JobStatus, error) {
	env, data := envelopeOf(v)
	for _, from := range []value{data.get("batchStatus"), data, v} {
		text := from.get("status").text()
		i := slices.IndexFunc(jobStates, func(s JobState) bool { return strings.EqualFold(string(s), text) })
		if i >= 0 {
			return jobCounts(jobStates[i], from), nil
		}
	}
	return JobStatus{}, env.without("status of a job")
}

func jobCounts(state JobState, v value) JobStatus {
	s := JobStatus{State: state}
	for key, val := range v.members() {
		n, _ := val.int()
		switch string(key) {
		case "successCount":
			s.Done = int(n)
		case "errorCount":
			s.Failed = int(n)
		case "unprocessCount", "unprocessedCount": // the samples and the prose of the documentation
			s.Unprocessed = int(n)
		}
	}
	return s
}

// without is the error of an answer that lacks what: maybe it says that it is no success.
func (e envelope) without(what string) error {
	if err := e.accept(false); e.status != "" && err != nil {
		return err
	}
	return shapeError("it has no %s", what)
}
