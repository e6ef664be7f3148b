package tc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
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

// operations are the kinds that differ in what repeating them means.
var operations = map[string]func(context.Context, *Client) error{
	"read": func(ctx context.Context, c *Client) error {
		_, err := c.Group(ctx, 7, 0)
		return err
	},
	"create": func(ctx context.Context, c *Client) error {
		_, err := c.CreateGroup(ctx, threat(), 0)
		return err
	},
	"update": func(ctx context.Context, c *Client) error {
		_, err := c.UpdateGroup(ctx, intel.GroupWrite{ID: 7, Type: "Threat", Name: "N"}, 0)
		return err
	},
	"delete": func(ctx context.Context, c *Client) error { return c.Delete(ctx, intel.KindGroup, 7) },
}

// How an operation ends.
const ok, doubt, fails = "ok", "doubt", "fails"

// What each kind of operation does about each kind of answer, if all goes well
// from then on.
func TestRepetition(t *testing.T) {
	for _, tt := range []struct {
		name                string
		first               http.HandlerFunc
		read, write, delete string
	}{
		{"429", status(429, ""), ok, ok, ok},
		{"503 with Retry-After", status(503, `{"status":"Error"}`, "Retry-After", "3"), ok, ok, ok},
		{"503 of a proxy", status(503, "<html>"), ok, doubt, doubt},
		{"503 in JSON", status(503, `{"status":"Error","message":"Service Unavailable"}`), ok, ok, ok},
		{"503 in JSON of a gateway", status(503, `{"message":"Service Unavailable"}`), ok, doubt, doubt},
		{"503 not licensed", status(503, `{"status":"Error","message":"API is not licensed"}`), fails, fails, fails},
		{"500", status(500, `{"status":"Error"}`), ok, doubt, doubt},
		{"502", status(502, "<html>Bad Gateway</html>"), ok, doubt, doubt},
		{"504", status(504, ""), ok, doubt, doubt},
		{"408", status(408, ""), ok, doubt, doubt},
		{"425", status(425, ""), ok, ok, ok},
		{"401", status(401, "Unauthorized"), ok, ok, ok},
		{"400", status(400, `{"status":"Error","message":"no"}`), fails, fails, fails},
		{"501", status(501, ""), fails, fails, fails},
		{"302", status(302, "", "Location", "https://elsewhere.example/"), fails, fails, fails},
		{"reset", breaks(errReset), ok, doubt, doubt},
		{"EOF", breaks(io.EOF), ok, doubt, doubt},
		{"no connection", breaks(errDial), ok, ok, ok},
		{"timeout", breaks(context.DeadlineExceeded), ok, doubt, doubt},
		{"empty", status(200, ""), ok, doubt, doubt},
		{"cut off", status(200, oneGroup[:40]), ok, doubt, doubt},
		{"HTML", status(200, "<html>"), ok, doubt, doubt},
		{"no status", status(200, strings.Replace(oneGroup, `"status":"Success"`, `"x":1`, 1)), ok, doubt, doubt},
		{"no JSON object", status(200, `[]`), fails, doubt, doubt},
		{"no object", status(200, `{"status":"Success"}`), fails, doubt, ok},
		{"no ID", status(200, `{"data":{},"status":"Success"}`), fails, doubt, ok},
		{"failure with 200", status(200, `{"status":"Failure","message":"no"}`), fails, fails, fails},
	} {
		for name, want := range map[string]string{
			"read": tt.read, "create": tt.write, "update": tt.write, "delete": tt.delete,
		} {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					err := operations[name](t.Context(), client(t, answers(tt.first, status(200, oneGroup))))
					if got := ending(err); got != want {
						t.Errorf("%s: %v; want %s", got, err, want)
					}
				})
			})
		}
	}
}

func ending(err error) string {
	switch {
	case IsInDoubt(err):
		return doubt
	case err != nil:
		return fails
	}
	return ok
}

