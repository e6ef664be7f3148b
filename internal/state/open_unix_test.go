//go:build unix

package state

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOnlyRegularFilesAreRead: a pipe would wait for a writer and a device may
// never end, so neither is read, nor replaced.
func TestOnlyRegularFilesAreRead(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	for name, try := range map[string]func(string) error{
		"read":       func(path string) error { _, err := ReadRegular(path, 10); return err },
		"applied":    func(path string) error { _, err := readApplied(path); return err },
		"journal":    func(path string) error { _, err := openLocked(path); return err },
		"written":    func(path string) error { return WriteFile(path, Private, write("x")) },
		"to replace": func(path string) error { _, err := OpenExisting(path); return err },
		"proved":     Probe,
	} {
		if err := try(pipe); err == nil || !strings.Contains(err.Error(), "this is a pipe: give a regular file") {
			t.Errorf("a pipe, %s: %v", name, err)
		}
	}
	if _, err := ReadRegular("/dev/zero", 10); err == nil || !strings.Contains(err.Error(), "this is a device") {
		t.Errorf("a device: %v", err)
	}
	long := filepath.Join(t.TempDir(), "long")
	if err := WriteFile(long, Private, write(strings.Repeat("x", 2049))); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadRegular(long, 2048); err == nil || !strings.Contains(err.Error(), "larger than 2 KiB") {
		t.Errorf("a long file: %v", err)
	}
}
