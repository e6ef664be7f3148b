package tc

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"
)

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

// places answers differently for the two lists of errors.
func places(errors, results http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/errors") {
			errors(w, r)
			return
		}
		results(w, r)
	}
}

const (
	twoErrors = `[{"errorReason":"Incident incident-001 has an invalid status.","errorSource":"incident-001 is not valid."},{"errorReason":"no","errorSource":"x-2"}]`
	oneResult = `[{"code":"0x1003","severity":"Error","errorReason":"com.google.gson.JsonSyntaxException","errorMessage":"Last processed group[1] 'x-2'."}]`
)

// The errors of a job are read in every form, from both places; none are no error.
func TestJobErrorsAnswers(t *testing.T) {
	two := []JobError{{Reason: "Incident incident-001 has an invalid status.", Source: "incident-001 is not valid."}, {Reason: "no", Source: "x-2"}}
	result := JobError{Code: "0x1003", Severity: "Error", Reason: "com.google.gson.JsonSyntaxException", Source: "Last processed group[1] 'x-2'."}
	none, octets := status(404, notFoundByV2), []string{"Content-Type", "application/octet-stream ; boundary="}
	for _, tt := range []struct {
		name            string
		errors, results http.HandlerFunc
		want            []JobError
		cause           Cause
		requests        int
	}{
		{"none", none, none, nil, "", 2},
		{"none, as pages", status(404, notFoundByWeb), status(404, ""), nil, "", 2},
		{"plain", status(200, twoErrors), none, two, "", 2},
		{"compressed", status(200, zipped(twoErrors), octets...), none, two, "", 2},
		{"results", none, status(200, oneResult), []JobError{result}, "", 2},
		{"both", status(200, zipped(twoErrors), octets...), status(200, oneResult), append(two, result), "", 2},
		{"as data", status(200, `{"status":"Success","data":`+twoErrors+`}`), none, two, "", 2},
		{"texts", status(200, `["no"]`), none, []JobError{{Reason: "no"}}, "", 2},
		{"odd entries", status(200, `[null,7,{},{"errorReason":null,"errorSource":["x"]}]`), none, []JobError{{}, {Reason: "7"}, {}, {}}, "", 2},
		{"empty list", status(200, "[]"), status(200, zipped("[]")), nil, "", 2},
		{"empty", status(200, ""), status(200, zipped("")), nil, "", 2},
		{"still running", status(400, stillRunning), none, nil, ErrJobRunning, 1},
		{"no permission for one", status(200, twoErrors), status(401, notPermitted), two, ErrPermission, 2},
		{"one is broken", status(200, `"no"`), status(200, oneResult), []JobError{result}, ErrAnswer, 2},
		{"one is cut off", status(200, zipped(twoErrors)[:60]), status(200, oneResult), []JobError{result}, ErrAnswer, 3},
		{"not zipped after all", status(200, "\x1f\x8bno"), none, nil, ErrAnswer, 3},
		{"failure", status(200, `{"status":"Failure","message":"no"}`), none, nil, ErrRefused, 2},
		{"credentials", status(401, "Unauthorized"), none, nil, ErrUnauthorized, 2},
		{"away", status(503, "<html>"), none, nil, ErrUnavailable, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := known(t, places(tt.errors, tt.results))
				got, err := c.JobErrors(t.Context(), 7)
				if !slices.Equal(got, tt.want) || (err == nil) != (tt.cause == "") || tt.cause != "" && !errors.Is(err, tt.cause) {
					t.Errorf("%+v, %v", got, err)
				}
				if n := c.Stats().Requests; n != tt.requests {
					t.Errorf("%d requests, want %d", n, tt.requests)
				}
			})
		})
	}
}

// A list that comes compressed by the connection, or as a compressed file over it, is the same.
func TestJobErrorsOverSocket(t *testing.T) {
	for _, headers := range [][]string{
		{"Content-Encoding", "gzip", "Content-Type", "application/octet-stream"},
		{"Content-Type", "application/octet-stream"},
	} {
		c := overSocket(t, places(status(200, zipped(twoErrors), headers...), status(404, "")))
		if got, err := c.JobErrors(t.Context(), 7); len(got) != 2 || err != nil {
			t.Errorf("%v: %v, %v", headers, got, err)
		}
	}
}

