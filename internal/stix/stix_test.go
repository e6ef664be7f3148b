package stix

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcimport/internal/convert"
	"tcimport/internal/golden"
	"tcimport/internal/manifest"
	"tcimport/internal/testkit"
)

// converted is a manifest and what was left out of it.
type converted struct {
	yaml   string
	left   string
	total  convert.Tally
	groups int
	edges  int
	signs  int
}

// convertAll converts inputs, which have to be readable, and holds the ledger to its sum.
func convertAll(t testing.TB, opt Options, inputs ...string) converted {
	t.Helper()
	c := New(opt)
	for _, in := range inputs {
		if err := c.Read(strings.NewReader(in)); err != nil {
			t.Fatal(err)
		}
	}
	return finished(t, c)
}

func finished(t testing.TB, c *Converter) (out converted) {
	t.Helper()
	m, l := c.Finish()
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
	out.total = l.Total()
	out.groups, out.edges, out.signs = m.Count()
	var yaml, left strings.Builder
	y := manifest.NewYAML(&yaml, manifest.Head{FirstLine: "converted"})
	for g := range m.Groups() {
		if err := y.Group(g); err != nil {
			t.Fatal(err)
		}
	}
	for _, i := range m.Alone() {
		y.Indicator(&i)
	}
	if err := y.Close(); err != nil {
		t.Fatal(err)
	}
	for _, what := range l.Left() {
		fmt.Fprintln(&left, what)
		for _, c := range what.Cases {
			fmt.Fprintln(&left, "  "+c.String())
		}
	}
	out.yaml, out.left = yaml.String(), left.String()
	return out
}

func text(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestExamples: what becomes of each kind of object of STIX 2.1, of STIX 2.0 and of
// ATT&CK.
func TestExamples(t *testing.T) {
	for _, name := range []string{"specification", "stix20", "attack"} {
		c := convertAll(t, Options{}, text(t, filepath.Join("testdata", name+".json")))
		golden.File(t, name+".yaml", c.yaml)
		golden.File(t, name+".txt", c.left)
	}
}

// TestRealBundles: published bundles are carried, and each object has one outcome.
func TestRealBundles(t *testing.T) {
	for _, c := range []struct {
		name                 string
		groups, edges, signs int
	}{
		{"mobile-attack.json", 291, 1779, 0},
		{"poisonivy.json", 39, 213, 42},
	} {
		got := convertAll(t, Options{}, text(t, filepath.Join(testkit.DataDir(t, "stix"), c.name)))
		if got.groups != c.groups || got.edges != c.edges || got.signs != c.signs {
			t.Errorf("%s: %d groups, %d associations, %d indicators", c.name, got.groups, got.edges, got.signs)
		}
	}
}
