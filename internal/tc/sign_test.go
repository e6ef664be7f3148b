package tc

import (
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/intel"
)

func jsonText(v any) (string, error) {
	text, err := json.Marshal(v)
	return string(text), err
}

// The vectors: the first is also a test of another client, with a target that
// no real request has.
func TestSignature(t *testing.T) {
	for _, tt := range []struct{ key, target, method, stamp, want string }{
		{"test", "test", "GET", "1587340800", "p5a/YiTRs7sNMp/PEDgZxky8lJDRLbza1pi8erjURrU="},
		{"secret", "/api/v3/groups?owner=Demo%20Community", "POST", "1513703787", "RtcppTjnzGxCulI3pPFNohSj/H1TiC9KcRMn7lA/Prk="},
		{"secret", "/api/v2/indicators/hosts/example.com?Owner=Common%20Community", "GET", "1513703787", "qcQ78w1LcTYOSn2A4hYtkwvNsBnti4Ed+ZpIzM7oSjE="},
	} {
		if got := newSigner(Credentials{SecretKey: Secret(tt.key)}).signature(tt.target, tt.method, tt.stamp); got != tt.want {
			t.Errorf("%s %s: got %s, want %s", tt.method, tt.target, got, tt.want)
		}
	}
}

// What is signed is what arrives, whatever has to be escaped in it.
func TestSignedIsSent(t *testing.T) {
	for _, owner := range []string{
		"Demo Community", "R&D", "a/b", "a+b", "100%", "Zürich 東京", `"q" 'q' (x)!*~`, "a=b;c,d?e#f", "a  b", "..",
	} {
		for _, xid := range []string{"plain-1.2", "with space", "a/b?c#d%e\\f", "ümläut", "a+b&c=d", "a:b@c;d,e"} {
			var got string
			c := client(t, func(w http.ResponseWriter, r *http.Request) {
				target := r.RequestURI
				want := "TC 12345:" + newSigner(Credentials{SecretKey: testSecret}).signature(target, r.Method, r.Header.Get("Timestamp"))
				if r.Header.Get("Authorization") != want {
					t.Errorf("%q: signature does not fit what was sent: %s", owner, target)
				}
				if q := r.URL.Query()["owner"]; len(q) != 1 || q[0] != owner {
					t.Errorf("owner %q arrives as %q in %s", owner, q, target)
				}
				got = r.URL.Path
				status(200, `{"data":{"id":1,"xid":`+quoteJSON(xid)+`},"status":"Success"}`)(w, r)
			})
			if _, err := c.GroupByXID(t.Context(), owner, xid, 0); err != nil {
				t.Errorf("%q %q: %v", owner, xid, err)
			}
			if got != "/api/v3/groups/"+xid {
				t.Errorf("xid %q arrives as %q", xid, got)
			}
		}
	}
}

func quoteJSON(s string) string {
	text, _ := jsonText(s)
	return text
}

func TestTokenWins(t *testing.T) {
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "TC-Token "+testToken {
			t.Errorf("got %q", got)
		}
		status(201, created)(w, r)
	}, func(cfg *Config) { cfg.Credentials.Token = testToken })
	if _, err := c.CreateGroup(t.Context(), threat(), 0); err != nil {
		t.Fatal(err)
	}
}

// A signature is never older than its attempt, however long that had to wait.
func TestSignedAfresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := client(t, func(w http.ResponseWriter, r *http.Request) {
			n++
			if got, want := r.Header.Get("Timestamp"), time.Now().Unix(); got != itoa(want) {
				t.Errorf("attempt %d is signed at %s, sent at %d", n, got, want)
			}
			if n < 4 {
				status(429, "", "Retry-After", "240")(w, r)
				return
			}
			status(201, created)(w, r)
		})
		if _, err := c.CreateGroup(t.Context(), threat(), 0); err != nil {
			t.Fatal(err)
		}
		if n != 4 {
			t.Errorf("%d attempts", n)
		}
	})
}

func itoa(n int64) string {
	text, _ := jsonText(n)
	return text
}

func threat() intel.GroupWrite { return intel.GroupWrite{Type: "Threat", Name: "N", Owner: "Demo"} }
