package main

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/intel"
)

// TestDocumentedTables holds the tables of docs/manifest.md to those of package
// intel. A failure prints the row as it should be.
func TestDocumentedTables(t *testing.T) {
	text := document(t, "docs/manifest.md")
	want := func(row string) {
		t.Helper()
		if !strings.Contains(text, row+"\n") {
			t.Errorf("docs/manifest.md should have the row\n%s", row)
		}
	}
	common := intel.GroupTypes[0].AllFields()
	for _, f := range common {
		want(fieldRow("every type", f))
	}
	for _, g := range intel.GroupTypes {
		for _, f := range g.Fields {
			want(fieldRow(g.Name, f))
		}
	}
	for _, k := range intel.ObjectKinds {
		for _, f := range k.Spec().Fields {
			want(fieldRow(k.String(), f))
		}
	}
	for _, i := range intel.IndicatorTypes {
		want(fmt.Sprintf("| %s | `%s` |", i.Name, strings.Join(i.Values, "`, `")))
	}
	for _, v := range intel.VictimAssetTypes {
		qualifier := "–"
		if v.Qualifier != "" {
			qualifier = "`" + v.Qualifier + "`"
		}
		want(fmt.Sprintf("| %s | `%s` | %s |", v.Name, v.Value, qualifier))
	}
}

// fieldRow is the row of a table for a field.
func fieldRow(of string, f intel.FieldSpec) string {
	var what []string
	switch f.Kind {
	case intel.Text:
		switch {
		case f.Values != nil:
			what = append(what, "one of "+strings.Join(f.Values, ", "))
			if f.Advisory {
				what = append(what, "or one of the instance's own")
			}
		case f.MinLen > 0:
			what = append(what, fmt.Sprintf("text, %d to %d characters", f.MinLen, f.MaxLen))
		case f.MaxLen > 0:
			what = append(what, fmt.Sprintf("text, at most %d characters", f.MaxLen))
		default:
			what = append(what, "text")
		}
	case intel.Bool:
		what = append(what, "`true` or `false`")
	case intel.Integer, intel.Decimal:
		number := map[intel.FieldKind]string{intel.Integer: "whole number", intel.Decimal: "number"}[f.Kind]
		if f.Max > 0 {
			number += fmt.Sprintf(", %d to %d", f.Min, f.Max)
		} else {
			number += fmt.Sprintf(" from %d", f.Min)
		}
		what = append(what, number)
	case intel.Date:
		what = append(what, "date")
	case intel.JSON:
		what = append(what, "list, as YAML or JSON")
	}
	if f.Required {
		what = append(what, "required")
	}
	if f.CreateOnly {
		what = append(what, "only on create")
	}
	return fmt.Sprintf("| %s | `%s` | %s |", of, f.Name, strings.Join(what, "; "))
}
