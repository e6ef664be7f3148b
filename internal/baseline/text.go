package baseline

import (
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unique"

	"tcimport/internal/intel"
)

// As text, a fact is FIELD=DIGEST or FIELD=#ID, behind a mark where it is in doubt.
// Reports, plans and journals have it so.
var marks = [...]string{Sure: "", MaybeThere: "?", MaybeGone: "!"}

const (
	digits       = 12 // of a digest
	storedDigits = 15 // of a fact that says what was sent for a value
)

// digits is the number of digits of a fact that is no association.
func (s subject) digits() int {
	if s.storedAs {
		return storedDigits
	}
	return digits
}

// AppendText appends the fact as text.
func (f Fact) AppendText(b []byte) ([]byte, error) {
	about := f.about.Value()
	b = append(append(append(b, marks[about.doubt]...), about.name...), '=')
	if about.list&intel.ListAssociations != 0 {
		return strconv.AppendInt(append(b, '#'), f.value, 10), nil
	}
	for shift := 4 * (about.digits() - 1); shift >= 0; shift -= 4 {
		b = append(b, "0123456789abcdef"[f.value>>shift&0xf])
	}
	return b, nil
}

// MarshalText is the fact as text.
func (f Fact) MarshalText() ([]byte, error) { return f.AppendText(nil) }

func (f Fact) String() string {
	text, _ := f.AppendText(nil)
	return string(text)
}

// parser reads facts. Most are about the same as the one before.
type parser struct {
	name  string
	about unique.Handle[subject]
}

// fact reads a fact; false if s is none.
func (p *parser) fact(s string) (Fact, bool) {
	doubt := Sure
	for d, mark := range marks {
		if rest, ok := strings.CutPrefix(s, mark); ok && mark != "" {
			s, doubt = rest, Doubt(d)
			break
		}
	}
	i := strings.LastIndexByte(s, '=')
	if i < 1 {
		return Fact{}, false
	}
	if p.name != s[:i] {
		p.name, p.about = s[:i], about(s[:i])
	}
	value, isID := strings.CutPrefix(s[i+1:], "#")
	base := 16
	if isID {
		base = 10
	}
	n, err := strconv.ParseUint(value, base, 63)
	f := Fact{value: int64(n), about: p.about}
	ofLink := f.List()&intel.ListAssociations != 0
	return f.As(doubt), err == nil && isID == ofLink && (isID && n > 0 || len(value) == p.about.Value().digits())
}

// Parse reads the column of a report. Words that are no facts are
// left out: a comparison cannot use them.
func Parse(column string) Baseline { return New(parseAll(strings.FieldsSeq(column))...) }

func parseAll(texts iter.Seq[string]) Baseline {
	var b Baseline
	var p parser
	for s := range texts {
		if f, ok := p.fact(s); ok {
			b = append(b, f)
		}
	}
	return b
}

// String is the column of a report.
func (b Baseline) String() string {
	var text []byte
	for i, f := range b {
		if i > 0 {
			text = append(text, ' ')
		}
		text, _ = f.AppendText(text)
	}
	return string(text)
}

// UnmarshalJSON reads a list of texts. It keeps their order, so that a plan that an
// earlier version has saved is the same text if it is written again. To ask for facts,
// sort them with New first.
func (b *Baseline) UnmarshalJSON(data []byte) error {
	var texts []string
	err := json.Unmarshal(data, &texts)
	*b = parseAll(slices.Values(texts))
	return err
}
