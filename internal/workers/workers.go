// Package workers runs functions side by side. It is errgroup, except for a
// panic: Go ends a program in which a goroutine panics with code 2, which means
// here that changes are pending, and the run would have no report. A function
// that panics ends with an error instead, like any other that fails.
package workers

import (
	"context"
	"fmt"
	"runtime/debug"

	"golang.org/x/sync/errgroup"
)

// Group is a group of goroutines that end together. Use New or WithContext.
type Group struct{ *errgroup.Group }

// New makes a group.
func New() *Group { return &Group{new(errgroup.Group)} }

// WithContext makes a group whose context ends with its first error.
func WithContext(ctx context.Context) (*Group, context.Context) {
	g, ctx := errgroup.WithContext(ctx)
	return &Group{g}, ctx
}

// Go runs f in a goroutine.
func (g *Group) Go(f func() error) { g.Group.Go(func() error { return Do(f) }) }

// Panic is the error of a function that has panicked.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprintf("internal error: %v", p.Value) }

// Do runs f and returns its panic as an error.
func Do(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &Panic{v, debug.Stack()}
		}
	}()
	return f()
}

// InParallel reads something for each of a list, so many at a time. The results are in
// the order of the list.
func InParallel[T, R any](ctx context.Context, atATime int, list []T, read func(context.Context, T) (R, error)) ([]R, error) {
	out := make([]R, len(list))
	g, ctx := WithContext(ctx)
	g.SetLimit(max(atATime, 1))
	for i, one := range list {
		g.Go(func() (err error) {
			out[i], err = read(ctx, one)
			return err
		})
	}
	return out, g.Wait()
}
