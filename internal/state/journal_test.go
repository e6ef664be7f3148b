package state

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// TestKilled has a run die in the middle, and the next one go on.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	p := planOf("plan-1", "a", "b", "c", "d")
	j, left := open(t, dir, p)
	if left != nil {
		t.Fatalf("there was nothing, but %+v is left", left)
	}
	a, b, c := p.Actions[0], p.Actions[1], p.Actions[2]
	res := ok(a, 1)
	res.Rewritten = map[string]string{"x": "y"}
	res.Missed = []apply.Missed{{Entry: plan.Entry{Association: &a.Associations[0]}, Status: apply.OK, Error: "why"}}
	must(t, j.Intent(a), j.Intent(b), j.Outcome(res), j.Intent(c))
	must(t, j.Outcome(&apply.Result{Action: c, Status: apply.InDoubt, XID: c.XID, Error: "timeout"}), j.Abandon())

	left, err := Peek(dir, scope)
	must(t, err)
	if left.Plan != p.ID || left.Ended || left.Started.IsZero() {
		t.Errorf("got %+v", left)
	}
	wantDone := map[string]apply.Result{"a": {Action: a, Status: apply.OK, ID: 1, XID: "xid-a", WebLink: intel.WebLinkOf("https://tc.example/1"),
		Missed: res.Missed, Rewritten: res.Rewritten}}
	if diff := cmp.Diff(wantDone, doneOf(left, p), sameAction); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
	if got := doneOf(left, planOf("plan-2", "a")); len(got) > 0 {
		t.Errorf("another plan goes on with %v", got)
	}
	if diff := cmp.Diff(map[string]bool{"a": true, "b": true, "c": true}, left.Begun(p)); diff != "" {
		t.Errorf("begun (-want +got):\n%s", diff)
	}
	if got := strings.Join(sentOf(left), ", "); got != "b xid-b, c xid-c" {
		t.Errorf("sent without an answer: %s", got)
	}
	wantKnown := baseline.IDMap{"a": {ID: 1, Type: "Incident", Name: "Name of a", Owner: "O", XID: "xid-a", WebLink: intel.WebLinkOf("https://tc.example/1"),
		Row: left.Path + ":4", Rewritten: res.Rewritten}}
	if diff := cmp.Diff(wantKnown, left.Rows(nil, Keys{})); diff != "" {
		t.Errorf("known (-want +got):\n%s", diff)
	}
	goOn(t, dir, p, left)
}

// goOn has the same plan come to its end.
func goOn(t *testing.T, dir string, p *plan.Plan, left *Resume) {
	t.Helper()
	j, again := open(t, dir, p)
	if diff := cmp.Diff(left, again, cmp.AllowUnexported(Outcome{}, Resume{}), cmpopts.IgnoreFields(Resume{}, "touched")); diff != "" {
		t.Errorf("Open and Peek differ:\n%s", diff)
	}
	for i, a := range p.Actions[1:] {
		must(t, j.Intent(a), j.Outcome(ok(a, int64(i+2))))
	}
	must(t, j.Close(true))
	if left, err := Peek(dir, scope); left != nil || err != nil {
		t.Errorf("left %+v, %v", left, err)
	}
	if at, done, err := Applied(dir, scope, p.ID); !done || err != nil || at.IsZero() {
		t.Errorf("the plan is not marked as applied: %v", err)
	}
	if _, done, err := Applied(dir, scope, "plan-2"); done || err != nil {
		t.Errorf("another plan is marked as applied: %v", err)
	}
}

// TestUnfinished has a run end with failures: the same plan can go on, another
// one begins anew.
func TestUnfinished(t *testing.T) {
	dir := t.TempDir()
	p := planOf("plan-1", "a", "b")
	j, _ := open(t, dir, p)
	a, b := p.Actions[0], p.Actions[1]
	must(t, j.Intent(a), j.Outcome(ok(a, 1)), j.Intent(b), j.Outcome(&apply.Result{Action: b, Status: apply.Failed, Error: "no"}), j.Close(false))

	other := planOf("plan-2", "c")
	j, left := open(t, dir, other)
	if left != nil {
		t.Errorf("another plan is carried on: %+v", left)
	}
	must(t, j.Close(false)) // as where somebody says no
	left, err := Peek(dir, scope)
	must(t, err)
	if !left.Ended || len(doneOf(left, p)) != 1 || len(sentOf(left)) != 0 || len(left.Rows(nil, Keys{})) != 0 {
		t.Errorf("a run that wrote nothing has changed what was left: %+v", left)
	}

	j, _ = open(t, dir, other)
	c := other.Actions[0]
	must(t, j.Intent(c), j.Abandon())
	left, err = Peek(dir, scope)
	must(t, err)
	if left.Plan != other.ID || answersOf(left) != 0 || len(sentOf(left)) != 1 {
		t.Errorf("got %+v", left)
	}
}

