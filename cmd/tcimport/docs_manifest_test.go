package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/golden"
	"tcimport/internal/intel"
	"tcimport/internal/reader"
)

// madePart is a part of docs/manifest.md that is made from the tables of the code.
var madePart = regexp.MustCompile(`(?s)(<!-- made: ([a-z ]+) -->\n).*?(<!-- /made -->\n)`)

// TestManifestReference holds the tables of docs/manifest.md to those of the code; -update
// writes them.
func TestManifestReference(t *testing.T) {
	parts := map[string]string{
		"keys of a document":     keyTable(reader.DocumentKeys),
		"keys of a group":        keyTable(reader.GroupKeys),
		"types of groups":        typesOfGroups(),
		"fields of groups":       fieldsOfGroups(),
		"keys of an attribute":   keyTable(reader.AttributeKeys),
		"keys of an association": keyTable(reader.AssociationKeys),
		"keys of a source":       keyTable(reader.SourceKeys),
		"types of indicators":    typesOfIndicators(),
		"fields of indicators":   fieldsOfIndicators(),
		"fields of objects":      fieldsOfObjects(),
		"types of victim assets": typesOfVictimAssets(),
		"limits":                 limits(t),
	}
	text := madePart.ReplaceAllStringFunc(document(t, "docs/manifest.md"), func(part string) string {
		m := madePart.FindStringSubmatch(part)
		made, ok := parts[m[2]]
		if !ok {
			t.Errorf("docs/manifest.md has %q, which nothing makes", m[2])
		}
		delete(parts, m[2])
		return m[1] + "\n" + made + "\n" + m[3]
	})
	for name := range parts {
		t.Errorf("docs/manifest.md has no place for %s", name)
	}
	golden.File(t, "../../../docs/manifest.md", text)
}

// TestManifestProse holds what docs/manifest.md says beside its tables to the code: limits,
// the columns of a CSV, the forms of ends.
func TestManifestProse(t *testing.T) {
	text := document(t, "docs/manifest.md")
	want := func(in, what string) {
		t.Helper()
		if !strings.Contains(in, what) {
			t.Errorf("docs/manifest.md should say %q", what)
		}
	}
	want(text, fmt.Sprintf("A tag has at most %d characters.", intel.TagMax))
	columns := sectionOf(text, "### A CSV of groups")
	for _, k := range reader.GroupKeys {
		if k.Name == "attributes" {
			k.Name = "attribute:TYPE"
		}
		want(columns, "`"+k.Name+"`")
	}
	for _, k := range intel.Kinds {
		want(sectionOf(text, "### Associations"), "| `"+k.AssociationField()+"` |")
	}
}

// sectionOf is the text below a heading, up to the next one of its level or above.
func sectionOf(text, heading string) string {
	_, text, _ = strings.Cut(text, "\n"+heading+"\n")
	before, _, _ := strings.Cut(text, "\n## ")
	before, _, _ = strings.Cut(before, "\n### ")
	return before
}

// markdownTable is a table.
func markdownTable(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	line(head)
	line(slices.Repeat([]string{"---"}, len(head)))
	for _, row := range rows {
		line(row)
	}
	return b.String()
}

func code(name string) string { return "`" + name + "`" }

func keyTable(keys []reader.Key) string {
	var rows [][]string
	for _, k := range keys {
		rows = append(rows, []string{code(k.Name), k.About})
	}
	return markdownTable([]string{"key", "meaning"}, rows)
}

func typesOfGroups() string {
	names, _ := intel.KindGroup.Types()
	return "The types: " + strings.Join(names, ", ") + ".\n"
}

func fieldRows(of string, fields []intel.FieldSpec) (rows [][]string) {
	for i := range fields {
		f := &fields[i]
		rows = append(rows, []string{of, code(f.Name), f.About, f.Form()})
	}
	return rows
}

func fieldsOfGroups() string {
	rows := fieldRows("every type", intel.CommonGroupFields())
	for _, t := range intel.GroupTypes {
		rows = append(rows, fieldRows(t.Name, t.Fields)...)
	}
	return markdownTable([]string{"type", "field", "meaning", "value"}, rows)
}

