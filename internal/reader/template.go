package reader

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"tcimport/internal/intel"
	"tcimport/internal/spelling"
)

// cellTemplate makes one cell of a row.
type cellTemplate struct {
	name  string // of the column
	pos   intel.Pos
	plain string             // the cell of this column as it is, if field
	field bool               // the template is {{ .plain }}
	tmpl  *template.Template // nil for a constant and a field
	meter *meter
	out   strings.Builder
}

// template compiles the template of a column; what is wrong is reported at n.
func (f *foreign) template(name string, n *yaml.Node, text string) *cellTemplate {
	t := &cellTemplate{name: name, pos: f.pos(n)}
	if !strings.Contains(text, "{{") {
		t.plain = text
		return t
	}
	if len(text) > maxTemplate {
		f.fail(n, "%s: the template has more than %d KiB", name, maxTemplate>>10)
		return t
	}
	m := &meter{}
	tmpl, err := template.New("").Funcs(functions(m)).Option("missingkey=error").Parse(text)
	if err != nil {
		message := parseMessage(err)
		if column := f.spelledOut(text); column != "" {
			message = fmt.Sprintf("the column %s is not one word: write {{ index . %q }}", quoted(column), column)
		}
		f.fail(n, "%s: %s", name, message)
		return t
	}
	field, sole := soleField(tmpl.Tree)
	w := &templateWalk{columns: f.columnsOf, turn: callOf(turnName), show: callOf(showName)}
	w.templates(tmpl)
	for _, problem := range w.problems {
		f.fail(n, "%s: %s", name, problem)
	}
	if sole {
		t.plain, t.field = field, true
		return t
	}
	t.tmpl, t.meter = tmpl, m
	return t
}

var oneWord = regexp.MustCompile(`^[\pL_][\pL\pNd_]*$`)

// spelledOut is the column of the CSV that a template names behind a dot although
// its name is not one word, "" for none.
func (f *foreign) spelledOut(text string) string {
	longest := ""
	for name := range f.columnsOf {
		if len(name) > len(longest) && !oneWord.MatchString(name) && strings.Contains(text, "."+name) {
			longest = name
		}
	}
	return longest
}

// soleField is the column of a template that is nothing but {{ .column }}.
func soleField(tree *parse.Tree) (string, bool) {
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

// execute makes the cell for a row.
func (t *cellTemplate) execute(row map[string]string) (string, error) {
	switch {
	case t.field:
		return row[t.plain], nil
	case t.tmpl == nil:
		return t.plain, nil
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

// parseMessage is what is wrong with a template.
func parseMessage(err error) string {
	message := parsePrefix.ReplaceAllString(err.Error(), "")
	if m := undefined.FindStringSubmatch(message); m != nil {
		if leftOut(m[1]) {
			return fmt.Sprintf("the function %s is not available: its result differs between machines or days", m[1])
		}
		return fmt.Sprintf("there is no function %s%s", m[1], meant(spelling.Nearest(m[1], functionNames())))
	}
	if strings.HasPrefix(message, "bad character") {
		message += `; a column whose name is not one word is written {{ index . "NAME" }}`
	}
	return "not a template: " + message
}
