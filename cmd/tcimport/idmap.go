package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"tcimport/internal/baseline"
	"tcimport/internal/message"
	"tcimport/internal/report"
	"tcimport/internal/state"
)

// idMap is the report of an earlier run; nil is none.
type idMap struct {
	path string
	ids  baseline.IDMap
	meta report.Meta
}

// openIDMap opens the id-map; nil if none is named. If the file does not exist, this is
// the first run.
func (p *program) openIDMap(path string) (*os.File, error) {
	switch path {
	case "":
		return nil, nil
	case "-":
		return nil, errors.New("--id-map -: give a file, or leave --id-map out on the first run")
	}
	f, err := state.OpenRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		if !p.global.quiet {
			p.logger().Warn("--id-map: " + path + " does not exist: assuming that this is the first run")
		}
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("--id-map: %w", err)
	}
	return f, nil
}

// readIDMap reads the id-map that openIDMap has opened.
func readIDMap(f *os.File, path string) (*idMap, error) {
	if f == nil {
		return nil, nil
	}
	defer f.Close()
	m := &idMap{path: path}
	var err error
	m.ids, m.meta, err = report.ReadIDMap(f, path)
	return m, err
}

// replaced are the rows of the report that a run replaces, if there is one. The
// report of another instance or namespace is not replaced.
func replaced(path string, meta report.Meta) report.Rows {
	return func(yield func(*report.Row, error) bool) {
		f, err := state.OpenExisting(path)
		if err != nil {
			yield(nil, fmt.Errorf("--report %s: %w", path, err))
			return
		}
		if f == nil {
			return
		}
		defer f.Close()
		report.ReadReplaced(f, path, meta)(yield)
	}
}

func noIDMap() baseline.IDMap { return nil }

func (m *idMap) groups() baseline.IDMap {
	if m == nil {
		return nil
	}
	return m.ids
}

// rows are all rows of the id-map. They are read from the file each time,
// because the rows of very many groups take much memory.
func (m *idMap) rows(yield func(*report.Row, error) bool) {
	if m == nil {
		return
	}
	f, err := state.OpenRegular(m.path)
	if err != nil {
		yield(nil, fmt.Errorf("--id-map: %w", err))
		return
	}
	defer f.Close()
	report.ReadRows(f, m.path)(yield)
}

// check refuses an id-map of another instance or namespace: its IDs mean other
// groups, its keys other things.
func (m *idMap) check(host, namespace string) error {
	switch {
	case m == nil || m.meta.Instance == "":
		return nil
	case m.meta.Instance != host:
		return refused("--id-map: %s is the report of an import into %s, but this import goes to %s: give the report of this import", m.path, m.meta.Instance, host)
	case m.meta.Namespace != namespace:
		return refused("--id-map: %s is the report of the namespace %s, but this import has %s: give the report of this import",
			m.path, message.Quote(m.meta.Namespace), message.Quote(namespace))
	}
	return nil
}
