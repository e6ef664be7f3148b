package state

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// A run that writes has a record, which undo needs. It is a file in a folder beside
// the journal. Before the first write, it gets what the plan is to change or to
// delete, and the objects that are to be made. Of groups that are to be created it
// gets nothing then: what becomes of them says it all. The outcomes of all writes are
// in the journal. They are copied from there when the run ends; if it was killed, when
// the next run begins. So a record costs nothing for each write.
//
// What is copied is a part, and ends with a line that says so. A part without an end is
// void: either the journal has all of it, and the next run copies it again, or the
// record is incomplete. If several runs carry out a plan, each begins a part before it
// writes.

// runVersion is the version of the record of a run. That of version 1 is read, too: its
// parts have no beginning and no end.
const runVersion = 2

// The lines of a record beside those of the journal. A part ends with recordEnd.
const (
	recordChange = "change" // a group that was there before
	recordNew    = "new"    // an object that is to be made
	recordPart   = "part"   // what became of writes follows
)

// RunHead says which run a record is of. It is the first line of the record.
type RunHead struct {
	Record    string    `json:"record"`
	Version   int       `json:"version"`
	Instance  string    `json:"instance"`
	Namespace string    `json:"namespace,omitempty"`
	Plan      string    `json:"plan"`
	Report    string    `json:"report"` // its path, from the folder of the state
	At        time.Time `json:"at"`     // when it began, by the clock of this machine: runs are in this order
	Began     time.Time `json:"began"`  // likewise, by the clock of the instance: that is less exact
}

// Scope is what the journal of the run is of.
func (h *RunHead) Scope() Scope { return Scope{h.Instance, h.Namespace} }

// runLine is any other line that is not from the journal.
type runLine struct {
	Record  string       `json:"record"`
	Version int          `json:"version,omitempty"` // of the head
	Change  *plan.Action `json:"change,omitempty"`

	// Of an object that is to be made: all of it, or what says all.
	Object *plan.Object `json:"object,omitempty"`
	Kind   intel.Kind   `json:"kind,omitzero"`
	Type   string       `json:"type,omitempty"`
	Name   string       `json:"name,omitempty"`
	Owner  string       `json:"owner,omitempty"`
}

const runSuffix = ".run"

func runsDir(dir string, s Scope) string { return name(dir, ".runs", s.Instance, s.Namespace) }

func runPath(dir string, s Scope, planID string) string {
	return filepath.Join(runsDir(dir, s), planID+runSuffix)
}

// reportName is the path of a report from the folder of the state: both can be moved
// together.
func reportName(dir, report string) string {
	from, err1 := filepath.Abs(dir)
	to, err2 := filepath.Abs(report)
	if rel, err := filepath.Rel(from, to); err1 == nil && err2 == nil && err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(report)
}

// dropRuns removes the records of older runs of the same report. One that cannot be read
// stays; one that cannot be removed does no harm, and the next run tries again.
func dropRuns(dir string, of RunHead, keep int) {
	runs, _, _ := headsIn(runsDir(dir, of.Scope()))
	runs = slices.DeleteFunc(runs, func(h RunHead) bool { return h.Report != of.Report || h.Plan == of.Plan })
	for _, h := range runs[min(keep-1, len(runs)):] {
		_ = Remove(runPath(dir, h.Scope(), h.Plan))
	}
}

// Unreadable is a record that cannot be read: it can be of any report.
type Unreadable struct {
	Err   error
	Since time.Time // when it was written last
}

// Runs are the runs of an instance that have written a report and have a record, the newest
// one first, and the records beside them that cannot be read.
func Runs(dir, instance, report string) ([]RunHead, []Unreadable, error) {
	folders, err := filepath.Glob(filepath.Join(escapeGlob(dir), "tcimport-*.runs"))
	if err != nil {
		return nil, nil, failed("reading", dir, err)
	}
	var out []RunHead
	var unreadable []Unreadable
	for _, folder := range folders {
		heads, more, err := headsIn(folder)
		if err != nil {
			return nil, nil, err
		}
		unreadable = append(unreadable, more...)
		for _, h := range heads {
			if h.Instance == instance && h.Report == reportName(dir, report) {
				out = append(out, h)
			}
		}
	}
	newestFirst(out)
	return out, unreadable, nil
}

func newestFirst(runs []RunHead) {
	slices.SortStableFunc(runs, func(a, b RunHead) int { return b.At.Compare(a.At) })
}

// escapeGlob is a path that stands for itself in a pattern.
func escapeGlob(path string) string {
	return strings.NewReplacer(`[`, `[[]`, `*`, `[*]`, `?`, `[?]`).Replace(path)
}

// headsIn are the heads of the records in a folder, the newest one first, and the records
// that cannot be read.
func headsIn(folder string) (out []RunHead, unreadable []Unreadable, err error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, failed("reading", folder, err)
	}
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) != runSuffix {
			continue
		}
		head, err := readHead(filepath.Join(folder, e.Name()))
		if err == nil {
			out = append(out, head)
			continue
		}
		u := Unreadable{Err: err}
		if info, err := e.Info(); err == nil {
			u.Since = info.ModTime()
		}
		unreadable = append(unreadable, u)
	}
	newestFirst(out)
	return out, unreadable, nil
}

func readHead(path string) (RunHead, error) {
	f, err := OpenRegular(path)
	if err != nil {
		return RunHead{}, failed("reading the record of a run", path, err)
	}
	defer f.Close()
	line, err := readLine(bufio.NewReaderSize(f, 1<<12))
	if err != nil {
		return RunHead{}, &CorruptError{Path: path, Line: 1, Reason: "not the record of a run"}
	}
	return parseHead(line, path)
}

func parseHead(line []byte, path string) (RunHead, error) {
	var head RunHead
	switch err := json.Unmarshal(line, &head); {
	case err != nil || head.Record != recordRun || head.Plan == "":
		return head, &CorruptError{Path: path, Line: 1, Reason: "not the record of a run"}
	case head.Version < 1 || head.Version > runVersion:
		return head, &CorruptError{Path: path, Line: 1, Reason: "the record is of another version of tcimport: use that one"}
	}
	return head, nil
}
