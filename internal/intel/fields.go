package intel

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"tcimport/internal/canonical"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// FieldKind is how a scalar travels and how two spellings of it compare.
type FieldKind int

// The kinds of scalars.
const (
	Text    FieldKind = iota // any text; line ends and blanks at the end do not count when compared
	Bool                     // true, false
	Integer                  // digits, never signed
	Decimal                  // rating: 3, 4.5; 5 equals 5.00
	Date                     // canonical: 2006-01-02T15:04:05Z
	JSON                     // a JSON value, compact, keys sorted
)

// FieldSpec is what the API says about one scalar of one type of object.
type FieldSpec struct {
	Name     string // as the API spells it
	About    string // what it is, in markdown, for docs/manifest.md and the JSON Schema
	Kind     FieldKind
	Required bool
	MinLen   int      // characters
	MaxLen   int      // characters; 0 where none is known
	Min, Max int64    // accepted numbers of an Integer or Decimal; Max 0 for no upper end
	Values   []string // accepted values; nil for any
	Advisory bool     // Values can be extended by the instance: another value is a warning offline

	// CreateOnly fields are sent on create and never compared: they cannot be
	// updated, or not be read back.
	CreateOnly bool

	// ReadWith is the value of the fields parameter that makes the field part of
	// an answer, "" for one that always is.
	ReadWith string

	// The input file of a job of the v2 Batch API needs the field, or has none for it.
	NeededInJob, NotInJob bool

	// canonical replaces the rule of the Kind where a field has one of its own.
	canonical func(value string) (string, error)

	// extended gives the list of an instance that counts instead of Values.
	extended func(*Instance) []string

	// only is the type of object that has the field, "" for all of the kind.
	only string
}

// findField finds the field called name, as the API spells it.
func findField(fields []FieldSpec, name string) (*FieldSpec, bool) {
	for i := range fields {
		if fields[i].Name == name {
			return &fields[i], true
		}
	}
	return nil, false
}

// Canonical is the canonical form of a value that a manifest gives for the
// field. A value that is not in an Advisory list is accepted.
func (f *FieldSpec) Canonical(value string) (string, error) {
	canonical, err := f.accept(value)
	if err != nil {
		return "", fmt.Errorf("%s %s %w", f.Name, message.Quote(value), err)
	}
	return canonical, nil
}

// accept is Canonical with an error that continues a sentence which begins
// with the value.
func (f *FieldSpec) accept(value string) (string, error) {
	switch {
	case f.canonical != nil:
		return f.canonical(value)
	case f.Kind == Text:
		return f.acceptText(value)
	}
	value, err := forms[f.Kind](value)
	if err == nil && (f.Kind == Integer || f.Kind == Decimal) {
		err = f.checkRange(value)
	}
	return value, err
}

// forms are the canonical forms of all kinds but texts.
var forms = map[FieldKind]func(string) (string, error){
	Bool: canonical.Bool, Integer: canonical.Integer, Decimal: canonical.Decimal, JSON: canonical.JSON,
	Date: func(value string) (string, error) { return canonical.Date(strings.TrimSpace(value)) },
}

func (f *FieldSpec) acceptText(value string) (string, error) {
	if f.Values != nil {
		value = strings.TrimSpace(value)
		known, ok := spelling.Find(value, f.Values)
		if ok {
			return known, nil
		}
		if !f.Advisory {
			return "", fmt.Errorf("is not one of %s%s", message.List(f.Values), message.DidYouMean(spelling.Nearest(value, f.Values)))
		}
	}
	if f.MinLen > 0 && utf8.RuneCountInString(value) < f.MinLen {
		return "", fmt.Errorf("has %d characters: at least %d are needed", utf8.RuneCountInString(value), f.MinLen)
	}
	return value, checkText(value, f.MaxLen)
}

// checkText refuses a text of more than most characters (0 for any number), or that is no
// text. An error continues a sentence that begins with s.
func checkText(s string, most int) error {
	switch {
	case !utf8.ValidString(s):
		return errors.New("is not valid UTF-8")
	case most > 0 && longerThan(s, most):
		return fmt.Errorf("has %d characters: at most %d are accepted", utf8.RuneCountInString(s), most)
	}
	return nil
}

// longerThan reports whether s has more than n characters.
func longerThan(s string, n int) bool {
	return len(s) > n && utf8.RuneCountInString(s) > n
}

// checkRange refuses a number that is not within the field's range.
func (f *FieldSpec) checkRange(number string) error {
	n, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil:
		return errors.New("is not a number")
	case f.Max > 0 && (n < float64(f.Min) || n > float64(f.Max)):
		return fmt.Errorf("is not between %d and %d", f.Min, f.Max)
	case n < float64(f.Min):
		return fmt.Errorf("is less than %d", f.Min)
	}
	return nil
}

// Equal reports whether b, as an instance answers it, says the same as a, as a
// manifest wants it.
func (f *FieldSpec) Equal(a, b string) bool {
	if a == b {
		return true
	}
	switch {
	case f.canonical != nil:
		return equalAfter(f.canonical, a, b)
	case f.Kind == Bool || f.Values != nil: // eventType reads back in upper case
		return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
	case f.Kind == Text:
		return SameText(a, b)
	case f.Kind == Date:
		x, okX := canonical.LenientDate(a)
		y, okY := canonical.LenientDate(b)
		return okX && okY && x == y
	case f.Kind == Integer:
		return equalAfter(canonical.Decimal, a, b)
	}
	return equalAfter(forms[f.Kind], a, b)
}

// equalAfter compares the canonical forms of a and b.
func equalAfter(canonical func(string) (string, error), a, b string) bool {
	x, errX := canonical(a)
	y, errY := canonical(b)
	return errX == nil && errY == nil && x == y
}
