package tc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/intel"
)

// errReset is a connection that broke after the request was sent.
var errReset = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}

// errDial is one that was never made.
var errDial = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}

const oneGroup = `{"data":{"id":7,"type":"Threat","name":"N","ownerName":"Demo"},"status":"Success"}`

// What each kind of operation does about each kind of answer: how often it is
// sent in all, and how it ends.
func TestRepetition(t *testing.T) {
	updating := intel.GroupWrite{ID: 7, Type: "Threat", Name: "N"}
	appending := updating
	appending.Attributes = []intel.RemoteAttribute{{Attribute: intel.Attribute{Type: "Source", Value: "x"}}}
	appending.AttributeMode = intel.ModeAppend
	operations := map[string]func(context.Context, *Client) error{
		"read": func(ctx context.Context, c *Client) error {
			_, err := c.Group(ctx, 7, 0)
			return err
		},
		"create": func(ctx context.Context, c *Client) error {
			_, err := c.CreateGroup(ctx, threat(), 0)
			return err
		},
		"update": func(ctx context.Context, c *Client) error {
			_, err := c.UpdateGroup(ctx, updating, 0)
			return err
		},
		"append": func(ctx context.Context, c *Client) error {
			_, err := c.UpdateGroup(ctx, appending, 0)
			return err
		},
		"delete": func(ctx context.Context, c *Client) error { return c.DeleteGroup(ctx, 7) },
	}
	const never, ok, doubt, fails = 0, "ok", "doubt", "fails"
	for _, tt := range []struct {
		name  string
		first http.HandlerFunc // then all goes well
		// how each operation ends; "" for not to be tried
		read, create, update, append, delete string
	}{
		{"429", status(429, ""), ok, ok, ok, ok, ok},
		{"503 with Retry-After", status(503, `{"status":"Error"}`, "Retry-After", "3"), ok, ok, ok, ok, ok},
		{"503 of a proxy", status(503, "<html>"), ok, doubt, ok, doubt, ok},
		{"503 not licensed", status(503, `{"status":"Error","message":"API is not licensed"}`), fails, fails, fails, fails, fails},
		{"500", status(500, `{"status":"Error"}`), ok, doubt, ok, doubt, ok},
		{"502", status(502, "<html>Bad Gateway</html>"), ok, doubt, ok, doubt, ok},
		{"504", status(504, ""), ok, doubt, ok, doubt, ok},
		{"408", status(408, ""), ok, doubt, ok, doubt, ok},
		{"425", status(425, ""), ok, ok, ok, ok, ok},
		{"401", status(401, "Unauthorized"), ok, ok, ok, ok, ok},
		{"400", status(400, `{"status":"Error","message":"no"}`), fails, fails, fails, fails, fails},
		{"501", status(501, ""), fails, fails, fails, fails, fails},
		{"302", status(302, "", "Location", "https://elsewhere.example/"), fails, fails, fails, fails, fails},
		{"reset", breaks(errReset), ok, doubt, ok, doubt, ok},
		{"EOF", breaks(io.EOF), ok, doubt, ok, doubt, ok},
		{"no connection", breaks(errDial), ok, ok, ok, ok, ok},
		{"timeout", breaks(context.DeadlineExceeded), ok, doubt, ok, doubt, ok},
		{"empty", status(200, ""), ok, doubt, ok, doubt, ok},
		{"cut off", status(200, oneGroup[:40]), ok, doubt, ok, doubt, ok},
		{"HTML", status(200, "<html>"), ok, doubt, ok, doubt, ok},
		{"no status", status(200, strings.Replace(oneGroup, `"status":"Success"`, `"x":1`, 1)), ok, doubt, doubt, doubt, doubt},
		{"no JSON object", status(200, `[]`), fails, doubt, doubt, doubt, doubt},
		{"no object", status(200, `{"status":"Success"}`), fails, doubt, doubt, doubt, ok},
		{"no ID", status(200, `{"data":{},"status":"Success"}`), fails, doubt, doubt, doubt, ok},
		{"failure with 200", status(200, `{"status":"Failure","message":"no"}`), fails, fails, fails, fails, fails},
	} {
		for name, want := range map[string]string{
			"read": tt.read, "create": tt.create, "update": tt.update, "append": tt.append, "delete": tt.delete,
		} {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					c := client(t, answers(tt.first, status(200, oneGroup)))
					err := operations[name](t.Context(), c)
					got := ok
					switch {
					case IsInDoubt(err):
						got = doubt
					case err != nil:
						got = fails
					}
					if got != want {
						t.Errorf("%s: %v; want %s", got, err, want)
					}
				})
			})
		}
	}
}