// A few compressed bytes do not become more than an answer can have.
func TestJobErrorsAreBounded(t *testing.T) {
	for name, repeat := range map[string]string{"one text": "a", "entries": `"},{"errorReason":"`} {
		t.Run(name, func(t *testing.T) {
			bomb := zipped(`[{"errorReason":"` + strings.Repeat(repeat, 20_000_000/len(repeat)))
			c := known(t, places(status(200, bomb), status(404, "")))
			c.budget.bounds = small
			list, err := c.JobErrors(t.Context(), 7)
			if !errors.Is(err, ErrTooLarge) || len(list) > 0 {
				t.Errorf("%d entries, %v", len(list), err)
			}
			if used := c.budget.used.Load(); used != 0 {
				t.Errorf("%d bytes are not given back", used)
			}
		})
	}
}

// A list can be longer than one of its errors.
func TestJobErrorsAreMany(t *testing.T) {
	entry := `,{"errorReason":"` + strings.Repeat("a", 10_000) + `"}`
	many := `[{}` + strings.Repeat(entry, int(small.object)/len(entry)+10) + `]`
	c := known(t, places(status(200, zipped(many)), status(404, "")))
	c.budget.bounds = small
	if list, err := c.JobErrors(t.Context(), 7); err != nil || len(list) != strings.Count(many, "{") {
		t.Errorf("%d entries, %v", len(list), err)
	}
}

// No text of an instance shows a secret, breaks a line or has no end.
func TestJobErrorsAreClean(t *testing.T) {
	hostile := `[{"code":` + quoteJSON(testSecret) + `,"severity":"a\u001b[31mb","errorReason":` + quoteJSON("header TC 12345:abcdefgh "+testSecret) + `,"errorSource":` + quoteJSON("a\nb"+strings.Repeat("ü", 5000)) + `}]`
	list, err := known(t, places(status(200, hostile), status(404, ""))).JobErrors(t.Context(), 7)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	checkClean(t, list[0])
	if !strings.HasPrefix(list[0].Source, "a b") || strings.Contains(list[0].Reason, "abcdefgh") {
		t.Errorf("got %q", list[0])
	}
}

func checkClean(t *testing.T, e JobError) {
	t.Helper()
	for _, text := range []string{e.Code, e.Severity, e.Reason, e.Source} {
		if strings.Contains(text, testSecret) || strings.ContainsAny(text, "\n\x1b") || len(text) > maxMessage+len("…") || !utf8.ValidString(text) {
			t.Errorf("got %q", text)
		}
	}
}

// Whatever an instance says of a job, it is a state with counts or an error, and all texts are clean.
func FuzzJobAnswers(f *testing.F) {
	for _, body := range []string{
		`{"status":"Running"}`, `{"status":"Success","data":{"batchId":2446}}`, `{"batchId":"123"}`, twoErrors, oneResult, zipped(twoErrors), zipped(oneResult)[:50], "\x1f\x8b",
		`{"status":"Success","data":{"batchStatus":{"id":1,"status":"Completed","errorCount":"3","successCount":1e3,"unprocessedCount":-1}}}`,
		`{"status":"Invalid","description":"Batch still in Running state"}`, fileTooLarge, `{"status":"Completed","data":[{"errorReason":"x"}]}`, "", "[", `{"status":`, "null",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		c := client(t, status(200, body), func(cfg *Config) { cfg.Retry.Tries = 1 })
		if s, err := c.ReadJob(t.Context(), 1); err == nil != slices.Contains(jobStates, s.State) {
			t.Errorf("%+v, %v", s, err)
		}
		if id, err := c.CreateJob(t.Context(), "Demo", JobReplace); err == nil != (id > 0) {
			t.Errorf("%d, %v", id, err)
		}
		if err := c.UploadJob(t.Context(), 1, []byte(`{}`)); err != nil && !IsInDoubt(err) && !errors.Is(err, ErrRefused) {
			if e, ok := errors.AsType[*Error](err); !ok || e.Hint == "" {
				t.Errorf("got %v", err)
			}
		}
		list, _ := c.JobErrors(t.Context(), 1)
		for _, e := range list {
			checkClean(t, e)
		}
	})
}
