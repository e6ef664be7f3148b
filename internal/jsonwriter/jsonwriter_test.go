package jsonwriter

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// FuzzJSONText holds that a text is written as encoding/json writes it.
func FuzzJSONText(f *testing.F) {
	for _, s := range []string{"", "plain", `"quoted" \ back`, "line\nbreak\ttab\r\b\f\x00\x1f\x7f", "<a href='x'>&</a>", "é 語 🙂", "\u2028\u2029", "bad \xff\xc3 utf-8", "\ufffd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var w Writer
		w.String(s)
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(s); err != nil {
			t.Fatal(err)
		}
		if got := string(w.Bytes()); got != string(bytes.TrimSpace(want.Bytes())) || !utf8.ValidString(got) {
			t.Errorf("%s, want %s", got, want.Bytes())
		}
	})
}
