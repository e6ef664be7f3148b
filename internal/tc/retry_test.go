package tc

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := instant
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, tt := range []struct {
		name, value, date string
		want              time.Duration
		ok                bool
	}{
		{"absent", "", "", 0, false},
		{"seconds", "37", "", 37 * time.Second, true},
		{"blanks", " 37 ", "", 37 * time.Second, true},
		{"fraction", "0.5", "", 500 * time.Millisecond, true},
		{"none", "0", "", 0, true},
		{"negative", "-5", "", 0, true},
		{"capped", "86400", "", 5 * time.Minute, true},
		{"overflow", "99999999999999999999999", "", 5 * time.Minute, true},
		{"not a number", "NaN", "", 0, false},
		{"date", date(90 * time.Second), "", 90 * time.Second, true},
		{"date by the server's clock", date(time.Hour + 20*time.Second), date(time.Hour), 20 * time.Second, true},
		{"past", date(-time.Minute), "", 0, true},
		{"far date", date(24 * time.Hour), "", 5 * time.Minute, true},
		{"garbage", "soon", "", 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			h.Set("Retry-After", tt.value)
			h.Set("Date", tt.date)
			got, ok := retryAfter(h, now)
			if got != tt.want || ok != tt.ok {
				t.Errorf("got %v, %v; want %v, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestBackoff(t *testing.T) {
	p := RetryPolicy{Base: time.Second, MaxWait: 10 * time.Second}
	for _, tt := range []struct {
		n      int
		jitter float64
		want   time.Duration
	}{
		{1, 0, 0}, {1, 0.5, 500 * time.Millisecond}, {2, 0.5, time.Second}, {3, 0.5, 2 * time.Second},
		{5, 0.5, 5 * time.Second}, {60, 0.5, 5 * time.Second}, {5000, 0.5, 5 * time.Second},
	} {
		if got := p.backoff(tt.n, tt.jitter); got != tt.want {
			t.Errorf("after %d failures: %v, want %v", tt.n, got, tt.want)
		}
	}
}

func TestDecide(t *testing.T) {
	p := RetryPolicy{Tries: 4, MaxTime: time.Minute, Base: time.Second, MaxWait: 8 * time.Second}
	for _, tt := range []struct {
		name string
		m    bool // writes
		o    outcome
		h    history
		want verdict
		wait time.Duration
	}{
		{"read, server error", false, outcome{cause: ErrServer, acted: true}, history{failures: 1}, backOff, time.Second},
		{"read, third", false, outcome{cause: ErrServer, acted: true}, history{failures: 3}, backOff, 4 * time.Second},
		{"read, last", false, outcome{cause: ErrServer, acted: true}, history{failures: 4}, giveUp, 0},
		{"read, broken answer", false, outcome{cause: ErrAnswer, acted: true}, history{failures: 1}, backOff, time.Second},
		{"read, wrong shape", false, outcome{cause: ErrAnswer, acted: true, final: true}, history{failures: 1}, giveUp, 0},
		{"read, wrong address", false, outcome{cause: ErrNetwork, wrongAddress: true}, history{failures: 3}, giveUp, 0},
		{"read, refused", false, outcome{cause: ErrRefused}, history{failures: 1}, giveUp, 0},
		{"read, not licensed", false, outcome{cause: ErrNotLicensed}, history{failures: 1}, giveUp, 0},
		{"read, too late", false, outcome{cause: ErrServer}, history{failures: 1, elapsed: time.Minute}, giveUp, 0},
		{"read, better to ask for less", false, outcome{cause: ErrTimeout}, history{failures: 2, tries: 2}, giveUp, 0},
		{"write that may have happened", true, outcome{cause: ErrTimeout, acted: true}, history{failures: 1}, giveUp, 0},
		{"write that did not", true, outcome{cause: ErrNetwork}, history{failures: 1}, backOff, time.Second},
		{"too many", true, outcome{cause: ErrThrottled, wait: 20 * time.Second, hasWait: true}, history{throttled: 1}, pause, 20 * time.Second},
		{"too many, at once", true, outcome{cause: ErrThrottled, hasWait: true}, history{throttled: 2}, pause, 2 * time.Second},
		{"too many, no word", true, outcome{cause: ErrThrottled}, history{throttled: 3}, pause, 4 * time.Second},
		{"too many is no failure", true, outcome{cause: ErrThrottled, wait: time.Second, hasWait: true}, history{throttled: 20}, pause, time.Second},
		{"too many for ever", true, outcome{cause: ErrThrottled, wait: time.Second, hasWait: true}, history{throttled: 40}, giveUp, 0},
		{"too many, too long", true, outcome{cause: ErrThrottled, wait: 50 * time.Second, hasWait: true}, history{throttled: 1, elapsed: 20 * time.Second}, giveUp, 0},
		{"unavailable, told", true, outcome{cause: ErrUnavailable, wait: 9 * time.Second, hasWait: true}, history{failures: 9, throttled: 1}, pause, 9 * time.Second},
		{"unavailable, read", false, outcome{cause: ErrUnavailable, acted: true}, history{failures: 2}, pause, 2 * time.Second},
		{"unavailable, write", true, outcome{cause: ErrUnavailable, acted: true}, history{failures: 1}, giveUp, 0},
		{"credentials", true, outcome{cause: ErrUnauthorized}, history{failures: 1}, again, 0},
		{"credentials again", false, outcome{cause: ErrSignature}, history{failures: 2, reauthed: true}, giveUp, 0},
		{"permission", true, outcome{cause: ErrPermission}, history{failures: 1}, giveUp, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, wait := p.decide(tt.m, tt.o, tt.h, 1)
			if v != tt.want || wait != tt.wait {
				t.Errorf("got %v after %v, want %v after %v", v, wait, tt.want, tt.wait)
			}
		})
	}
}
