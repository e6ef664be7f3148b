package intel

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/golden"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
	"tcimport/internal/testkit"
)

var testCustom = []IndicatorType{
	CustomIndicatorType("Custom", []string{"One", "Two"}, "sensitive"),
	{Name: "Loose", Values: []string{"First", "Second", "Third"}, Custom: true},
}

func TestIndicators(t *testing.T) {
	golden.Transcript(t, "indicators.txt", func(input string) string {
		name, summary, _ := strings.Cut(input, "|")
		typ, ok := IndicatorTypeNamed(name, testCustom)
		if !ok {
			t.Fatalf("no type %q", name)
		}
		values, err := typ.Parse(summary)
		if err == nil {
			values, err = typ.Canonical(values)
		}
		if err != nil {
			_, keys := typ.KeysOfSummary(summary)
			if len(keys) == 0 {
				t.Errorf("%s %q has no keys", name, summary)
			}
			return "error: " + err.Error()
		}
		got := "= " + message.Quote(typ.Summary(values))
		if keys := typ.Keys(values); len(keys) != 1 || keys[0] != typ.Summary(values) {
			got += fmt.Sprintf(" %q", keys)
		}
		if typ.warning != nil && typ.warning(values[0]) != "" {
			got += "\nwarning: " + typ.warning(values[0])
		}
		checkRoundTrip(t, typ, values)
		return got
	})
}

// checkRoundTrip holds what has to be true of all canonical values.
func checkRoundTrip(t *testing.T, typ *IndicatorType, values []string) {
	t.Helper()
	again, err := typ.Canonical(values)
	if err != nil || !slices.Equal(again, values) {
		t.Errorf("%s %q is not canonical: %q, %v", typ.Name, values, again, err)
	}
	summary := typ.Summary(values)
	parsed, err := typ.Parse(summary)
	if err != nil {
		t.Errorf("%s %q cannot be parsed again: %v", typ.Name, summary, err)
		return
	}
	if got, want := typ.Keys(parsed), typ.Keys(values); !slices.Equal(got, want) {
		t.Errorf("%s %q has the keys %q after parsing, %q before", typ.Name, summary, got, want)
	}
	_, keys := typ.KeysOfSummary(summary)
	if want := typ.Keys(values); !slices.Equal(keys, want) {
		t.Errorf("%s %q has the keys %q as a summary, %q before", typ.Name, summary, keys, want)
	}
	for i, k := range typ.LooseKeys(values) {
		if spelling.Fold(k) != spelling.Fold(typ.Keys(values)[i]) {
			t.Errorf("%s %q: loose key %q", typ.Name, summary, k)
		}
	}
}

func TestKeysOfSummary(t *testing.T) {
	const md5, sha1 = "D41D8CD98F00B204E9800998ECF8427E", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"
	for _, tt := range []struct {
		typ, summary string
		keys         []string
	}{
		{"Address", "2001:DB8::1", []string{"2001:db8:0:0:0:0:0:1"}},
		{"Address", "not an address ", []string{"not an address"}},
		{"Host", "BadGuy.com", []string{"badguy.com"}},
		{"Host", "Bad Guy", []string{"bad guy"}},
		{"URL", "HTTP://Badguy.com/X", []string{"http://badguy.com/X"}},
		{"URL", "No Scheme", []string{"No Scheme"}},
		{"File", md5 + " : " + sha1, []string{"md5:" + strings.ToLower(md5), "sha1:" + strings.ToLower(sha1)}},
		{"File", "odd", []string{"odd"}},
		{"Mutex", " A ", []string{"A"}},
		{"Registry Key", `HKLM\a`, []string{`HKLM\a`}},
		{"Loose", "A : B", []string{"A : B"}},
	} {
		typ, _ := IndicatorTypeNamed(tt.typ, testCustom)
		values, keys := typ.KeysOfSummary(tt.summary)
		if !slices.Equal(keys, tt.keys) || len(values) != len(typ.Values) {
			t.Errorf("%s %q: values %q, keys %q, want %q", tt.typ, tt.summary, values, keys, tt.keys)
		}
	}
}

