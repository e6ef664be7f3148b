package stixpattern

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"tcimport/internal/message"
)

// tokenKind is the kind of a token.
type tokenKind int

const (
	end tokenKind = iota
	word
	number
	quoted // also with a prefix: t'…'
	symbol
)

// token is a word, a value or a symbol of a pattern.
type token struct {
	kind   tokenKind
	text   string // of a quoted one without quotes and escapes
	prefix string // t, b or h of a quoted one
	at     int    // byte offset
}

func (t token) String() string {
	switch t.kind {
	case end:
		return "the end"
	case quoted:
		return t.prefix + "'" + message.Clip(t.text) + "'"
	}
	return message.Quote(t.text)
}

// symbols are those of two characters before those of one.
var symbols = []string{"<=", ">=", "!=", "<>", "==", "=", "<", ">", "[", "]", "(", ")", ":", ".", ",", "*"}

// lexer splits a pattern into tokens.
type lexer struct {
	text string
	at   int
}

// next is the next token.
func (l *lexer) next() (token, error) {
	if err := l.skip(); err != nil {
		return token{}, err
	}
	t := token{at: l.at}
	rest := l.text[l.at:]
	if rest == "" {
		return t, nil
	}
	if i := strings.IndexByte("tbh", rest[0]); i >= 0 && strings.HasPrefix(rest[1:], "'") {
		t.prefix = rest[:1]
		l.at++
		rest = rest[1:]
	}
	switch c := rest[0]; {
	case c == '\'':
		return l.quoted(t)
	case isDigit(c) || (c == '-' || c == '+') && len(rest) > 1 && isDigit(rest[1]):
		return l.take(t, number, 1+len(rest[1:])-len(strings.TrimLeft(rest[1:], "0123456789.")))
	}
	if n := wordLength(rest); n > 0 {
		return l.take(t, word, n)
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			return l.take(t, symbol, len(s))
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return t, l.fail(t.at, "%q is not expected here", r)
}

func (l *lexer) take(t token, kind tokenKind, length int) (token, error) {
	t.kind, t.text = kind, l.text[l.at:l.at+length]
	l.at += length
	return t, nil
}

// skip goes over blanks and comments.
func (l *lexer) skip() error {
	for {
		l.at += len(l.text[l.at:]) - len(strings.TrimLeftFunc(l.text[l.at:], unicode.IsSpace))
		rest := l.text[l.at:]
		switch {
		case strings.HasPrefix(rest, "//"):
			line, _, _ := strings.Cut(rest, "\n")
			l.at += len(line)
		case strings.HasPrefix(rest, "/*"):
			length := strings.Index(rest[2:], "*/")
			if length < 0 {
				return l.fail(l.at, "a comment is not closed")
			}
			l.at += length + 4
		default:
			return nil
		}
	}
}

// quoted takes a text. A backslash stands before a quote or a backslash.
func (l *lexer) quoted(t token) (token, error) {
	t.kind = quoted
	var b strings.Builder
	for i := l.at + 1; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c == '\'':
			l.at, t.text = i+1, b.String()
			return t, nil
		case c == '\\' && i+1 < len(l.text) && (l.text[i+1] == '\'' || l.text[i+1] == '\\'):
			i++
			b.WriteByte(l.text[i])
		default:
			b.WriteByte(c)
		}
	}
	return t, l.fail(t.at, "a quote is not closed")
}

func (l *lexer) fail(at int, format string, args ...any) error {
	return fmt.Errorf("at character %d: %s", utf8.RuneCountInString(l.text[:at])+1, fmt.Sprintf(format, args...))
}

// wordLength is the length of the word that s begins with. Types of objects have
// hyphens.
func wordLength(s string) int {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || !isDigit(c) && c != '-') {
			return i
		}
	}
	return len(s)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
