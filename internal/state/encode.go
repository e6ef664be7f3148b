package state

import (
	"maps"
	"slices"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/jsonwriter"
)

// appendLine appends the line of a record, as encoding/json writes it.
func (rec *record) appendLine(line []byte) []byte {
	w := recordWriter{Writer: jsonwriter.Writer{Buf: line}}
	w.Open('{')
	w.Text("record", rec.Record)
	w.NonZero("version", int64(rec.Version))
	w.NonEmpty("instance", rec.Instance)
	w.NonEmpty("namespace", rec.Namespace)
	w.NonEmpty("plan", rec.Plan)
	if !rec.At.IsZero() {
		w.Text("at", rec.At.Format(time.RFC3339Nano))
	}
	w.write(&rec.Write)
	w.facts("intended", rec.Intended)
	w.NonZero("job", rec.Job)
	w.ending(&rec.ending)
	w.True("complete", rec.Complete)
	w.Close('}')
	return append(w.Bytes(), '\n')
}

// recordWriter writes the parts of a record. Members without a value are left out.
type recordWriter struct {
	jsonwriter.Writer
	fact []byte // scratch
}

func (w *recordWriter) write(a *Write) {
	w.NonEmpty("key", a.Key)
	w.NonEmpty("action", string(a.Action))
	w.NonEmpty("type", a.Type)
	w.NonEmpty("name", a.Name)
	w.NonEmpty("owner", a.Owner)
	w.NonEmpty("xid", a.XID)
	w.NonZero("id", a.ID)
}

func (w *recordWriter) ending(e *ending) {
	w.NonEmpty("status", string(e.Status))
	w.NonEmpty("webLink", e.WebLink.String())
	w.NonEmpty("error", e.Error)
	w.List("lost", len(e.Lost), func(i int) {
		w.Open('{')
		w.Int("association", int64(e.Lost[i].Association))
		w.Text("status", string(e.Lost[i].Status))
		w.NonEmpty("error", e.Lost[i].Error)
		w.Close('}')
	})
	w.List("unmade", len(e.Unmade), func(i int) {
		w.Open('{')
		w.Int("change", int64(e.Unmade[i].Change))
		w.Text("status", string(e.Unmade[i].Status))
		w.Close('}')
	})
	w.facts("applied", e.Baseline)
	if len(e.Rewritten) > 0 {
		w.Key("rewrittenTags")
		w.Open('{')
		for _, sent := range slices.Sorted(maps.Keys(e.Rewritten)) {
			w.Text(sent, e.Rewritten[sent])
		}
		w.Close('}')
	}
}

func (w *recordWriter) facts(key string, facts baseline.Baseline) {
	w.List(key, len(facts), func(i int) {
		w.fact, _ = facts[i].AppendText(w.fact[:0])
		w.String(string(w.fact))
	})
}
