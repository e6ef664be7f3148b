package tc

import (
	"hash/maphash"

	"tcimport/internal/intel"
)

type endOf struct {
	kind intel.Kind
	id   int64
}

// end is the object at the end of an association, and the text that it was decoded
// from, as a digest. A group that is also read by itself is one object.
type end struct {
	text   uint64
	object *intel.Remote
	itself bool // it was read by itself
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
	key, text := endOf{kind, id}, maphash.Bytes(d.seed, v)
	known := d.ends[key]
	if known.object != nil && known.text == text {
		return known.object, nil
	}
	d.linked = true
	defer func() { d.linked = false }()
	r, err := d.remote(kind, v, 0)
	if err != nil {
		return nil, err
	}
	if r.Name = known.name(r.Name); d.kept && known.itself && known.is(r) {
		r = known.object
	}
	d.ends[key] = end{text, r, r == known.object}
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
	key := endOf{r.Kind, r.ID}
	known := d.ends[key]
	r.Name = known.name(r.Name)
	switch {
	case known.object == nil:
		known.object = r
	case d.kept && !known.itself && known.is(r):
		*known.object = *r
	default:
		return r
	}
	known.itself = true
	d.ends[key] = known
	return known.object
}
