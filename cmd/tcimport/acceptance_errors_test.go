package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"tcimport/internal/golden"
	"tcimport/internal/tcsim"
)

const small = "groups:\n  - {key: a, type: Threat, name: A, tags: [x], associatedIndicators: ['Host:also.example', 'Host:good.example']}\n  - {key: b, type: Tool, name: B}\n"

// hmac makes the command sign its requests.
func (w *world) hmac(secret string) {
	w.with("TC_TOKEN=", "TC_API_ACCESS_ID="+tcsim.DemoAccessID, "TC_API_SECRET_KEY="+secret)
}

// answerWith lets another server than the instance answer.
func (w *world) answerWith(status int, header, body string) {
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		name, value, _ := strings.Cut(header, ": ")
		rw.Header().Set(name, value)
		rw.WriteHeader(status)
		fmt.Fprint(rw, body)
	}))
	w.t.Cleanup(srv.Close)
	w.with("TC_API_PATH=" + srv.URL + "/api")
}

// failing makes the instance answer requests of a route with an error.
func (w *world) failing(method, path string, status int, body string) {
	w.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		if p.Phase != tcsim.BeforeHandling || p.Request.Method != method || p.Request.URL.Path != path {
			return tcsim.Fault{}
		}
		return tcsim.Fault{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
	})
}

// userErrors are what a user can meet.
var userErrors = []struct {
	name string
	set  func(w *world)
	args []string // on the command line; one alone is a host in the manifest
}{
	{"wrong secret", func(w *world) { w.hmac("another^secret%key&of+the/user=") }, nil},
	{"unknown access id", func(w *world) {
		w.hmac(tcsim.DemoSecretKey)
		w.with("TC_API_ACCESS_ID=99998888777766665555")
	}, nil},
	{"clock ahead", func(w *world) { w.hmac(tcsim.DemoSecretKey); w.flip("clock-offset=-7200") }, nil},
	{"clock behind", func(w *world) { w.hmac(tcsim.DemoSecretKey); w.flip("clock-offset=7200") }, nil},
	{"token expired", func(w *world) { w.with("TC_TOKEN=APIV2:3:old000:1500000000000:ZXhwaXJlZCB0b2tlbg==") }, nil},
	{"token file missing", func(w *world) { w.with("TC_TOKEN=", "TC_TOKEN_FILE=missing.txt") }, nil},
	{"unknown owner", func(*world) {}, []string{"--owner", "Demo Comunity"}},
	{"owner refused", func(w *world) {
		w.failing("GET", "/api/v3/groups", 403, `{"errCode":"0x1003","message":"Access Denied","status":"Error"}`)
	}, nil},
	{"not licensed", func(w *world) { w.flip("not-licensed=-1") }, nil},
	{"no api in path", func(w *world) { w.with("TC_API_PATH=" + w.url) }, nil},
	{"html page", func(w *world) { w.answerWith(200, "Content-Type: text/html", "<html><title>Sign in</title></html>") }, nil},
	{"redirect", func(w *world) { w.answerWith(302, "Location: https://login.example/sso?next=%2Fapi", "") }, nil},
	{"tls unknown authority", func(w *world) {
		srv := httptest.NewUnstartedServer(w.sim)
		srv.Config.ErrorLog = log.New(io.Discard, "", 0)
		srv.StartTLS()
		w.t.Cleanup(srv.Close)
		w.with("TC_API_PATH=" + srv.URL + "/api")
	}, nil},
	{"no tls there", func(w *world) { w.with("TC_API_PATH=" + strings.Replace(w.url, "http:", "https:", 1) + "/api") }, nil},
	{"unknown host", func(w *world) { w.with("TC_API_PATH=https://tcimport.invalid/api") }, nil},
	// No port that was free: another test may take it meanwhile.
	{"refused", func(w *world) { w.with("TC_API_PATH=http://127.0.0.1:1/api") }, nil},
	{"timeout", func(w *world) {
		w.sim.SetFault(func(tcsim.FaultPoint) tcsim.Fault { return tcsim.Fault{Delay: 2 * time.Second} })
	}, []string{"--timeout", "300ms"}},
	{"too long", func(w *world) { w.flip("max-url=40") }, nil},
	{"tql error", func(w *world) {
		w.failing("GET", "/api/v3/indicators", 400, `{"errCode":"0x2001","message":"Syntax error(s) found with your TQL query. unexpected 'in'","status":"Error"}`)
	}, nil},
	{"field refused", func(w *world) {
		w.failing("POST", "/api/v3/groups", 400, `{"errCode":"0x1001","message":"The value of the field 'name' is not valid.","status":"Error"}`)
	}, nil},
	{"exclusion list", func(*world) {}, []string{"evil.example"}}, // in the manifest
	{"disk", func(w *world) { os.Mkdir(w.path("ids.csv"), 0o700) }, nil},
}

