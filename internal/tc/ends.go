package tc

import (
	"hash/maphash"

	"tcimport/internal/intel"
)

// endOf stands for an object: its ID, and its kind in the lowest bits.
type endOf uint64

// end is the object at the end of an association, and the text that it was decoded
// from, as a digest. A group that is also read by itself is one object.
type end struct {
	text   uint64
	object *intel.Remote
}

// itself reports whether the object was read by itself.
func (e end) itself() bool { return e.object != nil && e.object.Lists.Has(intel.ListGroups) }

// known is what is known of an object, and where that is kept.
func (d *decoder) known(kind intel.Kind, id int64) (endOf, end) {
	at := endOf(id)<<8 | endOf(kind)
	known := d.ends[at]
	if o := known.object; o != nil && (o.Kind != kind || o.ID != id) {
		known = end{} // of IDs beyond 56 bits, several have one place
	}
	return at, known
}

// links takes a list of associations.
func (d *decoder) links(r *intel.Remote, kind intel.Kind, entries value) error {
	d.others = d.others[:0]
	for entry := range entries.elements() {
		other, err := d.end(kind, entry)
		if err != nil {
			return err
		}
		d.others = append(d.others, other)
	}
	r.Links = append(r.Links, d.others...)
	return nil
}

// end is the object at the end of an association. Most are the ends of several, in
// the same words.
func (d *decoder) end(kind intel.Kind, v value) (*intel.Remote, error) {
	id, _ := v.get("id").int()
	text := maphash.Bytes(d.seed, v)
	at, known := d.known(kind, id)
	if known.object != nil && known.text == text {
		return known.object, nil
	}
	d.linked = true
	defer func() { d.linked = false }()
	r, err := d.remote(kind, v, 0)
	if err != nil {
		return nil, err
	}
	if r.Name = known.name(r.Name); d.kept && known.itself() && known.is(r) {
		r = known.object
	}
	d.ends[at] = end{text, r}
	return r, nil
}

// is reports whether r says the same of the object.
func (e end) is(r *intel.Remote) bool {
	return e.object.Type == r.Type && e.object.Name == r.Name && e.object.Owner == r.Owner
}

// name is a name in the memory of what is known, where that has the same.
func (e end) name(name string) string {
	if e.object != nil && e.object.Name == name {
		return e.object.Name
	}
	return name
}

// itself is a group that was read by itself. What was read of it as the end of an
// association becomes that group.
func (d *decoder) itself(r *intel.Remote) *intel.Remote {
	at, known := d.known(r.Kind, r.ID)
	r.Name = known.name(r.Name)
	switch {
	case known.object == nil:
		known.object = r
	case d.kept && !known.itself() && known.is(r):
		*known.object = *r
	default:
		return r
	}
	d.ends[at] = known
	return known.object
}
