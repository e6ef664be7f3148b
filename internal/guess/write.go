package guess

import (
	"fmt"
	"path/filepath"
	"strings"

	"tcimport/internal/manifest"
	"tcimport/internal/message"
)

// Frame is what a manifest says beside the mapping.
type Frame struct {
	CSV      string   // as the manifest names it
	Encoding Encoding // of the CSV
	Read     string   // what was read of it
	Notes    []string // what else to check
	Commands []string // to go on with
}

// Text is the manifest.
func (m *Mapping) Text(f Frame) string {
	w := &writer{}
	w.comment("", "Written by tcimport init: what the columns of "+shown(filepath.Base(f.CSV))+" seem to be, by "+f.Read+".")
	for _, note := range f.Notes {
		w.comment("", note)
	}
	w.comment("", "Complete it by hand, and look at each CHECK. Then:")
	for _, command := range f.Commands {
		w.comment("", "  "+message.Escaped(command))
	}
	w.text("version: 1\n")
	w.entry("", line{"namespace", m.Namespace, "tells the keys of this import from those of others"})
	if m.Owner != "" {
		w.entry("", line{"owner", m.Owner, ""})
	}
	w.text("sources:\n")
	w.entry("  - ", line{"csv", f.CSV, ""})
	if f.Encoding.Name != "" {
		w.entry("    ", line{"encoding", f.Encoding.Name, f.Encoding.Why})
	}
	if m.skip != "" {
		w.text("    # rows to leave out: " + manifest.Entry("skip", m.skip) + "\n")
	}
	w.text("    columns:\n")
	for _, l := range m.lines {
		w.entry("      ", l)
	}
	for _, l := range m.off {
		w.text("      # " + l + "\n")
	}
	for i, v := range m.values {
		if i == 0 {
			w.text("    values:\n")
		}
		w.text("      " + strings.TrimSuffix(manifest.Entry(v.column.name, "x"), " x") + "\n")
		for _, e := range v.entries {
			w.entry("        ", line{e.from, e.to, e.note})
		}
	}
	return w.b.String()
}

type writer struct{ b strings.Builder }

func (w *writer) text(s string) { w.b.WriteString(s) }

func (w *writer) comment(indent, s string) { w.text(indent + "# " + s + "\n") }

func (w *writer) entry(indent string, l line) {
	w.text(indent + manifest.Entry(l.name, l.value) + note(l.note) + "\n")
}

// note is a comment behind a line.
func note(s string) string {
	if s == "" {
		return ""
	}
	return "  # " + message.Escaped(s)
}

// maxOff is how many columns that are not mapped a manifest lists.
const maxOff = 200

// unmapped are the columns without a place, each as a comment: the line that would map it,
// and an example.
func (d *draft) unmapped() (out []string) {
	for _, c := range d.columns {
		if c.mapped != "" && c.mapped != "-" {
			continue
		}
		if len(out) == maxOff {
			return append(out, fmt.Sprintf("… and %s more", message.Plural(d.left()-maxOff, "column")))
		}
		notes := []string{c.example()}
		if c.why != "" {
			notes = append(notes, c.why)
		}
		if !c.usable {
			out = append(out, strings.TrimSuffix("the column "+shown(c.name)+" cannot be named: "+c.why, ": "))
			continue
		}
		l := d.offLine(c)
		out = append(out, manifest.Entry(l.name, l.value)+note(strings.Join(notes, "; ")))
	}
	if len(out) > 0 {
		out = append([]string{"Columns without a place. Remove the # to take one in:"}, out...)
	}
	return out
}

func (d *draft) left() int {
	n := 0
	for _, c := range d.columns {
		if c.mapped == "" || c.mapped == "-" {
			n++
		}
	}
	return n
}
