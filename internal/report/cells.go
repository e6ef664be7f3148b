package report

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// neutral is s as a cell that no spreadsheet takes for a formula. A formula gets an
// apostrophe in front, and so does a text that looks like the result of that. So
// plain can undo it exactly.
func neutral(s string) string {
	if isFormula(s) {
		return "'" + s
	}
	return s
}

// plain is the text that neutral made a cell from.
func plain(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && isFormula(rest) {
		return rest
	}
	return cell
}

// isFormula reports whether a spreadsheet may run s, with or without the apostrophes
// in front. Some spreadsheets accept full-width signs.
func isFormula(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "'"))
	switch r {
	case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
		return true
	}
	return false
}

// parseID reads the ID of a row, 0 for an empty cell.
func parseID(s string) (int64, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil || id <= 0 || s[0] == '+' {
		return 0, fmt.Errorf("%q is not an ID: IDs are whole numbers above 0 (a spreadsheet may have changed it)", s)
	}
	return id, nil
}

// formatPairs writes rewritten tags as sent=>stored, pairs separated by a bar,
// several stored ones by further arrows. A backslash takes the meaning from
// what follows it.
func formatPairs(m map[string]string) string {
	var b strings.Builder
	for i, sent := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(pairEscaper.Replace(sent))
		for stored := range strings.SplitSeq(m[sent], "\n") {
			b.WriteString("=>")
			b.WriteString(pairEscaper.Replace(stored))
		}
	}
	return b.String()
}

var pairEscaper = strings.NewReplacer(`\`, `\\`, `|`, `\|`, `=`, `\=`)

// parsePairs reads what formatPairs writes.
func parsePairs(s string) (map[string]string, error) {
	if s == "" {
		return nil, nil
	}
	out := map[string]string{}
	for _, pair := range splitUnescaped(s, "|") {
		parts := splitUnescaped(pair, "=>")
		if len(parts) < 2 {
			return nil, fmt.Errorf("%q is not of the form sent=>stored", s)
		}
		for i, part := range parts {
			parts[i] = escapedByte.ReplaceAllString(part, "$1")
		}
		out[parts[0]] = strings.Join(parts[1:], "\n")
	}
	return out, nil
}

var escapedByte = regexp.MustCompile(`(?s)\\(.)`)

// splitUnescaped cuts s at each sep that has no backslash before it.
func splitUnescaped(s, sep string) []string {
	var out []string
	start := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if strings.HasPrefix(s[i:], sep) {
			out = append(out, s[start:i])
			start = i + len(sep)
			i = start - 1
		}
	}
	return append(out, s[start:])
}
