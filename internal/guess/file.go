package guess

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"tcimport/internal/intel"
)

// Encoding is the encoding of a CSV as an entry of sources names it.
type Encoding struct {
	Name string // "" if the file tells by itself
	Why  string
}

// otherFiles are files that people take for a CSV, by their first bytes.
var otherFiles = []struct{ begin, what string }{
	{"PK\x03\x04", "this is a spreadsheet or an archive: open it, and save it as CSV (CSV UTF-8)"},
	{"\xD0\xCF\x11\xE0", "this is a spreadsheet of Excel: open it, and save it as CSV (CSV UTF-8)"},
	{"\x1F\x8B", "this is compressed: unpack it first"},
	{"%PDF", "this is a PDF: save its table as CSV"},
	{"<", "this is HTML or XML: save its table as CSV"},
}

// File refuses what is not a CSV. name is that of the file, text its beginning.
func File(name string, text []byte) error {
	for _, other := range otherFiles {
		if bytes.HasPrefix(text, []byte(other.begin)) {
			return errors.New(other.what)
		}
	}
	start := strings.TrimSpace(strings.TrimPrefix(string(text[:min(len(text), 4096)]), "\uFEFF"))
	switch {
	case start == "" && len(text) <= 4096:
		return errors.New("the file is empty: a CSV begins with a header")
	case isJSON(start):
		return errors.New("this is JSON, not CSV: save it as CSV")
	case isYAML(name, start):
		return fmt.Errorf("this is YAML: if it is a manifest, use it as it is: tcimport validate %s", name)
	}
	return nil
}

func isJSON(start string) bool {
	rest := strings.TrimLeft(start[1:], " \t\r\n")
	switch start[0] {
	case '{':
		return strings.HasPrefix(rest, `"`) || strings.HasPrefix(rest, "}")
	case '[':
		return rest == "" || strings.ContainsRune(`{["]`, rune(rest[0]))
	}
	return false
}

func isYAML(name, start string) bool {
	for _, ext := range []string{".yaml", ".yml"} {
		if strings.HasSuffix(strings.ToLower(name), ext) {
			return true
		}
	}
	for _, begin := range []string{"version:", "groups:", "sources:", "namespace:", "---\n", "%YAML"} {
		if strings.HasPrefix(start, begin) {
			return true
		}
	}
	return false
}

// EncodingOf guesses the encoding of a text. cut says that the text has been cut off
// somewhere.
func EncodingOf(text []byte, cut bool) (Encoding, error) {
	for _, mark := range []struct{ begin, name string }{{"\xEF\xBB\xBF", "UTF-8"}, {"\xFF\xFE", "UTF-16"}, {"\xFE\xFF", "UTF-16"}} {
		if bytes.HasPrefix(text, []byte(mark.begin)) {
			return Encoding{Why: mark.name + ", by its byte order mark"}, nil
		}
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return wideEncoding(text)
	}
	good, bad := sequences(text)
	if cut && bad > 0 && endsWithin(text) {
		bad--
	}
	switch {
	case bad == 0:
		return Encoding{Why: "UTF-8"}, nil
	case good > bad:
		return Encoding{Why: "UTF-8 with bytes that are not: validate names their lines"}, nil
	}
	return narrowEncoding(text)
}

// sequences counts the characters beyond ASCII, and the bytes that are not UTF-8.
func sequences(text []byte) (good, bad int) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		i += size
	}
	return good, bad
}

// endsWithin reports whether a text may end within a character.
func endsWithin(text []byte) bool {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if at := len(text) - n; utf8.RuneStart(text[at]) {
			return !utf8.FullRune(text[at:])
		}
	}
	return false
}

// wideEncoding is the kind of UTF-16 of a text without byte order mark: one byte of most
// characters is 0.
func wideEncoding(text []byte) (Encoding, error) {
	var zeros [2]int
	for i, c := range text {
		if c == 0 {
			zeros[i%2]++
		}
	}
	characters := len(text) / 2
	for i, name := range []string{"utf-16be", "utf-16le"} {
		if 2*zeros[i] > characters && 20*zeros[1-i] < characters {
			return Encoding{name, "UTF-16 without a byte order mark, by its zero bytes"}, nil
		}
	}
	return Encoding{}, errors.New("this is not text, it has zero bytes: save it as CSV (CSV UTF-8)")
}

// undefined are the bytes that no text in windows-1252 has.
const undefined = "\x81\x8D\x8F\x90\x9D"

func narrowEncoding(text []byte) (Encoding, error) {
	var counts [256]int
	high, letters := 0, 0
	for _, c := range text {
		counts[c]++
		switch {
		case c >= 0x80:
			high++
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			letters++
		case c < ' ' && !strings.ContainsRune("\t\n\r\f\x1a", rune(c)):
			return Encoding{}, errors.New("this is not text, it has control characters: save it as CSV (CSV UTF-8)")
		}
	}
	for _, c := range []byte(undefined) {
		if counts[c] > 0 {
			return Encoding{}, fmt.Errorf("the text is neither UTF-8 nor windows-1252 (the byte 0x%X): name its encoding by --encoding, such as shift_jis or windows-1251, or save it as UTF-8", c)
		}
	}
	c1 := 0
	for c := 0x80; c < 0xA0; c++ {
		c1 += counts[c]
	}
	switch {
	case high > letters:
		return Encoding{"windows-1252", "it is not UTF-8, and most letters are not Latin: CHECK, maybe it is windows-1251 or another"}, nil
	case counts[0xA4] > 0 && c1 == 0:
		return Encoding{"iso-8859-15", "it is not UTF-8, and seems to have the euro sign of this one: check umlauts and signs"}, nil
	}
	return Encoding{"windows-1252", "it is not UTF-8; check the umlauts and accents"}, nil
}

// Header refuses a header that looks like a row.
func Header(header []string) error {
	for _, name := range header {
		if name != "" && isData(name) {
			return fmt.Errorf("the first line looks like a row, because of %s: put a line with the names of the columns before it", shown(name))
		}
	}
	return nil
}

// isData reports whether a text is a value, and no name of a column.
func isData(s string) bool {
	switch intel.InferType(s) {
	case "Address", "CIDR", "URL", "EmailAddress", "File":
		return true
	}
	c := columnsOf([]string{"date"}, [][]string{{s}})[0]
	return cve.MatchString(s) || datesOf(c) != nil && !c.numbers
}