// An update that is safe to repeat still is in doubt when the tries are used up,
// and when what comes last says nothing about the first one.
func TestDoubtStays(t *testing.T) {
	w := intel.GroupWrite{ID: 7, Type: "Threat", Name: "N"}
	for _, tt := range []struct {
		name    string
		answers []http.HandlerFunc
		doubt   bool
		cause   Cause
	}{
		{"used up", []http.HandlerFunc{status(500, "")}, true, ErrServer},
		{"then refused", []http.HandlerFunc{status(500, ""), status(401, "Unauthorized")}, true, ErrUnauthorized},
		{"then too many", []http.HandlerFunc{breaks(errReset), status(429, "")}, true, ErrThrottled},
		{"only too many", []http.HandlerFunc{status(429, "")}, false, ErrThrottled},
		{"never connected", []http.HandlerFunc{breaks(errDial)}, false, ErrNetwork},
		{"then good", []http.HandlerFunc{status(500, ""), status(200, oneGroup)}, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := client(t, answers(tt.answers...)).UpdateGroup(t.Context(), w, 0)
				if IsInDoubt(err) != tt.doubt || tt.cause != "" && !errors.Is(err, tt.cause) || tt.cause == "" && err != nil {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func TestDeleteGoneAfterRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client(t, answers(breaks(errReset), status(404, `{"status":"Error"}`)))
		if err := c.DeleteGroup(t.Context(), 7); err != nil {
			t.Errorf("after a lost answer: %v", err)
		}
		c = client(t, status(404, `{"status":"Error"}`))
		if err := c.DeleteGroup(t.Context(), 7); !IsNotFound(err) || IsInDoubt(err) {
			t.Errorf("at once: %v", err)
		}
		for _, id := range []int64{0, -1} {
			if err := c.DeleteGroup(t.Context(), id); err == nil || c.Stats().Requests > 1 {
				t.Errorf("ID %d: %v", id, err)
			}
		}
	})
}

func TestTriesAndTimeAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		c := client(t, status(500, ""))
		_, err := c.Group(t.Context(), 7, 0)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Tries != 10 || c.Stats().Requests != 10 || c.Stats().Retries != 9 {
			t.Errorf("got %v, %+v", err, c.Stats())
		}
		// 0.5+1+2+4+8+16+30+30+30 seconds at the most.
		if took := time.Since(begun); took > 122*time.Second || took < 121*time.Second {
			t.Errorf("took %v", took)
		}
		begun = time.Now()
		c = client(t, status(503, "", "Retry-After", "120"))
		if _, err := c.Group(t.Context(), 7, 0); !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begun); took != 14*time.Minute {
			t.Errorf("waited for %v", took)
		}
	})
}

func TestMistypedAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, first := range []http.HandlerFunc{breaks(errDial), status(200, "<html>login</html>")} {
			c := client(t, first)
			begun := time.Now()
			if _, err := c.Owners(t.Context()); err == nil || time.Since(begun) > 2*time.Second {
				t.Errorf("%v after %v", err, time.Since(begun))
			}
		}
	})
}

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
				if len(waits) != 1 || waits[0].Reason != ErrThrottled || !waits[0].All || waits[0].Until.Sub(begun) < 60*time.Second {
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

// Whatever a server sends back, no secret is in errors and logs.
func TestNoSecretsInOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
		for _, cred := range []Credentials{{Token: testToken}, {AccessID: "12345", SecretKey: testSecret}} {
			for _, form := range []string{
				"%s", "<html><title>%s</title>", `{"status":"Error","message":%q}`, `{"status":"Error","errCode":"0x1001","message":"bad header: %s; "}`,
			} {
				for _, code := range []int{200, 302, 400, 401, 403, 404, 409, 429, 500, 503} {
					c := client(t, func(w http.ResponseWriter, r *http.Request) {
						echo := "Authorization: " + r.Header.Get("Authorization") + " key " + string(cred.SecretKey) + " " + string(cred.Token)
						w.Header().Set("Location", "https://x.example/?"+r.Header.Get("Authorization"))
						w.Header().Set("X-Request-Id", r.Header.Get("Authorization"))
						status(code, fmt.Sprintf(form, echo))(w, r)
					}, func(cfg *Config) {
						cfg.Credentials, cfg.Logger = cred, logger
						cfg.Retry.Tries, cfg.Retry.MaxTime = 2, 5*time.Second
					})
					_, err := c.CreateGroup(t.Context(), threat(), 0)
					fmt.Fprintf(&out, "%v %+v %#v %q\n", err, err, err, Hint(err))
					for _, err := range c.Search(t.Context(), intel.KindGroup, Query{TQL: `summary = "` + string(cred.SecretKey) + `"`}) {
						fmt.Fprintf(&out, "%v %+v %#v\n", err, err, err)
					}
				}
			}
		}
		if out.Len() < 10_000 {
			t.Fatal("nothing recorded")
		}
		for line := range strings.Lines(out.String()) {
			if strings.Contains(line, testSecret[:8]) || strings.Contains(line, testToken[:20]) {
				t.Errorf("a secret is shown: %s", line)
				break
			}
			if strings.Contains(line, "TC 12345:") && !strings.Contains(line, "TC 12345:"+redacted) {
				t.Errorf("a signature is shown: %s", line)
				break
			}
		}
	})
}
