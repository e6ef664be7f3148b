package tc

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tcimport/internal/testkit"
)

const (
	testToken  = "APIV2:430:c8mTcH:1234567890123:7mbiXyz+/Q="
	testSecret = "s3cr3t+key/with=signs&more"
)

// client makes one whose requests go to h.
func client(t *testing.T, h http.HandlerFunc, change ...func(*Config)) *Client {
	t.Helper()
	cfg := Config{
		BaseURL:     "https://tc.example/api",
		Credentials: Credentials{AccessID: "12345", SecretKey: testSecret},
		Transport:   testkit.Transport{Handler: h},
		Jitter:      func() float64 { return 0.999999 },
	}
	for _, f := range change {
		f(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// recorded is a request as it came in.
func recorded(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	text := r.Method + " " + r.RequestURI
	if len(body) > 0 {
		text += "\n" + string(body)
	}
	return text
}

// answers gives its answers one after the other, the last one for ever.
func answers(list ...http.HandlerFunc) http.HandlerFunc {
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		h := list[min(n, len(list)-1)]
		n++
		h(w, r)
	}
}

func status(code int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

// breaks ends in an error of the transport.
func breaks(err error) http.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) { panic(err) }
}

const created = `{"data":{"id":7,"type":"Threat","name":"N","ownerName":"Demo"},"message":"Created","status":"Success"}`

func TestSecretIsNeverShown(t *testing.T) {
	s := Secret("hunter2")
	type holder struct {
		A Secret
		B *Secret
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+"\n", s, &s, holder{s, &s})
	}
	c := client(t, nil, func(cfg *Config) { cfg.Credentials = Credentials{Token: s, AccessID: "1", SecretKey: s} })
	fmt.Fprintf(&out, "%v %+v %#v %s %v\n", c, c, c, c, []any{c})
	for _, v := range []any{s, &s, holder{s, &s}} {
		text, err := jsonText(v)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(text)
	}
	if strings.Contains(out.String(), "hunter2") || strings.Contains(strings.ToLower(out.String()), fmt.Sprintf("%x", "hunter2")) {
		t.Errorf("the secret is shown:\n%s", out.String())
	}
}

func TestConfigRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		base string
		cred Credentials
		want string
	}{
		{"no URL", "", Credentials{Token: "x"}, "TC_API_PATH"},
		{"plain http", "http://tc.example/api", Credentials{Token: "x"}, "use https"},
		{"userinfo", "https://me:pw1234@tc.example/api", Credentials{Token: "x"}, "user name or password"},
		{"unreadable with a password", "https://me:pw1234@tc.example:x/api", Credentials{Token: "x"}, "cannot be read"},
		{"query", "https://tc.example/api?x=1", Credentials{Token: "x"}, "query"},
		{"no scheme", "tc.example/api", Credentials{Token: "x"}, "should look like"},
		{"other scheme", "ftp://tc.example/api", Credentials{Token: "x"}, "should look like"},
		{"no credentials", "https://tc.example/api", Credentials{}, "no credentials"},
		{"half", "https://tc.example/api", Credentials{AccessID: "1"}, "set both"},
		{"other half", "https://tc.example/api", Credentials{SecretKey: "pw1234"}, "set both"},
		{"line break", "https://tc.example/api", Credentials{Token: "pw1234\n"}, "line break"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(Config{BaseURL: tt.base, Credentials: tt.cred})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want something with %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "pw1234") {
				t.Errorf("shows a secret: %v", err)
			}
		})
	}
}

// instant is some moment with a whole second.
var instant = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
