package manifest_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tcimport/internal/intel"
	"tcimport/internal/manifest"
	"tcimport/internal/reader"
	"tcimport/internal/testkit"
)

// same compares definitions as far as they say something.
var same = cmp.Options{
	cmpopts.IgnoreTypes(intel.Pos{}, []intel.Pos{}, intel.List(0)),
	cmpopts.IgnoreFields(intel.Object{}, "Written"),
	cmpopts.EquateEmpty(),
	cmpopts.SortSlices(func(a, b intel.Field) bool { return a.Name < b.Name }),
}

func read(t *testing.T, args ...string) *intel.Manifest {
	t.Helper()
	m, problems := reader.Read(args, reader.Options{})
	if problems.Errors() > 0 {
		for _, a := range args {
			text, _ := os.ReadFile(a)
			t.Logf("%s:\n%s", a, text)
		}
		t.Fatal(problems)
	}
	return m
}

// byKind puts the associations of a group in the order of their lists, with what
// they describe written out.
func byKind(refs []intel.Ref) []intel.Ref {
	var out []intel.Ref
	for _, k := range intel.Kinds {
		for _, ref := range refs {
			if o := ref.NewObject(); o != nil {
				ref.End, ref.Text = &intel.End{Object: o}, ""
			}
			if ref.Kind == k {
				out = append(out, ref)
			}
		}
	}
	return out
}

// TestLargeRandomYAML proves that YAML says what it was given.
func TestLargeRandomYAML(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.yaml")
	for seed := range testkit.Rounds(100) {
		r := generator{rand.New(rand.NewPCG(1, uint64(seed)))}
		var want []*intel.Group
		var b strings.Builder
		y := manifest.NewYAML(&b, manifest.Head{FirstLine: "a\nb" + r.name(), Namespace: "ns: 1", Owner: "Demo Community"})
		for i := range r.IntN(8) {
			g := r.group(i)
			if err := y.Group(g, r.text()); err != nil {
				t.Fatal(err)
			}
			g.Refs = byKind(g.Refs)
			want = append(want, g)
		}
		if err := y.Close(); err != nil {
			t.Fatal(err)
		}
		write(t, path, b.String())
		m := read(t, path)
		for _, g := range m.Groups {
			g.Refs = byKind(g.Refs)
		}
		if diff := cmp.Diff(want, m.Groups, same); diff != "" {
			t.Fatalf("seed %d: -want +got:\n%s\n%s", seed, diff, b.String())
		}
		if len(m.Namespaces) != 1 || m.Namespaces[0].Name != "ns: 1" {
			t.Errorf("the namespace came back as %v", m.Namespaces)
		}
		for _, c := range b.String() {
			if c < ' ' && c != '\n' && c != '\t' || c == '\u202e' {
				t.Errorf("seed %d: %U stands in the manifest as it is", seed, c)
			}
		}
	}
}

// TestLargeRandomCSV proves the same of CSV, less what a CSV cannot hold, and with the rows
// of a key together.
func TestLargeRandomCSV(t *testing.T) {
	for _, apart := range []bool{false, true} {
		for seed := range testkit.Rounds(100) {
			checkCSV(t, generator{rand.New(rand.NewPCG(2, uint64(seed)))}, apart)
		}
	}
}

func checkCSV(t *testing.T, r generator, apart bool) {
	t.Helper()
	dir := t.TempDir()
	c := manifest.NewCSV(apart)
	var want []*intel.Group
	for i := range r.IntN(8) {
		g := r.group(i)
		ids := map[*intel.Object]int64{}
		for _, ref := range g.Refs {
			ids[ref.Object()] = 77
		}
		c.Group(g, ids)
		want = append(want, inCells(g, apart))
	}
	groups, associations := filepath.Join(dir, "groups.csv"), filepath.Join(dir, "associations.csv")
	var g, a strings.Builder
	if err := c.WriteGroups(&g); err != nil {
		t.Fatal(err)
	}
	if err := c.WriteAssociations(&a); err != nil {
		t.Fatal(err)
	}
	write(t, groups, g.String())
	write(t, associations, a.String())
	m := read(t, groups, associations)
	got := joined(m)
	sorted := cmpopts.SortSlices(func(a, b intel.Attribute) bool { return a.Type < b.Type }) // one column after the other
	if diff := cmp.Diff(want, got, same, sorted); diff != "" {
		t.Fatalf("apart %v: -want +got:\n%s\n%s\n%s", apart, diff, g.String(), a.String())
	}
}

// inCells is a group as cells can hold it.
func inCells(g *intel.Group, apart bool) *intel.Group {
	g.Tags = slices.DeleteFunc(g.Tags, func(t intel.Tag) bool { return strings.HasPrefix(t.Name, "techniqueId:") })
	for i, at := range g.Attributes {
		g.Attributes[i] = intel.Attribute{Type: at.Type, Value: at.Value}
	}
	for i, ref := range g.Refs {
		if o := ref.Object(); o != nil && !apart && (o.Owner != "" || len(o.Fields()) > 0) {
			g.Refs[i] = intel.Ref{Kind: ref.Kind, End: &intel.End{ID: 77}}
		}
	}
	g.Refs = byKind(g.Refs)
	return g
}

