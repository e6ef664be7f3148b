package reader

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"tcimport/internal/csvscan"
	"tcimport/internal/intel"
)

// readYAML reads all documents of a YAML file.
func (l *loader) readYAML(in *input) {
	if l.readFileInChunks(in) {
		return
	}
	pos := intel.At(in.name, 0, 0)
	text, err := l.readAll(in)
	if err != nil {
		var e *csvscan.Error
		if errors.As(err, &e) {
			pos = intel.At(in.name, e.Line, 0)
		}
		in.out.incompletef(pos, "%s", why(err))
		return
	}
	found := false
	for _, part := range splitDocuments(text) {
		d := &document{loader: l, out: in.out, file: in.name, dir: in.dir(), first: part.line, text: part.text}
		if d.read() {
			found = true
		}
	}
	if !found {
		in.out.errorf(pos, "the file is empty: a manifest without groups is written \"groups: []\"")
	}
}

func (l *loader) readAll(in *input) ([]byte, error) {
	f, err := l.open(in)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readText(f)
}

// part is the text of one document and the line it starts at.
type part struct {
	line int
	text []byte
}

// splitDocuments cuts a stream at its document markers, so that an error of
// syntax in one document leaves the others readable. A marker at the start of a
// line is always one: YAML forbids it within scalars.
func splitDocuments(text []byte) []part {
	var parts []part
	line, start, startLine, content := 1, 0, 1, false
	cut := func(end int) {
		parts = append(parts, part{startLine, text[start:end]})
		content = false
	}
	for at := 0; at < len(text); line++ {
		end := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		this := text[at:end]
		switch {
		case isMarker(this, "---"):
			if content {
				cut(at)
				start, startLine = at, line
			}
			content = true
		case isMarker(this, "..."):
			cut(end)
			start, startLine = end, line+1
		case !isPreamble(this):
			content = true
		}
		at = end
	}
	cut(len(text))
	return parts
}

func isMarker(line []byte, marker string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(marker))
	return ok && (len(rest) == 0 || strings.IndexByte(" \t\r\n", rest[0]) >= 0)
}

// isPreamble reports whether a line may precede the marker of a document.
func isPreamble(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) == 0 || line[0] == '#' || line[0] == '%'
}

// document is one document of a YAML file.
type document struct {
	*loader
	out   *output
	file  string
	dir   string // that its paths are relative to
	first int    // line of the file that text starts at
	text  []byte
	lines []int // see realLines
	ends  []int // of the lines of text, once they are asked for

	lists       map[string]*listText // the lists that are read in chunks
	whole       io.ReaderAt          // where these are
	chunkFailed bool

	owner        string
	defaultGroup *intel.Group // the parts that the document gives to each of its groups

	// Its own part of the output: defaults hold for a document.
	groups []*intel.Group
}

// read reads the document and reports whether there is one.
func (d *document) read() bool {
	d.jsonEscapes()
	d.lines = editorLines(d.text)
	if d.readInChunks() {
		return true
	}
	root, err := parseYAML(d.text)
	if err != nil {
		d.syntaxError(err)
		return true
	}
	if root == nil || isNull(root) {
		return false
	}
	if !d.checkStructure(root) {
		return true
	}
	if root.Kind != yaml.MappingNode {
		d.errorf(root, "a manifest must be a mapping with groups, indicators, associations or sources, not %s", describe(root))
		return true
	}
	d.manifest(root)
	return true
}

// parseYAML gives the root of a document, nil for an empty one.
func parseYAML(text []byte) (*yaml.Node, error) {
	var n yaml.Node
	if err := yaml.Unmarshal(text, &n); err != nil {
		return nil, err
	}
	if len(n.Content) == 0 {
		return nil, nil
	}
	return n.Content[0], nil
}

// topLevel is what a document may hold.
var topLevel = keyNames(DocumentKeys)

func (d *document) manifest(root *yaml.Node) {
	at := map[string]*yaml.Node{}
	for k, v := range pairs(root) {
		if !slices.Contains(topLevel, k.Value) {
			d.unknown(k, "a manifest", topLevel)
			continue
		}
		at[k.Value] = v
	}
	if v, ok := d.scalar(at["version"], "version"); ok && v != "1" {
		d.errorf(at["version"], "version %q is unknown: this tcimport reads version 1", v)
	}
	if v := d.name(at["namespace"], "namespace"); v != "" {
		d.out.Namespaces = append(d.out.Namespaces, intel.Namespace{Pos: d.pos(at["namespace"]), Name: v})
	}
	d.owner = d.name(at["owner"], "owner")
	if n := at["defaults"]; n != nil && !isNull(n) && d.isMapping(n, "defaults", "{tags: [Imported]}") {
		d.defaultGroup = d.defaults(n)
	}
	for n := range d.entries(at["groups"], "groups", "entries like {type: Adversary, name: Bad Guy}") {
		d.group(n)
	}
	if d.chunkFailed {
		return
	}
	for _, n := range d.list(at["sources"], "sources", "entries like {csv: feed.csv, columns: {…}}") {
		d.source(n)
	}
	for n := range d.entries(at["indicators"], "indicators", "entries like Host:bad.example") {
		if ref, ok := d.ref(intel.KindIndicator, n); ok {
			d.out.Indicators = append(d.out.Indicators, intel.Indicator{Ref: ref, Owner: d.owner})
		}
	}
	for n := range d.entries(at["associations"], "associations", "entries like {group: key, associatedGroup: key}") {
		d.association(n)
	}
	if d.defaultGroup != nil {
		d.applyDefaults(d.defaultGroup, d.groups)
	}
	d.out.Groups = append(d.out.Groups, d.groups...)
}
