package celltemplate

import (
	"fmt"
	"strings"

	"tcimport/internal/message"
)

// items are the parts of a cell. A loop goes through them; printed, they are a list as cells
// have it.
type items []string

// list splits a text at a separator. Spaces around items and empty items are removed.
func list(separator, value any) (items, error) {
	sep, _ := separator.(string)
	text, ok := value.(string)
	if sep == "" || !ok {
		return nil, &valueError{`list splits a text at a separator: write list "," .Column`}
	}
	var out items
	for item := range strings.SplitSeq(text, sep) {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out, nil
}

// cell joins items so that they are read again as they are.
func (l items) cell(separator string) (string, error) {
	var b strings.Builder
	for i, item := range l {
		if strings.HasSuffix(item, `\`) && i+1 < len(l) {
			return "", &valueError{fmt.Sprintf(`%s ends with \, which a list cannot have`, message.Quote(item))}
		}
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(strings.ReplaceAll(item, separator, `\`+separator))
	}
	return b.String(), nil
}
