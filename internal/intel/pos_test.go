package intel

import (
	"fmt"
	"testing"
	"unsafe"
)

// TestPos: a place has the line and the column that it was made of, up to the ends of
// what a file can have. A column that is too large is not known, and its line stays.
func TestPos(t *testing.T) {
	for _, c := range []struct{ line, column, wantLine, wantColumn int }{
		{0, 0, 0, 0},
		{1, 1, 1, 1},
		{1, 1 << 30, 1, 1 << 30},                 // a file of 1 GiB in one line
		{999, 1<<29 - 1, 999, 1<<29 - 1},         // half a file
		{1 << 20, 1<<18 - 1, 1 << 20, 1<<18 - 1}, // a million lines of JSON
		{1 << 20, 1 << 18, 1 << 20, 0},
		{25_000_000, 16_383, 25_000_000, 16_383}, // a million groups
		{25_000_000, 16_384, 25_000_000, 0},
		{1 << 30, 255, 1 << 30, 255}, // a file of line ends
		{1 << 30, 256, 1 << 30, 0},
		{1<<31 - 1, 7, 1<<31 - 1, 7},
		{1 << 31, 7, 0, 0},
		{0, 5, 0, 5},
		{-1, 5, 0, 0},
		{5, -1, 5, 0},
	} {
		for _, file := range []string{"", "m.yaml"} {
			p := At(file, c.line, c.column)
			if p.File() != file || p.Line() != c.wantLine || p.Column() != c.wantColumn {
				t.Errorf("%q %d:%d is %q %d:%d, want %d:%d", file, c.line, c.column, p.File(), p.Line(), p.Column(), c.wantLine, c.wantColumn)
			}
		}
	}
	if At("", 0, 0) != (Pos{}) || At("a", 1, 2) != place(files.Number("a"), 1, 2) || At("a", 1, 2) == At("b", 1, 2) {
		t.Error("places do not compare")
	}
}

// TestPosOfManyFiles: each of tens of thousands of files is named in its places. Beyond
// the numbers that a place has room for, no place names a wrong file.
func TestPosOfManyFiles(t *testing.T) {
	for i := range 40_000 {
		name := fmt.Sprintf("folder/%d.yaml", i)
		if got := At(name, 7, 3).String(); got != name+":7:3" {
			t.Fatalf("the place of %s is %s", name, got)
		}
	}
	if p := place(lastFile, 7, 3); p.packed>>(widthBits+restBits) != lastFile || p.Line() != 7 || p.Column() != 3 {
		t.Errorf("the place of the last file is %x", p.packed)
	}
	if got := place(lastFile+1, 7, 3).String(); got != ":7:3" {
		t.Errorf("the place of a file without a number is %s", got)
	}
}

// TestSizes: what a manifest has millions of stays small.
func TestSizes(t *testing.T) {
	for what, size := range map[string][2]uintptr{
		"Pos":    {unsafe.Sizeof(Pos{}), 8},
		"Ref":    {unsafe.Sizeof(Ref{}), 40},
		"Object": {unsafe.Sizeof(Object{}), 96},
		"Edge":   {unsafe.Sizeof(Edge{}), 24},
	} {
		if size[0] > size[1] {
			t.Errorf("%s takes %d bytes, more than %d", what, size[0], size[1])
		}
	}
}
