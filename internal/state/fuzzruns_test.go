package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
	"tcimport/internal/undo"
)

// FuzzRun proves that no record of a run, and no journal beside it, makes its reader or undo
// fail in any other way than with an error, and that undo deletes nothing that is older than
// the run.
func FuzzRun(f *testing.F) {
	const began = `"at":"2026-01-02T03:04:05Z","began":"2026-01-02T03:04:05Z"`
	head := `{"record":"run","version":1,"instance":"tc.example","namespace":"incidents","plan":"p","report":"ids.csv",` + began + "}\n"
	journal := `{"record":"run","version":1,"instance":"tc.example","namespace":"incidents","plan":"p",` + began + "}\n"
	created := `{"record":"outcome","key":"a","action":"create","type":"Adversary","name":"A","owner":"O","xid":"x","id":7,"status":"ok","applied":["name=559aead08264"]}` + "\n"
	f.Add([]byte(head+created), []byte(""))
	f.Add([]byte(head+`{"record":"new","kind":"indicator","type":"Host","name":"a.example","owner":"O"}`+"\n"+
		`{"record":"new","object":{"kind":"case","written":"C","name":"C","state":"new","definition":{"name":"C"}}}`+"\n"), []byte(journal+created))
	f.Add([]byte(head+`{"record":"change","change":{"action":"update","key":"a","type":"Incident","name":"A","owner":"O","id":7,`+
		`"changes":[{"field":"status","op":"change","old":"New","new":"Open"},{"field":"tags","op":"remove","old":"t"},{"field":"attribute:Description","op":"add","new":"d"}],`+
		`"associations":[{"kind":"indicator","type":"Host","name":"a.example","id":9,"state":"existing","op":"remove"}],"source":"m.yaml:1"}}`+"\n"),
		[]byte(journal+`{"record":"intent","key":"a","action":"update","type":"Incident","name":"A","owner":"O","id":7}`+"\n"))
	f.Add([]byte(head+`{"record":"new","type":"Host","name":"a.example"}`+"\n"+`{"record":"new","object":{"kind":"group","id":7,"state":"existing"}}`+"\n"), []byte(""))
	f.Add([]byte(head), []byte(journal+`{"record":"intent","key":"a","action":"delete","type":"Incident","id":7}`))
	f.Fuzz(func(t *testing.T, record, journal []byte) {
		dir := t.TempDir()
		scope := Scope{Instance: "tc.example", Namespace: "incidents"}
		path := runPath(dir, scope, "p")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		for p, data := range map[string][]byte{path: record, journalPath(dir, scope): journal} {
			if err := os.WriteFile(p, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		run, err := ReadRun(dir, RunHead{Instance: scope.Instance, Namespace: scope.Namespace, Plan: "p", Began: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
		if err != nil {
			return
		}
		older := &intel.Remote{Kind: intel.KindGroup, ID: 7, XID: "x", Type: "Adversary", Name: "A", Owner: "O", Added: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC),
			Lists: intel.KindGroup.Spec().Nested}
		in := undo.Input{Run: run, Found: &inventory.Inventory{Groups: []*intel.Remote{older}, Paged: map[int64]intel.List{}}, Made: make([]undo.Made, len(run.New))}
		for i, o := range run.New {
			in.Made[i] = undo.Made{Found: 1, Remote: &intel.Remote{Kind: o.Kind, ID: 9, Type: o.Type(), Name: o.Name(), Added: older.Added, Lists: o.Kind.Spec().Nested}}
		}
		pn := undo.Make(in)
		if pn.Summary.Delete+pn.Summary.Objects > 0 {
			t.Errorf("it would delete what is older than the run: %+v", pn.Summary)
		}
		var saved strings.Builder
		if err := pn.Write(&saved); err != nil {
			t.Fatal(err)
		}
		if _, err := plan.Read(strings.NewReader(saved.String())); err != nil {
			t.Errorf("the plan cannot be read again: %v\n%s", err, saved.String())
		}
	})
}
