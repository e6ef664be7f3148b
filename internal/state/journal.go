package state

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
)

// Journal records each write before it is sent and after its answer. It is an
// apply.Journal. An intent is on the disk when its call returns; callers that come
// while the disk is busy share the next sync. An outcome is in the file, and a sync
// for a later intent takes it along. If the machine fails before that, the next run
// finds the intent and reads the group.
type Journal struct {
	f      *os.File
	path   string
	dir    string
	scope  Scope
	planID string

	resume  *Resume // what earlier runs know
	base    int64   // size of what they have written
	resumed bool    // they carried out the same plan

	mu      sync.Mutex
	synced  *sync.Cond
	pending []byte
	spare   []byte // the buffer of the batch before
	taken   int64  // records taken so far
	wanted  int64  // the last record that a caller waits for
	safe    int64  // the last record that is on the disk
	busy    bool   // somebody is writing
	begun   bool   // something was written
	stale   bool   // earlier runs have written their reports: their records go with the first intent
	kept    bool   // this run has begun a record of its own
	part    bool   // this run goes on with the record of an earlier one
	unkept  error  // why records of runs are incomplete
	drop    func() // removes the records of older runs; nil if this run has no record
	err     error  // the journal is broken: nothing more is taken
}

var _ apply.Journal = (*Journal)(nil)

// journalPath is where the journal of a scope lies.
func journalPath(dir string, s Scope) string { return name(dir, ".journal", s.Instance, s.Namespace) }

// Peek reads what earlier runs of a scope have left undone, nil if nothing, without
// keeping any other run away.
func Peek(dir string, scope Scope) (*Resume, error) {
	path := journalPath(dir, scope)
	f, err := OpenRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, failed("reading the journal", path, err)
	}
	defer f.Close()
	resume, _, err := readJournal(f, path, scope)
	return resume, err
}

// Open locks the journal of a scope and reads what earlier runs have left undone, nil
// if nothing. It changes nothing: Begin does. A journal that another
// run is writing is a *LockedError.
func Open(dir string, scope Scope) (*Journal, *Resume, error) {
	j := &Journal{path: journalPath(dir, scope), dir: dir, scope: scope}
	j.synced = sync.NewCond(&j.mu)
	if _, err := os.Stat(j.path); errors.Is(err, fs.ErrNotExist) {
		return j, nil, nil // it is made when a run begins
	}
	if err := j.take(); err != nil {
		return nil, nil, err
	}
	return j, j.resume, nil
}

// take opens the journal, locks it, and reads what there is.
func (j *Journal) take() error {
	f, err := openLocked(j.path)
	switch {
	case errors.Is(err, errLocked):
		return &LockedError{Path: j.path, What: "the journal of " + j.scope.String()}
	case err != nil:
		return failed("opening the journal", j.path, err)
	}
	resume, good, err := readJournal(f, j.path, j.scope)
	if err != nil {
		closeLocked(f)
		return err
	}
	j.f, j.base, j.resume = f, good, resume
	return nil
}

// Begin begins the run that carries out the plan planID, and returns what it resumes,
// nil if nothing. Records of earlier runs stay in the journal until a run comes to its
// end.
func (j *Journal) Begin(planID string) (*Resume, error) {
	j.planID = planID
	if j.f == nil {
		if err := makeDir(j.dir); err != nil {
			return nil, err
		}
		if err := j.take(); err != nil {
			return nil, err
		}
	}
	if err := j.rewind(j.base); err != nil {
		return nil, err
	}
	j.keepKilled()
	if err := j.append(true, *j.header()); err != nil {
		return nil, err
	}
	syncDir(filepath.Dir(j.path))
	resume := j.resume
	j.stale = j.base > 0 && (resume == nil || resume.Ended && resume.Plan != j.planID)
	if j.stale {
		return nil, nil
	}
	j.resumed = resume != nil && resume.Plan == j.planID
	return resume, nil
}

func (j *Journal) header() *record {
	return &record{Record: recordRun, Version: version, Instance: j.scope.Instance, Namespace: j.scope.Namespace,
		Plan: j.planID, At: now()}
}

// rewind drops what is behind size.
func (j *Journal) rewind(size int64) error {
	err := j.f.Truncate(size)
	if err == nil {
		_, err = j.f.Seek(size, io.SeekStart)
	}
	return failed("writing the journal", j.path, err)
}

func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

// Path is where the journal lies.
func (j *Journal) Path() string { return j.path }

