package tc

import (
	"hash/maphash"

	"tcimport/internal/intel"
)

// nestedList is a nested list by the key under which an object holds it.
type nestedList struct {
	key  string
	list intel.List
	kind intel.Kind // of its entries; 0 for metadata
}

var (
	nestedLists = func() (out []nestedList) {
		for _, m := range intel.Metadata {
			out = append(out, nestedList{m.Name, m.List, 0})
		}
		for _, k := range intel.Kinds {
			out = append(out, nestedList{k.AssociationField(), k.List(), k})
		}
		return out
	}()
	listByKey = func() map[string]nestedList {
		out := map[string]nestedList{}
		for _, l := range nestedLists {
			out[l.key] = l
		}
		return out
	}()
)

// list takes a nested list: {}, {"count":0}, {"data":[…]}, maybe a bare list.
func (d *decoder) list(r *intel.Remote, l nestedList, val value) error {
	entries := val
	if val.kind() == '{' {
		entries = val.from("data")
		if entries.null() {
			entries = value("[]")
		}
	}
	if entries.kind() != '[' {
		return shapeError("%s is not a list", l.key)
	}
	if d.linked && l.kind != 0 {
		return nil // what hangs on the other end of an association is asked for by itself
	}
	r.Lists |= l.list
	if l.kind != 0 {
		return d.links(r, l.kind, entries)
	}
	for entry := range entries.elements() {
		d.entry(r, l, entry)
	}
	// Lists stay for long: they take no more room than they need.
	r.Tags, r.SecurityLabels, r.Attributes = exact(r.Tags), exact(r.SecurityLabels), exact(r.Attributes)
	return nil
}

// exact is a list without room to spare.
func exact[T any](list []T) []T {
	if len(list) == cap(list) {
		return list
	}
	return append(make([]T, 0, len(list)), list...)
}

func (d *decoder) entry(r *intel.Remote, l nestedList, v value) {
	switch l.list {
	case intel.ListTags:
		id, _ := v.get("id").int()
		r.Tags = append(r.Tags, intel.RemoteTag{ID: id, Name: d.name(v.get("name")), TechniqueID: v.get("techniqueId").text()})
	case intel.ListSecurityLabels:
		id, _ := v.get("id").int()
		r.SecurityLabels = append(r.SecurityLabels, intel.RemoteLabel{ID: id, Name: d.name(v.get("name"))})
	case intel.ListAttributes:
		r.Attributes = append(r.Attributes, d.attribute(v))
	}
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
	if err == nil {
		r.Name = known.name(r.Name)
		d.ends[key] = end{text, r}
	}
	return r, err
}

// name is a name in the memory of what is known, where that has the same.
func (e end) name(name string) string {
	if e.object != nil && e.object.Name == name {
		return e.object.Name
	}
	return name
}

func (d *decoder) attribute(v value) intel.RemoteAttribute {
	a := intel.RemoteAttribute{Attribute: intel.Attribute{Default: intel.No, Pinned: intel.No}}
	for key, val := range v.members() {
		switch string(key) {
		case "id":
			a.ID, _ = val.int()
		case "type":
			a.Type = d.name(val)
		case "value":
			a.Value = val.text()
		case "source":
			a.Source = val.text()
		case "default":
			a.Default = intel.FlagOf(val.bool())
		case "pinned":
			a.Pinned = intel.FlagOf(val.bool())
		case "securityLabels":
			for label := range val.get("data").elements() {
				a.SecurityLabels = append(a.SecurityLabels, d.name(label.get("name")))
			}
		}
	}
	return a
}
