package state

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"unique"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
)

// add folds one record of a journal into the table. It returns why the journal cannot
// be carried on, "" if it can.
func (r *Resume) add(rec record, line int, scope Scope) string {
	switch {
	case rec.Record == recordRun:
		if rec.Version < 1 || rec.Version > version {
			return fmt.Sprintf("the journal has version %d, and this tcimport reads versions up to %d: use a newer tcimport", rec.Version, version)
		}
		if got := (Scope{rec.Instance, rec.Namespace}); got != scope {
			return fmt.Sprintf("this is the journal of %s, not of %s", got, scope)
		}
		if r.groups == nil || r.Ended && (r.complete || rec.Plan != r.Plan) {
			*r = Resume{Path: r.Path, groups: map[string]*Group{}, objects: map[indicator]*begun{}}
		}
		r.Plan, r.Started, r.Ended, r.complete = rec.Plan, rec.At, false, false
	case r.groups == nil:
		return "the journal does not begin with the record of a run"
	case rec.Record == recordIntent:
		g := r.group(rec.Key)
		g.Sent, g.Job, g.Intended = rec.Write.shared(), rec.Job, g.Intended.With(rec.Intended...)
	case rec.Record == recordOutcome:
		r.group(rec.Key).ends(rec, r.Plan, line)
	case rec.Record == recordJob:
		r.jobs, r.byJobs = append(r.jobs, rec.Job), true
	case rec.Record == recordJobEnd:
		r.jobs = slices.DeleteFunc(r.jobs, func(id int64) bool { return id == rec.Job })
	case rec.Record == recordMaking, rec.Record == recordMade, rec.Record == recordObject:
		r.object(rec)
	default:
		r.Ended, r.ended, r.complete = true, rec.At, rec.Complete
	}
	return ""
}

// group is the row of the table for a key.
func (r *Resume) group(key string) *Group {
	g := r.groups[key]
	if g == nil {
		g = &Group{}
		r.groups[key] = g
		r.keys = append(r.keys, key)
	}
	return g
}

// ends notes the outcome of a write. What an earlier run knows of a group stays known
// if this run did not write to it.
func (g *Group) ends(rec record, planID string, line int) {
	o := Outcome{Write: *rec.Write.shared(), ending: rec.ending, Plan: planID, Line: line}
	o.Status, o.Baseline, o.Rewritten = unique.Make(rec.Status).Value(), baseline.New(rec.Baseline...), g.Rewritten.With(rec.Rewritten)
	if o.ID == 0 {
		o.ID, o.WebLink = g.ID, g.WebLink
	}
	if o.Baseline == nil && o.ID == g.ID {
		o.Baseline = g.Baseline
	}
	if rec.Baseline != nil {
		g.Intended = nil
	}
	g.Outcome, g.Sent = o, nil
	if rec.Status == apply.InDoubt {
		g.Sent = rec.Write.shared()
	}
}

// shared is a copy of w that shares what most writes of a journal have in common.
func (w Write) shared() *Write {
	w.Action, w.Type, w.Owner = unique.Make(w.Action).Value(), unique.Make(w.Type).Value(), unique.Make(w.Owner).Value()
	return &w
}

// readJournal reads what a journal knows, nil if there is nothing to resume, and how
// many of its bytes are whole records.
func readJournal(f *os.File, path string, scope Scope) (*Resume, int64, error) {
	r, good, err := replayAll(f, path, scope)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, failed("reading the journal", path, err)
	}
	if r != nil {
		r.touched = info.ModTime()
	}
	return r, good, nil
}

// maxLine bounds a record of a journal.
const maxLine = 64 << 20

// replayAll reads a journal. A record that was torn when the process or the
// machine died is at the end, and is left out: good is how much of the data is
// whole. The table is nil if there is nothing to resume.
func replayAll(data io.Reader, path string, scope Scope) (r *Resume, good int64, err error) {
	r = &Resume{Path: path}
	in := bufio.NewReaderSize(data, 1<<16)
	tornAt, foreign := 0, false // foreign: it begins otherwise than a record, or the torn rest of one
	var at int64
	for line := 1; ; line++ {
		text, err := readLine(in)
		switch {
		case errors.Is(err, errLineTooLong):
			return nil, 0, &CorruptError{Path: path, Line: line, Reason: fmt.Sprintf("not a journal record: longer than %d bytes", maxLine)}
		case err != nil && err != io.EOF:
			return nil, 0, failed("reading the journal", path, err)
		case len(text) == 0:
			if good == 0 && foreign {
				return nil, 0, &CorruptError{Path: path, Reason: "not a tcimport journal"}
			}
			if r.groups == nil || r.complete {
				r = nil
			}
			return r, good, nil
		}
		at += int64(len(text))
		if line == 1 {
			foreign = text[0] != '{' && len(bytes.Trim(text, "\x00")) > 0
		}
		rec, ok := decode(text)
		switch {
		case !ok || err == io.EOF:
			if tornAt == 0 {
				tornAt = line
			}
		case tornAt > 0:
			return nil, 0, &CorruptError{Path: path, Line: tornAt, Reason: "this line is not a journal record, but records follow it"}
		default:
			if why := r.add(rec, line, scope); why != "" {
				return nil, 0, &CorruptError{Path: path, Line: line, Reason: why}
			}
			good = at
		}
	}
}

var errLineTooLong = errors.New("the line is too long")

// readLine reads a line with its end; if the last one has none, it returns io.EOF with
// it.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) > maxLine {
			return nil, errLineTooLong
		}
		line = append(line, part...)
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

// String names the scope in messages.
func (s Scope) String() string {
	if s.Namespace == "" {
		return s.Instance + " without a namespace"
	}
	return fmt.Sprintf("%s, namespace %s", s.Instance, s.Namespace)
}
