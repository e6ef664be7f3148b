package tc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/golden"
)

func TestClassify(t *testing.T) {
	for _, tt := range []struct {
		name string
		r    reply
		want Cause
	}{
		{"signature", reply{status: 401, message: "Signature data did not match expected result"}, ErrSignature},
		{"signature, older edition", reply{status: 400, json: true, message: "SIGNATURE DATA DID NOT MATCH EXPECTED RESULT"}, ErrSignature},
		{"clock", reply{status: 401, message: "Timestamp Out of Acceptable Time Range"}, ErrClock},
		{"clock with another status", reply{status: 403, message: "timestamp out of acceptable time range"}, ErrClock},
		{"token", reply{status: 401, message: "Unauthorized"}, ErrUnauthorized},
		{"bare 401", reply{status: 401}, ErrUnauthorized},
		{"denied", reply{status: 401, message: "Access Denied", owner: true}, ErrDenied},
		{"permission", reply{status: 401, message: "Unable to perform the requested operation due to the following error(s): You do not have permission to create Indicators;"}, ErrPermission},
		{"403 with an owner", reply{status: 403, json: true, code: "0x1003", message: "Access Denied", owner: true}, ErrOwner},
		{"403 without", reply{status: 403, json: true, message: "no"}, ErrPermission},
		{"excluded", reply{status: 403, owner: true, message: "This indicator is contained on a system-wide exclusion list."}, ErrRefused},
		{"excluded, by the table", reply{status: 400, message: "This indicator is contained on a system-wide exclusion list."}, ErrRefused},
		{"firewall", reply{status: 403, html: true, owner: true}, ErrRefused},
		{"page instead of the API", reply{status: 403, html: true, owner: true, unproven: true}, ErrHTML},
		{"401 as a page", reply{status: 401, html: true, unproven: true}, ErrUnauthorized},
		{"cross-owner", reply{status: 403, json: true, owner: true, message: "Cross-owner associations are not enabled"}, ErrRefused},
		{"not found", reply{status: 404, json: true, code: "0x1004"}, ErrNotFound},
		{"not found by code", reply{status: 400, json: true, code: "0x1004"}, ErrNotFound},
		{"wrong path", reply{status: 404, html: true, unproven: true}, ErrHTML},
		{"HTML 404 of a working API", reply{status: 404, html: true}, ErrNotFound},
		{"method", reply{status: 405}, ErrRefused},
		{"conflict", reply{status: 409}, ErrExists},
		{"conflict by code", reply{status: 400, json: true, code: "0x1006"}, ErrExists},
		{"conflict by text", reply{status: 400, json: true, code: "0x1001", message: "The indicator Already Exists"}, ErrExists},
		{"validation", reply{status: 400, json: true, code: "0x1001", message: "Please enter a valid Url"}, ErrRefused},
		{"query", reply{status: 400, json: true, code: "0x2001"}, ErrTQL},
		{"query by text", reply{status: 400, message: "Syntax error(s) found with your TQL query."}, ErrTQL},
		{"query takes too long", reply{status: 500, tql: true, message: "TQL timeout"}, ErrTQLTimeout},
		{"query takes too long, 400", reply{status: 400, tql: true, message: "The query timed out"}, ErrTQLTimeout},
		{"timeout of something else", reply{status: 500, message: "timeout"}, ErrServer},
		{"gateway timeout", reply{status: 504, tql: true, message: "504 Gateway Time-out timeout"}, ErrServer},
		{"too long", reply{status: 414, html: true}, ErrTooLong},
		{"headers too long", reply{status: 431}, ErrTooLong},
		{"Tomcat's word for it", reply{status: 400, html: true, message: "Request header is too large"}, ErrTooLong},
		{"too large", reply{status: 413}, ErrTooLong},
		{"too many", reply{status: 429, html: true}, ErrThrottled},
		{"too many, as JSON with an odd text", reply{status: 429, message: "timestamp out of acceptable time range"}, ErrThrottled},
		{"request timeout", reply{status: 408}, ErrTimeout},
		{"too early", reply{status: 425}, ErrUnavailable},
		{"unlicensed", reply{status: 503, json: true, message: "The API is not Licensed"}, ErrNotLicensed},
		{"unlicensed, as text", reply{status: 503, message: "API has been disabled"}, ErrNotLicensed},
		{"no word of a licence", reply{status: 503, json: true}, ErrUnavailable},
		{"licence server restarts", reply{status: 503, json: true, retryAfter: true, message: "licensing service is starting"}, ErrUnavailable},
		{"unavailable", reply{status: 503, json: true, retryAfter: true}, ErrUnavailable},
		{"unavailable, proxy", reply{status: 503, html: true}, ErrUnavailable},
		{"500", reply{status: 500, json: true}, ErrServer},
		{"520", reply{status: 520}, ErrServer},
		{"501", reply{status: 501}, ErrRefused},
		{"redirect", reply{status: 307, html: true}, ErrRedirect},
		{"no jobs", reply{status: 503, message: "Batch job api is not available.  Ensure that batchJobEnabled is true"}, ErrNoJobs},
		{"no jobs, with Retry-After", reply{status: 503, retryAfter: true, message: "Batch job api is not available."}, ErrNoJobs},
		{"no address for jobs", reply{status: 404, jobs: true, json: true}, ErrNoJobs},
		{"no address for a job", reply{status: 404, jobs: true, named: true, html: true}, ErrNoJobs},
		{"no such job", reply{status: 404, jobs: true, named: true, json: true}, ErrNotFound},
		{"page in the place of jobs", reply{status: 404, jobs: true, html: true, unproven: true}, ErrHTML},
		{"job at work", reply{status: 400, json: true, message: "Batch still in Running state"}, ErrJobRunning},
		{"file", reply{status: 400, json: true, message: "File size greater than allowable limit of 2000000"}, ErrTooLong},
	} {
		if got := classify(tt.r); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What users get to read: the message and the hint of each error.
func TestMessages(t *testing.T) {
	errorBody := func(code, message string) string {
		return `{"errCode":` + quoteJSON(code) + `,"message":` + quoteJSON(message) + `,"status":"Error"}`
	}
	dial := func(err error) http.HandlerFunc {
		return breaks(&net.OpError{Op: "dial", Net: "tcp", Err: err})
	}
	var out strings.Builder
	for _, tt := range []struct {
		name string
		h    http.HandlerFunc
	}{
		{"signature", status(401, errorBody("0x1002", "Signature data did not match expected result"))},
		{"clock", status(401, "Timestamp out of acceptable time range", "Date", "Sat, 01 Jan 2000 00:07:30 GMT")},
		{"clock, no date", status(401, "Timestamp out of acceptable time range")},
		{"token", status(401, `{"status":"Failure","message":"Unauthorized"}`)},
		{"denied", status(401, "Access Denied")},
		{"permission", status(401, "Unable to perform the requested operation due to the following error(s): You do not have permission to create Groups;")},
		{"owner", status(403, errorBody("0x1003", "Owner not found"))},
		{"firewall", status(403, "<html><head><title>Blocked by &quot;WAF&quot;</title>")},
		{"not licensed", status(503, errorBody("", "The API is not licensed"))},
		{"down", status(503, "<html><title>Maintenance</title>")},
		{"too many", status(429, "slow down", "Retry-After", "0")},
		{"server", status(500, errorBody("0x1007", "An internal error occurred"), "X-Request-Id", "abc-123")},
		{"gateway", status(502, "<html>\n<title>502 Bad Gateway</title>")},
		{"exists", status(409, errorBody("0x1006", "An item already exists with the same unique information."))},
		{"refused", status(400, errorBody("0x1001", "hostile \x1b[31m\u202e text\n with\tbreaks"))},
		{"long", status(400, errorBody("0x1001", strings.Repeat("ä", 3000)))},
		{"gone", status(404, errorBody("0x1004", "The requested item(s) were not found."))},
		{"wrong path", status(404, "<html><title>HTTP Status 404</title>")},
		{"login page", status(200, "<!DOCTYPE html><title>Log in</title>")},
		{"redirect", status(302, "", "Location", "https://other.example/api/v3/groups")},
		{"too long", status(414, "")},
		{"empty", status(200, "")},
		{"cut off", status(201, `{"data":{"id":`)},
		{"text", status(200, "OK")},
		{"not confirmed", status(201, `{"data":{"id":7}}`)},
		{"failed with 200", status(200, `{"status":"Failure","message":"Something is wrong"}`)},
		{"DNS", dial(&net.DNSError{Err: "no such host", Name: "tc.exmaple", IsNotFound: true})},
		{"refused connection", breaks(errDial)},
		{"dial timeout", dial(context.DeadlineExceeded)},
		{"proxy", breaks(&net.OpError{Op: "proxyconnect", Net: "tcp", Err: errDial})},
		{"reset", breaks(errReset)},
		{"timeout", breaks(context.DeadlineExceeded)},
		{"EOF", breaks(io.EOF)},
		{"unknown authority", breaks(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}})},
		{"wrong name", breaks(&tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"a.example"}}, Host: "tc.example"}})},
		{"expired", breaks(&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired, Detail: "2020"}})},
		{"no TLS", breaks(tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"})},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := client(t, tt.h, func(cfg *Config) { cfg.Retry = RetryPolicy{Tries: 2, MaxTime: 10 * time.Second} })
			_, err := c.CreateGroup(t.Context(), threat(), 0)
			text := err.Error()
			if e, ok := errors.AsType[*Error](err); ok && len(e.Message) > 200 {
				if len(e.Message) > maxMessage+len("…") {
					t.Errorf("%s: message of %d bytes", tt.name, len(e.Message))
				}
				text = string([]rune(text)[:70]) + "[and so on]"
			}
			if IsInDoubt(err) {
				text += " (in doubt)"
			}
			fmt.Fprintf(&out, "%s\n  %s\n  -> %s\n", tt.name, text, Hint(err))
			if Hint(err) == "" {
				t.Errorf("%s: no hint", tt.name)
			}
		})
	}
	golden.File(t, "messages.golden", out.String())
}

