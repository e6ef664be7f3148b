package spelling

import (
	"strings"
	"testing"
	"unicode"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"abc", "abc"},
		{"ABC def", "abc def"},
		{"Straße", "straße"},
		{"ΣΊΣΥΦΟΣ", "σίσυφοσ"},
		{"σίσυφος", "σίσυφοσ"},
		{"\u212aelvin", "kelvin"},
		{"İ", "İ"},
		{"A\xffB", "a\xffb"},
	} {
		if got := Fold(tt.in); got != tt.want {
			t.Errorf("Fold(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestFoldIsEqualFold goes through every character there is.
func TestFoldIsEqualFold(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r == unicode.ReplacementChar || 0xd800 <= r && r < 0xe000 {
			continue
		}
		folded := Fold(string(r))
		if !strings.EqualFold(folded, string(r)) {
			t.Fatalf("U+%04X folds to %q, which is no variant of it", r, folded)
		}
		for v := unicode.SimpleFold(r); v != r; v = unicode.SimpleFold(v) {
			if Fold(string(v)) != folded {
				t.Fatalf("U+%04X and U+%04X fold to %q and %q", r, v, folded, Fold(string(v)))
			}
		}
	}
}

func TestFoldAllocates(t *testing.T) {
	for _, s := range []string{"badguy.com", "größe", "привет", "一二三"} {
		if n := testing.AllocsPerRun(100, func() { Fold(s) }); n != 0 {
			t.Errorf("Fold(%q) allocates %v times", s, n)
		}
	}
}

// TestSqueezeFindsOneName: blanks, underscores, hyphens and case do not make
// another name.
func TestSqueezeFindsOneName(t *testing.T) {
	for _, s := range []string{"eventDate", " Event_Date", "event-date\u00a0", "EVENT\tDATE", "e v e n t d a t e"} {
		if got := Squeeze(s); got != "eventdate" {
			t.Errorf("Squeeze(%q) = %q", s, got)
		}
	}
}
