package state

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"io/fs"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/undo"
)

// ReadRun reads what is known of a run: its record, and what is in the journal alone if the
// run was killed. A record that is damaged or incomplete is a *CorruptError.
func ReadRun(dir string, head RunHead) (*undo.Run, error) {
	r := &runReader{run: &undo.Run{ID: head.Plan, Namespace: head.Namespace, Began: head.Began}, groups: map[string]*written{}}
	path := runPath(dir, head.Scope(), head.Plan)
	if err := r.readFile(path, r.ofRecord); err != nil {
		return nil, err
	}
	err := r.readFile(journalPath(dir, head.Scope()), r.ofJournal)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	switch {
	case r.damaged > 0:
		return nil, &CorruptError{Path: path, Line: r.damaged, Reason: "this line of the record is damaged"}
	case r.open && !r.inJournal:
		return nil, &CorruptError{Path: path, Reason: "the record is incomplete: what became of the last writes of the run could not be added to it"}
	}
	return r.known(), nil
}

// runReader folds the lines of a record, and of a journal, into a run.
type runReader struct {
	run    *undo.Run
	groups map[string]*written
	order  []*written

	version int  // of the record
	line    int  // of the record
	open    bool // the last part of the record has no end
	damaged int  // the first damaged line; 0 if there is none
	torn    bool // the line before may be torn: then a new part follows

	of        string // the plan of the run that the journal is about
	inJournal bool   // the journal is about this run, too
}

// written is a group of the plan, and what was sent to it.
type written struct {
	*undo.Group
	open  []baseline.Baseline // of each intent that has no outcome: what was left before it
	ended bool                // it has an outcome of something that was sent
}

// readFile reads a file line by line. What a process that died has torn is left out.
func (r *runReader) readFile(path string, take func(line []byte)) error {
	f, err := OpenRegular(path)
	if err != nil {
		return failed("reading", path, err)
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<16)
	for {
		line, err := readLine(in)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return failed("reading", path, err)
		}
		take(line)
	}
}

func (r *runReader) ofRecord(line []byte) {
	r.line++
	if len(bytes.TrimSpace(line)) == 0 {
		return
	}
	if r.torn && bytes.HasPrefix(line, partPrefix) {
		r.damaged = 0
	}
	r.torn = !r.take(line) && r.damaged == 0
	if r.torn {
		r.damaged = r.line
	}
}

// take takes a line of the record, unless it is damaged.
func (r *runReader) take(line []byte) bool {
	if isWrite(line) {
		return r.write(line)
	}
	var l runLine
	if json.Unmarshal(line, &l) != nil {
		return r.version == 1
	}
	switch {
	case l.Record == recordRun:
		r.version = l.Version
		r.open = l.Version > 1
	case l.Record == recordPart:
		r.open = true
	case l.Record == recordEnd:
		r.open = false
	case l.Record == recordChange && l.Change != nil:
		r.change(l.Change)
	case l.Record == recordNew && l.Object != nil && l.Object.Definition != nil && l.Object.Kind != intel.KindGroup:
		r.run.New = append(r.run.New, l.Object)
	case l.Record == recordNew && l.Kind == intel.KindIndicator:
		r.run.New = append(r.run.New, plan.PlainObject(l.Kind, l.Type, l.Name, l.Owner))
	default:
		return r.version == 1
	}
	return true
}

// change notes a group that the plan was to change. The run has not written it unless
// an intent or an outcome says so.
func (r *runReader) change(a *plan.Action) {
	w := &written{Group: &undo.Group{Verb: a.Verb, Key: a.Key, Type: a.Type, Name: a.Name, Owner: a.Owner, XID: a.XID, ID: a.ID,
		WebLink: a.WebLink(), Source: a.Source.String(), Planned: a}}
	r.groups[a.Key] = w
	r.order = append(r.order, w)
}

// isWrite reports whether a line is an intent, an outcome, or an indicator that was created.
func isWrite(line []byte) bool {
	return bytes.HasPrefix(line, intentPrefix) || bytes.HasPrefix(line, outcomePrefix) || bytes.HasPrefix(line, madePrefix)
}

func (r *runReader) ofJournal(line []byte) {
	if bytes.HasPrefix(line, runPrefix) {
		if rec, ok := decode(line); ok {
			r.of = rec.Plan
			r.inJournal = r.inJournal || r.of == r.run.ID
		}
	} else if r.of == r.run.ID && isWrite(line) {
		r.write(line)
	}
}

// write notes an intent, an outcome or an indicator, unless it is damaged. If the group has several outcomes, its plan was
// carried out in several runs, and the last one that has sent something counts.
func (r *runReader) write(line []byte) bool {
	rec, ok := decode(line)
	if !ok {
		return r.version == 1
	}
	if rec.Record == recordMade {
		r.run.Made = append(r.run.Made, rec.ID)
		return true
	}
	w := r.groups[rec.Key]
	if w == nil {
		w = &written{Group: &undo.Group{Verb: rec.Action, Key: rec.Key, Type: rec.Type, Name: rec.Name, Owner: rec.Owner, XID: rec.XID}}
		r.groups[rec.Key] = w
		r.order = append(r.order, w)
	}
	switch {
	case rec.Record == recordIntent:
		w.open, w.ByJob = append(w.open, w.Left), rec.Job != 0
		w.Left = w.Left.With(rec.Intended...)
		if w.Verb == plan.Create {
			w.Left = w.Left.With(baseline.Name(rec.Name).As(baseline.MaybeThere))
		}
	case rec.Status == apply.NotAttempted && rec.Baseline == nil: // nothing was sent
		if last := len(w.open) - 1; last >= 0 { // a record can have the outcome alone
			w.open, w.Left = w.open[:last], w.open[last]
		}
	default:
		w.ends(rec)
	}
	return true
}

func (w *written) ends(rec record) {
	w.open, w.ended, w.Answered = nil, true, rec.Status != apply.InDoubt
	w.ID, w.WebLink, w.Rewritten = cmp.Or(rec.ID, w.ID), cmp.Or(rec.WebLink, w.WebLink), w.Rewritten.With(rec.Rewritten)
	if rec.Baseline != nil {
		w.Left = baseline.New(rec.Baseline...)
	}
	w.Lacking = lacking(w.Planned, rec.ending)
}

// known is the run, with the groups that something was sent to.
func (r *runReader) known() *undo.Run {
	for _, w := range r.order {
		if len(w.open) > 0 {
			w.Answered = false
		}
		if w.ended || len(w.open) > 0 {
			r.run.Groups = append(r.run.Groups, w.Group)
		}
	}
	return r.run
}

// lacking are the places of the entries of a that have not arrived. What is in doubt may
// have.
func lacking(a *plan.Action, e ending) map[int]bool {
	if a == nil {
		return nil
	}
	out := map[int]bool{}
	for _, u := range e.Unmade {
		out[u.Change] = u.Status != apply.InDoubt
	}
	for _, l := range e.Lost {
		out[len(a.Changes)+l.Association] = l.Status != apply.InDoubt
	}
	return out
}