// Intent records writes that are about to be sent.
func (j *Journal) Intent(as ...*plan.Action) error {
	recs := make([]record, len(as))
	for i, a := range as {
		recs[i] = record{Record: recordIntent, Write: writeOf(a), Intended: a.Intended()}
	}
	return j.append(true, recs...)
}

// Outcome records what became of a write.
func (j *Journal) Outcome(r *apply.Result) error { return j.append(false, outcomeOf(r)) }

// Job records a job that is about to get its file, and what it carries.
func (j *Journal) Job(id int64, as ...*plan.Action) error {
	recs := make([]record, 1, 1+len(as))
	recs[0] = record{Record: recordJob, Job: id}
	for _, a := range as {
		recs = append(recs, record{Record: recordIntent, Write: writeOf(a), Intended: a.Intended(), Job: id})
	}
	return j.append(true, recs...)
}

// JobEnded records that a job has ended: it writes nothing after that.
func (j *Journal) JobEnded(id int64) error {
	return j.append(false, record{Record: recordJobEnd, Job: id})
}

// append takes records. With sync, it returns once they are on the disk. The first
// caller that finds the file idle writes for all who have come by then.
func (j *Journal) append(sync bool, recs ...record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range recs {
		j.begun = j.begun || recs[i].Record != recordRun && recs[i].Record != recordEnd
		j.pending = recs[i].appendLine(j.pending)
	}
	j.taken += int64(len(recs))
	mine := j.taken
	if sync {
		j.wanted = mine
	}
	for sync && j.safe < mine && j.err == nil {
		if j.busy {
			j.synced.Wait()
			continue
		}
		j.flush()
	}
	// No caller waits for the records that are still pending: write them without a sync.
	for !j.busy && j.wanted <= j.safe && len(j.pending) > 0 && j.err == nil {
		j.flush()
	}
	if sync && j.safe >= mine {
		return nil
	}
	return j.err
}

// flush writes what is pending, and syncs if a caller waits for it. j.mu is held, but
// not during the writing.
func (j *Journal) flush() {
	batch, upTo, sync, anew := j.pending, j.taken, j.wanted > j.safe, j.stale && j.begun
	j.pending, j.busy, j.stale = j.spare[:0], true, j.stale && !anew
	j.mu.Unlock()
	var err error
	if anew {
		batch = append(j.header().appendLine(nil), batch...)
		err = j.rewind(0)
		j.base = 0
	}
	if err == nil {
		err = failed("writing the journal", j.path, writeBatch(j.f, batch, sync))
	}
	j.mu.Lock()
	j.busy, j.spare = false, batch
	switch {
	case err != nil:
		j.err = err
	case sync:
		j.safe = upTo
	}
	j.synced.Broadcast()
}

func writeBatch(f *os.File, batch []byte, sync bool) error {
	if _, err := f.Write(batch); err != nil || !sync {
		return err
	}
	return syncData(f)
}

// Close ends the journal, once the report is written. If the run has done all
// of its plan, the plan is marked as applied and nothing of the journal is
// needed any more; else it stays, so that the same plan can go on. A run that
// has written nothing leaves no trace.
func (j *Journal) Close(complete bool) error {
	if j.f == nil {
		return nil
	}
	defer closeLocked(j.f)
	if !j.begun && j.kept {
		_ = Remove(runPath(j.dir, j.scope, j.planID)) // this run has written nothing
	}
	if !complete && !j.begun {
		if err := j.keepOutcomes(); err != nil {
			return err
		}
		if j.base == 0 {
			return j.remove()
		}
		return j.rewind(j.base)
	}
	// The mark comes first: without it, and with a journal that says that all was
	// done, nothing would keep the plan from being carried out once more.
	if complete && (j.begun || j.resumed) {
		if err := markApplied(j.dir, j.scope, j.planID); err != nil {
			return err
		}
	}
	if err := j.keepOutcomes(); err != nil {
		return err
	}
	if complete {
		return j.remove()
	}
	return j.append(true, record{Record: recordEnd, At: now()})
}

// remove takes the journal away, as far as the system lets it: an open file
// cannot be removed everywhere, but can be emptied.
func (j *Journal) remove() error {
	if os.Remove(j.path) == nil {
		return nil
	}
	return j.rewind(0)
}

// Abandon leaves the journal as a run does that dies: what it did is carried on
// by the next one.
func (j *Journal) Abandon() error {
	if j.f == nil {
		return nil
	}
	return failed("closing the journal", j.path, closeLocked(j.f))
}
