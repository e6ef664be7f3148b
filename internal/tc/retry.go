package tc

import (
	"cmp"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryPolicy bounds the repetition of a request. Zero values mean the default.
type RetryPolicy struct {
	Tries   int           // attempts, the first one included; those after which the instance asked to wait do not count (10)
	MaxTime time.Duration // from the first attempt on, waiting included (15 min)
	Base    time.Duration // the first wait is up to this long, each further one up to twice the one before (500 ms)
	MaxWait time.Duration // the longest such wait (30 s)
}

func (p RetryPolicy) withDefaults() RetryPolicy {
	return RetryPolicy{
		Tries:   cmp.Or(p.Tries, 10),
		MaxTime: cmp.Or(p.MaxTime, 15*time.Minute),
		Base:    cmp.Or(p.Base, 500*time.Millisecond),
		MaxWait: cmp.Or(p.MaxWait, 30*time.Second),
	}
}

// backoff is how long to wait after n failures: exponential with full jitter,
// so that workers that failed together do not come back together. jitter is in
// [0, 1).
func (p RetryPolicy) backoff(n int, jitter float64) time.Duration {
	longest := float64(p.Base) * math.Pow(2, float64(n-1))
	return time.Duration(jitter * min(longest, float64(p.MaxWait)))
}

// maxRetryAfter bounds what an instance can make the client wait for at a time.
const maxRetryAfter = 5 * time.Minute

// retryAfter reads the header: seconds, or a date, which counts from the
// server's own clock if the answer has its time.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && !math.IsNaN(seconds) {
		return time.Duration(max(0, min(seconds, maxRetryAfter.Seconds())) * float64(time.Second)), true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return max(0, min(at.Sub(now), maxRetryAfter)), true
}

// outcome is what came of one attempt, as far as repeating it is concerned.
type outcome struct {
	cause        Cause
	acted        bool          // the instance may have carried it out
	wait         time.Duration // what the instance asks for
	hasWait      bool
	wrongAddress bool // it looks as if the address is wrong: few tries

	// persists is what the cause turns out to be where nothing else comes for as
	// long as a restart may take; "" for the cause itself.
	persists Cause
	final    bool // another try cannot change it, whatever its cause
}

// askedToWait reports whether the instance asked for a pause and did not fail.
func (o outcome) askedToWait() bool {
	return o.cause == ErrThrottled || o.cause == ErrUnavailable && o.hasWait
}

// history is what has gone before within one call.
type history struct {
	failures  int // attempts that failed, the latest included, without those of throttled
	throttled int // attempts after which the instance asked to wait
	elapsed   time.Duration
	reauthed  bool // signed afresh already, after a 401
	tries     int  // fewer tries than the policy has; 0 for as many
}

// verdict is what to do after a failed attempt.
type verdict int

const (
	giveUp  verdict = iota
	again           // at once
	backOff         // after a while
	pause           // after a while, and everybody with us
)

// triesWrongAddress is the number of tries if the address looks mistyped: nothing is
// gained by waiting longer.
const triesWrongAddress = 3

// restart is how long an instance that starts may answer as if it were off.
const restart = 30 * time.Second

// decide says whether and when to try again.
func (p RetryPolicy) decide(writes bool, o outcome, h history, jitter float64) (verdict, time.Duration) {
	if o.cause.is(ofCredentials) && !o.final {
		if h.reauthed {
			return giveUp, 0
		}
		return again, 0
	}
	if o.final || !o.cause.is(passing) || writes && o.acted {
		return giveUp, 0
	}
	v, tries, n := backOff, p.Tries, h.failures
	if h.tries > 0 {
		tries = min(tries, h.tries)
	}
	if o.wrongAddress {
		tries = min(tries, triesWrongAddress)
	}
	if o.cause == ErrThrottled || o.cause == ErrUnavailable {
		v = pause
	}
	if o.askedToWait() {
		// That is no failure. Time bounds it, and a number of tries in case the
		// instance asks again and again for very short pauses.
		n, tries = h.throttled, 10*p.Tries
	}
	wait := p.backoff(n, jitter)
	if o.persists != "" {
		// Only after some time an instance that starts differs from one that is off.
		if h.elapsed >= restart {
			return giveUp, 0
		}
		tries, wait = 10*p.Tries, max(wait, time.Second)
	}
	if n >= tries {
		return giveUp, 0
	}
	if o.hasWait && o.wait > 0 {
		wait = o.wait
	}
	if h.elapsed+wait > p.MaxTime {
		return giveUp, 0
	}
	return v, wait
}
