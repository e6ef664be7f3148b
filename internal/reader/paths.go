package reader

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"tcimport/internal/intel"
)

// maxText is the size of the largest file that fileTextFrom and valueFrom take.
const maxText = 10 << 20

// allowedDir is a folder that paths in manifests may lead into.
type allowedDir struct{ real string }

// allow adds a folder that manifests may read from.
func (l *loader) allow(dir string) {
	if !isDir(dir) {
		l.problems.Errorf(intel.At(dir, 0, 0), "--allow-path: no such folder")
		return
	}
	l.allowed = append(l.allowed, allowedDir{RealPath(dir)})
}

// errOutside is what a path gets that leaves the folders it may lead into.
var errOutside = errors.New("outside the manifest's folder: move it there, or allow its folder with --allow-path DIR")

// openBeside opens the file that a manifest in dir calls path, and returns its
// name for messages. The path and the target of its links must be in dir or in
// an allowed folder. os.Root makes sure that a link that changes meanwhile
// cannot lead elsewhere.
func (l *loader) openBeside(dir, path string) (f *os.File, name string, err error) {
	name = path
	if !filepath.IsAbs(path) {
		name = filepath.Join(dir, path)
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, name, err
	}
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		if !l.within(dir, realOfMissing(abs)) {
			return nil, name, errOutside
		}
		return nil, name, err
	}
	for _, folder := range append([]allowedDir{{RealPath(dir)}}, l.allowed...) {
		rel, ok := relative(folder.real, real)
		if !ok {
			continue
		}
		f, err := openIn(folder.real, rel)
		return f, name, err
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

func (l *loader) within(dir, real string) bool {
	for _, folder := range append([]allowedDir{{RealPath(dir)}}, l.allowed...) {
		if _, ok := relative(folder.real, real); ok {
			return true
		}
	}
	return false
}

func relative(dir, path string) (string, bool) {
	rel, err := filepath.Rel(dir, path)
	return rel, err == nil && filepath.IsLocal(rel)
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
	f, _, err := l.openBeside(dir, strings.TrimSpace(path))
	if err != nil {
		return "", errors.New(why(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxText+1))
	if err != nil {
		return "", errors.New(why(err))
	}
	if len(data) > maxText {
		return "", fmt.Errorf("larger than %d MiB", maxText>>20)
	}
	data, err = decodeText(data)
	if err != nil {
		return "", err
	}
	if len(data) == 0 {
		return "", errors.New("the file is empty")
	}
	return string(data), nil
}

// decodeText is text as UTF-8, without a byte order mark.
func decodeText(data []byte) ([]byte, error) {
	r, err := decoded(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if line, what := badText(text); line > 0 {
		return nil, fmt.Errorf("line %d: %s", line, what)
	}
	return text, nil
}

// badText finds the first line of text that is not UTF-8 or holds a NUL.
func badText(text []byte) (line int, what string) {
	for start := 0; start < len(text); {
		line++
		end := len(text)
		if i := bytes.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i + 1
		}
		if what := badLine(text[start:end]); what != "" {
			return line, what
		}
		start = end
	}
	return 0, ""
}

// badLine is the reason why text is not UTF-8, "" if it is.
func badLine(text []byte) string {
	if bytes.IndexByte(text, 0) >= 0 {
		return "a NUL byte: the file must be UTF-8, or UTF-16 with a byte order mark"
	}
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return fmt.Sprintf("the byte 0x%X is not UTF-8: save the file as UTF-8 (spreadsheets: CSV UTF-8), or convert it: iconv -f WINDOWS-1252 -t UTF-8", text[i])
		}
		i += size
	}
	return ""
}
