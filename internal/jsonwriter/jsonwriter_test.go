package jsonwriter

import (
	"testing"
	"unicode/utf8"
)

// FuzzJSONText holds that a text is written as encoding/json writes it, with and without
// escapes for HTML.
func FuzzJSONText(f *testing.F) {
	for _, s := range []string{"", "plain", `"quoted" \ back`, "line\nbreak\ttab\r\b\f\x00\x1f\x7f", "<a href='x'>&</a>", "é 語 🙂", "\u2028\u2029", "bad \xff\xc3 utf-8", "\ufffd"} {
		f.Add(s)
	}
	for c := range 256 {
		f.Add(string([]byte{'x', byte(c), 'y'}))
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, html := range []bool{false, true} {
			text, value := Writer{HTML: html}, Writer{HTML: html}
			text.String(s)
			value.Any(s)
			if got, want := string(text.Bytes()), string(value.Bytes()); got != want || !utf8.ValidString(got) {
				t.Errorf("%s, want %s", got, want)
			}
		}
	})
}
