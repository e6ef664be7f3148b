package tc

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"net/url"
	"strings"
	"testing"
)

// each writes every character in a form of its own.
func each(form string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for _, r := range s {
			fmt.Fprintf(&b, form, r)
		}
		return b.String()
	}
}

func eachByte(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}

func inJSON(s string) string {
	text, _ := json.Marshal(s)
	return string(text[1 : len(text)-1])
}

var encodings = map[string]func(string) string{
	"as it is":          func(s string) string { return s },
	"HTML":              html.EscapeString,
	"HTML numbers":      each("&#%d;"),
	"HTML, hexadecimal": each("&#x%02X;"),
	"HTML, named":       strings.NewReplacer("+", "&plus;", "/", "&sol;", "=", "&equals;", "&", "&amp;", ":", "&colon;").Replace,
	"query":             url.QueryEscape,
	"path":              url.PathEscape,
	"query, lower case": func(s string) string {
		return strings.NewReplacer("+", "%2b", "/", "%2f", "=", "%3d", "&", "%26").Replace(s)
	},
	"query, all":           eachByte,
	"JSON":                 inJSON,
	"JSON, all":            each(`\u%04x`),
	"JSON, slashes":        func(s string) string { return strings.ReplaceAll(inJSON(s), "/", `\/`) },
	"JavaScript":           each(`\x%02x`),
	"base64":               func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 of URLs":       func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"base64 of a header":   func(s string) string { return base64.StdEncoding.EncodeToString([]byte("TC-Token " + s + "\r\n")) },
	"base64 behind one":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte("u" + s)) },
	"base64 between":       func(s string) string { return base64.StdEncoding.EncodeToString([]byte("id:" + s + ":x")) },
	"hexadecimal":          func(s string) string { return hex.EncodeToString([]byte(s)) },
	"hexadecimal, capital": func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"broken into lines":    func(s string) string { return s[:9] + "\r\n" + s[9:] },
}

// Whatever an instance makes of a secret that it echoes, it is not shown.
func TestScrubberKnowsEscapedSecrets(t *testing.T) {
	for _, secret := range []string{testToken, testSecret, `q"uo\te%2b <&amp;> ü=`} {
		s := newScrubber(Credentials{SecretKey: Secret(secret)})
		for outer, f := range encodings {
			for inner, g := range encodings {
				text := f(g(secret))
				got := s.clean("before " + text + " behind")
				if strings.Contains(outer+inner, "hexa") || strings.Contains(outer, "base64") {
					if inner != "as it is" {
						continue // the one within the other is nothing that servers do
					}
				}
				if outer == "broken into lines" && inner != "as it is" && !strings.Contains(inner, "base64") {
					continue // within an escape
				}
				// Of base64 what stands beside the secret is left.
				left := strings.TrimSuffix(strings.TrimPrefix(got, "before "), " behind")
				if !strings.Contains(left, redacted) || len(left) > len(redacted)+len(text)/2 || strings.Contains(left, text[len(text)/3:len(text)/2]) {
					t.Errorf("%s of %s: %q becomes %q", outer, inner, text, got)
				}
				if !strings.HasPrefix(got, "before ") || !strings.HasSuffix(got, " behind") {
					t.Errorf("%s of %s: too much is gone: %q", outer, inner, got)
				}
			}
		}
	}
}

func TestScrubber(t *testing.T) {
	s := newScrubber(Credentials{Token: testToken, SecretKey: testSecret})
	for text, want := range map[string]string{
		"":                                 "",
		"100% &amp; \\u0041 of \\\\ it\n":  "100% &amp; \\u0041 of \\\\ it\n",
		"name=%C3%BC&more; %zz \\u12":      "name=%C3%BC&more; %zz \\u12",
		"Authorization: TC 12345:c2ln=; x": "Authorization: TC 12345:REDACTED; x",
		"TC%2012345%3Ac2ln%3D; x":          "TC%2012345%3AREDACTED; x",
		"a=TC+12345%3Ac2ln%3D x":           "a=TC+12345%3AREDACTED x",
		"tc-token abc\u00e4 x":             "tc-token REDACTED x",
		"&#84;C-Token&#32;abc":             "&#84;C-Token&#32;REDACTED",
		testToken + testSecret:             "REDACTED",
		"cut: " + testSecret[:9]:           "cut: REDACTED",
		"cut: %73%33cr3t%2Bke":             "cut: REDACTED",
		"not cut: " + testSecret[:5]:       "not cut: s3cr3",
	} {
		if got := s.clean(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := newScrubber(Credentials{SecretKey: "c2VjcmV0IGtleQ=="}).clean("key c2VjcmV0IGtleQ, padded otherwise"); got != "key REDACTED, padded otherwise" {
		t.Errorf("without its padding: %q", got)
	}
	if got := newScrubber(Credentials{Token: "abc"}).clean("abc YWJj"); got != "abc YWJj" {
		t.Errorf("a short one: %q", got)
	}
}

// TestStandardLogShowsNoSecret: what net/http quotes of a connection can be what the
// other side echoes.
func TestStandardLogShowsNoSecret(t *testing.T) {
	var out strings.Builder
	c, err := New(Config{BaseURL: "https://tc.example/api", Credentials: Credentials{Token: testToken},
		Logger: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(c.StandardLog(), "Unsolicited response received on idle HTTP channel starting with %q", url.QueryEscape(testToken))
	if !strings.Contains(out.String(), "Unsolicited") || !strings.Contains(out.String(), redacted) || strings.Contains(out.String(), url.QueryEscape(testToken)) {
		t.Error(out.String())
	}
}

// No layer of what has been cleaned shows a secret.
func FuzzScrubber(f *testing.F) {
	for _, encode := range encodings {
		f.Add("x "+encode(testSecret), "&#", "%25")
		f.Add(encode(testToken[:20]), `\\u`, encode(testToken))
	}
	s := newScrubber(Credentials{Token: testToken, SecretKey: testSecret})
	f.Fuzz(func(t *testing.T, before, between, behind string) {
		for _, text := range []string{before + testSecret + between + behind, before + between + url.QueryEscape(testToken) + behind} {
			l := layer{text: s.clean(text)}
			for range maxLayers {
				for _, needle := range s.needles {
					if strings.Contains(l.text, needle) {
						t.Fatalf("%q: %q", text, l.text)
					}
				}
				next, changed := l.unescape()
				if !changed {
					break
				}
				l = next
			}
		}
	})
}
