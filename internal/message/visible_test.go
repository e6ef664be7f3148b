package message

import (
	"testing"
	"unicode/utf8"
)

// TestEscapedHidesNothing: a reader sees every character of a text, itself or its
// escape.
func TestEscapedHidesNothing(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain \\ \"text\" é 漢 👍", "plain \\ \"text\" é 漢 👍"},
		{"\x1b[31m", `\x1b[31m`},
		{"a\nb\tc\r", `a\nb\tc\r`},
		{"\u009b31m\x7f", `\u009b31m\u007f`},
		{"\u202eabc\u2066", `\u202eabc\u2066`},
		{"a\u200db\ufeff", `a\u200db\ufeff`},
		{"\U000e0041", `\udb40\udc41`},
		{"\xff\xfe", `\xff\xfe`},
		{"\u2028\u00a0\u3164", `\u2028\u00a0\u3164`},
	} {
		if got := Escaped(c.in); got != c.want {
			t.Errorf("Escaped(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzEscaped(f *testing.F) {
	f.Add("\x1b[31m\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		out := Escaped(s)
		for _, r := range out {
			if !Visible(r) || !utf8.ValidString(out) {
				t.Fatalf("Escaped(%q) = %q", s, out)
			}
		}
	})
}
