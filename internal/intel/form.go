package intel

import (
	"fmt"
	"strings"

	"tcimport/internal/message"
)

// Form says in words what a manifest may write as a value of the field, for
// docs/manifest.md and the JSON Schema.
func (f *FieldSpec) Form() string {
	var what []string
	switch f.Kind {
	case Text:
		what = append(what, f.textForm())
	case Bool:
		what = append(what, "`true` or `false`")
	case Integer:
		what = append(what, "whole number"+f.rangeForm())
	case Decimal:
		what = append(what, "number"+f.rangeForm())
	case Date:
		what = append(what, "date")
	case JSON:
		what = append(what, "list, as YAML or JSON")
	}
	return strings.Join(append(what, f.notes()...), "; ")
}

// Notes says in words when a manifest may write the field, and has to; "" if nothing is to
// be said.
func (f *FieldSpec) Notes() string { return strings.Join(f.notes(), "; ") }

func (f *FieldSpec) notes() (what []string) {
	if f.only != "" {
		what = append(what, "only of "+message.Article(f.only))
	}
	if f.Required {
		what = append(what, "required")
	}
	if f.CreateOnly {
		what = append(what, "only on create")
	}
	return what
}

func (f *FieldSpec) textForm() string {
	switch {
	case f.Advisory:
		return "one of " + strings.Join(f.Values, ", ") + "; or one of the instance's own"
	case f.Values != nil:
		return "one of " + strings.Join(f.Values, ", ")
	case f.MinLen > 0:
		return fmt.Sprintf("text, %d to %d characters", f.MinLen, f.MaxLen)
	case f.MaxLen > 0:
		return fmt.Sprintf("text, at most %d characters", f.MaxLen)
	}
	return "text"
}

func (f *FieldSpec) rangeForm() string {
	if f.Max > 0 {
		return fmt.Sprintf(", %d to %d", f.Min, f.Max)
	}
	return fmt.Sprintf(" from %d", f.Min)
}