// TestOneTryWhereItMayHaveBeenDone: a write that the instance may have carried out
// is not repeated, though it be one that changes nothing the second time.
func TestOneTryWhereItMayHaveBeenDone(t *testing.T) {
	for name, write := range map[string]func(*Client) error{
		"fields": func(c *Client) error { return operations["update"](t.Context(), c) },
		"delete": func(c *Client) error { return operations["delete"](t.Context(), c) },
		"attribute": func(c *Client) error {
			_, err := c.UpdateGroupAttribute(t.Context(), 7, intel.Attribute{Type: "Source", Value: "x"})
			return err
		},
		"indicator": func(c *Client) error {
			return c.UpdateIndicator(t.Context(), 7, &intel.Object{Kind: intel.KindIndicator, Type: "Host", Details: &intel.Details{Tags: []intel.Tag{{Name: "x"}}}})
		},
	} {
		c := client(t, status(504, ""))
		if err := write(c); !IsInDoubt(err) || c.Stats().Requests != 1 {
			t.Errorf("%s: %v after %d requests", name, err, c.Stats().Requests)
		}
	}
}

// TestDoubtIsOfTheLastTry: what was only told to wait, or never connected, is in no
// doubt.
func TestDoubtIsOfTheLastTry(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers []http.HandlerFunc
		doubt   bool
		cause   Cause
	}{
		{"lost", []http.HandlerFunc{status(500, "")}, true, ErrServer},
		{"lost in the end", []http.HandlerFunc{status(429, ""), breaks(errReset)}, true, ErrNetwork},
		{"only too many", []http.HandlerFunc{status(429, "")}, false, ErrThrottled},
		{"never connected", []http.HandlerFunc{breaks(errDial)}, false, ErrNetwork},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				err := operations["update"](t.Context(), client(t, answers(tt.answers...)))
				if IsInDoubt(err) != tt.doubt || !errors.Is(err, tt.cause) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func TestDeleteOfNothing(t *testing.T) {
	c := client(t, status(404, `{"status":"Error"}`))
	if err := c.Delete(t.Context(), intel.KindGroup, 7); !IsNotFound(err) || IsInDoubt(err) {
		t.Errorf("got %v", err)
	}
	for _, id := range []int64{0, -1} {
		if err := c.Delete(t.Context(), intel.KindGroup, id); err == nil || c.Stats().Requests > 1 {
			t.Errorf("ID %d: %v", id, err)
		}
	}
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

// A 503 in JSON that does not say what it is about means that the API is off only
// where the API has never answered, and goes on like that.
func TestUnavailableIsNotUnlicensed(t *testing.T) {
	busy := status(503, `{"status":"Error","message":"Service Unavailable"}`)
	for _, tt := range []struct {
		name     string
		answers  []http.HandlerFunc
		cause    Cause
		requests int
	}{
		{"once, at first", []http.HandlerFunc{busy, status(200, oneGroup)}, "", 2},
		{"some, at first", []http.HandlerFunc{busy, busy, busy, busy, status(200, oneGroup)}, "", 5},
		{"some, later", []http.HandlerFunc{status(200, oneGroup), busy, busy, busy, busy, status(200, oneGroup)}, "", 6},
		{"for good, later", []http.HandlerFunc{status(200, oneGroup), busy}, ErrUnavailable, 11},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := client(t, answers(tt.answers...))
				var err error
				for range 2 {
					if _, err = c.CreateGroup(t.Context(), threat(), 0); err != nil {
						break
					}
					if c.Stats().Requests >= tt.requests {
						break
					}
				}
				if tt.cause == "" && err != nil || tt.cause != "" && !errors.Is(err, tt.cause) || IsInDoubt(err) || c.Stats().Requests != tt.requests {
					t.Errorf("%v after %d requests", err, c.Stats().Requests)
				}
				if (Hint(err) == causes[ErrNotLicensed].hint) != (tt.cause == ErrNotLicensed) {
					t.Errorf("hint %q", Hint(err))
				}
			})
		})
	}
}

// An instance that answers nothing but such a 503 is off once it has had the time
// that a restart takes, and not before: for some seconds it is what a busy one says.
func TestUnlicensedOnlyAfterARestartsTime(t *testing.T) {
	busy := status(503, `{"message":"Service unavailable","status":"Error"}`)
	for _, tt := range []struct {
		name  string
		up    time.Duration // when the API comes back
		cause Cause
	}{
		{"back after 3 s", 3 * time.Second, ""},
		{"back after 25 s", 25 * time.Second, ""},
		{"off", time.Hour, ErrNotLicensed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, jitter := range []float64{0.01, 0.5, 0.99} {
				synctest.Test(t, func(t *testing.T) {
					begun := time.Now()
					c := client(t, func(w http.ResponseWriter, r *http.Request) {
						if time.Since(begun) < tt.up {
							busy(w, r)
							return
						}
						status(200, `{"data":[],"status":"Success"}`)(w, r)
					}, func(cfg *Config) { cfg.Jitter = func() float64 { return jitter } })
					_, err := c.Owners(t.Context())
					took := time.Since(begun)
					if tt.cause == "" && err != nil || tt.cause != "" && (!errors.Is(err, tt.cause) || took < restart || took > 3*restart) {
						t.Errorf("%v after %v", err, took)
					}
				})
			}
		})
	}
}

