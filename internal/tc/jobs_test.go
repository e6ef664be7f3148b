package tc

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/golden"
)

// What goes over the wire for a job, request by request.
func TestJobRequests(t *testing.T) {
	var out strings.Builder
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			t.Errorf("%s %s is not signed", r.Method, r.RequestURI)
		}
		fmt.Fprintf(&out, "accept %s, content type %q\n%s\n\n", r.Header.Get("Accept"), r.Header.Get("Content-Type"), recorded(r))
		switch r.Method + " " + r.URL.Path {
		case "POST /api/v2/batch":
			status(201, `{"status":"Success","data":{"batchId":2446}}`)(w, r)
		case "POST /api/v2/batch/2446":
			status(202, `{"status":"Queued"}`)(w, r)
		case "GET /api/v2/batch/2446":
			status(200, `{"status":"Running"}`)(w, r)
		default:
			status(404, "")(w, r)
		}
	}, func(cfg *Config) { cfg.ActivityLog = true })
	id, err := c.CreateJob(t.Context(), `Demo "Community"`, JobReplace)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.UploadJob(t.Context(), id, []byte(`{"group":[]}`)); err != nil {
		t.Error(err)
	}
	if s, err := c.ReadJob(t.Context(), id); s != (JobStatus{State: JobRunning}) || err != nil {
		t.Errorf("%+v, %v", s, err)
	}
	if list, err := c.JobErrors(t.Context(), id); len(list) > 0 || err != nil {
		t.Errorf("%v, %v", list, err)
	}
	if err := c.TakesJobs(t.Context()); err != nil {
		t.Error(err)
	}
	golden.File(t, "jobs.golden", out.String())
}

const (
	batchOff      = "Batch job api is not available.  Ensure that batchJobEnabled is true and document storage is enabled and configured;"
	notPermitted  = "Unable to perform the requested operation due to the following error(s): You do not have permission to create Groups; Security Labels;"
	fileTooLarge  = `{"status":"Invalid","description":"File size greater than allowable limit of 2000000"}`
	stillRunning  = `{"status":"Invalid","description":"Batch still in Running state"}`
	notFoundByV2  = `{"status":"Failure","message":"The requested resource was not found"}`
	notFoundByWeb = "<html><title>HTTP Status 404</title>"
)

// known is a client that has had an answer of the API before those of h.
func known(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	c := client(t, h, func(cfg *Config) { cfg.Retry = RetryPolicy{Tries: 2, Base: time.Millisecond} })
	c.proven.Store(true)
	return c
}

// A job is there if the answer has its number, in whatever form; if it is only lost, the
// creation is in doubt.
func TestCreateJobAnswers(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		id     int64
		cause  Cause // "" for none
		doubt  bool
	}{
		{"documented", status(201, `{"status":"Success","data":{"batchId":2446}}`), 2446, "", false},
		{"text", status(201, `{"status":"Success","data":{"batchId":"2446"}}`), 2446, "", false},
		{"older documentation", status(201, `{"batchId":"123"}`), 123, "", false},
		{"further keys", status(200, `{"data":{"owner":{"batchId":1},"batchId":7},"x":[1]}`), 7, "", false},
		{"off", status(503, batchOff), 0, ErrNoJobs, false},
		{"off, in JSON", status(503, `{"status":"Error","message":"Batch job API is not available."}`), 0, ErrNoJobs, false},
		{"off, older documentation", status(403, `{"status":"Not Authorized","description":"Document storage not enabled for this instance"}`), 0, ErrNoJobs, false},
		{"not licensed for it", status(403, `{"status":"Not Authorized","description":"Organization not authorized for batch"}`), 0, ErrNoJobs, false},
		{"no such path", status(404, notFoundByV2), 0, ErrNoJobs, false},
		{"no such path, as a page", status(404, notFoundByWeb), 0, ErrNoJobs, false},
		{"permission", status(401, notPermitted), 0, ErrPermission, false},
		{"owner", status(403, `{"status":"Failure","message":"Owner not found"}`), 0, ErrOwner, false},
		{"credentials", status(401, "Unauthorized"), 0, ErrUnauthorized, false},
		{"down", status(503, "<html>Maintenance"), 0, ErrUnavailable, true},
		{"settings", status(400, `{"status":"Invalid","description":"haltOnError is missing"}`), 0, ErrRefused, false},
		{"refused with 200", status(200, `{"status":"Failure","message":"no"}`), 0, ErrRefused, false},
		{"no number", status(201, `{"status":"Success","data":{}}`), 0, ErrAnswer, true},
		{"number 0", status(201, `{"status":"Success","data":{"batchId":0}}`), 0, ErrAnswer, true},
		{"list", status(201, `[2446]`), 0, ErrAnswer, true},
		{"empty", status(201, ``), 0, ErrAnswer, true},
		{"gateway", status(504, ""), 0, ErrServer, true},
		{"reset", breaks(errReset), 0, ErrNetwork, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				id, err := known(t, tt.answer).CreateJob(t.Context(), "Demo", JobStatic)
				if id != tt.id || (err == nil) != (tt.cause == "") || tt.cause != "" && !errors.Is(err, tt.cause) || IsInDoubt(err) != tt.doubt {
					t.Errorf("%d, %v", id, err)
				}
				if e, ok := errors.AsType[*Error](err); ok && e.Hint == "" {
					t.Errorf("no hint: %v", err)
				}
			})
		})
	}
}

