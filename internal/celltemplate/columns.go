package celltemplate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// walker finds the columns that a template uses, each of which must exist
// once, and puts loops and printed values on the meter.
type walker struct {
	columns  Columns
	turn     parse.Node        // counts a turn of a loop
	show     *parse.ActionNode // makes text of a printed value
	problems []error
}

func (w *walker) problem(format string, args ...any) {
	p := fmt.Errorf(format, args...)
	if !slices.ContainsFunc(w.problems, func(other error) bool { return other.Error() == p.Error() }) {
		w.problems = append(w.problems, p)
	}
}

// templates walks t. Templates within a template could call themselves without
// end, and a cell does not need them.
func (w *walker) templates(t *template.Template) {
	for _, other := range t.Templates() {
		if other.Name() != t.Name() {
			w.problem("define and block are not supported in a column")
			return
		}
	}
	if t.Tree != nil && t.Tree.Root != nil {
		w.list(t.Tree.Root, true)
	}
}

// list walks the nodes of l. isRow says whether the dot is the row there.
func (w *walker) list(l *parse.ListNode, isRow bool) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		w.node(n, isRow)
	}
}

func (w *walker) node(n parse.Node, isRow bool) {
	switch n := n.(type) {
	case *parse.ActionNode:
		w.pipe(n.Pipe, isRow)
		if len(n.Pipe.Decl) == 0 {
			n.Pipe.Cmds = append(n.Pipe.Cmds, w.show.Pipe.Cmds...)
		}
	case *parse.IfNode:
		w.pipe(n.Pipe, isRow)
		w.list(n.List, isRow)
		w.list(n.ElseList, isRow)
	case *parse.WithNode:
		w.pipe(n.Pipe, isRow)
		w.list(n.List, isDot(n.Pipe) && isRow)
		w.list(n.ElseList, isRow)
	case *parse.RangeNode:
		w.pipe(n.Pipe, isRow)
		w.list(n.List, false)
		w.list(n.ElseList, isRow)
		n.List.Nodes = append([]parse.Node{w.turn}, n.List.Nodes...)
	case *parse.TemplateNode:
		w.problem("template is not supported in a column")
	}
}

// isDot reports whether a pipe is the dot itself.
func isDot(p *parse.PipeNode) bool {
	if len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return false
	}
	_, ok := p.Cmds[0].Args[0].(*parse.DotNode)
	return ok
}

func (w *walker) pipe(p *parse.PipeNode, isRow bool) {
	if p == nil {
		return
	}
	for _, c := range p.Cmds {
		function, ok := c.Args[0].(*parse.IdentifierNode)
		if ok && function.Ident == "index" && len(c.Args) >= 2 && refersToRow(c.Args[1], isRow) {
			w.index(c.Args)
		}
		for _, arg := range c.Args {
			w.arg(arg, isRow)
		}
	}
}

// index checks index . "Column Name", for names that are not one word.
func (w *walker) index(args []parse.Node) {
	if len(args) < 3 {
		w.problem("index needs a column: index . \"Column Name\"")
	} else if name, ok := args[2].(*parse.StringNode); ok {
		w.column(name.Text)
	} else {
		w.problem("index needs the column's name written out: index . \"Column Name\"")
	}
}

func (w *walker) arg(n parse.Node, isRow bool) {
	switch n := n.(type) {
	case *parse.FieldNode:
		if isRow {
			w.column(n.Ident[0])
		}
	case *parse.VariableNode:
		if n.Ident[0] == "$" && len(n.Ident) > 1 {
			w.column(n.Ident[1])
		}
	case *parse.ChainNode:
		w.arg(n.Node, isRow)
	case *parse.PipeNode:
		w.pipe(n, isRow)
	}
}

// refersToRow reports whether n is the row: $, or the dot where it is.
func refersToRow(n parse.Node, isRow bool) bool {
	switch n := n.(type) {
	case *parse.DotNode:
		return isRow
	case *parse.VariableNode:
		return len(n.Ident) == 1 && n.Ident[0] == "$"
	}
	return false
}

// column checks that the CSV has a column, once.
func (w *walker) column(name string) {
	switch n := w.columns[name]; n {
	case 1:
	case 0:
		w.problem("the CSV has no column %s%s", message.Quote(name), w.suggestion(name))
	default:
		w.problem("the CSV has the column %s %d times: rename all but one", message.Quote(name), n)
	}
}

func (w *walker) suggestion(name string) string {
	names := slices.Sorted(maps.Keys(w.columns))
	if near := spelling.Nearest(name, names); near != "" {
		return message.DidYouMean(near)
	}
	return ": it has " + message.Clip(strings.Join(names, ", "))
}