func typesOfIndicators() string {
	var rows [][]string
	for _, t := range intel.IndicatorTypes {
		rows = append(rows, []string{t.Name, code(strings.Join(t.Values, "`, `"))})
	}
	return markdownTable([]string{"type", "value fields"}, rows)
}

func fieldsOfIndicators() string {
	rows := fieldRows("", intel.KindIndicator.Spec().Fields)
	for i := range rows {
		rows[i] = rows[i][1:]
	}
	return markdownTable([]string{"field", "meaning", "value"}, rows)
}

// fieldsOfObjects are those of all kinds that have no page of their own.
func fieldsOfObjects() string {
	var rows [][]string
	for _, k := range intel.ObjectKinds {
		spec := k.Spec()
		if k == intel.KindIndicator {
			continue
		}
		meaning := "its " + strings.Replace(spec.Named, "summary", "value", 1)
		if len(k.ValueNames()) > 0 {
			meaning += ", also in the value field of its type"
		}
		rows = append(rows, []string{spec.Name, code(spec.Named), meaning, fmt.Sprintf("text, at most %d characters; required", spec.NameMax)})
		rows = append(rows, fieldRows(spec.Name, spec.Fields)...)
	}
	return markdownTable([]string{"kind", "field", "meaning", "value"}, rows)
}

func typesOfVictimAssets() string {
	var rows [][]string
	for _, v := range intel.VictimAssetTypes {
		qualifier := "–"
		if v.Qualifier != "" {
			qualifier = code(v.Qualifier)
		}
		rows = append(rows, []string{v.Name, code(v.Value), qualifier})
	}
	return markdownTable([]string{"type", "value field", "goes with"}, rows)
}

// limits are constants of the packages that read manifests.
func limits(t *testing.T) string {
	t.Helper()
	found := constants(t, "reader", "csvscan", "celltemplate")
	var rows [][]string
	for _, l := range []struct{ what, constant, unit string }{
		{"a file", "reader.maxFile", "bytes"},
		{"a cell", "csvscan.MaxCell", "bytes"},
		{"a line of CSV", "csvscan.MaxRecord", "bytes"},
		{"columns of a CSV", "csvscan.MaxColumns", ", as in spreadsheets"},
		{"a file of `fileTextFrom` or `valueFrom`", "reader.maxText", "bytes"},
		{"what the aliases of a YAML document stand for", "reader.maxExpanded", " values"},
		{"nesting in YAML", "reader.maxDepth", " deep"},
		{"the text of a template", "celltemplate.maxTemplate", "bytes"},
		{"what a template makes of one cell", "celltemplate.maxCell", "bytes"},
		{"turns of loops in a template, for one cell", "celltemplate.maxTurns", ""},
		{"values that a template handles for one cell, all together", "celltemplate.maxHandled", "bytes"},
		{"lists and dictionaries within each other in a template", "celltemplate.maxNested", " deep"},
	} {
		n, ok := found[l.constant]
		if !ok {
			t.Errorf("there is no constant %s", l.constant)
		}
		value := thousands(n) + l.unit
		if l.unit == "bytes" {
			value = binarySize(n)
		}
		rows = append(rows, []string{l.what, value})
	}
	return markdownTable([]string{"what", "limit"}, rows)
}

// constants are the whole numbers among the constants of packages.
func constants(t *testing.T, packages ...string) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	for _, name := range packages {
		for _, file := range sources(t, filepath.Join("internal", name)) {
			ast.Inspect(file, func(n ast.Node) bool {
				spec, ok := n.(*ast.ValueSpec)
				if !ok || len(spec.Values) != 1 {
					return true
				}
				value, err := types.Eval(token.NewFileSet(), nil, token.NoPos, types.ExprString(spec.Values[0]))
				if err != nil || value.Value == nil || value.Value.Kind() != constant.Int {
					return true
				}
				out[name+"."+spec.Names[0].Name], _ = constant.Int64Val(value.Value)
				return true
			})
		}
	}
	return out
}

func thousands(n int64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

func binarySize(n int64) string {
	for _, unit := range []string{"bytes", "KiB", "MiB"} {
		if n < 1024 {
			return fmt.Sprintf("%d %s", n, unit)
		}
		n /= 1024
	}
	return fmt.Sprintf("%d GiB", n)
}