// What is missing of permissions is said, and is not taken for wrong credentials.
func TestJobPermission(t *testing.T) {
	_, err := known(t, status(401, notPermitted)).CreateJob(t.Context(), "Demo", JobReplace)
	if IsAuth(err) || !IsDenied(err) || !strings.Contains(err.Error(), "create Groups; Security Labels") {
		t.Errorf("got %v", err)
	}
}

// A file is with its job if the answer has a state of the job. One that is too large is
// refused with the limit.
func TestUploadJobAnswers(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		cause  Cause
		limit  int64 // -1 for an error of another sort
		doubt  bool
	}{
		{"documented", status(202, `{"status":"Queued"}`), "", -1, false},
		{"worked off at once", status(200, `{"status":"Success","data":{"batchStatus":{"status":"Completed","successCount":2}}}`), "", -1, false},
		{"too large", status(400, fileTooLarge), ErrTooLong, 2000000, false},
		{"too large for a proxy", status(413, "<html>"), ErrTooLong, 0, false},
		{"too large beyond numbers", status(400, `{"status":"Invalid","description":"File size greater than allowable limit of 99999999999999999999"}`), ErrTooLong, 1<<63 - 1, false},
		{"no such job", status(404, notFoundByV2), ErrNotFound, -1, false},
		{"off", status(503, batchOff), ErrNoJobs, -1, false},
		{"not confirmed", status(200, `{"status":"Success"}`), ErrAnswer, -1, true},
		{"empty", status(202, ""), ErrAnswer, -1, true},
		{"refused with 200", status(200, `{"status":"Invalid","description":"no"}`), ErrRefused, -1, false},
		{"gateway", status(502, ""), ErrServer, -1, true},
		{"timeout", breaks(errReset), ErrNetwork, -1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := known(t, tt.answer)
				err := c.UploadJob(t.Context(), 2446, []byte(`{}`))
				if (err == nil) != (tt.cause == "") || tt.cause != "" && !errors.Is(err, tt.cause) || IsInDoubt(err) != tt.doubt {
					t.Errorf("got %v", err)
				}
				limit := int64(-1)
				if e, ok := errors.AsType[*FileTooLargeError](err); ok {
					limit = e.Limit
				}
				if limit != tt.limit {
					t.Errorf("limit %d, want %d", limit, tt.limit)
				}
				if n := c.Stats().Requests; n != 1 {
					t.Errorf("%d requests", n)
				}
			})
		})
	}
}

