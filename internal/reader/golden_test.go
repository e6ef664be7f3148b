package reader

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"tcimport/internal/golden"
	"tcimport/internal/intel"
)

// TestGolden reads the files of each archive in testdata and compares what is
// read, and what is wrong, with the file "want" of the same archive.
//
// The comment of an archive is free text, but for lines that begin with
// "args:" (the arguments, else all files that are not in folders),
// "options:" (name=value: delimiter, separator, allow, format) and "problems
// only", which leaves out what is read. A file whose name ends in " quoted"
// holds Go string literals, a link's is " -> ".
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { readArchive(t, file) })
	}
}

func readArchive(t *testing.T, file string) {
	a := golden.Read(t, file)
	t.Chdir(t.TempDir())
	args, opt, brief := setUp(t, a.Comment, a.Files)
	if opt.Stdin == nil {
		compareChunks(t, args, opt, nil)
	}
	m, problems := Read(args, opt)
	got := ""
	for _, p := range problems {
		got += p.String() + "\n"
	}
	if !brief {
		got += dump(m)
	}
	a.Check(t, "want", got, "")
}

// setUp writes the files of an archive and takes its arguments and options.
func setUp(t *testing.T, comment string, files []txtar.File) (args []string, opt Options, brief bool) {
	t.Helper()
	for _, f := range files {
		if f.Name == "want" {
			continue
		}
		if name, target, ok := strings.Cut(f.Name, " -> "); ok {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(target, name); err != nil {
				t.Fatal(err)
			}
			continue
		}
		name, isQuoted := strings.CutSuffix(f.Name, " quoted")
		text := string(f.Data)
		if isQuoted {
			text = unquote(t, string(f.Data))
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(name, "/") {
			args = append(args, name)
		}
	}
	for line := range strings.Lines(comment) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "args:"); ok {
			args = strings.Fields(rest)
		}
		if rest, ok := strings.CutPrefix(line, "options:"); ok {
			setOptions(t, &opt, strings.Fields(rest))
		}
		brief = brief || line == "problems only"
	}
	return args, opt, brief
}

func setOptions(t *testing.T, opt *Options, settings []string) {
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		switch name {
		case "delimiter":
			opt.Delimiter = []rune(value)[0]
		case "separator":
			opt.ListSeparator = value
		case "allow":
			opt.AllowPaths = append(opt.AllowPaths, value)
		case "format":
			opt.InputFormat = value
		case "stdin":
			data, err := os.ReadFile(value)
			if err != nil {
				t.Fatal(err)
			}
			opt.Stdin = bytes.NewReader(data)
		default:
			t.Fatalf("unknown option %s", name)
		}
	}
}

func unquote(t *testing.T, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		s, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		b.WriteString(s)
	}
	return b.String()
}

// dump is a manifest as text.
func dump(m *intel.Manifest) string {
	var b strings.Builder
	for _, ns := range m.Namespaces {
		fmt.Fprintf(&b, "%s: namespace %q\n", ns.Pos, ns.Name)
	}
	for _, g := range m.Groups {
		fmt.Fprintf(&b, "%s: group%s\n", g.Pos, named4("key", g.Key, "type", g.Type, "name", g.Name, "xid", g.XID, "owner", g.Owner))
		dumpLists(&b, "  ", g.Fields, g.Tags, g.SecurityLabels, g.Attributes)
		for _, ref := range g.Refs {
			fmt.Fprintf(&b, "  %s\n", dumpRef(ref))
			dumpObject(&b, "    ", ref.NewObject())
		}
		if s := dumpMentions(g.Lists); s != "" {
			fmt.Fprintf(&b, "  mentions%s\n", s)
		}
	}
	for _, i := range m.Indicators {
		fmt.Fprintf(&b, "%s: indicator of its own%s\n", i.Pos, named4("written", i.Written(), "owner", i.Owner))
		dumpObject(&b, "  ", i.NewObject())
	}
	for _, a := range m.Associations {
		fmt.Fprintf(&b, "%s: association of %s with %s\n", a.Pos, dumpRef(a.Group), dumpRef(a.Other))
		dumpObject(&b, "  ", a.Other.NewObject())
	}
	return b.String()
}

func named4(pairs ...string) string {
	out := ""
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out += fmt.Sprintf(" %s=%q", pairs[i], pairs[i+1])
		}
	}
	return out
}

func dumpLists(b *strings.Builder, indent string, fields intel.Fields, tags []intel.Tag, labels []string, attributes []intel.Attribute) {
	for _, f := range fields {
		fmt.Fprintf(b, "%s%s=%q (%s)\n", indent, f.Name, f.Value, f.Pos)
	}
	for _, t := range tags {
		fmt.Fprintf(b, "%stag%s\n", indent, named4("name", t.Name, "techniqueId", t.TechniqueID))
	}
	for _, l := range labels {
		fmt.Fprintf(b, "%slabel %q\n", indent, l)
	}
	for _, a := range attributes {
		fmt.Fprintf(b, "%sattribute%s", indent, named4("type", a.Type, "value", a.Value, "source", a.Source))
		if a.Default != intel.Unsaid {
			fmt.Fprintf(b, " default=%v", a.Default)
		}
		if a.Pinned != intel.Unsaid {
			fmt.Fprintf(b, " pinned=%v", a.Pinned)
		}
		if len(a.SecurityLabels) > 0 {
			fmt.Fprintf(b, " labels=%q", a.SecurityLabels)
		}
		fmt.Fprintf(b, " (%s)\n", a.Pos)
	}
}

func dumpRef(r intel.Ref) string {
	id := ""
	if r.ID() != 0 {
		id = strconv.FormatInt(r.ID(), 10)
	}
	var g intel.GroupRef
	if r.Group() != nil {
		g = *r.Group()
	}
	key := ""
	if r.Kind == intel.KindGroup {
		key = r.Text
	}
	return fmt.Sprintf("%s %q%s", r.Kind, r.Written(), named4("key", key, "id", id, "xid", g.XID, "type", g.Type, "name", g.Name, "owner", g.Owner))
}

func dumpObject(b *strings.Builder, indent string, o *intel.Object) {
	if o == nil {
		return
	}
	fmt.Fprintf(b, "%sobject%s\n", indent, named4("kind", o.Kind.String(), "type", o.Type, "summary", o.Summary, "owner", o.Owner, "written", o.Written))
	dumpLists(b, indent+"  ", o.Fields(), o.Tags(), o.SecurityLabels(), o.Attributes())
}

func dumpMentions(l intel.List) string {
	out := ""
	for i, name := range []string{"tags", "securityLabels", "attributes", "groups", "indicators", "artifacts", "cases", "victimAssets"} {
		if l.Has(1 << i) {
			out += " " + name
		}
	}
	return out
}
