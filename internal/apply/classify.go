package apply

import (
	"context"
	"errors"
	"fmt"

	"tcimport/internal/tc"
)

// classify says what an error of the client means for a run.
func classify(err error) answerKind {
	switch {
	case err == nil:
		return succeeded
	case tc.IsInDoubt(err):
		return inDoubt
	case tc.IsNotFound(err):
		return gone
	case tc.IsExists(err):
		return exists
	case tc.IsAuth(err), errors.Is(err, tc.ErrNotLicensed):
		return denied
	case tc.IsUnreachable(err), errors.Is(err, tc.ErrHTML), errors.Is(err, context.Canceled):
		return unsent
	}
	return refused
}

// classify says what an error means. If the credentials still work, the content
// of the request was denied, not the user.
func (e *engine) classify(ctx context.Context, err error) answerKind {
	kind := classify(err)
	if kind == denied && e.opt.Probe != nil && classify(e.opt.Probe(ctx)) == succeeded {
		return refused
	}
	return kind
}

// refusal is the reason that an instance gives.
type refusal struct {
	text       string // without the values of the request, so that equal reasons compare as equal
	permission bool   // the API user lacks a permission, whatever the request holds
}

// refusalOf takes the reason out of an error.
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