// TestUserErrors: what each of them says on stderr and in the JSON document, how
// the run ends, and that nothing secret is anywhere.
func TestUserErrors(t *testing.T) {
	t.Parallel()
	got := make([]string, len(userErrors))
	t.Run("all", func(t *testing.T) {
		for i, c := range userErrors {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				got[i] = "-- " + c.name + " --\n" + meet(t, c.set, c.args)
			})
		}
	})
	golden.File(t, "acceptance/errors.golden", strings.Join(got, ""))
}

// meet runs into an error twice, and says how that looks like.
func meet(t *testing.T, set func(*world), args []string) string {
	w := newWorld(t, tcsim.Config{ExcludedSummary: []string{"evil.example"}})
	set(w)
	manifest := small
	if len(args) == 1 {
		manifest, args = strings.Replace(small, "also.example", args[0], 1), nil
	}
	w.write("in.yaml", manifest)
	apply := append([]string{"apply", "in.yaml", "--yes", "--report", "ids.csv", "--failed", "failed.yaml", "--metrics", "run.prom"}, args...)
	text := w.exec(apply...)
	doc := w.exec(append(apply, "--json", "-v")...)
	if doc.code != text.code {
		t.Errorf("exit code %d, with --json %d", text.code, doc.code)
	}
	checkErrorDocument(t, text, doc)
	if n := w.sim.Stats().Writes; n > 0 && text.code != codeIncomplete {
		t.Errorf("%d writes", n)
	}
	w.noSecrets(text, doc)
	return fmt.Sprintf("exit %d\n%s%s", text.code, w.plain(text.out), w.plain(text.err))
}

// checkErrorDocument: with --json stdout is one document that says what stderr
// says.
func checkErrorDocument(t *testing.T, text, r ran) {
	t.Helper()
	var doc struct {
		Error struct {
			Text string
			Code int
		}
		Summary, Rows any
	}
	if err := json.Unmarshal([]byte(r.out), &doc); err != nil {
		t.Errorf("stdout is not one document: %v\n%s", err, r.out)
		return
	}
	switch {
	case doc.Summary != nil && doc.Rows != nil && r.code == codeIncomplete: // it ran: the rows say it
	case doc.Error.Code != r.code || doc.Error.Text == "":
		t.Errorf("exit code %d, but the document says %+v", r.code, doc.Error)
	case !strings.Contains(unclocked(text.err), strings.TrimSpace(unclocked(doc.Error.Text))):
		t.Errorf("the document says\n%s\nand stderr\n%s", doc.Error.Text, text.err)
	}
}

var (
	groupID = regexp.MustCompile(`group [0-9]+:`)
	port    = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)
	dnsText = regexp.MustCompile(`lookup tcimport\.invalid[^\n\[]*`)
	seconds = regexp.MustCompile(`[0-9a-z]+ (ahead of|behind) the server`)
)

// plain takes out of a text what differs from run to run.
func (w *world) plain(text string) string {
	text = strings.ReplaceAll(text, w.dir, "DIR")
	text = groupID.ReplaceAllString(text, "group ID:")
	text = port.ReplaceAllString(text, "127.0.0.1:PORT")
	text = dnsText.ReplaceAllString(text, "lookup tcimport.invalid: … ")
	return unclocked(text)
}

func unclocked(text string) string { return seconds.ReplaceAllString(text, "TIME $1 the server") }
