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
	w.number("version", int64(rec.Version))
	w.text("instance", rec.Instance)
	w.text("namespace", rec.Namespace)
	w.text("plan", rec.Plan)
	if !rec.At.IsZero() {
		w.Text("at", rec.At.Format(time.RFC3339Nano))
	}
	w.write(&rec.Write)
	w.facts("intended", rec.Intended)
	w.ending(&rec.ending)
	if rec.Complete {
		w.Bool("complete", true)
	}
	w.Close('}')
	return append(w.Bytes(), '\n')
}

// recordWriter writes the parts of a record. Members without a value are left out.
type recordWriter struct {
	jsonwriter.Writer
	fact []byte // scratch
}

func (w *recordWriter) write(a *Write) {
	w.text("key", a.Key)
	w.text("action", string(a.Action))
	w.text("type", a.Type)
	w.text("name", a.Name)
	w.text("owner", a.Owner)
	w.text("xid", a.XID)
	w.number("id", a.ID)
}

func (w *recordWriter) ending(e *ending) {
	w.text("status", string(e.Status))
	w.text("webLink", e.WebLink)
	w.text("error", e.Error)
	w.list("lost", len(e.Lost), func(i int) {
		w.Open('{')
		w.Int("association", int64(e.Lost[i].Association))
		w.Text("status", string(e.Lost[i].Status))
		w.text("error", e.Lost[i].Error)
		w.Close('}')
	})
	w.list("unmade", len(e.Unmade), func(i int) {
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

func (w *recordWriter) text(key, value string) {
	if value != "" {
		w.Text(key, value)
	}
}

func (w *recordWriter) number(key string, n int64) {
	if n != 0 {
		w.Int(key, n)
	}
}

func (w *recordWriter) list(key string, n int, entry func(i int)) {
	if n == 0 {
		return
	}
	w.Key(key)
	w.Open('[')
	for i := range n {
		entry(i)
	}
	w.Close(']')
}

func (w *recordWriter) facts(key string, facts baseline.Baseline) {
	w.list(key, len(facts), func(i int) {
		w.fact, _ = facts[i].AppendText(w.fact[:0])
		w.String(string(w.fact))
	})
}
