package state

import (
	"bytes"
	"cmp"
	"encoding/json"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// version is the version of the journal. Older ones are read, too: that of version 1 does
// not know what writes have left on groups, and version 2 not which indicators are being made.
const version = 3

// The records of a journal.
const (
	recordRun     = "run"
	recordIntent  = "intent"
	recordOutcome = "outcome"
	recordMaking  = "making" // an indicator, by itself or with a group, or what it lacks
	recordMade    = "made"   // an indicator that was created by itself
	recordObject  = "object" // what has become of an indicator
	recordJob     = "job"    // a job that is about to get its file; the intents of what it carries follow
	recordJobEnd  = "jobEnd"
	recordEnd     = "end"
)

// record is one line of a journal.
type record struct {
	Record string `json:"record"`

	// Of a run.
	Version   int       `json:"version,omitempty"`
	Instance  string    `json:"instance,omitempty"`
	Namespace string    `json:"namespace,omitempty"`
	Plan      string    `json:"plan,omitempty"`
	At        time.Time `json:"at,omitzero"` // of an end, too

	// Of an intent; an outcome says it again, as far as it has changed. Of an indicator,
	// what the manifests say that it is, and its ID.
	Write

	// Of an intent: what is changed in place, so that whoever finds it there knows
	// that it is ours.
	Intended baseline.Baseline `json:"intended,omitempty"`

	// Of a job, and of the intents of what it carries: the job.
	Job int64 `json:"job,omitempty"`

	ending // of an outcome

	// Of an end: whether all was done.
	Complete bool `json:"complete,omitempty"`
}

// Write is a write of one group.
type Write struct {
	Key    string    `json:"key,omitempty"`
	Action plan.Verb `json:"action,omitempty"`
	Type   string    `json:"type,omitempty"`
	Name   string    `json:"name,omitempty"`
	Owner  string    `json:"owner,omitempty"`
	XID    string    `json:"xid,omitempty"`
	ID     int64     `json:"id,omitempty"`
}

// ending is what became of a write.
type ending struct {
	Status    apply.Status       `json:"status,omitempty"`
	WebLink   intel.WebLink      `json:"webLink,omitzero"`
	Error     string             `json:"error,omitempty"`
	Lost      []lost             `json:"lost,omitempty"`
	Unmade    []unmade           `json:"unmade,omitempty"`
	Baseline  baseline.Baseline  `json:"applied,omitempty"` // what the group had then; nil if nothing was sent to it
	Rewritten baseline.Rewritten `json:"rewrittenTags,omitempty"`
}

// lost is an association that was not made, by its place in the action: a
// journal is read together with the plan that it is of.
type lost struct {
	Association int          `json:"association"`
	Status      apply.Status `json:"status"`
	Error       string       `json:"error,omitempty"`
}

// unmade is a change that did not arrive, by its place in the action.
type unmade struct {
	Change int          `json:"change"`
	Status apply.Status `json:"status"`
}

func writeOf(a *plan.Action) Write {
	return Write{Key: a.Key, Action: a.Verb, Type: a.Type, Name: a.Name, Owner: a.Owner, XID: a.XID, ID: a.ID}
}

func outcomeOf(r *apply.Result) record {
	rec := record{Record: recordOutcome, Write: writeOf(r.Action),
		ending: ending{Status: r.Status, WebLink: r.WebLink, Error: r.Error, Baseline: r.Baseline, Rewritten: r.Rewritten}}
	rec.ID, rec.XID = r.ID, r.XID
	if r.Status != apply.OK {
		rec.Name = cmp.Or(r.Name, r.Action.NameBefore())
	}
	place := make(map[plan.Entry]int, len(r.Missed))
	if len(r.Missed) > 0 {
		for i, e := range r.Action.Entries() {
			place[e] = i
		}
	}
	for _, m := range r.Missed {
		switch i, ok := place[m.Entry]; {
		case !ok:
		case m.Association != nil:
			rec.Lost = append(rec.Lost, lost{i - len(r.Action.Changes), m.Status, m.Error})
		default:
			rec.Unmade = append(rec.Unmade, unmade{i, m.Status})
		}
	}
	return rec
}

// decode reads a line and reports whether it is a record as a whole.
func decode(line []byte) (rec record, ok bool) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if d.Decode(&rec) != nil || d.More() {
		return rec, false
	}
	switch rec.Record {
	case recordRun, recordIntent, recordOutcome, recordMaking, recordMade, recordObject, recordJob, recordJobEnd, recordEnd:
		return rec, true
	}
	return rec, false
}
