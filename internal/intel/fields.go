package intel

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Canonical is the canonical text of a value that a manifest gives for the
// field, or what is wrong with it. A value that is not one of an Advisory list
// passes: Known tells.
func (f *FieldSpec) Canonical(value string) (string, error) {
	canonical, err := f.accept(value)
	if err != nil {
		return "", fmt.Errorf("%s %s %w", f.Name, quote(value), err)
	}
	return canonical, nil
}

// accept is Canonical with errors that go on after the value.
func (f *FieldSpec) accept(value string) (string, error) {
	if f.canonical != nil {
		return f.canonical(value)
	}
	switch f.Kind {
	case Text:
		return f.acceptText(value)
	case Bool:
		return canonicalBool(value)
	case Integer:
		return f.acceptNumber(canonicalInteger, value)
	case Decimal:
		return f.acceptNumber(canonicalDecimal, value)
	case Date:
		return canonicalDate(strings.TrimSpace(value))
	case JSON:
		return canonicalJSON(value)
	}
	panic(fmt.Sprintf("intel: unknown kind %d of field %s", f.Kind, f.Name))
}

func (f *FieldSpec) acceptText(value string) (string, error) {
	if f.Values != nil {
		value = strings.TrimSpace(value)
		known, ok := spelling(value, f.Values)
		if ok {
			return known, nil
		}
		if !f.Advisory {
			return "", fmt.Errorf("is not one of %s%s", listed(f.Values), DidYouMean(value, f.Values))
		}
	}
	if f.MaxLen > 0 && longerThan(value, f.MaxLen) {
		return "", fmt.Errorf("has %d characters: at most %d are accepted", utf8.RuneCountInString(value), f.MaxLen)
	}
	if f.MinLen > 0 && utf8.RuneCountInString(value) < f.MinLen {
		return "", fmt.Errorf("has %d characters: at least %d are needed", utf8.RuneCountInString(value), f.MinLen)
	}
	return value, nil
}

// Known reports whether value is one of the field's Values in any case; of a
// field without any, every value is.
func (f *FieldSpec) Known(value string) bool {
	if f.Values == nil {
		return true
	}
	_, ok := spelling(strings.TrimSpace(value), f.Values)
	return ok
}

// spelling finds value in list: exactly, or else in another case.
func spelling(value string, list []string) (string, bool) {
	for _, v := range list {
		if v == value {
			return v, true
		}
	}
	for _, v := range list {
		if strings.EqualFold(v, value) {
			return v, true
		}
	}
	return "", false
}

// Equal reports whether b, as an instance answers it, says the same as a, as a
// manifest wants it.
func (f *FieldSpec) Equal(a, b string) bool {
	if a == b {
		return true
	}
	switch f.Kind {
	case Text:
		if f.Values != nil { // eventType reads back in upper case
			return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
		}
		return SameText(a, b)
	case Bool:
		return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
	case Integer, Decimal:
		return equalAfter(canonicalDecimal, a, b)
	case Date:
		x, okX := LenientDate(a)
		y, okY := LenientDate(b)
		return okX && okY && x == y
	case JSON:
		if f.canonical != nil {
			return equalAfter(f.canonical, a, b)
		}
		return equalAfter(canonicalJSON, a, b)
	}
	panic(fmt.Sprintf("intel: unknown kind %d of field %s", f.Kind, f.Name))
}

// equalAfter compares what canonical makes of a and b.
func equalAfter(canonical func(string) (string, error), a, b string) bool {
	x, errX := canonical(a)
	y, errY := canonical(b)
	return errX == nil && errY == nil && x == y
}

func canonicalBool(value string) (string, error) {
	switch trimmed := strings.TrimSpace(value); {
	case trimmed == "true", strings.EqualFold(trimmed, "true"):
		return "true", nil
	case strings.EqualFold(trimmed, "false"):
		return "false", nil
	case strings.EqualFold(trimmed, "yes"), strings.EqualFold(trimmed, "y"), strings.EqualFold(trimmed, "on"), trimmed == "1":
		return "", errors.New("is neither true nor false: write true")
	case strings.EqualFold(trimmed, "no"), strings.EqualFold(trimmed, "n"), strings.EqualFold(trimmed, "off"), trimmed == "0":
		return "", errors.New("is neither true nor false: write false")
	}
	return "", errors.New("is neither true nor false")
}
