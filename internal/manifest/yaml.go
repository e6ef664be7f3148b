package manifest

import (
	"bufio"
	"io"

	"tcimport/internal/intel"
)

// documentSize is the number of groups in a document: editors and parsers are slow
// with one very long list.
const documentSize = 1000

// Head applies to a manifest as a whole.
type Head struct {
	FirstLine string // says what the manifest is, to people and to ReadOrigin
	Advice    string // to people who edit it, "" for none
	Namespace string
	Owner     string // of groups that name none
}

// YAML writes a manifest in YAML, each entry at once. It keeps
// the first error, and writes nothing after it.
type YAML struct {
	head Head
	out  *bufio.Writer
	w    *sealed // into out
	err  error

	groups int
	list   string // that has begun behind the groups, "" for none
}

// NewYAML begins a manifest.
func NewYAML(w io.Writer, h Head) *YAML {
	out := bufio.NewWriter(w)
	y := &YAML{head: h, out: out, w: newSealed(out)}
	y.comment("", h.FirstLine)
	if h.Advice != "" {
		y.comment("", h.Advice)
	}
	return y
}

// Group writes a group, with notes for people above it.
func (y *YAML) Group(g *intel.Group, notes ...string) error {
	if y.groups%documentSize == 0 {
		y.document()
		y.text("groups:\n")
	}
	y.groups++
	y.entry(group(g, y.head.Owner), notes...)
	return y.err
}

// Indicator writes an indicator of its own, with notes above it. It comes after all groups, and
// before associations.
func (y *YAML) Indicator(r *intel.Ref, notes ...string) {
	y.begin("indicators")
	y.entry(refNode(r), notes...)
}

// Association writes an association of a group that the manifest does not define,
// or one that has no place within its group, with notes above it. It comes after all groups.
func (y *YAML) Association(group, other *intel.Ref, notes ...string) {
	y.begin("associations")
	y.entry(add(add(mapping(), "group", refNode(group)), other.Kind.Spec().Entry(), refNode(other)), notes...)
}

// Close ends the manifest, which may have no groups.
func (y *YAML) Close() error {
	if y.list == "" {
		y.noGroups()
	}
	if y.err == nil {
		y.err = y.w.close()
	}
	if err := y.out.Flush(); y.err == nil {
		y.err = err
	}
	return y.err
}

// document begins a document. Namespace and owner apply to one document only.
func (y *YAML) document() {
	if y.groups > 0 {
		y.text("---\n")
	}
	y.text("version: 1\n")
	if n := addText(addText(mapping(), "namespace", y.head.Namespace), "owner", y.head.Owner); n.Content != nil {
		y.encode("", n)
	}
}

// begin begins a list, unless its entries are being written.
func (y *YAML) begin(list string) {
	if y.list == "" {
		y.noGroups()
	}
	if y.list != list {
		y.text(list + ":\n")
		y.list = list
	}
}

// noGroups writes a list without groups, unless there are some.
func (y *YAML) noGroups() {
	if y.groups == 0 {
		y.document()
		y.text("groups: []\n")
	}
}

// entry writes an entry of a list, with notes above it.
func (y *YAML) entry(n *node, notes ...string) {
	for _, note := range notes {
		y.comment("  ", note)
	}
	y.encode("  ", list(n))
}

func (y *YAML) encode(indent string, n *node) {
	if y.err == nil {
		y.err = encode(y.w, indent, n)
	}
}

func (y *YAML) comment(indent, line string) { y.text(indent + comment(line) + "\n") }

func (y *YAML) text(s string) {
	if y.err == nil {
		_, y.err = io.WriteString(y.w, s)
	}
}
