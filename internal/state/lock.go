package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Lock keeps a second run away from the same instance and owner. It is
// advisory, and the system drops it when the process ends, however it ends.
type Lock struct {
	f    *os.File
	path string
}

// Acquire takes the lock of an instance and owner in dir, or fails with a
// *LockedError.
func Acquire(dir, instance, owner string) (*Lock, error) {
	if err := makeDir(dir); err != nil {
		return nil, fmt.Errorf("%w; --state-dir sets another folder for the lock", err)
	}
	path := name(dir, ".lock", instance, owner)
	f, err := openLocked(path)
	switch {
	case errors.Is(err, errLocked):
		return nil, &LockedError{Path: path, What: instance + ", owner " + owner, Holder: readHolder(path)}
	case err != nil:
		return nil, failed("locking", path, err)
	}
	if err := writeHolder(f); err != nil {
		f.Close()
		return nil, failed("locking", path, err)
	}
	return &Lock{f: f, path: path}, nil
}

// Release gives the lock back.
func (l *Lock) Release() error {
	// Removed while it is held: whoever has opened it by then finds that it is
	// gone, and opens a new one. Where an open file cannot be removed it stays,
	// which does no harm.
	_ = os.Remove(l.path)
	return failed("releasing the lock", l.path, closeLocked(l.f))
}

var errLocked = errors.New("locked")

// closeLocked gives up the lock of f, and closes it. To close it is not enough: a child
// that this process starts meanwhile has the file open, too, until it runs its program.
func closeLocked(f *os.File) error { return errors.Join(unlock(f), f.Close()) }

// openLocked opens path and locks it. A file that was removed between the two
// is locked by no process, so that it is tried again then.
func openLocked(path string) (*os.File, error) {
	for {
		if fi, err := os.Stat(path); err == nil && !fi.Mode().IsRegular() {
			return nil, &fs.PathError{Op: "open", Path: path, Err: notAFile(fi)}
		}
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, Private)
		if err != nil {
			return nil, err
		}
		if err := tryLock(f); err != nil {
			f.Close()
			return nil, err
		}
		here, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, err
		}
		if there, err := os.Stat(path); err == nil && os.SameFile(here, there) {
			return f, nil
		}
		f.Close()
	}
}

func writeHolder(f *os.File) error {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown host"
	}
	b, _ := json.Marshal(Holder{PID: os.Getpid(), Host: host, Since: now()}) // each field can be encoded
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt(append(b, '\n'), 0)
	return err
}

func readHolder(path string) Holder {
	var h Holder
	f, err := os.Open(path)
	if err != nil {
		return h
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil || json.Unmarshal(b, &h) != nil {
		return Holder{}
	}
	return h
}

// makeDir makes the state directory.
func makeDir(dir string) error {
	if dir == "" {
		return nil
	}
	return failed("making the folder", filepath.Clean(dir), os.MkdirAll(dir, 0o700))
}
