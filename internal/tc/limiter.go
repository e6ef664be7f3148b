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
}

// headroom is the part of the configured rate that is used. The rest absorbs the
// jitter between a request's turn and its arrival, so that the instance never
// counts more than the configured rate.
const headroom = 0.98

// limiter decides when a request may be sent. All requests of a client share one.
// It keeps the rate, and the pauses that the instance asks for.
type limiter struct {
	bucket *rate.Limiter // nil for no limit
	full   rate.Limit    // the most that limit ever is
	onWait func(Wait)

	// queue lets one request at a time wait for the bucket. If turns were handed out
	// in advance, a change of the rate would come too late for them.
	queue chan struct{}

	mu     sync.Mutex
	limit  rate.Limit // of the bucket, from the next turn on
	until  time.Time  // nothing is sent before
	halved time.Time  // when limit was last cut
}

func newLimiter(perSecond float64, onWait func(Wait)) *limiter {
	l := &limiter{onWait: onWait, queue: make(chan struct{}, 1)}
	if perSecond > 0 {
		l.full = rate.Limit(perSecond * headroom)
		l.limit = l.full
		l.bucket = rate.NewLimiter(l.full, 1)
	}
	return l
}

// wait returns when it is the caller's turn, and how long pauses have delayed it.
// Its only error is that of ctx.
func (l *limiter) wait(ctx context.Context) (paused time.Duration, err error) {
	for {
		if wait := l.pauseLeft(); wait > 0 {
			paused += wait
			if err := sleep(ctx, wait); err != nil {
				return paused, err
			}
			continue
		}
		if err := l.turn(ctx); err != nil {
			return paused, err
		}
		// If a pause has begun meanwhile, the turn does not count.
		if l.pauseLeft() <= 0 {
			return paused, ctx.Err()
		}
	}
}

// turn waits for the bucket. rate.Limiter.Wait would fail at once, with an error of
// its own, if ctx ends before the turn.
func (l *limiter) turn(ctx context.Context) error {
	if l.bucket == nil {
		return ctx.Err()
	}
	select {
	case l.queue <- struct{}{}:
		defer func() { <-l.queue }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if l.pauseLeft() > 0 {
		return nil
	}
	l.mu.Lock()
	l.bucket.SetLimit(l.limit)
	l.mu.Unlock()
	r := l.bucket.Reserve()
	if err := sleep(ctx, r.Delay()); err != nil {
		r.Cancel()
		return err
	}
	return nil
}

func (l *limiter) pauseLeft() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(l.until)
}

// pause stops all requests for d and halves the rate. Requests that were in flight
// together halve it once: sent is when the one that failed was sent.
func (l *limiter) pause(d time.Duration, sent time.Time, reason Cause) {
	l.mu.Lock()
	now := time.Now()
	until := now.Add(d)
	longer := until.After(l.until)
	if longer {
		l.until = until
	}
	if l.bucket != nil && sent.After(l.halved) {
		l.halved = now
		l.limit = max(l.limit/2, l.full/64)
	}
	l.mu.Unlock()
	if longer && d > 0 {
		l.onWait(Wait{Reason: reason, Until: until})
	}
}

// success raises the rate again, step by step.
func (l *limiter) success() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limit = min(l.limit+l.full/32, l.full)
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
