package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"slices"
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
	i := slices.IndexFunc(list, func(a applied) bool { return a.Plan == planID })
	if i < 0 {
		return time.Time{}, false, nil
	}
	return list[i].At, true, nil
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
	for d := json.NewDecoder(bytes.NewReader(data)); ; {
		var a applied
		switch err := d.Decode(&a); {
		case err == io.EOF:
			return list, nil
		case err != nil || a.Plan == "":
			return nil, &CorruptError{Path: path, Line: len(list) + 1, Reason: "not a record of an applied plan"}
		}
		list = append(list, a)
	}
}
