package tc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Everybody pauses, whoever it was that was told to.
func TestPauseHoldsEverybody(t *testing.T) {
	for _, form := range []string{"seconds", "date"} {
		t.Run(form, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				value := "60"
				if form == "date" {
					value = begun.Add(60 * time.Second).UTC().Format(http.TimeFormat)
				}
				var mu sync.Mutex
				var waits []Wait
				n := 0
				c := client(t, func(w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					defer mu.Unlock()
					n++
					since := time.Since(begun)
					if n == 5 {
						status(429, "", "Retry-After", value)(w, r)
						return
					}
					if n > 5 && since < 60*time.Second {
						t.Errorf("request %d after %v", n, since)
					}
					status(200, oneGroup)(w, r)
				}, func(cfg *Config) {
					cfg.Rate = 20
					cfg.OnWait = func(w Wait) { mu.Lock(); waits = append(waits, w); mu.Unlock() }
				})
				var wg sync.WaitGroup
				for range 8 {
					wg.Go(func() {
						for range 3 {
							if _, err := c.Group(t.Context(), 7, 0); err != nil {
								t.Error(err)
							}
						}
					})
				}
				wg.Wait()
				if len(waits) != 1 || waits[0].Reason != ErrThrottled || waits[0].Until.Sub(begun) < 60*time.Second {
					t.Errorf("waits %+v", waits)
				}
				if s := c.Stats(); s.Requests != 25 || s.Throttled != 1 || s.Retries != 1 || s.Waited < 8*59*time.Second {
					t.Errorf("stats %+v", s)
				}
			})
		})
	}
}

// Never more than R+1 requests in any second, whatever happens.
func TestRate(t *testing.T) {
	for _, rate := range []float64{0.5, 1, 10, 50} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var sent []time.Time
				n := 0
				c := client(t, func(w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					n++
					k := n
					sent = append(sent, time.Now())
					mu.Unlock()
					time.Sleep(time.Duration(k*37%200) * time.Millisecond)
					switch {
					case k%17 == 0:
						status(429, "", "Retry-After", "2")(w, r)
					case k%7 == 0:
						status(500, "")(w, r)
					case k%11 == 0:
						breaks(errReset)(w, r)
					default:
						status(200, oneGroup)(w, r)
					}
				}, func(cfg *Config) { cfg.Rate = rate })
				var wg sync.WaitGroup
				for range 12 {
					wg.Go(func() {
						for range 20 {
							if _, err := c.Group(t.Context(), 7, 0); err != nil {
								t.Error(err)
							}
						}
					})
				}
				wg.Wait()
				for i := range sent {
					j := i
					for j < len(sent) && sent[j].Sub(sent[i]) < time.Second {
						j++
					}
					if float64(j-i) > rate+1 {
						t.Fatalf("%d requests in the second after request %d", j-i, i)
					}
				}
			})
		})
	}
}

// The rate is nearly used up when nothing is wrong, and comes back after a pause.
func TestRateIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := client(t, func(w http.ResponseWriter, r *http.Request) {
			if n++; n == 10 {
				status(429, "", "Retry-After", "1")(w, r)
				return
			}
			status(200, oneGroup)(w, r)
		}, func(cfg *Config) { cfg.Rate = 10 })
		begun := time.Now()
		for range 200 {
			if _, err := c.Group(t.Context(), 7, 0); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begun); took > 25*time.Second || took < 20*time.Second {
			t.Errorf("200 requests at 10/s took %v", took)
		}
		begun = time.Now()
		for range 100 {
			c.Group(t.Context(), 7, 0)
		}
		if took := time.Since(begun); took > 10300*time.Millisecond {
			t.Errorf("100 requests at 10/s took %v", took)
		}
	})
}

func TestCancelled(t *testing.T) {
	for _, tt := range []struct {
		name string
		h    http.HandlerFunc
		rate float64
	}{
		{"backoff", status(500, ""), 0},
		{"pause", status(429, "", "Retry-After", "300"), 0},
		{"limiter", status(200, oneGroup), 0.001},
		{"limiter and pause", status(429, "", "Retry-After", "300"), 0.001},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := client(t, tt.h, func(cfg *Config) { cfg.Rate = tt.rate })
				ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
				defer cancel()
				begun := time.Now()
				var err error
				for range 2 {
					_, err = c.Group(ctx, 7, 0)
				}
				if !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != 300*time.Millisecond {
					t.Errorf("%v after %v", err, time.Since(begun))
				}
			})
		})
	}
	t.Run("before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		c := client(t, status(200, oneGroup))
		if _, err := c.CreateGroup(ctx, threat(), 0); err != context.Canceled || c.Stats().Requests != 0 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("write in flight", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := client(t, func(http.ResponseWriter, *http.Request) { cancel(); panic(context.Canceled) })
		if _, err := c.CreateGroup(ctx, threat(), 0); !IsInDoubt(err) || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("read in flight", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := client(t, func(http.ResponseWriter, *http.Request) { cancel(); panic(context.Canceled) })
		if _, err := c.Group(ctx, 7, 0); err != context.Canceled {
			t.Errorf("got %v", err)
		}
	})
}

// A slow answer is cut at the timeout, its body included.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client(t, nil, func(cfg *Config) {
			cfg.Timeout = 2 * time.Second
			cfg.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
				body, w := io.Pipe()
				go func() {
					io.WriteString(w, `{"data":`)
					<-r.Context().Done()
					w.CloseWithError(r.Context().Err())
				}()
				return &http.Response{StatusCode: 200, Body: body, Header: http.Header{}}, nil
			})
		})
		begun := time.Now()
		_, err := c.CreateGroup(t.Context(), threat(), 0)
		if !IsInDoubt(err) || !errors.Is(err, ErrTimeout) || time.Since(begun) != 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