// Each cause has a hint, or is only a name for several.
func TestHintsAreComplete(t *testing.T) {
	for cause := range causes {
		if cause == "" || causes[cause].hint == "" {
			t.Errorf("%q: %q", cause, causes[cause].hint)
		}
	}
	for _, cause := range []Cause{
		ErrSignature, ErrClock, ErrUnauthorized, ErrDenied, ErrPermission, ErrOwner, ErrNotLicensed, ErrNoJobs, ErrJobRunning, ErrNotFound, ErrExists, ErrRefused,
		ErrTQL, ErrTQLTimeout, ErrTooLong, ErrThrottled, ErrUnavailable, ErrServer, ErrTimeout, ErrNetwork, ErrCertificate, ErrHandshake, ErrRedirect, ErrHTML, ErrAnswer, ErrTooLarge, ErrIncomplete,
	} {
		if causes[cause].hint == "" {
			t.Errorf("%q has no hint", cause)
		}
	}
}

func TestPredicates(t *testing.T) {
	doubt := &InDoubtError{Err: &Error{Cause: ErrTimeout}}
	for _, tt := range []struct {
		err                                                   error
		notFound, exists, auth, denied, object, away, dubious bool
	}{
		{&Error{Cause: ErrNotFound}, true, false, false, false, true, false, false},
		{fmt.Errorf("wrapped: %w", &Error{Cause: ErrExists}), false, true, false, false, true, false, false},
		{&Error{Cause: ErrClock}, false, false, true, true, false, false, false},
		{&Error{Cause: ErrUnauthorized}, false, false, true, true, false, false, false},
		{&Error{Cause: ErrPermission}, false, false, false, true, true, false, false},
		{&Error{Cause: ErrNotLicensed}, false, false, false, true, false, true, false},
		{&Error{Cause: ErrNoJobs}, false, false, false, true, false, false, false},
		{&Error{Cause: ErrNetwork}, false, false, false, false, false, true, false},
		{&Error{Cause: ErrHandshake}, false, false, false, false, false, true, false},
		{&Error{Cause: ErrThrottled}, false, false, false, false, false, true, false},
		{&Error{Cause: ErrTimeout}, false, false, false, false, false, false, false},
		{doubt, false, false, false, false, false, false, true},
		{&InDoubtError{Err: &Error{Cause: ErrRefused}}, false, false, false, false, false, false, true},
		{context.Canceled, false, false, false, false, false, false, false},
		{nil, false, false, false, false, false, false, false},
	} {
		got := []bool{IsNotFound(tt.err), IsExists(tt.err), IsAuth(tt.err), IsDenied(tt.err), IsObjectError(tt.err), IsUnreachable(tt.err), IsInDoubt(tt.err)}
		want := []bool{tt.notFound, tt.exists, tt.auth, tt.denied, tt.object, tt.away, tt.dubious}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%v: got %v, want %v", tt.err, got, want)
		}
	}
}
