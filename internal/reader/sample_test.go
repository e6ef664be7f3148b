package reader

import (
	"fmt"
	"strings"
	"testing"
)

// TestSampleIsBounded: of a file that goes on, only whole rows count, and a first line
// without an end is no header.
func TestSampleIsBounded(t *testing.T) {
	b := Beginning{Text: []byte("id,name\n1,first\n2,seco"), Cut: true, File: "feed.csv", Rows: 10}
	s, problems := b.Sample()
	if s == nil || len(s.Rows) != 1 || !s.Cut || len(s.Bad) > 0 {
		t.Errorf("a file that goes on: %+v, %v", s, problems)
	}
	b.Rows, b.Cut = 1, false
	if s, _ := b.Sample(); len(s.Rows) != 1 || !s.Cut || s.Own {
		t.Errorf("more rows than are wanted: %+v", s)
	}
	b.Rows = 10
	if s, _ := b.Sample(); len(s.Rows) != 2 || s.Cut {
		t.Errorf("the whole file: %+v", s)
	}
	b.Text, b.Cut = []byte(strings.Repeat("x", 2<<20)), true
	if s, problems := b.Sample(); s != nil || len(problems) != 1 || !strings.Contains(fmt.Sprint(problems), "the first line is longer than 2 MiB") {
		t.Errorf("a line without an end: %v", problems)
	}
	b.Text, b.Cut = []byte("id,name\n1,\"never closed\n"), false
	if s, _ := b.Sample(); s == nil || len(s.Bad) != 1 {
		t.Errorf("a broken row: %+v", s)
	}
	b.Text = []byte("type,name\n")
	if s, _ := b.Sample(); !s.Own {
		t.Errorf("the columns of a manifest: %+v", s)
	}
}
