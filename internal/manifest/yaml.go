package manifest

import (
	"bufio"
	"io"
	"strings"

	"tcimport/internal/intel"
)

// documentSize is the number of groups in a document: editors and parsers are slow
// with one very long list.
const documentSize = 1000

// Head applies to a manifest as a whole.
type Head struct {
	FirstLine string // says what the manifest is, to people and to ReadOrigin
	Namespace string
	Owner     string // of groups that name none
}

// YAML writes groups as a manifest in YAML, each at once.
type YAML struct {
	head   Head
	out    *bufio.Writer
	w      *Sealed // into out
	groups int
	err    error
}

// NewYAML begins a manifest.
func NewYAML(w io.Writer, h Head) *YAML {
	out := bufio.NewWriter(w)
	sealed, err := NewSealed(out, h.FirstLine)
	return &YAML{head: h, out: out, w: sealed, err: err}
}

// Group writes a group, with notes for people above it.
func (y *YAML) Group(g *intel.Group, notes ...string) error {
	if y.groups%documentSize == 0 {
		y.document()
		y.text("groups:\n")
	}
	y.groups++
	for _, note := range notes {
		y.comment("  ", note)
	}
	y.encode("  ", List(Group(g, y.head.Owner)))
	return y.err
}

// Close ends the manifest, which may have no groups.
func (y *YAML) Close() error {
	if y.groups == 0 {
		y.document()
		y.text("groups: []\n")
	}
	if y.err == nil {
		y.err = y.w.Close()
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
	if y.head.Namespace != "" {
		y.encode("", Mapping("namespace", Text(y.head.Namespace)))
	}
	if y.head.Owner != "" {
		y.encode("", Mapping("owner", Text(y.head.Owner)))
	}
}

func (y *YAML) encode(indent string, n *Node) {
	if y.err == nil {
		y.err = Encode(y.w, indent, n)
	}
}

func (y *YAML) comment(indent, line string) { y.text(indent + commentLine(line)) }

func (y *YAML) text(s string) {
	if y.err == nil {
		_, y.err = io.WriteString(y.w, s)
	}
}

// visible is s without characters that would end a comment or control a
// terminal.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if invisible(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
