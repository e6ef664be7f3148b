package main

import (
	"context"
	"os"
	"time"

	"tcimport/internal/state"
)

// settling is how long a request may still be at work on the instance whose
// process was killed. An instance that lets two groups have one xid would have
// both if the group were looked for, and made again, before that.
const settling = 2 * time.Second

// findLeft finds what an earlier run has left. Where that was cut off a moment
// ago, what it had sent gets the time to arrive.
func (r *applying) findLeft(ctx context.Context, namespace string) error {
	var err error
	if r.left, err = state.Peek(r.o.stateDir, r.scope(namespace)); err != nil || r.left == nil || len(r.left.Doubtful) == 0 {
		return err
	}
	info, err := os.Stat(r.left.Path)
	if err != nil {
		return err
	}
	wait := time.Until(info.ModTime().Add(settling))
	if wait <= 0 || wait > settling {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}
