package state

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// OpenRegular opens a file for reading, and nothing else: to open a pipe waits
// until something writes to it, and a device may never end.
func OpenRegular(path string) (*os.File, error) {
	fi, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, &fs.PathError{Op: "open", Path: path, Err: reason(err)}
	case !fi.Mode().IsRegular():
		return nil, &fs.PathError{Op: "open", Path: path, Err: notAFile(fi)}
	}
	return os.Open(path)
}

// ReadRegular reads a file of at most so many bytes.
func ReadRegular(path string, most int64) ([]byte, error) {
	f, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadAll(f, path, most)
}

// ReadAll reads at most so many bytes of a file, which path is the name of.
func ReadAll(r io.Reader, path string, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(b)) > most:
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("larger than %d KiB: this is not the right file", most>>10)}
	}
	return b, nil
}

// OpenExisting opens what WriteFile would replace. It is nil where nothing would
// be lost: there is no file yet, or it is empty. Its error does not name the path.
func OpenExisting(path string) (*os.File, error) {
	target, err := resolve(path)
	if err != nil {
		return nil, reason(err)
	}
	f, err := os.Open(target)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, reason(err)
	}
	if fi, err := f.Stat(); err == nil && fi.Size() == 0 {
		f.Close()
		return nil, nil
	}
	return f, nil
}

// notAFile says what something is that should be a file.
func notAFile(fi fs.FileInfo) error {
	what := "a device"
	switch mode := fi.Mode(); {
	case mode.IsDir():
		what = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		what = "a pipe"
	case mode&fs.ModeSocket != 0:
		what = "a socket"
	}
	return fmt.Errorf("this is %s: give a regular file", what)
}
