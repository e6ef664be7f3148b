package export

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// longestKey is the length up to which an xid makes a key that people can read.
const longestKey = 100

// candidates are the keys that a group can have, the best first.
func candidates(e *entry) []string {
	var out []string
	// A derived xid is a digest: it means nothing to people.
	if e.xid != "" && !strings.HasPrefix(e.xid, intel.XIDPrefix) && utf8.RuneCountInString(e.xid) <= longestKey {
		out = append(out, e.xid)
	}
	byName := e.typ + "/" + legible(e.name)
	return append(out, byName, fmt.Sprintf("%s (%d)", byName, e.id))
}

// fit reports whether s can be a key that lists in every format can name.
func fit(s string) bool {
	return s != "" && s == strings.TrimSpace(s) && s == legible(s) && !strings.HasPrefix(s, "#") && utf8.ValidString(s)
}

// legible is s with a space for each character that cannot be seen or typed.
func legible(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return !message.Visible(r) }) {
		return strings.TrimSpace(s)
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !message.Visible(r) || unicode.IsSpace(r) }), " ")
}
