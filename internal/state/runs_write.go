package state

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/jsonwriter"
	"tcimport/internal/plan"
)

// Record begins the record of the run that carries out p, which writes report. The last
// keep runs of a report have one. A run that takes back another one has none: what was
// taken back is not brought back.
func (j *Journal) Record(p *plan.Plan, report string, began time.Time, keep int) error {
	if keep <= 0 || p.Undoes != "" || !p.Summary.Pending() {
		return nil
	}
	head := RunHead{Record: recordRun, Version: runVersion, Instance: j.scope.Instance, Namespace: j.scope.Namespace, Plan: p.ID,
		Report: reportName(j.dir, report), At: time.Now().UTC(), Began: began.UTC()}
	j.drop = func() { dropRuns(j.dir, head, keep) }
	path := runPath(j.dir, j.scope, p.ID)
	if _, err := os.Stat(path); err == nil { // an earlier run has begun the same plan
		if j.part = true; j.resumed && j.unkept != nil {
			return nil // that run has begun a part: it has no end yet
		}
		return failed("writing the record of the run", path, addTo(path, beginPart))
	}
	if err := makeDir(filepath.Dir(path)); err != nil {
		return err
	}
	if err := WriteFile(path, Private, func(w io.Writer) error { return writeRun(w, head, p) }); err != nil {
		return err
	}
	j.kept = true
	return nil
}

func writeRun(w io.Writer, head RunHead, p *plan.Plan) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(head); err != nil {
		return err
	}
	for _, a := range p.Actions {
		if a.Verb != plan.Update && a.Verb != plan.Delete {
			continue
		}
		change := plan.FullAction{Verb: a.Verb, Key: a.Key, Type: a.Type, Name: a.Name, Owner: a.Owner, ID: a.ID, XID: a.XID, OwnXID: a.OwnXID, WebLink: a.WebLink(),
			Source: a.Source, Reference: a.Reference, HadTags: a.HadTags(), Changes: a.Changes, Associations: a.Associations}.Action()
		if err := e.Encode(runLine{Record: recordChange, Change: change}); err != nil {
			return err
		}
	}
	var line jsonwriter.Writer // there can be very many objects
	for _, o := range p.Objects {
		if o.State != plan.New || o.Exists() || o.Kind == intel.KindGroup {
			continue
		}
		line.Buf = line.Buf[:0]
		line.Open('{')
		line.Text("record", recordNew)
		if o.IsPlain() {
			line.Text("kind", o.Kind.String())
			line.Text("type", o.Type())
			line.Text("name", o.Name())
			line.Text("owner", o.Owner())
		} else {
			full, _ := o.MarshalJSON() // it always can
			line.Literal("object", string(full))
		}
		line.Close('}')
		if _, err := w.Write(append(line.Bytes(), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// keepOutcomes copies what has become of the writes of this run, and of earlier runs of the
// same plan, from the journal into the record of the run. Older records can go only now: a
// run that writes nothing leaves them.
func (j *Journal) keepOutcomes() error {
	if !j.begun && !j.part {
		return nil
	}
	info, err := j.f.Stat()
	if err != nil {
		return failed("reading the journal", j.path, err)
	}
	prefixes := [][]byte{outcomePrefix, madePrefix}
	if j.base > 0 { // an earlier run may have been killed
		prefixes = append(prefixes, intentPrefix)
	}
	if j.resumed {
		j.unkept = nil // what could not be copied of the run before is copied now
	}
	j.copyTo(j.planID, info.Size(), prefixes...)
	if j.begun && j.drop != nil {
		j.drop()
	}
	return nil
}

// keepKilled copies what is known of the last run, if it was killed. Of writes without an
// outcome, that is what they were to do.
func (j *Journal) keepKilled() {
	if j.resume != nil && !j.resume.Ended {
		j.copyTo(j.resume.Plan, j.base, intentPrefix, outcomePrefix, madePrefix)
	}
}

// Unkept says why records of runs are incomplete; nil if none is. A run goes on without
// its record: only undo needs that, and refuses one that is incomplete.
func (j *Journal) Unkept() error { return j.unkept }

// How lines of the journal begin.
var (
	runPrefix     = []byte(`{"record":"` + recordRun + `"`)
	intentPrefix  = []byte(`{"record":"` + recordIntent + `"`)
	outcomePrefix = []byte(`{"record":"` + recordOutcome + `"`)
	madePrefix    = []byte(`{"record":"` + recordMade + `"`)
	partPrefix    = []byte(`{"record":"` + recordPart + `"`) // of a record
)

// copyTo appends lines of the journal, up to size, to the record of the run of a plan, if
// it has one. A line may be there already: the last one counts.
func (j *Journal) copyTo(planID string, size int64, prefixes ...[]byte) {
	path := runPath(j.dir, j.scope, planID)
	err := addTo(path, func(w *bufio.Writer) error { return writePart(w, planID, io.NewSectionReader(j.f, 0, size), prefixes) })
	if !errors.Is(err, fs.ErrNotExist) {
		j.unkept = errors.Join(j.unkept, failed("writing the record of a run", path, err))
	}
}

// addTo appends something to a record.
func addTo(path string, write func(*bufio.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<16)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	return cmp.Or(err, f.Close())
}

// beginPart begins a part of a record. A line that was torn when a process died must not
// tear the next one.
func beginPart(w *bufio.Writer) error {
	_, err := fmt.Fprintf(w, "\n%s}\n", partPrefix)
	return err
}

// writePart writes the lines of the runs of a plan that begin with one of prefixes.
func writePart(w *bufio.Writer, planID string, journal io.Reader, prefixes [][]byte) error {
	if err := beginPart(w); err != nil {
		return err
	}
	in, of := bufio.NewReaderSize(journal, 1<<16), ""
	for {
		line, err := readLine(in)
		if err == io.EOF {
			_, err = w.WriteString(`{"record":"` + recordEnd + "\"}\n")
			return err
		}
		if err != nil {
			return err
		}
		if bytes.HasPrefix(line, runPrefix) {
			rec, _ := decode(line)
			of = rec.Plan
		}
		if of == planID && slices.ContainsFunc(prefixes, func(p []byte) bool { return bytes.HasPrefix(line, p) }) {
			if _, err := w.Write(line); err != nil {
				return err
			}
		}
	}
}
