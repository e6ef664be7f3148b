package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUpdateKeepsTheRest: a rewritten archive keeps what was not checked, and the
// order of its files.
func TestUpdateKeepsTheRest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txtar")
	if err := os.WriteFile(path, []byte("about\n-- one --\n1\n-- one.out --\nold\n-- two --\n2\n-- two.out --\nkept\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	defer func(was bool) { *update = was }(*update)
	*update = true
	t.Run("part", func(t *testing.T) {
		a := Read(t, path)
		a.Check(t, "one.out", "new", "one")
		a.Check(t, "two.more", "x\n", "two")
	})
	*update = false
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := "about\n-- one --\n1\n-- one.out --\nnew\n-- two --\n2\n-- two.more --\nx\n-- two.out --\nkept\n"; string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if text, ok := Read(t, path).File("two.out"); !ok || !strings.Contains(text, "kept") {
		t.Errorf("got %q", text)
	}
}
