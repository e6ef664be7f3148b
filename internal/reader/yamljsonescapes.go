package reader

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"unicode/utf8"
)

// jsonText matches a text of JSON with its quotes, jsonEscape an escape in it: a
// surrogate pair, or any other.
var (
	jsonText   = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	jsonEscape = regexp.MustCompile(`\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|.)`)
)

// jsonEscapes rewrites the escapes that YAML's parser does not know, of a slash and of a
// character beyond \uFFFF, in a document that is JSON. Elsewhere the same text can be
// outside of double quotes, where it is no escape. Blanks behind a text that becomes
// shorter keep all others in their columns.
func (d *document) jsonEscapes() {
	if !bytes.Contains(d.text, []byte(`\/`)) && !bytes.Contains(d.text, []byte(`\u`)) || !json.Valid(d.text) {
		return
	}
	d.text = jsonText.ReplaceAllFunc(d.text, func(text []byte) []byte {
		out := jsonEscape.ReplaceAllFunc(text, yamlEscape)
		return append(out, bytes.Repeat([]byte{' '}, len(text)-len(out))...)
	})
}

// yamlEscape is an escape of JSON as YAML has it.
func yamlEscape(escape []byte) []byte {
	switch {
	case escape[1] == '/':
		return []byte{'/'}
	case len(escape) == 2:
		return escape
	}
	var character string
	if err := json.Unmarshal([]byte(`"`+string(escape)+`"`), &character); err != nil {
		panic(err) // a surrogate pair
	}
	r, _ := utf8.DecodeRuneInString(character)
	return fmt.Appendf(nil, `\U%08X`, r)
}