// TestWriteOnItsWayIsFinished: the end of a write's context keeps further attempts from
// being sent; only the end of Hard breaks off the one that is on its way.
func TestWriteOnItsWayIsFinished(t *testing.T) {
	for _, breaks := range []bool{false, true} {
		hard, breakOff := context.WithCancel(t.Context())
		soft, stop := context.WithCancel(hard)
		sent := 0
		c := client(t, func(w http.ResponseWriter, r *http.Request) {
			sent++
			if stop(); breaks {
				breakOff()
			}
			status(201, created)(w, r)
		}, func(cfg *Config) { cfg.Hard = hard })
		if _, err := c.CreateGroup(soft, threat(), 0); breaks != IsInDoubt(err) || !breaks && err != nil {
			t.Errorf("broken off %t: %v", breaks, err)
		}
		if _, err := c.CreateGroup(soft, threat(), 0); err != context.Canceled || sent != 1 {
			t.Errorf("broken off %t: %v after %d requests", breaks, err, sent)
		}
		breakOff()
	}
}

// Whatever a server sends back, no secret is in errors and logs.
func TestNoSecretsInOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
		for _, cred := range []Credentials{{Token: testToken}, {AccessID: "12345", SecretKey: testSecret}} {
			secret := string(cred.SecretKey + cred.Token)
			for _, form := range []string{
				"%s", "<html><title>%s</title>", `{"status":"Error","message":%q}`, `{"status":"Error","errCode":"0x1001","message":"bad header: %s; "}`,
			} {
				for i, code := range []int{200, 302, 400, 401, 403, 404, 409, 429, 500, 503} {
					c := client(t, func(w http.ResponseWriter, r *http.Request) {
						names := slices.Sorted(maps.Keys(encodings))
						echo := "Authorization: " + r.Header.Get("Authorization") + " key " + secret
						for k := range 5 {
							echo += " or " + encodings[names[(5*i+k)%len(names)]](secret)
						}
						w.Header().Set("Location", "https://x.example/?"+url.QueryEscape(r.Header.Get("Authorization")))
						w.Header().Set("X-Request-Id", r.Header.Get("Authorization"))
						status(code, fmt.Sprintf(form, echo))(w, r)
					}, func(cfg *Config) {
						cfg.Credentials, cfg.Logger = cred, logger
						cfg.Retry.Tries, cfg.Retry.MaxTime = 2, 5*time.Second
					})
					_, err := c.CreateGroup(t.Context(), threat(), 0)
					fmt.Fprintf(&out, "%v %+v %#v %q\n", err, err, err, Hint(err))
					for _, err := range c.Search(t.Context(), intel.KindGroup, Query{TQL: `summary = "` + secret + `"`}) {
						fmt.Fprintf(&out, "%v %+v %#v\n", err, err, err)
					}
				}
			}
		}
		if out.Len() < 10_000 {
			t.Fatal("nothing recorded")
		}
		for line := range strings.Lines(out.String()) {
			for l, more := (layer{text: line}), true; more; l, more = l.unescape() {
				if strings.Contains(l.text, testSecret[:8]) || strings.Contains(l.text, testToken[:20]) {
					t.Fatalf("a secret is shown: %s", line)
				}
				if strings.Contains(l.text, "TC 12345:") && !strings.Contains(l.text, "TC 12345:"+redacted) {
					t.Fatalf("a signature is shown: %s", line)
				}
			}
			for _, coded := range []string{"base64 of URLs", "hexadecimal", "base64 behind one", "base64 between"} {
				for _, secret := range []string{testSecret, testToken} {
					if text := encodings[coded](secret); strings.Contains(line, text[10:20]) {
						t.Fatalf("a secret is shown as %s: %s", coded, line)
					}
				}
			}
		}
	})
}
