package state

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Private is the mode of everything that a run writes: reports, journals and
// plans hold what an instance keeps from others.
const Private fs.FileMode = 0o600

// WriteFile writes a file whole or not at all: what write gives goes to a new
// file beside it, which takes its name once it is on the disk. Whatever is no
// ordinary file (a terminal, a pipe, /dev/null) is written to as it is.
func WriteFile(path string, mode fs.FileMode, write func(io.Writer) error) error {
	target, special, err := resolve(path)
	if err != nil {
		return failed("writing", path, err)
	}
	if special {
		return writeTo(path, target, write)
	}
	tmp, err := createBeside(target)
	if err != nil {
		return failed("writing", path, err)
	}
	err = fill(tmp, mode, write)
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), target)
	}
	if err != nil {
		os.Remove(tmp.Name())
		return failed("writing", path, err)
	}
	syncDir(filepath.Dir(target))
	return nil
}

func fill(f *os.File, mode fs.FileMode, write func(io.Writer) error) error {
	if err := f.Chmod(mode); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Sync()
}

// Probe proves that WriteFile can write path, without changing anything there.
func Probe(path string) error {
	target, special, err := resolve(path)
	if err != nil {
		return failed("writing", path, err)
	}
	if special {
		f, err := os.OpenFile(target, os.O_WRONLY, 0)
		if err != nil {
			return failed("writing", path, err)
		}
		return failed("writing", path, f.Close())
	}
	tmp, err := createBeside(target)
	if err != nil {
		return failed("writing", path, err)
	}
	// A full disk takes an empty file, but not one byte in it.
	_, err = tmp.Write(make([]byte, 4096))
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if rerr := os.Remove(tmp.Name()); err == nil {
		err = rerr
	}
	return failed("writing", path, err)
}

// resolve follows links, so that a link stays one, and tells what is no
// ordinary file.
func resolve(path string) (target string, special bool, err error) {
	target = path
	if link, err := filepath.EvalSymlinks(path); err == nil {
		target = link
	}
	fi, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return target, false, nil
	case err != nil:
		return "", false, err
	case fi.IsDir():
		return "", false, fmt.Errorf("it is a folder")
	}
	return target, !fi.Mode().IsRegular(), nil
}

func writeTo(path, target string, write func(io.Writer) error) error {
	f, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		return failed("writing", path, err)
	}
	w := bufio.NewWriterSize(f, 1<<16)
	err = write(w)
	if ferr := w.Flush(); err == nil {
		err = ferr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return failed("writing", path, err)
}

// createBeside makes a new file in the folder of target: renaming works within
// one file system only.
func createBeside(target string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*.tmp")
}

// syncDir makes a rename last. Not every system can, and the file is whole
// either way.
func syncDir(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	defer d.Close()
	_ = d.Sync()
}
