package intel

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

func TestNearestName(t *testing.T) {
	fields := []string{"eventDate", "eventType", "status", "publishDate", "fileName", "fileText", "fileType"}
	for _, tt := range []struct {
		name  string
		known []string
		want  string
	}{
		{"Opne", []string{"New", "Open", "Stalled"}, "Open"},
		{"event_date", fields, "eventDate"},
		{"Event Date", fields, "eventDate"},
		{"evnetDate", fields, "eventDate"},
		{"stauts", fields, "status"},
		{"filetyp", fields, "fileType"},
		{"colour", fields, ""},
		{"x", []string{"y"}, ""},
		{"", fields, ""},
		{"Vuln", groupTypeNames, "Vulnerability"},
		{"intrusionset", groupTypeNames, "Intrusion Set"},
		{"Threat Actor", groupTypeNames, ""},
		{"Incidents", groupTypeNames, "Incident"},
		{"Tol", groupTypeNames, "Tool"},
		{"Ttask", groupTypeNames, "Task"},
		{"TLP AMBR", tlpLabels, "TLP:AMBER"},
	} {
		if got := NearestName(tt.name, tt.known); got != tt.want {
			t.Errorf("NearestName(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestQuote(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`HKLM\a`, `"HKLM\a"`},
		{"a\tb\nc\rd\x1b\x00", `"a\tb\nc\rd\x1b\x00"`},
		{"a\u202eb\u200b", `"a\u202eb\u200b"`},
		{"ü\xff", `"ü\xff"`},
		{strings.Repeat("ü", 80), `"` + strings.Repeat("ü", 80) + `"`},
		{strings.Repeat("ü", 81), `"` + strings.Repeat("ü", 80) + `…"`},
	} {
		if got := quote(tt.in); got != tt.want {
			t.Errorf("quote(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}
