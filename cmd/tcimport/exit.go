package main

import (
	"errors"
	"fmt"

	"tcimport/internal/intel"
	"tcimport/internal/report"
	"tcimport/internal/state"
	"tcimport/internal/tc"
)

// Exit codes. Where several apply the order is: interrupted, denied, error,
// refused, incomplete.
const (
	codeOK          = 0
	codeError       = 1   // could not start or go on: usage, manifest, network
	codePending     = 2   // changes pending, with plan --detailed-exitcode
	codeIncomplete  = 3   // finished, but not everything was done
	codeRefused     = 4   // refused for safety
	codeDenied      = 5   // credentials, permission, owner, clock
	codeLocked      = 6   // another run holds the lock
	codeInterrupted = 130 // SIGINT
	codeTerminated  = 143 // SIGTERM
)

// exitError is an error with an exit code, and with what else there is to print about
// it.
type exitError struct {
	code     int
	err      error          // nil if there is no message: the result says it all
	problems intel.Problems // of manifests; they are printed before the message
	next     report.Next    // what to do next
	shown    bool           // the result, as text, contains the message
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func refused(format string, args ...any) error {
	return &exitError{code: codeRefused, err: fmt.Errorf(format, args...)}
}

// codeOf is the exit code of an error.
func codeOf(err error) int {
	var held *state.LockedError
	exit, isExit := errors.AsType[*exitError](err)
	switch {
	case err == nil:
		return codeOK
	case isExit:
		return exit.code
	case errors.As(err, &held):
		return codeLocked
	case tc.IsDenied(err):
		return codeDenied
	}
	return codeError
}

// withError is the exit code of a command that would end with code, and in which
// something else has failed.
func withError(code int) int {
	switch code {
	case codeInterrupted, codeTerminated, codeDenied:
		return code
	}
	return codeError
}
