package tc

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Wait is something the client waits for.
type Wait struct {
	Reason Cause // ErrThrottled or ErrUnavailable (everybody pauses), else why one request is to be repeated
	Until  time.Time
	All    bool // all requests wait, not just one
}

// headroom is the part of the configured rate that is used. What is left takes
// up the jitter between a request's turn and its arrival, so that the instance
// too never counts more than it was promised.
const headroom = 0.98

// gate decides when a request may go. One is shared by all requests of a
// client: rate, and pauses that the instance has asked for.
type gate struct {
	limiter *rate.Limiter // nil for no limit
	full    rate.Limit    // the most that limit ever is
	onWait  func(Wait)

	// door lets one request at a time wait for the limiter. Turns handed out in
	// advance would be spaced by a rate that may have changed when they come.
	door chan struct{}

	mu     sync.Mutex
	limit  rate.Limit // what the limiter is set to before the next turn
	until  time.Time  // nobody goes before
	halved time.Time  // when limit was last cut
}

func newGate(perSecond float64, onWait func(Wait)) *gate {
	g := &gate{onWait: onWait, door: make(chan struct{}, 1)}
	if perSecond > 0 {
		g.full = rate.Limit(perSecond * headroom)
		g.limit = g.full
		g.limiter = rate.NewLimiter(g.full, 1)
	}
	return g
}

// enter returns when it is the caller's turn, and how long pauses have held it
// up. It fails only with ctx's error.
func (g *gate) enter(ctx context.Context) (paused time.Duration, err error) {
	for {
		if wait := g.pauseLeft(); wait > 0 {
			paused += wait
			if err := sleep(ctx, wait); err != nil {
				return paused, err
			}
			continue
		}
		if err := g.turn(ctx); err != nil {
			return paused, err
		}
		// A pause that began meanwhile voids the turn.
		if g.pauseLeft() <= 0 {
			return paused, ctx.Err()
		}
	}
}

// turn waits for the limiter. The limiter's own Wait would refuse at once, with
// an error of its own, where ctx ends before the turn comes.
func (g *gate) turn(ctx context.Context) error {
	if g.limiter == nil {
		return ctx.Err()
	}
	select {
	case g.door <- struct{}{}:
		defer func() { <-g.door }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if g.pauseLeft() > 0 {
		return nil
	}
	g.mu.Lock()
	g.limiter.SetLimit(g.limit)
	g.mu.Unlock()
	r := g.limiter.Reserve()
	if err := sleep(ctx, r.Delay()); err != nil {
		r.Cancel()
		return err
	}
	return nil
}

func (g *gate) pauseLeft() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Until(g.until)
}

// pause holds everybody up for d, and halves the rate once for all requests
// that were on their way together: sent is when the one that failed was sent.
func (g *gate) pause(d time.Duration, sent time.Time, reason Cause) {
	g.mu.Lock()
	now := time.Now()
	until := now.Add(d)
	longer := until.After(g.until)
	if longer {
		g.until = until
	}
	if g.limiter != nil && sent.After(g.halved) {
		g.halved = now
		g.limit = max(g.limit/2, g.full/64)
	}
	g.mu.Unlock()
	if longer && d > 0 {
		g.onWait(Wait{Reason: reason, Until: until, All: true})
	}
}

// success brings the rate back, step by step.
func (g *gate) success() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limit = min(g.limit+g.full/32, g.full)
}

// sleep is time.Sleep that ends with ctx.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
