package apply

import (
	"context"
	"errors"
	"fmt"

	"tcimport/internal/tc"
)

// Failure is what an error of the Store means for the run.
type Failure int

// The failures. Where in doubt it is Doubt.
const (
	None    Failure = iota
	Refused         // this object, and for good
	Gone            // there is no such object
	Exists          // there is such an object already
	Doubt           // nobody knows whether the write was carried out
	Unsent          // the write was not carried out, and others would fare no better: no network, stopped
	Denied          // credentials are not accepted, the API is off: nothing else will succeed
)

// classify says what an error of the client means for a run.
func classify(err error) Failure {
	switch {
	case err == nil:
		return None
	case tc.IsInDoubt(err):
		return Doubt
	case tc.IsNotFound(err):
		return Gone
	case tc.IsExists(err):
		return Exists
	case tc.IsAuth(err), errors.Is(err, tc.ErrNotLicensed):
		return Denied
	case errors.Is(err, context.Canceled), errors.Is(err, tc.ErrNetwork), errors.Is(err, tc.ErrTLS),
		errors.Is(err, tc.ErrThrottled), errors.Is(err, tc.ErrUnavailable), errors.Is(err, tc.ErrRedirect), errors.Is(err, tc.ErrHTML):
		return Unsent
	}
	return Refused
}

// classify says what an error means. Where the credentials are good all the same
// it is what the request holds that is not allowed.
func (e *engine) classify(ctx context.Context, err error) Failure {
	kind := classify(err)
	if kind == Denied && e.opt.Probe != nil && classify(e.opt.Probe(ctx)) == None {
		return Refused
	}
	return kind
}

// refusal is what an instance says against a write.
type refusal struct {
	text       string // without what was sent, so that equal ones can be seen to be equal
	permission bool   // the API user may not do it, whatever is sent
}

// refusalOf is what err says.
func refusalOf(err error) refusal {
	e, ok := errors.AsType[*tc.Error](err)
	if !ok {
		return refusal{text: err.Error()}
	}
	text := e.Message
	if text == "" {
		text = e.Cause.Error()
	}
	switch {
	case e.Code != "":
		text = fmt.Sprintf("%s (%d, %s)", text, e.Status, e.Code)
	case e.Status != 0:
		text = fmt.Sprintf("%s (%d)", text, e.Status)
	}
	return refusal{text, tc.IsDenied(err)}
}
