package canonical

import (
	"testing"
	"time"

	"tcimport/internal/golden"
	"tcimport/internal/message"
)

func TestCanonicalDate(t *testing.T) {
	golden.Transcript(t, "dates.txt", func(input string) string {
		got, err := Date(input)
		if err != nil {
			return "error: " + message.Quote(input) + " " + err.Error()
		}
		checkDate(t, got)
		return "= " + got
	})
}

func checkDate(t *testing.T, canonical string) {
	t.Helper()
	if again, err := Date(canonical); err != nil || again != canonical {
		t.Errorf("Date(%q) = %q, %v", canonical, again, err)
	}
	if again, ok := LenientDate(canonical); !ok || again != canonical {
		t.Errorf("LenientDate(%q) = %q, %v", canonical, again, ok)
	}
	if _, err := time.Parse(time.RFC3339, canonical); err != nil {
		t.Error(err)
	}
}

func TestLenientDate(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"2021-11-03T14:57:45Z", "2021-11-03T14:57:45Z"},
		{"2021-11-03", "2021-11-03T00:00:00Z"},
		{" 2021-11-03T14:57:45Z ", "2021-11-03T14:57:45Z"},
		{"2023-03-09T14:41:27.27Z", "2023-03-09T14:41:27Z"},
		{"2023-03-09T14:41:27.273Z", "2023-03-09T14:41:27Z"},
		{"2023-03-09T14:41:27+00:00", "2023-03-09T14:41:27Z"},
		{"2023-03-09T14:41:27+02:00", "2023-03-09T12:41:27Z"},
		{"2021-11-03T14:57:4511:04:12Z", "2021-11-03T14:57:45Z"},
		{"2021-11-03T14:57:45", "2021-11-03T14:57:45Z"},
		{"2021-11-03 14:57:45", "2021-11-03T14:57:45Z"},
		{"2021-11-03T14:57:45.", "2021-11-03T14:57:45Z"},
		{"2021-11-03T99:57:45Z", ""},
		{"2021-11-03T", ""},
		{"2021-11-03x", ""},
		{"2021-02-31", ""},
		{"None", ""},
		{"", ""},
	} {
		got, ok := LenientDate(tt.in)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("LenientDate(%q) = %q, %v, want %q", tt.in, got, ok, tt.want)
		}
	}
}

func TestDateAllocates(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Date("2021-11-03T14:57:45Z") }); n != 0 {
		t.Errorf("a canonical date allocates %v times", n)
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2021-11-03", "2021-11-03T14:57:45.1+02:00", "2021-11-03T14:57:4511:04:12Z", "0000-01-01T00:00:00+23:59", "9999-12-31t23:59:59z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := LenientDate(s); ok {
			checkDate(t, got)
		}
		got, err := Date(s)
		if err != nil {
			return
		}
		checkDate(t, got)
		if lenient, ok := LenientDate(s); !ok || lenient != got {
			t.Errorf("LenientDate(%q) = %q, %v, but canonical is %q", s, lenient, ok, got)
		}
		if want, err := time.Parse(time.RFC3339, s); err == nil && want.UTC().Format(dateLayout) != got {
			t.Errorf("Date(%q) = %q, the time package says %s", s, got, want.UTC())
		}
	})
}
