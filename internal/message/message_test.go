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
