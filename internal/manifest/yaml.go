package manifest

import (
	"bufio"
	"io"
	"strings"

	"tcimport/internal/intel"
)

// documentSize is how many groups a document holds: editors and parsers have a
// hard time with a single list of very many.
const documentSize = 1000

// Head is what holds for a manifest as a whole.
type Head struct {
	Comment   []string // lines for people
	Namespace string
	Owner     string // of groups that name none
}

// YAML writes groups as a manifest in YAML, each as soon as it comes.
type YAML struct {
	head   Head
	w      *bufio.Writer
	groups int
	err    error
}

// NewYAML begins a manifest.
func NewYAML(w io.Writer, h Head) *YAML {
	y := &YAML{head: h, w: bufio.NewWriter(w)}
	for _, line := range h.Comment {
		y.comment("", line)
	}
	return y
}

// Group writes a group. Notes are for people: they stand above it.
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

// Close ends the manifest. One without groups holds nothing, and is one all the
// same.
func (y *YAML) Close() error {
	if y.groups == 0 {
		y.document()
		y.text("groups: []\n")
	}
	if err := y.w.Flush(); y.err == nil {
		y.err = err
	}
	return y.err
}

// document begins a document: namespace and owner hold for one only.
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

func (y *YAML) comment(indent, line string) { y.text(indent + "# " + visible(line) + "\n") }

func (y *YAML) text(s string) {
	if y.err == nil {
		_, y.err = y.w.WriteString(s)
	}
}

// visible is s without anything that would end a comment or that a terminal
// would obey.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if invisible(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