// TestJournalKeepsBothKilledRuns keeps what the first of two killed runs has left.
func TestJournalKeepsBothKilledRuns(t *testing.T) {
	dir := t.TempDir()
	first, second := planOf("plan-1", "a", "b"), planOf("plan-2", "b", "c")
	j, _ := open(t, dir, first)
	must(t, j.Intent(first.Actions[0]), j.Outcome(ok(first.Actions[0], 1)), j.Intent(first.Actions[1]), j.Abandon())
	j, _ = open(t, dir, second)
	must(t, j.Intent(second.Actions[0]), j.Outcome(ok(second.Actions[0], 2)), j.Abandon())
	left, err := Peek(dir, scope)
	must(t, err)
	if len(left.Rows(nil, Keys{})) != 2 || len(sentOf(left)) != 0 {
		t.Errorf("got %+v", left)
	}
	if done := doneOf(left, second); len(done) != 1 || done["b"].ID != 2 {
		t.Errorf("got %+v", done)
	}
}

func TestNothingWritten(t *testing.T) {
	dir := t.TempDir()
	j, _ := open(t, dir, planOf("plan-1"))
	must(t, j.Close(true))
	j, _ = open(t, dir, planOf("plan-2"))
	must(t, j.Close(false))
	if got := names(t, dir); got != "" {
		t.Errorf("left behind: %s", got)
	}
}

func TestJournalInUse(t *testing.T) {
	dir := t.TempDir()
	j, _ := open(t, dir, planOf("plan-1"))
	defer j.Abandon()
	_, _, err := Open(dir, scope)
	var locked *LockedError
	if !errors.As(err, &locked) {
		t.Errorf("got %v", err)
	}
	other, _, err := Open(dir, Scope{Instance: "tc.example"})
	if err != nil {
		t.Fatalf("another namespace: %v", err)
	}
	must(t, other.Abandon())
}

// TestTornJournalIsReadUpToTheTear cuts a journal at every byte: what is whole is read, and the next
// run writes behind it.
func TestTornJournalIsReadUpToTheTear(t *testing.T) {
	dir := t.TempDir()
	p := planOf("plan-1", "a", "b")
	j, _ := open(t, dir, p)
	for i, a := range p.Actions {
		must(t, j.Intent(a), j.Outcome(ok(a, int64(i+1))))
	}
	must(t, j.Abandon())
	whole := read(t, j.Path())
	for cut := range len(whole) + 1 {
		for _, tail := range []string{"", "\x00\x00\x00", "{\"rec\x00\n{\"\n"} {
			must(t, os.WriteFile(j.Path(), []byte(whole[:cut]+tail), 0o600))
			lines := strings.Count(whole[:cut], "\n")
			left, err := Peek(dir, scope)
			if err != nil {
				t.Fatalf("cut at %d, then %q: %v", cut, tail, err)
			}
			if left == nil && lines > 0 || left != nil && answersOf(left) != (lines-1)/2 {
				t.Fatalf("cut at %d: got %+v", cut, left)
			}
			j, _ := open(t, dir, p)
			must(t, j.Intent(p.Actions[0]), j.Abandon())
			left, err = Peek(dir, scope)
			if err != nil || left == nil || len(sentOf(left)) == 0 {
				t.Fatalf("cut at %d, then %q, and written to again: %+v, %v", cut, tail, left, err)
			}
		}
	}
}

func TestForeignJournals(t *testing.T) {
	dir := t.TempDir()
	path := journalPath(dir, scope)
	run := `{"record":"run","version":1,"instance":"tc.example","namespace":"incidents","plan":"p","at":"2026-01-02T03:04:05Z"}` + "\n"
	for _, c := range []struct{ text, err string }{
		{strings.Replace(run, `"version":1`, `"version":4`, 1), ":1: the journal has version 4, and this tcimport reads versions up to 3: use a newer tcimport; to continue without it"},
		{strings.Replace(run, "tc.example", "other.example", 1), ":1: this is the journal of other.example, namespace incidents, not of tc.example, namespace incidents;"},
		{strings.Replace(run, `"namespace":"incidents",`, "", 1), ":1: this is the journal of tc.example without a namespace, not of"},
		{`{"record":"intent","key":"a"}` + "\n", ":1: the journal does not begin with the record of a run"},
		{run + "garbage\n" + `{"record":"intent","key":"a"}` + "\n", ":2: this line is not a journal record, but records follow it"},
		{"kind,key\n", ": not a tcimport journal"},
	} {
		must(t, os.WriteFile(path, []byte(c.text), 0o600))
		_, err := Peek(dir, scope)
		var corrupt *CorruptError
		if !errors.As(err, &corrupt) || !strings.Contains(err.Error(), filepath.Base(path)+c.err) {
			t.Errorf("got %v, want %s", err, c.err)
		}
		if _, _, err := Open(dir, scope); !errors.As(err, &corrupt) {
			t.Errorf("got %v", err)
		}
		if got := read(t, path); got != c.text {
			t.Errorf("%q was changed to %q", c.text, got)
		}
	}
}

