package tc

import (
	"time"

	"tcimport/internal/canonical"
	"tcimport/internal/intel"
	"tcimport/internal/spelling"
)

// scalar is a field's value as intel spells it; false for one that is not set
// or cannot be read.
func scalar(spec *intel.FieldSpec, v value) (string, bool) {
	text := v.text()
	switch spec.Kind {
	case intel.Text:
		// A file name that was never set reads back as this word.
		if text == "" || spec.Name == "fileName" && text == "None" {
			return "", false
		}
		// Values come back in capitals: eventType at least.
		if known, ok := spelling.Find(text, spec.Values); ok {
			return known, true
		}
		return text, true
	case intel.Date:
		return canonical.LenientDate(text)
	case intel.JSON:
		text = string(v)
	}
	text, err := spec.Canonical(text)
	return text, err == nil && text != ""
}

// lenientTime is the zero time for what is no date.
func lenientTime(s string) time.Time {
	date, _ := canonical.LenientDate(s)
	t, _ := time.Parse(time.RFC3339, date)
	return t
}
