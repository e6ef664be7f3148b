package main

import (
	"errors"
	"fmt"

	"tcimport/internal/workers"
)

// withoutPanic runs a command. A defect of this program ends it with 1, like
// whatever else it cannot go on from.
func (p *program) withoutPanic(run func() error) error {
	err := workers.Do(run)
	if defect, ok := errors.AsType[*workers.Panic](err); ok {
		fmt.Fprintf(p.stderr, "%s\n", defect.Stack)
		return &exitError{code: codeError, err: fmt.Errorf("%w\n  this is a defect of tcimport: please report it with the lines above", err)}
	}
	return err
}
