package reader

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tcimport/internal/csvscan"
	"tcimport/internal/intel"
)

// maxText is the size of the largest file that fileTextFrom and valueFrom take.
const maxText = 10 << 20

// allow adds a folder that paths in manifests may lead into.
func (l *loader) allow(dir string) {
	if !isDir(dir) {
		l.problems.Errorf(intel.At(dir, 0, 0), "--allow-path: no such folder")
		return
	}
	l.allowed = append(l.allowed, RealPath(dir))
}

// errOutside is what a path gets that leaves the folders it may lead into.
var errOutside = errors.New("outside the manifest's folder: move it there, or allow its folder with --allow-path DIR")

// openBeside opens the file that a manifest in dir calls path, and returns its
// name for messages; most is its greatest size in bytes. The path and the target of its links must be in dir or in
// an allowed folder. os.Root makes sure that a link that changes meanwhile
// cannot lead elsewhere.
func (l *loader) openBeside(dir, path string, most int64, tooLarge error) (f io.ReadCloser, name string, err error) {
	name = path
	if !filepath.IsAbs(path) {
		name = filepath.Join(dir, path)
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, name, err
	}
	real, missing := filepath.EvalSymlinks(abs)
	if missing != nil {
		real = realOfMissing(abs)
	}
	for _, folder := range append([]string{RealPath(dir)}, l.allowed...) {
		rel, err := filepath.Rel(folder, real)
		switch {
		case err != nil || !filepath.IsLocal(rel):
			continue
		case missing != nil:
			return nil, name, missing
		}
		f, err := openIn(folder, rel)
		if err != nil {
			return nil, name, err
		}
		limited, err := limitFile(f, most, tooLarge)
		return limited, name, err
	}
	return nil, name, errOutside
}

// realOfMissing resolves the existing part of a path. A message must not
// reveal whether a file outside the allowed folders exists.
func realOfMissing(abs string) string {
	for dir, rest := filepath.Dir(abs), filepath.Base(abs); ; dir, rest = filepath.Dir(dir), filepath.Join(filepath.Base(dir), rest) {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			return filepath.Join(real, rest)
		}
		if dir == filepath.Dir(dir) {
			return abs
		}
	}
}

func openIn(dir, rel string) (*os.File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(rel)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	return root.Open(rel)
}

// textFile reads the text that fileTextFrom or valueFrom names.
func (l *loader) textFile(dir, path string) (string, error) {
	f, _, err := l.openBeside(dir, strings.TrimSpace(path), maxText, errTextTooLarge)
	if err != nil {
		return "", errors.New(why(err))
	}
	defer f.Close()
	text, err := readText(f)
	var at *csvscan.Error
	switch {
	case errors.As(err, &at):
		return "", fmt.Errorf("line %d: %s", at.Line, at.Message)
	case err != nil:
		return "", errors.New(why(err))
	case len(text) == 0:
		return "", errors.New("the file is empty")
	}
	return string(text), nil
}

var errTextTooLarge = fmt.Errorf("larger than %d MiB", maxText>>20)
