package golden

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Section compares got with the part of a file between two lines.
func Section(t testing.TB, path, begin, end, got string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin+"\n")
	have, after, closed := strings.Cut(rest, end+"\n")
	switch {
	case !ok || !closed:
		t.Fatalf("%s does not have the lines %s and %s", path, begin, end)
	case *update:
		write(t, path, []byte(before+begin+"\n"+got+end+"\n"+after))
	case have != got:
		t.Errorf("%s (-update rewrites it), -want +got:\n%s", path, cmp.Diff(have, got))
	}
}
