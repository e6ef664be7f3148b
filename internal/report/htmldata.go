package report

import (
	"bufio"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"

	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// pageData writes what a view lists, for the script of the page. A plan repeats most
// of its texts very often. So every text is in one table, and all else is numbers that
// lead to it: html/data.js reads what these functions write, in the same order.
type pageData struct {
	out   *bufio.Writer
	view  *View
	texts []string
	at    map[string]int // the place of a text
	nodes map[node]int   // the number of a node of the graph
	ends  []pageEnd      // nodes that are known by an association only, until an entry is theirs
	own   []bool         // by the number of a node: an entry is its own
	buf   []byte
}

// node is a group or an object, as associations and entries name it.
type node struct {
	kind       RowKind
	key, owner string
}

// pageEnd is the other end of an association.
type pageEnd struct {
	node int
	as   *plan.Association
}

// writePageData writes the data of a page. The writer keeps its first error.
func writePageData(out *bufio.Writer, v *View) {
	d := &pageData{out: out, view: v, at: map[string]int{}, nodes: map[node]int{}}
	d.text("") // is number 0
	head, err := json.Marshal(pageHead(v))
	if err != nil {
		panic(err) // there are only texts and numbers
	}
	out.WriteString(`{"head":`)
	out.Write(head)
	out.WriteString(`,"entries":[`)
	sep := "\n"
	for i, s := range v.sections {
		for _, e := range s.entries {
			d.buf = append(d.buf[:0], sep...)
			d.entry(i, e)
			out.Write(d.buf)
			sep = ",\n"
		}
	}
	out.WriteString("\n],\"ends\":[")
	sep = "\n"
	for _, e := range d.ends {
		if d.own[e.node] {
			continue
		}
		d.buf = append(d.buf[:0], sep...)
		d.end(e)
		out.Write(d.buf)
		sep = ",\n"
	}
	out.WriteString("\n],\"texts\":[")
	for i, text := range d.texts {
		if i > 0 {
			out.WriteByte(',')
		}
		b, _ := json.Marshal(message.Escaped(text)) // a text is always good JSON; "<" and its like are escaped
		out.Write(b)
	}
	out.WriteString("]}\n")
}

// headOf is what the script needs beside the entries.
type headOf struct {
	Sections []sectionHead `json:"sections"`
	Shares   []shareHead   `json:"shares"`
}

type sectionHead struct {
	Title  string `json:"title"`
	Total  int    `json:"total"`
	Listed int    `json:"listed"`
	More   string `json:"more,omitempty"`
	Groups bool   `json:"groups"` // it lists groups of one action
}

type shareHead struct {
	Mark mark   `json:"mark"`
	Word string `json:"word"`
	N    int    `json:"n"`
}

func pageHead(v *View) headOf {
	h := headOf{Sections: []sectionHead{}, Shares: []shareHead{}}
	for _, s := range v.sections {
		h.Sections = append(h.Sections, sectionHead{s.title, s.total, s.listed, s.more, s.groups != ""})
	}
	for _, s := range v.shares {
		h.Shares = append(h.Shares, shareHead{s.mark, s.word, s.n})
	}
	return h
}

// text is the place of a text in the table.
func (d *pageData) text(s string) int {
	n, ok := d.at[s]
	if !ok {
		n = len(d.texts)
		d.at[s], d.texts = n, append(d.texts, s)
	}
	return n
}

// node is the number of a node, and whether it is a new one.
func (d *pageData) node(n node) (int, bool) {
	at, known := d.nodes[n]
	if !known {
		at = len(d.nodes)
		d.nodes[n], d.own = at, append(d.own, false)
	}
	return at, !known
}

// number writes the numbers of a list; open and close are its brackets.
func (d *pageData) open()  { d.comma(); d.buf = append(d.buf, '[') }
func (d *pageData) close() { d.buf = append(d.buf, ']') }

func (d *pageData) comma() {
	if n := len(d.buf); n > 0 && d.buf[n-1] != '[' && d.buf[n-1] != '\n' {
		d.buf = append(d.buf, ',')
	}
}

func (d *pageData) number(list ...int) {
	for _, n := range list {
		d.comma()
		d.buf = strconv.AppendInt(d.buf, int64(n), 10)
	}
}

func (d *pageData) entry(section int, e *entry) {
	at, _ := d.node(node{e.kind, cmp.Or(e.key, e.typ+":"+e.name), e.owner})
	d.own[at] = true
	d.open()
	d.number(at, section, d.text(string(e.mark)), d.text(e.word), d.text(kindName(e.kind)), d.text(e.typ), d.text(e.name), d.text(e.key),
		d.text(e.owner), d.text(e.xid), d.text(formatID(e.id)), d.text(webLink(e.link)), d.text(e.source), d.text(e.remark))
	var f facets
	if e.facets != nil {
		f = e.facets()
	}
	d.list(f.problems)
	d.list(f.tags)
	d.open()
	if e.lines != nil {
		d.lines(slices.DeleteFunc(e.lines(), func(l line) bool { return l.repeats(e) }))
	}
	d.close()
	d.number(flag(e.reference))
	d.close()
}

func flag(set bool) int {
	if set {
		return 1
	}
	return 0
}

func (d *pageData) list(texts []string) {
	d.open()
	for _, s := range texts {
		d.number(d.text(s))
	}
	d.close()
}

func (d *pageData) lines(lines []line) {
	for i := range lines {
		l := &lines[i]
		other := -1
		if l.association != nil {
			other = d.other(l.association)
		}
		d.open()
		d.number(d.text(string(l.mark)), other)
		d.phrase(l.what)
		d.value(&l.value)
		d.open()
		for _, ph := range l.tail {
			d.phrase(ph)
		}
		d.close()
		d.open()
		d.lines(l.under)
		d.close()
		d.close()
	}
}

// phrase writes a number for each span: the place of its text, and its kind.
func (d *pageData) phrase(ph phrase) {
	d.open()
	for _, s := range ph {
		kind := s.kind
		if kind == spanLink && webLink(s.text) == "" {
			kind = spanData
		}
		d.number(d.text(s.text)<<2 | int(kind))
	}
	d.close()
}

// The lines of a value are marked by these numbers.
var lineOps = map[byte]int{' ': 0, '+': 1, '-': 2}

// value writes a list for each line of a value: its mark, and its pieces. The second
// piece is a change, the third is not, and so on.
func (d *pageData) value(v *value) {
	d.open()
	var lines []diffLine
	switch {
	case v.op == 0:
	case v.replaced():
		lines = diffText(v.old, v.new, true)
	default:
		op := map[plan.Op]byte{plan.Add: '+', plan.Remove: '-', plan.Set: ' '}[v.op]
		if lines = linesOf(op, splitLines(v.text())); lines == nil {
			lines = linesOf(op, []string{""})
		}
	}
	for i := range lines {
		d.open()
		d.number(lineOps[lines[i].op])
		if lines[i].words == nil {
			d.number(d.text(lines[i].text))
		}
		for _, p := range lines[i].words {
			d.number(d.text(p.text))
		}
		d.close()
	}
	d.close()
}

// other is the node at the other end of an association.
func (d *pageData) other(as *plan.Association) int {
	n := node{KindOf(as.Kind), otherEnd(as), as.Owner()}
	if key, o := as.Key(), as.Object(); key != "" {
		n.key = key
	} else if o > 0 {
		of := d.view.objects[o-1]
		n = node{KindOf(of.Kind), cmp.Or(of.Written(), of.Type()+":"+of.Name()), of.Owner()}
	}
	at, isNew := d.node(n)
	if isNew {
		d.ends = append(d.ends, pageEnd{at, as})
	}
	return at
}

func (d *pageData) end(e pageEnd) {
	as, link := e.as, ""
	if o := as.Object(); o > 0 {
		link = d.view.objects[o-1].WebLink().String()
	}
	d.open()
	d.number(e.node, d.text(kindName(KindOf(as.Kind))), d.text(as.Type()), d.text(cmp.Or(as.Name(), otherEnd(as))), d.text(as.Owner()), d.text(formatID(as.ID())),
		d.text(as.State.String()), d.text(webLink(link)))
	d.close()
}

// kindName is what a page calls things of a kind: groups need no name.
func kindName(k RowKind) string {
	if k == kindGroup {
		return ""
	}
	return countName(k)
}
