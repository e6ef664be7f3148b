package tc

import "tcimport/internal/intel"

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
