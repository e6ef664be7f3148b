package state

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func write(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func names(t *testing.T, dir string) string {
	t.Helper()
	es, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range es {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

// TestRenameIsSynced: the folder is synced once the file has its new name, and not
// where that has failed.
func TestRenameIsSynced(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "new"), filepath.Join(dir, "file")
	must(t, os.WriteFile(from, []byte("two"), 0o600), os.WriteFile(to, []byte("one"), 0o600))
	var synced []string
	sync := func(folder string) { synced = append(synced, folder+": "+read(t, to)) }
	must(t, rename(from, to, sync))
	if err := rename(from, to, sync); err == nil {
		t.Error("a file that is gone was renamed")
	}
	if want := dir + ": two"; len(synced) != 1 || synced[0] != want {
		t.Errorf("synced %q, want %q", synced, want)
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report.csv")
	if err := WriteFile(path, Private, write("one")); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err := WriteFile(path, Private, func(w io.Writer) error {
		if _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	if got := read(t, path); got != "one" {
		t.Errorf("half a file: %q", got)
	}
	if err := WriteFile(path, Private, write("two")); err != nil {
		t.Fatal(err)
	}
	if err := Probe(path); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != "two" {
		t.Errorf("got %q", got)
	}
	if got := names(t, dir); got != "report.csv" {
		t.Errorf("left behind: %s", got)
	}
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != Private {
		t.Errorf("%v, %v", fi.Mode(), err)
	}
}

func TestWriteFileThroughLink(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	if err := os.WriteFile(real, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", link); err != nil {
		t.Skip(err)
	}
	if err := WriteFile(link, Private, write("new")); err != nil {
		t.Fatal(err)
	}
	if fi, err := os.Lstat(link); err != nil || fi.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is none any more: %v, %v", fi, err)
	}
	if got := read(t, real); got != "new" {
		t.Errorf("got %q", got)
	}
}

func TestWriteFileElsewhere(t *testing.T) {
	dir := t.TempDir()
	if err := WriteFile(os.DevNull, Private, write("x")); err == nil {
		t.Error("a device was written to")
	}
	if fi, err := os.Stat(os.DevNull); err != nil || fi.Mode().IsRegular() {
		t.Fatalf("%s is a file now: %v", os.DevNull, err)
	}
	missing := filepath.Join(dir, "no", "report.csv")
	for _, f := range []func() error{
		func() error { return WriteFile(missing, Private, write("x")) },
		func() error { return Probe(missing) },
	} {
		err := f()
		if err == nil || !strings.Contains(err.Error(), missing) || !strings.Contains(err.Error(), "make the folder first") {
			t.Errorf("got %v", err)
		}
	}
	for _, err := range []error{WriteFile(dir, Private, write("x")), Probe(dir)} {
		if err == nil || !strings.Contains(err.Error(), "this is a folder") {
			t.Errorf("got %v", err)
		}
	}
}

func TestFullDisk(t *testing.T) {
	err := failed("writing", "ids.csv", &fs.PathError{Op: "write", Path: ".ids.csv.1.tmp", Err: syscall.ENOSPC})
	if want := "writing ids.csv: no space left on device: free some space, or choose another place"; err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// TestOnlyRegularFilesAreReplaced: a device would lose what a run leaves.
func TestOnlyRegularFilesAreReplaced(t *testing.T) {
	for _, device := range []string{"/dev/null", "/dev/full"} {
		if _, err := os.Stat(device); err != nil {
			t.Skip(err)
		}
		link := filepath.Join(t.TempDir(), "link.csv")
		if err := os.Symlink(device, link); err != nil {
			t.Skip(err)
		}
		for _, path := range []string{device, link} {
			_, opened := OpenExisting(path)
			for _, err := range []error{Probe(path), opened, WriteFile(path, Private, write("x"))} {
				if err == nil || !strings.Contains(err.Error(), "this is a device: give a regular file") {
					t.Errorf("%s: %v", path, err)
				}
			}
		}
	}
}

func TestName(t *testing.T) {
	a := name("d", ".lock", "app.threatconnect.com", "Demo Community")
	b := name("d", ".lock", "app.threatconnect.com", "Demo-Community")
	if a == b {
		t.Errorf("two owners share %s", a)
	}
	if got := filepath.Base(name("", ".journal", "../../etc", "a/b\x00")); strings.ContainsAny(got, "/\x00") || !strings.HasPrefix(got, "tcimport-etc-a-b-") {
		t.Errorf("got %s", got)
	}
}

// TestDanglingLinkStays: a link to a file that does not exist yet stays a link,
// and the file is made where it leads to.
func TestDanglingLinkStays(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "share"), 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "ids.csv")
	if err := errors.Join(os.Symlink("share/second", link), os.Symlink("real.csv", filepath.Join(dir, "share/second"))); err != nil {
		t.Skip(err)
	}
	if err := errors.Join(Probe(link), WriteFile(link, Private, write("new"))); err != nil {
		t.Fatal(err)
	}
	if fi, err := os.Lstat(link); err != nil || fi.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", fi, err)
	}
	if got := read(t, filepath.Join(dir, "share", "real.csv")); got != "new" {
		t.Errorf("got %q", got)
	}
	if err := os.Symlink("nowhere/ids.csv", filepath.Join(dir, "lost")); err != nil {
		t.Fatal(err)
	}
	if err := Probe(filepath.Join(dir, "lost")); err == nil || !strings.Contains(err.Error(), "make the folder first") {
		t.Errorf("a link into a folder that does not exist: %v", err)
	}
}
