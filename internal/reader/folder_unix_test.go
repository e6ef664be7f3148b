//go:build unix

package reader

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPipeInAFolder: the manifests of a folder are read without waiting for
// whoever may write to a pipe among them.
func TestPipeInAFolder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.yaml", "b.csv"} {
		path := filepath.Join(dir, name)
		if err := unix.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		go func() { // ends what is waited for, if it is
			if f, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil {
				f.Close()
			}
		}()
		t.Cleanup(func() {
			if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
				f.Close()
			}
		})
	}
	_, problems := Read([]string{dir}, Options{})
	if len(problems) != 2 {
		t.Fatalf("%d problems: %v", len(problems), problems)
	}
	for _, p := range problems {
		if !strings.Contains(p.Message, "not a regular file") {
			t.Error(p)
		}
	}
}
