package message

import (
	"strings"
	"testing"
)

func TestQuote(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`HKLM\a`, `"HKLM\a"`},
		{"a\tb\nc\rd\x1b\x00", `"a\tb\nc\rd\x1b\x00"`},
		{"a\u202eb\u200b", `"a\u202eb\u200b"`},
		{"ü\xff", `"ü\xff"`},
		{strings.Repeat("ü", 80), `"` + strings.Repeat("ü", 80) + `"`},
		{strings.Repeat("ü", 81), `"` + strings.Repeat("ü", 80) + `…"`},
	} {
		if got := Quote(tt.in); got != tt.want {
			t.Errorf("Quote(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestJoinReadsAsASentence(t *testing.T) {
	for _, tt := range []struct {
		words []string
		want  string
	}{
		{nil, ""}, {[]string{"a"}, "a"}, {[]string{"a", "b"}, "a or b"}, {[]string{"a", "b", "c"}, "a, b or c"},
	} {
		if got := Join(tt.words, "or"); got != tt.want {
			t.Errorf("Join(%q) = %q, want %q", tt.words, got, tt.want)
		}
	}
}