// The status of a job is read in all forms of the documentation, whatever else is in them.
func TestReadJobAnswers(t *testing.T) {
	full := JobStatus{State: JobCompleted, Done: 405432, Failed: 342, Unprocessed: 9}
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		want   JobStatus
		cause  Cause
	}{
		{"short", status(200, `{"status":"Running"}`), JobStatus{State: JobRunning}, ""},
		{"created", status(200, `{"status":"Created"}`), JobStatus{State: JobCreated}, ""},
		{"queued, in capitals", status(200, `{"status":"QUEUED"}`), JobStatus{State: JobQueued}, ""},
		{"full", status(200, `{"status":"Success","data":{"batchStatus":{"id":12345,"status":"Completed","errorCount":342,"successCount":405432,"unprocessCount":9}}}`), full, ""},
		{"texts", status(200, `{"status":"Success","data":{"batchStatus":{"id":"12345","status":"completed","errorCount":"342","successCount":"405432","unprocessedCount":"9"}}}`), full, ""},
		{"older documentation", status(200, `{"status":"Completed","errorCount":342,"successCount":405432,"unprocessCount":9}`), full, ""},
		{"without the inner object", status(200, `{"status":"Success","data":{"status":"Completed","errorCount":342,"successCount":405432,"unprocessCount":9}}`), full, ""},
		{"further counts", status(200, `{"data":{"batchStatus":{"errorGroupCount":1,"errorCount":342,"successCount":405432,"status":"Completed","unprocessCount":9,"x":{"status":"Running"}}}}`), full, ""},
		{"running with counts", status(200, `{"status":"Success","data":{"batchStatus":{"status":"Running","successCount":5}}}`), JobStatus{State: JobRunning, Done: 5}, ""},
		{"no such job", status(404, notFoundByV2), JobStatus{}, ErrNotFound},
		{"no such job, in text", status(404, "not here"), JobStatus{}, ErrNotFound},
		{"no such job, as a page", status(404, notFoundByWeb), JobStatus{}, ErrNotFound},
		{"off", status(503, batchOff), JobStatus{}, ErrNoJobs},
		{"a state that nobody knows", status(200, `{"status":"Success","data":{"batchStatus":{"status":"Paused"}}}`), JobStatus{}, ErrAnswer},
		{"no state", status(200, `{"status":"Success","data":{"batchStatus":{"errorCount":3}}}`), JobStatus{}, ErrAnswer},
		{"failure", status(200, `{"status":"Failure","message":"no"}`), JobStatus{}, ErrRefused},
		{"list", status(200, `[]`), JobStatus{}, ErrAnswer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, err := known(t, tt.answer).ReadJob(t.Context(), 12345)
				if got != tt.want || (err == nil) != (tt.cause == "") || tt.cause != "" && !errors.Is(err, tt.cause) {
					t.Errorf("%+v, %v", got, err)
				}
			})
		})
	}
}

// Whether an instance takes jobs is asked without creating one.
func TestTakesJobs(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		cause  Cause
	}{
		{"no such job", status(404, notFoundByV2), ""},
		{"no such job, in text", status(404, "no batch job 2147483647"), ""},
		{"there is one", status(200, `{"status":"Running"}`), ""},
		{"refused", status(400, `{"status":"Invalid","description":"no such job"}`), ""},
		{"off", status(503, batchOff), ErrNoJobs},
		{"no such path", status(404, notFoundByWeb), ErrNoJobs},
		{"permission", status(401, notPermitted), ErrPermission},
		{"not for this user", status(403, `{"status":"Failure","message":"no"}`), ErrPermission},
		{"credentials", status(401, "Unauthorized"), ErrUnauthorized},
		{"down", status(503, "<html>Maintenance"), ErrUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := known(t, func(w http.ResponseWriter, r *http.Request) {
					if r.Method != "GET" {
						t.Errorf("sends %s", r.Method)
					}
					tt.answer(w, r)
				})
				err := c.TakesJobs(t.Context())
				if (err == nil) != (tt.cause == "") || tt.cause != "" && !errors.Is(err, tt.cause) {
					t.Errorf("got %v", err)
				}
				if errors.Is(err, ErrNoJobs) && c.Stats().Requests != 1 {
					t.Errorf("%d requests", c.Stats().Requests)
				}
			})
		})
	}
}

// Why there are no jobs is said in the instance's words.
func TestNoJobsSaysWhy(t *testing.T) {
	err := known(t, status(503, batchOff)).TakesJobs(t.Context())
	want := "look for batch job: the instance takes no batch jobs (503): Batch job api is not available. Ensure that batchJobEnabled is true and document storage is enabled and configured;"
	if err == nil || err.Error() != want || !strings.Contains(Hint(err), "--engine v3") {
		t.Errorf("got %v, %s", err, Hint(err))
	}
}

// A page in the place of all answers is a wrong address, and says nothing of jobs.
func TestNoJobsNeedsTheAPI(t *testing.T) {
	if err := client(t, status(404, notFoundByWeb)).TakesJobs(t.Context()); !errors.Is(err, ErrHTML) {
		t.Errorf("got %v", err)
	}
}

// --timeout is for the instance: the time that a long file takes on a slow line comes on top.
func TestUploadHasTimeForItsSize(t *testing.T) {
	for _, tt := range []struct {
		bytes int
		took  time.Duration
		doubt bool
	}{
		{20 << 20, 180 * time.Second, false},
		{20 << 20, 200 * time.Second, true},
		{1000, 31 * time.Second, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := client(t, func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(tt.took)
				status(202, `{"status":"Queued"}`)(w, r)
			}, func(cfg *Config) { cfg.Timeout = 30 * time.Second })
			if err := c.UploadJob(t.Context(), 1, make([]byte, tt.bytes)); IsInDoubt(err) != tt.doubt || (err != nil) != tt.doubt {
				t.Errorf("%d bytes in %s: %v", tt.bytes, tt.took, err)
			}
		})
	}
}
