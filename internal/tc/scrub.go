package tc

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// scrubber takes the secrets out of text that others have made: an instance or
// a proxy may well quote a request in its error message, in any encoding.
//
// It looks for them in the text as it is, and in what is left after its escapes
// have been taken away once, twice and so on.
type scrubber struct{ needles []string }

func newScrubber(c Credentials) scrubber {
	var s scrubber
	for _, secret := range []string{string(c.Token), string(c.SecretKey)} {
		// What is as short as this is a word of any text, and no secret.
		if len(secret) < 4 {
			continue
		}
		coded := hex.EncodeToString([]byte(secret))
		forms := []string{coded, strings.ToUpper(coded)}
		for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			forms = append(forms, inBase64(enc, secret)...)
		}
		// The padding of base64 is what other encodings change; the rest is secret
		// enough.
		s.needles = append(s.needles, secret, strings.TrimRight(secret, "="))
		for l, more := (layer{text: secret}).unescape(); more; l, more = l.unescape() {
			s.needles = append(s.needles, l.text) // it holds itself what looks like an escape
		}
		s.needles = append(s.needles, slices.DeleteFunc(forms, func(f string) bool { return len(f) < minPart })...)
	}
	for _, needle := range s.needles {
		s.needles = append(s.needles, strings.ReplaceAll(needle, " ", "+")) // as in a query
	}
	slices.Sort(s.needles)
	s.needles = slices.DeleteFunc(slices.Compact(s.needles), func(n string) bool { return len(n) < 4 })
	return s
}

// inBase64 is what is seen of a secret in the encoding of a longer text: it
// depends on where the secret begins. What its neighbours have a part in is left
// out.
func inBase64(enc *base64.Encoding, secret string) []string {
	var out []string
	for before := range 3 {
		coded := enc.EncodeToString(append(make([]byte, before), secret...))
		first, end := (before*8+5)/6, (before+len(secret))*8/6
		out = append(out, coded[first:end])
	}
	return out
}

// minPart is how much of a secret, or of another form of it, is one.
const minPart = 6

// authorization matches the header's value, whatever credentials are in it.
var authorization = regexp.MustCompile(`(?i)(?:TC-Token[\s+]+|\bTC[\s+]+[^\s:"'<>]+:)([^\s"'<>,;]+)`)

// maxLayers is how often escapes are taken away: a message in JSON in HTML in a
// URL has three.
const maxLayers = 5

func (s scrubber) clean(text string) string {
	hidden := make([]bool, len(text))
	l := layer{text: text}
	for range maxLayers {
		s.mark(l, hidden)
		next, changed := l.unescape()
		if !changed {
			break
		}
		l = next
	}
	return blackOut(text, hidden)
}

// mark notes which bytes of the source belong to a secret that l shows.
func (s scrubber) mark(l layer, hidden []bool) {
	hide := func(from, to int) {
		for i := l.source(from); i < l.source(to); i++ {
			hidden[i] = true
		}
	}
	for _, needle := range s.needles {
		for from := 0; ; {
			i := strings.Index(l.text[from:], needle)
			if i < 0 {
				break
			}
			hide(from+i, from+i+len(needle))
			from += i + 1
		}
		// Text that was cut may end within a secret.
		for n := min(len(needle)-1, len(l.text)); n >= minPart; n-- {
			if strings.HasSuffix(l.text, needle[:n]) {
				hide(len(l.text)-n, len(l.text))
				break
			}
		}
	}
	for _, m := range authorization.FindAllStringSubmatchIndex(l.text, -1) {
		hide(m[2], m[3])
	}
}

func blackOut(text string, hidden []bool) string {
	if !slices.Contains(hidden, true) {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		switch {
		case !hidden[i]:
			b.WriteByte(text[i])
		case i == 0 || !hidden[i-1]:
			b.WriteString(redacted)
		}
	}
	return b.String()
}

// layer is a text some of whose escapes have been taken away.
type layer struct {
	text string
	from []int // where each byte, and the end, comes from; nil where nothing was taken away
}

func (l layer) source(i int) int {
	if l.from == nil {
		return i
	}
	return l.from[i]
}

// escapes are those of URLs, HTML and JSON (and JavaScript), and what a secret
// is broken into lines by.
var escapes = regexp.MustCompile(`%[0-9A-Fa-f]{2}|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});` +
	`|\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[^ux]|[\x00-\x1f\x7f]+`)

// unescape takes one layer of escapes away; false if there is none.
func (l layer) unescape() (layer, bool) {
	found := escapes.FindAllStringIndex(l.text, -1)
	var text bytes.Buffer
	var from []int
	add := func(s string, at int, each bool) {
		for i := range len(s) {
			from = append(from, l.source(at))
			if each {
				at++
			}
			text.WriteByte(s[i])
		}
	}
	last, changed := 0, false
	for _, m := range found {
		escape := l.text[m[0]:m[1]]
		plain := unescaped(escape)
		if plain == escape {
			continue
		}
		add(l.text[last:m[0]], last, true)
		add(plain, m[0], false)
		last, changed = m[1], true
	}
	if !changed {
		return l, false
	}
	add(l.text[last:], last, true)
	return layer{text.String(), append(from, l.source(len(l.text)))}, true
}

// unescaped is what one escape stands for.
func unescaped(escape string) string {
	switch {
	case escape[0] == '&':
		return html.UnescapeString(escape)
	case escape[0] == '%':
		n, _ := strconv.ParseUint(escape[1:], 16, 8)
		return string([]byte{byte(n)})
	case escape[0] != '\\':
		return "" // a line break, or another control character
	case escape[1] == 'x':
		n, _ := strconv.ParseUint(escape[2:], 16, 8)
		return string(rune(n))
	case escape[1] == 'u':
		var units []uint16
		for i := 2; i < len(escape); i += 6 {
			n, _ := strconv.ParseUint(escape[i:i+4], 16, 16)
			units = append(units, uint16(n))
		}
		return string(utf16.Decode(units))
	case strings.ContainsRune("nrtbf0", rune(escape[1])):
		return ""
	}
	_, size := utf8.DecodeRuneInString(escape[1:])
	return escape[1 : 1+size]
}
