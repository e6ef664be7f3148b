// Package celltemplate makes a cell of a CSV from a row of another one by a
// template of package text/template.
//
// A template can come from anybody. It gets the functions of slim-sprig whose
// result depends on nothing but their arguments, and a meter bounds what it may
// cost.
package celltemplate

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode/utf8"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// maxCell is how many bytes a template may print.
const maxCell = 16 << 20

// Columns is how often the header of a CSV has each name.
type Columns map[string]int

// Template makes a cell from a row of a CSV.
type Template struct {
	constant string             // the cell, where the text calls for no template
	column   string             // the cell of this column, where the text is {{ .column }}
	tmpl     *template.Template // nil for these two
	meter    *meter
	out      strings.Builder
}

// Compile reads the text of a template for rows that have columns, or says what
// is wrong with it. separator is between the items of lists in the cell that it makes.
func Compile(text string, columns Columns, separator string) (*Template, []error) {
	if !strings.Contains(text, "{{") {
		return &Template{constant: text}, nil
	}
	if len(text) > maxTemplate {
		return nil, []error{fmt.Errorf("the template has more than %d KiB", maxTemplate>>10)}
	}
	m := &meter{separator: separator}
	tmpl, err := template.New("").Funcs(functions(m)).Option("missingkey=error").Parse(text)
	if err != nil {
		if column := columns.behindDot(text); column != "" {
			err = fmt.Errorf("the column %s is not one word: write {{ index . %q }}", message.Quote(column), column)
		} else {
			err = parseError(err)
		}
		return nil, []error{err}
	}
	column, isColumn := soleColumn(tmpl.Tree)
	w := &walker{columns: columns, turn: callOf(turnName), show: callOf(showName)}
	w.templates(tmpl)
	switch {
	case len(w.problems) > 0:
		return nil, w.problems
	case isColumn:
		return &Template{column: column}, nil
	}
	return &Template{tmpl: tmpl, meter: m}, nil
}

var oneWord = regexp.MustCompile(`^[\pL_][\pL\pNd_]*$`)

// behindDot is the column that a template names behind a dot although its name is
// not one word, "" for none.
func (c Columns) behindDot(text string) string {
	longest := ""
	for name := range c {
		if len(name) > len(longest) && !oneWord.MatchString(name) && strings.Contains(text, "."+name) {
			longest = name
		}
	}
	return longest
}

// soleColumn is the column of a template that is {{ .column }} and no more.
func soleColumn(tree *parse.Tree) (string, bool) {
	if tree == nil || tree.Root == nil || len(tree.Root.Nodes) != 1 {
		return "", false
	}
	action, ok := tree.Root.Nodes[0].(*parse.ActionNode)
	if !ok || len(action.Pipe.Decl) > 0 || len(action.Pipe.Cmds) != 1 || len(action.Pipe.Cmds[0].Args) != 1 {
		return "", false
	}
	field, ok := action.Pipe.Cmds[0].Args[0].(*parse.FieldNode)
	if !ok || len(field.Ident) != 1 {
		return "", false
	}
	return field.Ident[0], true
}

// Execute makes the cell for a row.
func (t *Template) Execute(row map[string]string) (string, error) {
	switch {
	case t.column != "":
		return row[t.column], nil
	case t.tmpl == nil:
		return t.constant, nil
	}
	t.out = strings.Builder{}
	t.meter.reset()
	if err := t.tmpl.Execute(&capped{&t.out}, row); err != nil {
		return "", executionError(err)
	}
	s := t.out.String()
	if !utf8.ValidString(s) {
		return "", errors.New("the template makes text that is not UTF-8")
	}
	return s, nil
}

// capped writes no more than a cell may hold.
type capped struct{ b *strings.Builder }

func (c *capped) Write(p []byte) (int, error) {
	if c.b.Len()+len(p) > maxCell {
		return 0, errTooMuch
	}
	return c.b.Write(p)
}

// valueError is a template function's complaint about a value, in its own words.
type valueError struct{ message string }

func (e *valueError) Error() string { return e.message }

var (
	parsePrefix   = regexp.MustCompile(`^template: [^:]*:(\d+:)*\s*`)
	executePrefix = regexp.MustCompile(`^template: [^:]*:(?:\d+:)*\s*executing "[^"]*" at `)
	undefined     = regexp.MustCompile(`function "(\w+)" not defined`)
)

// executionError is err without what the template package says of itself.
func executionError(err error) error {
	var v *valueError
	if errors.As(err, &v) {
		return v
	}
	return errors.New(executePrefix.ReplaceAllString(err.Error(), ""))
}

// parseError is err without the package's words about itself.
func parseError(err error) error {
	text := parsePrefix.ReplaceAllString(err.Error(), "")
	if m := undefined.FindStringSubmatch(text); m != nil {
		if slices.Contains(forbidden, m[1]) {
			return fmt.Errorf("the function %s is not available: its result differs between machines or days", m[1])
		}
		return fmt.Errorf("there is no function %s%s", m[1], message.DidYouMean(spelling.Nearest(m[1], functionNames())))
	}
	if strings.HasPrefix(text, "bad character") {
		text += `; a column whose name is not one word is written {{ index . "NAME" }}`
	}
	return errors.New("not a template: " + text)
}
