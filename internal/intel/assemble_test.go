package intel_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/golden"
	"tcimport/internal/intel"
	"tcimport/internal/reader"
)

// TestAssemble puts together the manifests of testdata/assemble.txtar. Each
// file "NAME" of it is a manifest; what Assemble makes of it stands below, as
// "NAME.out". Comments "# option value" at its beginning are the options.
func TestAssemble(t *testing.T) {
	a := golden.Read(t, "testdata/assemble.txtar")
	for _, f := range slices.Clone(a.Files) {
		if strings.HasSuffix(f.Name, ".out") {
			continue
		}
		t.Run(f.Name, func(t *testing.T) { a.Check(t, f.Name+".out", assembled(t, string(f.Data)), f.Name) })
	}
}

// assembled reads text, puts it together, and prints the result. Whoever puts it
// together offline first gets the same: the second time nothing is lost of what
// was written, and nothing is settled that the instance decides.
func assembled(t *testing.T, text string) string {
	t.Helper()
	opt := options(t, text)
	im, found := intel.Assemble(manifest(t, text), opt)
	want := printed(im, found)
	offline := opt
	offline.Instance, offline.OwnerOf = nil, nil
	m := manifest(t, text)
	_, first := intel.Assemble(m, offline)
	opt.Last = true
	im, found = intel.Assemble(m, opt)
	if diff := cmp.Diff(want, printed(im, found)); diff != "" && first.Errors() == 0 {
		t.Errorf("put together offline before, it is another import (-at once +after):\n%s", diff)
	}
	for _, g := range im.Groups {
		if g.Refs != nil {
			t.Errorf("%s keeps references that are resolved", g.Key)
		}
	}
	return want
}

func manifest(t *testing.T, text string) *intel.Manifest {
	t.Helper()
	m, problems := reader.Read([]string{"-"}, reader.Options{InputFormat: "yaml", Stdin: strings.NewReader(text)})
	if len(problems) > 0 {
		t.Fatalf("the reader has problems with it: %v", problems)
	}
	return m
}

func options(t *testing.T, text string) intel.Options {
	t.Helper()
	var opt intel.Options
	for line := range strings.Lines(text) {
		comment, ok := strings.CutPrefix(line, "# ")
		if !ok {
			break
		}
		name, value, _ := strings.Cut(strings.TrimSpace(comment), " ")
		switch name {
		case "owner":
			opt.DefaultOwner = value
		case "namespace":
			opt.Namespace = value
		case "instance":
			opt.Instance = &intel.Instance{Owners: []intel.Owner{{Name: "Demo Organization"}, {Name: "Demo Community"}, {Name: "Demo Source"}},
				SecurityLabels: []string{"TLP:RED"}}
		case "known":
			opt.IDMap = func(key string) (intel.Remote, bool) {
				r := intel.Remote{Kind: intel.KindGroup, ID: 77, Type: "Threat", Name: "Known Threat", Owner: "Demo Source", XID: "x-77"}
				return r, key == value
			}
		case "owner-of":
			opt.OwnerOf = func(id int64) (string, bool) { return value, id == 99 }
		default:
			t.Fatalf("no option %q", name)
		}
	}
	return opt
}

func printed(im *intel.Import, problems intel.Problems) string {
	var b bytes.Buffer
	if im.Namespace != "" {
		fmt.Fprintf(&b, "namespace %s\n", im.Namespace)
	}
	for i, g := range im.Groups {
		printGroup(&b, i, g)
	}
	for i, o := range im.Objects {
		printObject(&b, i, o)
	}
	for i, e := range im.Edges {
		fmt.Fprintf(&b, "edge: group %d, %s %d (written %s)\n", e.Group, e.Kind, e.Other, im.Written(i))
	}
	for _, p := range problems {
		fmt.Fprintln(&b, strings.Replace(p.String(), "<stdin>:", "line ", 1))
	}
	return b.String()
}

func printGroup(b *bytes.Buffer, i int, g *intel.Group) {
	what := "group"
	if g.Reference {
		what = "reference"
	}
	fmt.Fprintf(b, "%s %d: %q", what, i, g.Key)
	put := func(name, value string) {
		if value != "" {
			fmt.Fprintf(b, " %s=%q", name, value)
		}
	}
	if g.DefaultKey {
		fmt.Fprint(b, " (default)")
	}
	put("type", g.Type)
	put("name", g.Name)
	put("xid", g.XID)
	put("owner", g.Owner)
	if g.ID != 0 {
		fmt.Fprintf(b, " id=%d", g.ID)
	}
	printLists(b, g.Fields, g.Tags, g.SecurityLabels, g.Attributes)
	fmt.Fprintln(b)
}

func printObject(b *bytes.Buffer, i int, o *intel.Object) {
	fmt.Fprintf(b, "%s %d:", o.Kind, i)
	if o.ID != 0 {
		fmt.Fprintf(b, " #%d", o.ID)
	}
	if o.Summary != "" {
		fmt.Fprintf(b, " %s %s", o.Type, o.Summary)
	}
	if o.Owner != "" {
		fmt.Fprintf(b, " owner=%q", o.Owner)
	}
	if o.Own {
		fmt.Fprint(b, " its own")
	}
	printLists(b, o.Fields(), o.Tags(), o.SecurityLabels(), o.Attributes())
	fmt.Fprintln(b)
}

func printLists(b *bytes.Buffer, fields intel.Fields, tags []intel.Tag, labels []string, attributes []intel.Attribute) {
	for _, f := range fields {
		fmt.Fprintf(b, " %s=%q", f.Name, f.Value)
	}
	for _, t := range tags {
		fmt.Fprintf(b, " #%s", t)
	}
	for _, l := range labels {
		fmt.Fprintf(b, " [%s]", l)
	}
	for _, at := range attributes {
		fmt.Fprintf(b, " %s{%s}", at.Type, at.Value)
	}
}