// TestGroupCommit has many callers at once: every record is there, whole.
func TestGroupCommit(t *testing.T) {
	dir := t.TempDir()
	var keys []string
	for i := range 400 {
		keys = append(keys, fmt.Sprint("key-", i))
	}
	p := planOf("plan-1", keys...)
	j, _ := open(t, dir, p)
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := w; i < len(p.Actions); i += 16 {
				if err := errors.Join(j.Intent(p.Actions[i]), j.Outcome(ok(p.Actions[i], int64(i+1)))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	must(t, j.Abandon())
	left, err := Peek(dir, scope)
	must(t, err)
	if len(doneOf(left, p)) != len(keys) || len(sentOf(left)) != 0 {
		t.Errorf("%d of %d records", len(doneOf(left, p)), len(keys))
	}
}

// TestIntentIsOnDisk: an intent is synced when its call returns, with all outcomes before
// it. An outcome is in the file, and waits for no sync.
func TestIntentIsOnDisk(t *testing.T) {
	j, _ := open(t, t.TempDir(), planOf("plan-1"))
	p := planOf("plan-1", "a", "b")
	must(t, j.Intent(p.Actions[0]))
	if j.safe != j.taken {
		t.Errorf("%d of %d records are on the disk after an intent", j.safe, j.taken)
	}
	must(t, j.Outcome(ok(p.Actions[0], 1)))
	if j.safe != j.taken-1 || len(j.pending) > 0 || !strings.Contains(read(t, j.path), `"record":"outcome"`) {
		t.Errorf("%d of %d records are on the disk after an outcome, %d bytes are pending", j.safe, j.taken, len(j.pending))
	}
	must(t, j.Intent(p.Actions[1]))
	if j.safe != j.taken {
		t.Errorf("%d of %d records are on the disk after the next intent", j.safe, j.taken)
	}
	must(t, j.Abandon())
}

// TestBrokenJournalRefusesEveryRecord has the journal fail: nothing is taken any more, and each caller
// is told.
func TestBrokenJournalRefusesEveryRecord(t *testing.T) {
	j, _ := open(t, t.TempDir(), planOf("plan-1"))
	p := planOf("plan-1", "a")
	must(t, j.Intent(p.Actions[0]), j.f.Close())
	for range 2 {
		if err := j.Intent(p.Actions[0]); err == nil || !strings.Contains(err.Error(), j.Path()) {
			t.Errorf("got %v", err)
		}
	}
}

// TestJournalIsAFile: what is not a file is refused, and not waited for; a line
// without an end is not read to its end.
func TestJournalIsAFile(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(journalPath(dir, scope), 0o700))
	if _, _, err := Open(dir, scope); err == nil || !strings.Contains(err.Error(), journalPath(dir, scope)) {
		t.Errorf("a folder: %v", err)
	}
	endless := &endless{}
	var corrupt *CorruptError
	if _, _, err := replayAll(endless, "j", scope); !errors.As(err, &corrupt) || endless.read > 2*maxLine {
		t.Errorf("%v after %d bytes", err, endless.read)
	}
}

// endless is a line that does not end.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '{'
	}
	e.read += len(b)
	return len(b), nil
}

// TestReadAsAStream: a journal is not held in memory to be read.
func TestReadAsAStream(t *testing.T) {
	run := (&Journal{scope: scope, planID: "p"}).header().appendLine(nil)
	lines := &repeated{text: (&record{Record: recordIntent, Write: Write{Key: "a", Name: strings.Repeat("x", 1<<10)}}).appendLine(nil), n: 20000}
	size := int64(lines.n * len(lines.text))
	before := heap()
	_, good, err := replayAll(io.MultiReader(bytes.NewReader(run), lines), "j", scope)
	must(t, err)
	if held := lines.heap - before; held > size/4 || good != size+int64(len(run)) {
		t.Errorf("%d bytes are held of %d, %d are whole", held, size, good)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// repeated is a text n times.
type repeated struct {
	text []byte
	n    int
	heap int64 // at the end
}

func (r *repeated) Read(b []byte) (int, error) {
	if r.n == 0 {
		r.heap = heap()
		return 0, io.EOF
	}
	r.n--
	return copy(b[:len(r.text)], r.text), nil
}
