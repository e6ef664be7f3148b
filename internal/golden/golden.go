// Package golden compares what tests make with files of testdata, and rewrites
// these files where tests run with -update. Only tests import it.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// File compares got with the file testdata/name.
func File(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		// A part of a test makes a part of the file: the rest would be lost.
		if strings.Contains(flag.Lookup("test.run").Value.String(), "/") {
			t.Fatalf("%s: -update needs the whole test: leave out what follows the / of -run", path)
		}
		write(t, path, []byte(got))
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-update rewrites it), -want +got:\n%s", path, diff)
	}
}

// Archive is a txtar file that holds input and output together. What a test does
// not check stays as it is.
type Archive struct {
	Comment string
	Files   []txtar.File

	path    string
	changed bool
}

// Read reads an archive. With -update what was checked is saved when t ends.
func Read(t testing.TB, path string) *Archive {
	t.Helper()
	path, err := filepath.Abs(path) // a test may change its folder
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a := &Archive{Comment: string(parsed.Comment), Files: parsed.Files, path: path}
	t.Cleanup(func() {
		if a.changed {
			write(t, path, txtar.Format(&txtar.Archive{Comment: parsed.Comment, Files: a.Files}))
		}
	})
	return a
}

// File is the text of a file of the archive.
func (a *Archive) File(name string) (text string, ok bool) {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data), true
		}
	}
	return "", false
}

// Check compares got with a file of the archive. With -update the file becomes
// that; a new one stands behind the file that is called after, else at the end.
func (a *Archive) Check(t testing.TB, name, got, after string) {
	t.Helper()
	if got != "" && !strings.HasSuffix(got, "\n") {
		got += "\n"
	}
	want, ok := a.File(name)
	switch {
	case !*update:
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s in %s (-update rewrites it), -want +got:\n%s", name, filepath.Base(a.path), diff)
		}
	case !ok || want != got:
		a.set(name, got, after)
	}
}

func (a *Archive) set(name, text, after string) {
	a.changed = true
	at := len(a.Files)
	for i := range a.Files {
		switch a.Files[i].Name {
		case name:
			a.Files[i].Data = []byte(text)
			return
		case after:
			at = i + 1
		}
	}
	a.Files = append(a.Files[:at:at], append([]txtar.File{{Name: name, Data: []byte(text)}}, a.Files[at:]...)...)
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}
