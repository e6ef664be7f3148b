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
// file beside it, which takes its name once it is on the disk. What is no regular
// file is refused: a device may take nothing of it, and keeps nothing.
func WriteFile(path string, mode fs.FileMode, write func(io.Writer) error) error {
	return failed("writing", path, beside(path,
		func(f *os.File) error { return fill(f, mode, write) },
		func(tmp, target string) error { return rename(tmp, target, syncDir) }))
}

// Probe proves that WriteFile can write path, without changing anything there.
func Probe(path string) error {
	return failed("writing", path, beside(path,
		// A full disk takes an empty file, but not one byte in it.
		func(f *os.File) error { _, err := f.Write(make([]byte, 4096)); return err },
		func(tmp, _ string) error { return os.Remove(tmp) }))
}

// beside fills a new file in the folder of the file that path leads to: renaming works
// within one file system only. finish gets the names of both. If anything fails, the
// new file is removed.
func beside(path string, fill func(*os.File) error, finish func(tmp, target string) error) error {
	target, err := resolve(path)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*.tmp")
	if err != nil {
		return err
	}
	err = fill(tmp)
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = finish(tmp.Name(), target)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// rename gives a file the name of another one, and syncs the folder after that: a
// power cut must not bring the old file back.
func rename(from, to string, sync func(dir string)) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	sync(filepath.Dir(to))
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

// resolve follows links, so that a link stays one: also one to a file that does
// not exist yet.
func resolve(path string) (target string, err error) {
	fi, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return linked(path)
	case err != nil:
		return "", err
	case !fi.Mode().IsRegular():
		return "", notAFile(fi)
	}
	return filepath.EvalSymlinks(path)
}

// linked is where a link leads to that leads to nothing yet; path itself where it
// is no link.
func linked(path string) (string, error) {
	const most = 40
	for range most {
		to, err := os.Readlink(path)
		if err != nil {
			return path, nil
		}
		if !filepath.IsAbs(to) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(path))
			if err != nil {
				return "", err
			}
			to = filepath.Join(dir, to)
		}
		path = to
	}
	return "", fmt.Errorf("more than %d symbolic links", most)
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

// Remove removes a file; a link to it stays.
func Remove(path string) error {
	target, err := resolve(path)
	if err == nil {
		err = os.Remove(target)
	}
	return failed("removing", path, err)
}