// joined puts the rows of each key together, and the associations to them.
func joined(m *intel.Manifest) []*intel.Group {
	var out []*intel.Group
	at := map[string]*intel.Group{}
	for _, g := range m.Groups {
		first := at[g.Key]
		if first == nil {
			at[g.Key] = g
			out = append(out, g)
			continue
		}
		first.Tags = append(first.Tags, g.Tags...)
		first.SecurityLabels = append(first.SecurityLabels, g.SecurityLabels...)
		first.Attributes = append(first.Attributes, g.Attributes...)
		first.Refs = append(first.Refs, g.Refs...)
	}
	for _, as := range m.Associations {
		g := at[as.Group.Text]
		g.Refs = append(g.Refs, as.Other)
	}
	for _, g := range out {
		g.Refs = byKind(g.Refs)
	}
	return out
}

// TestLosses says what a CSV cannot hold.
func TestLosses(t *testing.T) {
	g := &intel.Group{
		Tags: []intel.Tag{{Name: "techniqueId:x"}, {Name: "kept"}},
		Attributes: []intel.Attribute{
			{Type: "Description", Value: "a", Default: intel.No},
			{Type: "Source", Value: "b", Source: "c", Default: intel.Yes, Pinned: intel.Yes, SecurityLabels: []string{"TLP:RED"}},
			{Type: "Source", Value: "nul\x00"},
		},
	}
	c := manifest.NewCSV(false)
	lost := c.Group(g, nil)
	want := []manifest.Loss{manifest.LostTag, manifest.LostOnly, manifest.LostDefault, manifest.LostSource, manifest.LostPinned, manifest.LostLabels, manifest.LostText}
	if diff := cmp.Diff(want, lost); diff != "" {
		t.Error(diff)
	}
	var got strings.Builder
	if err := c.WriteGroups(&got); err != nil {
		t.Fatal(err)
	}
	if want := "key,type,name,owner,tags,attribute:Source\n,,,,kept,b\n"; got.String() != want {
		t.Errorf("got %q, want %q", got.String(), want)
	}
}

// TestAssociationsFollowGroups: associations of other groups stand behind the groups,
// however many documents these take, and also where there are none.
func TestAssociationsFollowGroups(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 1001} {
		var b strings.Builder
		y := manifest.NewYAML(&b, manifest.Head{Namespace: "ns", Advice: "Correct it."})
		for i := range n {
			if err := y.Group(&intel.Group{Key: fmt.Sprint("k", i), Type: "Tool", Name: "T", Owner: "O", Lists: intel.ListTags}); err != nil {
				t.Fatal(err)
			}
		}
		for id := range int64(2) {
			y.Association(&intel.Ref{Kind: intel.KindGroup, End: &intel.End{ID: 10 + id, Object: &intel.Object{Type: "Tool", Summary: "a\nb"}}},
				&intel.Ref{Kind: intel.KindIndicator, Text: "Host:a.example"}, "failed: why")
		}
		if err := y.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "m.yaml")
		write(t, path, b.String())
		m := read(t, path)
		if len(m.Groups) != n || len(m.Associations) != 2 || m.Associations[1].Group.ID() != 11 || m.Associations[1].Other.Text != "Host:a.example" {
			t.Errorf("%d groups came back as %d with %d associations:\n%s", n, len(m.Groups), len(m.Associations), b.String()[max(0, b.Len()-300):])
		}
		if n > 0 && m.Groups[0].Lists != intel.ListTags {
			t.Error("an empty list that is named came back as none")
		}
	}
}

// TestDocuments proves that a long manifest is one import still.
func TestDocuments(t *testing.T) {
	const n = 2500
	var b strings.Builder
	y := manifest.NewYAML(&b, manifest.Head{Namespace: "ns", Owner: "Demo Source"})
	for i := range n {
		if err := y.Group(&intel.Group{Key: fmt.Sprint("k", i), Type: "Tool", Name: "T", Owner: "Demo Source",
			Refs: []intel.Ref{{Kind: intel.KindGroup, Text: fmt.Sprint("k", (i+1)%n)}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := y.Close(); err != nil {
		t.Fatal(err)
	}
	if docs := strings.Count(b.String(), "version: 1\n"); docs != 3 {
		t.Errorf("%d documents", docs)
	}
	path := filepath.Join(t.TempDir(), "m.yaml")
	write(t, path, b.String())
	im, problems := intel.Assemble(read(t, path), intel.Options{})
	if problems.Errors() > 0 || len(im.Groups) != n || len(im.Edges) != n || im.Groups[n-1].Owner != "Demo Source" {
		t.Errorf("%d groups, %d associations, %d errors", len(im.Groups), len(im.Edges), problems.Errors())
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
