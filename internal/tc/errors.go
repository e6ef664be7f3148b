package tc

import (
	"errors"
	"fmt"
	"strings"
)

// Cause is the reason why a request failed: what callers branch on, with
// errors.Is(err, tc.ErrNotFound).
type Cause string

func (c Cause) Error() string { return string(c) }

// The causes.
const (
	ErrSignature    = Cause("the signature is wrong")
	ErrClock        = Cause("the clock is off")
	ErrUnauthorized = Cause("the credentials are not accepted")
	ErrDenied       = Cause("access denied")

	ErrPermission  = Cause("no permission")                     // of the API user's role, for this operation
	ErrOwner       = Cause("no access to the owner")            // unknown, or not visible to the API user
	ErrNotLicensed = Cause("the API is not licensed or is off") // 503 that says so

	ErrNoJobs     = Cause("the instance takes no batch jobs") // they are off, or it has no such API
	ErrJobRunning = Cause("the batch job is still running")

	ErrNotFound = Cause("not found")
	ErrExists   = Cause("already exists")
	ErrRefused  = Cause("refused") // this request, for what it holds

	ErrTQL        = Cause("the query is not understood")
	ErrTQLTimeout = Cause("the query takes too long")
	ErrTooLong    = Cause("the request is too long")

	ErrThrottled   = Cause("too many requests")
	ErrUnavailable = Cause("temporarily unavailable")
	ErrServer      = Cause("internal server error")
	ErrTimeout     = Cause("no answer in time")
	ErrNetwork     = Cause("network error")
	ErrCertificate = Cause("the TLS certificate could not be verified")
	ErrHandshake   = Cause("no TLS connection could be made")
	ErrRedirect    = Cause("redirected")
	ErrHTML        = Cause("an HTML page came back")
	ErrAnswer      = Cause("the answer is invalid")
	ErrTooLarge    = Cause("the answer is too large")
	ErrIncomplete  = Cause("the list is incomplete") // all that it has was handed on before
)

// Error is a request that failed for good.
type Error struct {
	Op      string // what was tried: "create group"
	Object  string // on what: a quoted name, an ID; "" where Op says it all
	Status  int    // of the last answer; 0 if there was none
	Code    string // the server's errCode
	Message string // the server's, without control characters and secrets, at most 2 kB
	Tries   int
	Cause   Cause
	Hint    string // what to do next
	Err     error  // what the transport or the decoder said, nil if it was the server that refused
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Object != "" {
		b.WriteString(" " + e.Object)
	}
	b.WriteString(": " + string(e.Cause))
	if e.Status != 0 {
		fmt.Fprintf(&b, " (%d", e.Status)
		if e.Code != "" {
			b.WriteString(", " + e.Code)
		}
		b.WriteString(")")
	}
	switch {
	case e.Message != "":
		b.WriteString(": " + e.Message)
	case e.Err != nil:
		b.WriteString(": " + e.Err.Error())
	}
	if e.Tries > 1 {
		fmt.Fprintf(&b, " [after %d tries]", e.Tries)
	}
	return b.String()
}

// Is makes errors.Is(err, ErrNotFound) and the like work.
func (e *Error) Is(target error) bool { return target == e.Cause }

func (e *Error) Unwrap() error { return e.Err }

// InDoubtError is a write that the instance may or may not have carried out. Look the object up before writing it again.
type InDoubtError struct {
	Err error // why the answer is not known
}

// Error does not say that the write is in doubt: the status of its row does.
func (e *InDoubtError) Error() string { return e.Err.Error() }
func (e *InDoubtError) Unwrap() error { return e.Err }

// Hint is what to do about err; "" if it is not an error of this package.
func Hint(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Hint
	}
	return ""
}

// The predicates say what a caller may want to know without naming causes.

// IsNotFound reports whether the object or path does not exist.
func IsNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// IsExists reports whether the object could not be made because it is there.
func IsExists(err error) bool { return errors.Is(err, ErrExists) }

// IsInDoubt reports whether err leaves open if a write was carried out.
func IsInDoubt(err error) bool {
	_, ok := errors.AsType[*InDoubtError](err)
	return ok
}

// IsAuth reports whether the credentials as a whole are not accepted.
func IsAuth(err error) bool { return is(err, ofCredentials) }

// IsUnreachable reports whether err, after all tries, says that the instance does
// not answer at all: the next request would take as long, and fail alike.
func IsUnreachable(err error) bool { return is(err, unreachable) }

// IsDenied reports whether the user is not allowed: credentials, permission,
// owner, or an API that is not licensed.
func IsDenied(err error) bool { return is(err, notAllowed) }

// IsObjectError reports whether err is about this one request: others may well
// succeed. It is false for everything that would befall the next one too.
func IsObjectError(err error) bool { return is(err, ofRequest) && !IsInDoubt(err) }

func is(err error, traits trait) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Cause.is(traits)
}
