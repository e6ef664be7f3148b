package intel

import (
	"errors"
	"fmt"
	"strings"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// partSeparator joins the parts of a summary.
const partSeparator = " : "

// Parse splits a summary of a manifest or an instance into the values of the
// type's fields, which are not yet canonical. A hash goes to the field of its
// length; "" is a value that the summary does not have.
func (t *IndicatorType) Parse(summary string) ([]string, error) {
	values, err := t.split(summary)
	if err != nil {
		return nil, fmt.Errorf("%s %s %w", t.Name, message.Quote(summary), err)
	}
	return values, nil
}

// split is Parse with errors that continue a sentence which begins with the
// value.
func (t *IndicatorType) split(summary string) ([]string, error) {
	trimmed := strings.TrimSpace(summary)
	if trimmed == "" {
		if len(t.Values) < 2 || t.anyOf {
			return nil, errors.New("is empty")
		}
		return nil, errors.New("is empty: write " + strings.Join(t.Values, partSeparator))
	}
	switch {
	case t.parse != nil:
		return t.parse(trimmed)
	case len(t.Values) <= 1:
		return []string{trimmed}, nil
	}
	values := make([]string, len(t.Values))
	for i, part := range strings.SplitN(trimmed, partSeparator, len(t.Values)) {
		values[i] = strings.TrimSpace(part)
	}
	return values, nil
}

// Canonical gives every value in the form in which an instance stores it.
func (t *IndicatorType) Canonical(values []string) ([]string, error) {
	out := make([]string, len(values))
	for i, v := range values {
		part, err := t.canonicalPart(i, v)
		switch {
		case err != nil && len(values) > 1:
			return nil, fmt.Errorf("%s %s of %s %w", t.valueName(i), message.Quote(v), message.Article(t.Name), err)
		case err != nil:
			return nil, fmt.Errorf("%s %s %w", t.Name, message.Quote(v), err)
		}
		out[i] = part
	}
	if t.anyOf && strings.Join(out, "") == "" {
		return nil, fmt.Errorf("%s needs one of %s", message.Article(t.Name), strings.Join(t.Values, ", "))
	}
	return out, nil
}

// size is the number of values.
func (t *IndicatorType) size() int { return max(len(t.Values), 1) }

// canonicalPart is the canonical form of value i. An error continues a
// sentence that begins with the value.
func (t *IndicatorType) canonicalPart(i int, value string) (string, error) {
	if err := checkText(value, 0); err != nil {
		return "", err
	}
	trimmed := strings.TrimSpace(value)
	// Any hash of a File may be missing, and the later parts of a custom type, which only
	// the instance knows.
	if trimmed == "" && (t.anyOf || t.Custom && i > 0) {
		return "", nil
	}
	if err := checkControl(trimmed); err != nil {
		return "", err
	}
	if t.canonical == nil {
		if trimmed == "" {
			return "", errors.New("is empty")
		}
		return trimmed, nil
	}
	canonical, err := t.canonical(i, trimmed)
	if canonical == trimmed {
		return trimmed, err // most values are canonical, and kept in memory once so
	}
	return canonical, err
}

// Summary joins canonical values to the form in which an instance shows them.
func (t *IndicatorType) Summary(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	var few [3]string // of File and Registry Key
	present := few[:0]
	for _, v := range values {
		if v != "" {
			present = append(present, v)
		}
	}
	return strings.Join(present, partSeparator)
}

// Keys are the texts by which canonical values compare: two indicators of the
// type are the same if they share one. A File has one for each hash, all
// others have one.
func (t *IndicatorType) Keys(values []string) []string {
	if !t.anyOf {
		return []string{t.key(t.Summary(values))}
	}
	keys := make([]string, 0, len(values))
	for i, v := range values {
		if v != "" {
			keys = append(keys, t.Values[i]+":"+spelling.Fold(v))
		}
	}
	return keys
}

func (t *IndicatorType) key(summary string) string {
	if t.fold == nil {
		return summary
	}
	return t.fold(summary)
}

// LooseKeys are Keys without regard to case if only the instance knows whether
// case matters, else the same as Keys.
func (t *IndicatorType) LooseKeys(values []string) []string {
	keys := t.Keys(values)
	if t.isLoose() {
		for i := range keys {
			keys[i] = spelling.Fold(keys[i])
		}
	}
	return keys
}

// isLoose reports whether only the instance knows whether case matters.
func (t *IndicatorType) isLoose() bool {
	return t.caseUnknown || t.Custom && t.fold == nil && !t.caseSensitive
}

// KeysOfSummary returns values and keys of a summary that an instance answers,
// in any spelling. It never fails: an unreadable summary is its own key.
func (t *IndicatorType) KeysOfSummary(summary string) (values []string, keys []string) {
	if parts, err := t.split(summary); err == nil {
		if canonical, err := t.Canonical(parts); err == nil {
			return canonical, t.Keys(canonical)
		}
	}
	trimmed := strings.TrimSpace(summary)
	values = make([]string, t.size())
	values[0] = trimmed
	return values, []string{t.key(trimmed)}
}

// CustomIndicatorType is a type that an instance defines. fields are the
// labels of its values, casePreference is upper, lower, sensitive, or "" if
// the instance does not say.
func CustomIndicatorType(name string, fields []string, casePreference string) IndicatorType {
	t := IndicatorType{Name: name, Values: fields, Custom: true}
	switch spelling.Fold(strings.TrimSpace(casePreference)) {
	case "upper", "lower":
		t.fold = spelling.Fold
	case "sensitive":
		t.caseSensitive = true
	}
	return t
}
