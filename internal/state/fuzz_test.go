package state

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tcimport/internal/baseline"
)

// FuzzJournal proves that no journal makes its reader fail in any other way
// than with an error.
func FuzzJournal(f *testing.F) {
	run := `{"record":"run","version":1,"instance":"tc.example","namespace":"incidents","plan":"p","at":"2026-01-02T03:04:05Z"}` + "\n"
	f.Add([]byte(run + `{"record":"intent","key":"a","action":"create"}` + "\n" + `{"record":"outcome","key":"a","action":"create","status":"ok","id":7,"lost":[{"association":-1,"status":"ok"}]}` + "\n"))
	f.Add([]byte(run + run + `{"record":"end","complete":true}` + "\n"))
	f.Add([]byte("\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		left, good, err := replayAll(bytes.NewReader(data), "j", scope)
		if err != nil {
			return
		}
		if good < 0 || good > int64(len(data)) || good > 0 && data[good-1] != '\n' {
			t.Fatalf("%d bytes of %d are whole", good, len(data))
		}
		left.Progress(planOf("p", "a"), time.Now())
		left.Join(baseline.IDMap{"a": {ID: 7, Baseline: baseline.Parse("name=000000000000")}}, nil, Keys{}).LeftOn()
		// What is whole is read the same without the rest.
		again, _, err := replayAll(bytes.NewReader(data[:good]), "j", scope)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(left, again, cmp.AllowUnexported(Outcome{}, Resume{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzApplied proves that the plans which a file says were applied stay applied
// when the next one is added, and that nothing else makes its reader fail in any
// other way than with an error.
func FuzzApplied(f *testing.F) {
	f.Add([]byte(`{"plan":"a","at":"2026-01-02T03:04:05Z"}` + "\n" + `{"plan":"b","at":"2026-01-02T03:04:05.5+01:00"}`))
	f.Add([]byte(`{"plan":""}`))
	f.Add([]byte("{}\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := decodeApplied(data, "applied")
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := encodeApplied(&b, list); err != nil {
			t.Skip(err) // a year that JSON cannot hold
		}
		again, err := decodeApplied(b.Bytes(), "applied")
		if err != nil || len(again) != len(list) {
			t.Fatalf("%d of %d came back: %v\n%s", len(again), len(list), err, b.String())
		}
		for i := range list {
			if again[i].Plan != list[i].Plan || !again[i].At.Equal(list[i].At) {
				t.Errorf("%v came back as %v", list[i], again[i])
			}
		}
	})
}

// BenchmarkJournal is what the journal costs each of eight workers for a write.
func BenchmarkJournal(b *testing.B) {
	p := planOf("plan-1", "a")
	j, _, err := Open(b.TempDir(), scope)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := j.Begin(p.ID); err != nil {
		b.Fatal(err)
	}
	defer j.Abandon()
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := errors.Join(j.Intent(p.Actions[0]), j.Outcome(ok(p.Actions[0], 1))); err != nil {
				b.Error(err)
			}
		}
	})
}