func TestLooseKeys(t *testing.T) {
	for _, tt := range []struct {
		typ    string
		values []string
		want   string
	}{
		{"Hashtag", []string{"#APT"}, "#apt"},
		{"Email Subject", []string{"Your Invoice"}, "your invoice"},
		{"Mutex", []string{"Global\\X"}, "Global\\X"},
		{"URL", []string{"http://a.b/X"}, "http://a.b/X"},
		{"Custom", []string{"A", "b"}, "A : b"},
		{"Loose", []string{"A", "b", ""}, "a : b"},
	} {
		typ, _ := IndicatorTypeNamed(tt.typ, testCustom)
		if got := typ.LooseKeys(tt.values); len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.typ, tt.values, got, tt.want)
		}
	}
}

// TestLargeRandomIndicators builds values from the alphabet that trips parsers up.
func TestLargeRandomIndicators(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	pieces := []string{"a", "B", "9", "0", ".", "..", ":", " : ", "/", "\\", "@", "::", "xn--", "ü", "ſ", "[", "]", "HKLM", "http://", "AS", " ", "-", "_", "%", "?", "REG_SZ", "d41d8cd98f00b204e9800998ecf8427e"}
	for range testkit.Rounds(200_000) {
		typ := &IndicatorTypes[rnd.Intn(len(IndicatorTypes))]
		values := make([]string, len(typ.Values))
		for i := range values {
			var b strings.Builder
			for range 1 + rnd.Intn(5) {
				b.WriteString(pieces[rnd.Intn(len(pieces))])
			}
			values[i] = b.String()
		}
		if typ.parse != nil && rnd.Intn(2) == 0 {
			values[len(values)-1] = "REG_SZ"
		}
		canonical, err := typ.Canonical(values)
		if err != nil {
			continue
		}
		checkRoundTrip(t, typ, canonical)
		if t.Failed() {
			return
		}
	}
}

func fuzzType(f *testing.F, name string, seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	typ, _ := IndicatorTypeNamed(name, nil)
	f.Fuzz(func(t *testing.T, summary string) {
		typ.KeysOfSummary(summary)
		values, err := typ.Parse(summary)
		if err != nil {
			return
		}
		if canonical, err := typ.Canonical(values); err == nil {
			checkRoundTrip(t, typ, canonical)
		}
	})
}

func FuzzURL(f *testing.F) {
	fuzzType(f, "URL", "http://a.b/c", "HTTP://u:p@[::1]:80/?#", "hxxp://a[.]b", "http://ü.de:x", "a.b/c", "://")
}

func FuzzHost(f *testing.F) {
	fuzzType(f, "Host", "a.b", "A.B.", "ü.de", "xn--0.x", "a。b", "1.2.3.4", "*.x", "a..b", "a\u200db.c")
}

func FuzzAddress(f *testing.F) {
	fuzzType(f, "Address", "1.2.3.4", "::1", "01.2.3.4", "fe80::1%x", "[::1]:1", "::ffff:1.2.3.4", "1[.]2.3.4")
}

func FuzzEmailAddress(f *testing.F) {
	fuzzType(f, "EmailAddress", "a@b.c", "A <a@b.c>", "a@[1.2.3.4]", `"a@b"@c.d`, "a[at]b.c", "ſ@ü.de")
}

func FuzzFile(f *testing.F) {
	fuzzType(f, "File", "d41d8cd98f00b204e9800998ecf8427e", "md5:d41d8cd98f00b204e9800998ecf8427e", " : ", "a:b")
}

func FuzzRegistryKey(f *testing.F) {
	fuzzType(f, "Registry Key", `HKLM\a : b : REG_SZ`, `HKCU\a :   : REG_NONE`, ` : : `, `HKLM : REG_SZ`)
}

func FuzzCIDR(f *testing.F) {
	fuzzType(f, "CIDR", "10.0.0.0/8", "::/0", "10.0.0.1/255.0.0.0", "1.2.3.4/")
}

func FuzzASN(f *testing.F) {
	fuzzType(f, "ASN", "AS1", "asn 007", "1.1", "AS4294967296")
}
