package manifest_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/manifest"
)

// unread fails whoever reads it.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("read on")
	return 0, errors.New("read on")
}

// TestReadOriginStops: of what is no manifest of ours only the beginning is read,
// however long it or its first line is.
func TestReadOriginStops(t *testing.T) {
	for _, begins := range []string{"groups:\n", strings.Repeat("x", 1<<16)} {
		o, err := manifest.ReadOrigin(io.MultiReader(strings.NewReader(begins), unread{t}))
		if err != nil || !o.Edited || o.FirstLine != "" {
			t.Errorf("%.10q: %+v, %v", begins, o, err)
		}
	}
}

// TestReadOriginOfLongLines: a value of megabytes is a line.
func TestReadOriginOfLongLines(t *testing.T) {
	var b bytes.Buffer
	y := manifest.NewYAML(&b, manifest.Head{FirstLine: "Ours."})
	if err := y.Group(&intel.Group{Name: strings.Repeat("long ", 100_000) + "end"}); err != nil {
		t.Fatal(err)
	}
	if err := y.Close(); err != nil {
		t.Fatal(err)
	}
	for text, edited := range map[string]bool{b.String(): false, strings.Replace(b.String(), "g l", "g  l", 1): true} {
		o, err := manifest.ReadOrigin(strings.NewReader(text))
		if err != nil || o.Edited != edited || o.FirstLine != "Ours." {
			t.Errorf("edited %t: %+v, %v", edited, o, err)
		}
	}
}
