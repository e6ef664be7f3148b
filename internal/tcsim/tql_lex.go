package tcsim

import (
	"strings"
	"unicode/utf8"
)

// TQL, the ThreatConnect Query Language (developer docs, filter_results.rst):
//
//	query  := clause ( (AND|OR) clause )*      AND binds closer; parentheses group
//	clause := keyword op value | keyword [NOT] IN ( v, v, ... ) | keyword IS [NOT] NULL | hasX ( query )

type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenWord             // keyword or operator in letters
	tokenString           // quoted; text is unescaped
	tokenNumber
	tokenSign // = == != > < >= <=
	tokenOpen
	tokenClose
	tokenComma
)

type token struct {
	kind tokenKind
	text string
	pos  int
}

// lexTQL splits a query into tokens. The last one is tokenEnd.
func lexTQL(q string, strict bool) ([]token, *apiError) {
	var tokens []token
	for i := 0; i < len(q); {
		start := i
		switch b := q[i]; {
		case b == ' ' || b == '\t' || b == '\n' || b == '\r':
			i++
			continue
		case b == '(':
			tokens = append(tokens, token{tokenOpen, "(", start})
			i++
		case b == ')':
			tokens = append(tokens, token{tokenClose, ")", start})
			i++
		case b == ',':
			tokens = append(tokens, token{tokenComma, ",", start})
			i++
		case b == '"' || b == '\'':
			text, end, err := lexString(q, i, strict)
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, token{tokenString, text, start})
			i = end
		case strings.IndexByte("=!<>", b) >= 0:
			i = lexSign(q, i)
			if q[start:i] == "!" {
				return nil, errTQL("unexpected '!' at position %d", start)
			}
			tokens = append(tokens, token{tokenSign, q[start:i], start})
		case b >= '0' && b <= '9' || (b == '-' || b == '+') && i+1 < len(q) && isDigit(q[i+1]):
			for i++; i < len(q) && (isDigit(q[i]) || q[i] == '.'); i++ {
			}
			tokens = append(tokens, token{tokenNumber, q[start:i], start})
		case isLetter(b):
			for i < len(q) && (isLetter(q[i]) || isDigit(q[i])) {
				i++
			}
			tokens = append(tokens, token{tokenWord, q[start:i], start})
		default:
			r, _ := utf8.DecodeRuneInString(q[i:])
			return nil, errTQL("unexpected character %q at position %d", r, start)
		}
	}
	return append(tokens, token{tokenEnd, "", len(q)}), nil
}

func isDigit(b byte) bool  { return b >= '0' && b <= '9' }
func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' }

// lexString reads a quoted string. A backslash makes the next character plain.
// The docs list \' \" \` and \\: strict mode asks for exactly these.
func lexString(q string, i int, strict bool) (string, int, *apiError) {
	start, quote := i, q[i]
	var b strings.Builder
	for i++; i < len(q); i++ {
		special := strings.IndexByte("'\"`\\", q[i]) >= 0
		switch {
		case q[i] == quote:
			return b.String(), i + 1, nil
		case q[i] == '\\' && i+1 < len(q):
			i++
			if strict && strings.IndexByte("'\"`\\", q[i]) < 0 {
				return "", i, errTQL("a backslash at position %d needs a second one before it", i-1)
			}
		case strict && special:
			return "", i, errTQL("the character %c at position %d needs a backslash before it", q[i], i)
		case strict && q[i] < ' ':
			return "", i, errTQL("control character at position %d", i)
		}
		b.WriteByte(q[i])
	}
	return "", i, errTQL("unterminated string at position %d", start)
}

func lexSign(q string, i int) int {
	if i+1 < len(q) && q[i+1] == '=' {
		return i + 2
	}
	return i + 1
}
