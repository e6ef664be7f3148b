package state

import (
	"cmp"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// indicator is one that runs make, as the manifests say what it is.
type indicator struct{ typ, name, owner string }

// begun is what the journal knows of an indicator that a run has begun to make.
type begun struct {
	id    int64 // 0 if no answer has shown it
	open  bool  // a request may have been sent that has no answer
	whole bool  // it has all that was sent for it
}

func ofIndicator(kind string, o *plan.Object, id int64) record {
	rec := record{Record: kind, Write: Write{Type: o.Type(), Name: o.Name(), Owner: o.Owner(), ID: id}}
	if d := o.Definition; d != nil {
		rec.Type, rec.Name, rec.Owner = d.Type, d.Summary, d.Owner
	}
	return rec
}

// Making records indicators that are about to be made, or to be completed. They are on the disk once
// the next Intent returns.
func (j *Journal) Making(os ...*plan.Object) error {
	recs := make([]record, len(os))
	for i, o := range os {
		recs[i] = ofIndicator(recordMaking, o, o.ID())
	}
	return j.append(false, recs...)
}

// Made records an indicator that was created by itself.
func (j *Journal) Made(o *plan.Object, id int64) error {
	return j.append(false, ofIndicator(recordMade, o, id))
}

// Became records what has become of an indicator that was being made.
func (j *Journal) Became(r *apply.ObjectResult) error {
	rec := ofIndicator(recordObject, r.Object, r.ID)
	rec.Status = r.Status
	return j.append(false, rec)
}

// object folds a record of an indicator into the table. One that was refused is out of it, and one that
// was not attempted is what it was.
func (r *Resume) object(rec record) {
	of := indicator{rec.Type, rec.Name, rec.Owner}
	b := r.objects[of]
	if b == nil {
		b = &begun{}
		r.objects[of] = b
	}
	b.id = cmp.Or(rec.ID, b.id)
	switch {
	case rec.Record == recordMaking:
		b.open, b.whole = true, false
	case rec.Record == recordMade, rec.Status == apply.Failed:
		b.open = false
	case rec.Status == apply.OK:
		b.open, b.whole = false, true
	}
	if b.id == 0 && !b.open {
		delete(r.objects, of)
	}
}

// Object is what earlier runs know of an indicator that they have begun to make. The second result is
// false if they have not.
func (r *Resume) Object(o *intel.Object, now time.Time) (apply.BegunObject, bool) {
	if r == nil {
		return apply.BegunObject{}, false
	}
	b := r.objects[indicator{o.Type, o.Summary, o.Owner}]
	if b == nil {
		return apply.BegunObject{}, false
	}
	known := apply.BegunObject{ID: b.id, Whole: b.whole}
	if b.open {
		known.LostAt = r.LastSent(now)
	}
	return known, true
}
