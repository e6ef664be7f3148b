package convert

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Stdin is how a command line names standard input.
const Stdin = "-"

// PlaceError is an error at a byte of a file.
type PlaceError struct {
	Offset int64
	Err    error
}

func (e *PlaceError) Error() string { return fmt.Sprintf("at byte %d: %v", e.Offset, e.Err) }

func (e *PlaceError) Unwrap() error { return e.Err }

// Inputs gives read each file that the arguments name: files, the *.json in folders and
// below, in the order of their names, and standard input. It stops at the first error,
// which it gives the name of the file.
func Inputs(args []string, stdin io.Reader, read func(name string, r io.Reader) error) error {
	for _, arg := range args {
		if arg == Stdin {
			if err := read("<stdin>", stdin); err != nil {
				return fmt.Errorf("<stdin>: %w", err)
			}
			continue
		}
		info, err := os.Stat(arg)
		if err != nil {
			return fmt.Errorf("%s: %s", arg, why(err))
		}
		if info.IsDir() {
			err = folder(arg, read)
		} else {
			err = file(arg, read)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func file(path string, read func(string, io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%s: %s", path, why(err))
	}
	defer f.Close()
	if err := read(path, f); err != nil {
		return placed(path, err)
	}
	return nil
}

// folder reads the files of a folder and of those below. It leaves out hidden ones.
func folder(root string, read func(string, io.Reader) error) error {
	found := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(d.Name(), ".") && path != root
		switch {
		case err != nil:
			return fmt.Errorf("%s: %s", path, why(err))
		case hidden && d.IsDir():
			return filepath.SkipDir
		case hidden, d.IsDir(), !strings.EqualFold(filepath.Ext(path), ".json"):
			return nil
		}
		info, err := os.Stat(path)
		if err == nil && !info.Mode().IsRegular() {
			err = errors.New("this is not a regular file: move it out of the folder")
		}
		if err != nil {
			return fmt.Errorf("%s: %s", path, why(err))
		}
		found++
		return file(path, read)
	})
	if err == nil && found == 0 {
		err = fmt.Errorf("%s: no *.json in this folder, nor below it", root)
	}
	return err
}

// placed is an error with its file and, where the file can be read again, with line and
// column.
func placed(path string, err error) error {
	at, ok := errors.AsType[*PlaceError](err)
	if info, statErr := os.Stat(path); !ok || statErr != nil || !info.Mode().IsRegular() {
		return fmt.Errorf("%s: %w", path, err)
	}
	f, openErr := os.Open(path)
	if openErr != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer f.Close()
	line, column := 1, 1
	in := bufio.NewReader(io.LimitReader(f, max(at.Offset-1, 0)))
	for {
		c, err := in.ReadByte()
		if err != nil {
			break
		}
		if column++; c == '\n' {
			line, column = line+1, 1
		}
	}
	return fmt.Errorf("%s:%d:%d: %w", path, line, column, at.Err)
}

// why is the reason of a file error without the path.
func why(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file or folder"
	case errors.Is(err, fs.ErrPermission):
		return "not allowed to read it"
	}
	return err.Error()
}
