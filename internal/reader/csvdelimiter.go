package reader

import (
	"bufio"
	"bytes"
	"fmt"
)

// delimiters are those that are looked for in a header.
const delimiters = ",;\t"

// findDelimiter finds the delimiter in the first record: it is the one that
// occurs in it outside of quotes. Where several do it is the most frequent one.
// What keeps r from being read the scanner meets, too.
func findDelimiter(r *bufio.Reader) (rune, error) {
	head, _ := r.Peek(r.Size())
	counts := map[byte]int{}
	inQuotes := false
	for _, c := range bytes.TrimLeft(head, "\r\n") {
		if c == '"' {
			inQuotes = !inQuotes
		}
		if !inQuotes && (c == '\n' || c == '\r') {
			break
		}
		if !inQuotes {
			counts[c]++
		}
	}
	best, rival := delimiters[0], byte(0)
	for _, c := range []byte(delimiters)[1:] {
		switch {
		case counts[c] > counts[best]:
			best, rival = c, 0
		case counts[c] == counts[best] && counts[c] > 0:
			rival = c
		}
	}
	if rival != 0 {
		return 0, failAt(1, fmt.Sprintf("the delimiter is not clear from the header: %q and %q occur equally often; set it with --delimiter",
			string(best), string(rival)))
	}
	return rune(best), nil
}
