package main

import (
	"fmt"
	"runtime/debug"
)

// withoutPanic runs a command. Go ends a program that panics with 2, which means
// that changes are pending: a defect of this one ends it with 1 like whatever
// else it cannot go on from.
func (p *program) withoutPanic(run func() error) (err error) {
	defer func() {
		if defect := recover(); defect != nil {
			fmt.Fprintf(p.stderr, "%s\n", debug.Stack())
			err = &exitError{code: codeError, err: fmt.Errorf("internal error: %v\n  this is a defect of tcimport: please report it with the lines above", defect)}
		}
	}()
	return run()
}
