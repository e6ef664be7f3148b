package workers_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tcimport/internal/workers"
)

// A panic of one function is the error of the group, and ends the others.
func TestPanicIsAnError(t *testing.T) {
	g, ctx := workers.WithContext(t.Context())
	g.SetLimit(2)
	g.Go(func() error { <-ctx.Done(); return nil })
	g.Go(func() error { panic("no such thing") })
	err := g.Wait()
	p, ok := errors.AsType[*workers.Panic](err)
	if !ok || !strings.Contains(err.Error(), "no such thing") || !strings.Contains(string(p.Stack), "TestPanicIsAnError") {
		t.Errorf("got %v", err)
	}
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Error("the others go on")
	}
	plain := errors.New("plain")
	g = workers.New()
	g.Go(func() error { return plain })
	if err := g.Wait(); err != plain {
		t.Errorf("got %v", err)
	}
}
