package state

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
)

// replay folds the records of a journal.
type replay struct {
	left     Left
	complete bool // the last run did everything
	any      bool
	outcomes map[string]int
	doubtful map[string]Write
	order    []string // keys of doubtful, each once
}

// add folds one record. It returns why the journal cannot be carried on, ""
// if it can.
func (r *replay) add(rec record, line int, scope Scope) string {
	switch {
	case rec.Record == recordRun:
		if rec.Version < 1 || rec.Version > version {
			return fmt.Sprintf("the journal has version %d, and this tcimport reads versions up to %d: use a newer tcimport", rec.Version, version)
		}
		if got := (Scope{rec.Instance, rec.Namespace}); got != scope {
			return fmt.Sprintf("this is the journal of %s, not of %s", got, scope)
		}
		if r.left.Ended && (r.complete || rec.Plan != r.left.Plan) {
			*r = replay{left: Left{Path: r.left.Path}}
		}
		if r.outcomes == nil {
			r.outcomes, r.doubtful = map[string]int{}, map[string]Write{}
		}
		r.any, r.complete = true, false
		r.left.Plan, r.left.Started, r.left.Ended = rec.Plan, rec.At, false
	case !r.any:
		return "the journal does not begin with the record of a run"
	case rec.Record == recordIntent:
		r.doubt(rec.Write)
		r.intend(rec.Key, rec.Intended)
	case rec.Record == recordOutcome:
		r.outcome(rec, line)
	default:
		r.left.Ended, r.left.ended, r.complete = true, rec.At, rec.Complete
	}
	return ""
}

func (r *replay) doubt(w Write) {
	if _, ok := r.doubtful[w.Key]; !ok {
		r.order = append(r.order, w.Key)
	}
	r.doubtful[w.Key] = w
}

// intend adds to what may be on a group of a key.
func (r *replay) intend(key string, ap baseline.Baseline) {
	if len(ap) == 0 {
		return
	}
	if r.left.intended == nil {
		r.left.intended = map[string]baseline.Baseline{}
	}
	r.left.intended[key] = r.left.intended[key].With(ap...)
}

func (r *replay) outcome(rec record, line int) {
	if rec.Status == apply.InDoubt {
		r.doubt(rec.Write)
	} else {
		delete(r.doubtful, rec.Key)
	}
	o := Outcome{Write: rec.Write, Plan: r.left.Plan, Status: rec.Status, WebLink: rec.WebLink, Error: rec.Error,
		Baseline: rec.Baseline, Rewritten: rec.Rewritten, Line: line, lost: rec.Lost, unmade: rec.Unmade}
	if rec.Baseline != nil {
		delete(r.left.intended, rec.Key)
	}
	if i, ok := r.outcomes[rec.Key]; ok {
		// What an earlier run knows of a group is not lost by a later one that
		// did not get to it.
		old := r.left.Outcomes[i]
		if o.ID == 0 {
			o.ID, o.WebLink = old.ID, old.WebLink
		}
		if o.Baseline == nil && o.ID == old.ID {
			o.Baseline = old.Baseline
		}
		if old.Rewritten != nil {
			merged := maps.Clone(old.Rewritten)
			maps.Copy(merged, o.Rewritten)
			o.Rewritten = merged
		}
		r.left.Outcomes[i] = o
		return
	}
	r.outcomes[rec.Key] = len(r.left.Outcomes)
	r.left.Outcomes = append(r.left.Outcomes, o)
}

// result is what was left, nil if nothing was.
func (r *replay) result() *Left {
	if !r.any || r.complete {
		return nil
	}
	for _, key := range r.order {
		if w, ok := r.doubtful[key]; ok {
			r.left.Doubtful = append(r.left.Doubtful, w)
			delete(r.doubtful, key)
		}
	}
	return &r.left
}

// maxLine bounds a record of a journal.
const maxLine = 64 << 20

// replayAll reads a journal. A record that was torn when the process or the
// machine died is at the end, and is left out: good is how much of the data is
// whole.
func replayAll(data io.Reader, path string, scope Scope) (r *replay, good int64, err error) {
	r = &replay{left: Left{Path: path}}
	in := bufio.NewReaderSize(data, 1<<16)
	tornAt, foreign := 0, false // foreign: it begins otherwise than a record, or what is left of one
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

// readLine reads a line with its end; the last one need not have one, and is told
// with io.EOF.
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
