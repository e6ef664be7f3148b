package state

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"time"
)

// mostApplied is how many applied plans are remembered.
const mostApplied = 1000

// applied is a plan that was carried out as a whole.
type applied struct {
	Plan string    `json:"plan"`
	At   time.Time `json:"at"`
}

func appliedPath(dir string, s Scope) string { return name(dir, ".applied", s.Instance, s.Namespace) }

// Applied is when a plan was carried out as a whole; false if no run has done so, as
// far as is known.
func Applied(dir string, scope Scope, planID string) (time.Time, bool, error) {
	list, err := readApplied(appliedPath(dir, scope))
	if err != nil {
		return time.Time{}, false, err
	}
	for _, a := range list {
		if a.Plan == planID {
			return a.At, true, nil
		}
	}
	return time.Time{}, false, nil
}

// markApplied adds a plan to those that were carried out.
func markApplied(dir string, scope Scope, planID string) error {
	path := appliedPath(dir, scope)
	list, err := readApplied(path)
	if err != nil {
		return err
	}
	list = append(list, applied{planID, now()})
	list = list[max(0, len(list)-mostApplied):]
	return WriteFile(path, Private, func(w io.Writer) error { return encodeApplied(w, list) })
}

func encodeApplied(w io.Writer, list []applied) error {
	e := json.NewEncoder(w)
	for _, a := range list {
		if err := e.Encode(a); err != nil {
			return err
		}
	}
	return nil
}

func readApplied(path string) ([]applied, error) {
	data, err := ReadRegular(path, mostApplied*512)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, failed("reading", path, err)
	}
	return decodeApplied(data, path)
}

func decodeApplied(data []byte, path string) ([]applied, error) {
	var list []applied
	s := bufio.NewScanner(bytes.NewReader(data))
	for line := 1; s.Scan(); line++ {
		var a applied
		if err := json.Unmarshal(s.Bytes(), &a); err != nil || a.Plan == "" {
			return nil, &CorruptError{Path: path, Line: line, Reason: "not a record of an applied plan"}
		}
		list = append(list, a)
	}
	if err := s.Err(); err != nil {
		return nil, &CorruptError{Path: path, Reason: err.Error()}
	}
	return list, nil
}
