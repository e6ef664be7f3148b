package tc

import (
	"strings"

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

// decoder turns answers into Remotes. The few types and owners that a long list
// repeats are kept once.
type decoder struct {
	custom *[]intel.IndicatorType // nil for none
	names  map[string]string
	types  map[intel.Kind]map[string]string
	rest   []member // scratch
	linked bool     // what is being decoded is an entry of another object's list
}

type member struct {
	key []byte
	val value
}

func (c *Client) newDecoder() *decoder {
	return &decoder{custom: c.custom.Load(), names: map[string]string{}, types: map[intel.Kind]map[string]string{}}
}

// decodeGroup decodes an answer that holds one group. The next answer gets the decoder.
func (c *Client) decodeGroup(v value, asked intel.List) (*intel.Remote, error) {
	d, ok := c.decoders.Get().(*decoder)
	if !ok || d.custom != c.custom.Load() {
		d = c.newDecoder()
	}
	defer c.decoders.Put(d)
	return d.remote(intel.KindGroup, v, asked)
}

// remote decodes an object. asked are the lists that a read asked for: where
// such a one is absent it is empty, as instances have it both ways.
func (d *decoder) remote(kind intel.Kind, v value, asked intel.List) (*intel.Remote, error) {
	r := &intel.Remote{Kind: kind, Active: true, Lists: asked}
	if err := d.fill(r, v); err != nil {
		return nil, err
	}
	return r, nil
}

func (d *decoder) fill(r *intel.Remote, v value) error {
	if v.kind() != '{' {
		return shapeError("it contains something other than an object")
	}
	first := len(d.rest)
	defer func() { d.rest = d.rest[:first] }()
	for key, val := range v.members() {
		if val.null() {
			continue
		}
		if err := d.member(r, key, val); err != nil {
			return err
		}
	}
	if r.ID <= 0 {
		return shapeError("an object has no ID")
	}
	d.finish(r, d.rest[first:])
	return nil
}

// member takes one key of an object. Those whose meaning depends on the type
// wait until that is known.
func (d *decoder) member(r *intel.Remote, key []byte, val value) error {
	switch string(key) {
	case "id":
		id, ok := val.int()
		if !ok {
			return shapeError("the ID %.40s is not a number", val)
		}
		r.ID = id
	case "type":
		r.Type = d.typeName(r.Kind, val)
	case "ownerName":
		r.Owner = d.name(val)
	case "owner":
		// Cases spell it so; elsewhere it can be the owner's ID.
		if r.Owner == "" && val.kind() == '"' {
			r.Owner = d.name(val)
		}
	case "webLink":
		r.WebLink = strings.TrimSpace(val.text())
	case "dateAdded":
		r.Added = lenientTime(val.text())
	case "active":
		r.Active = val.text() != "false"
		d.rest = append(d.rest, member{key, val})
	default:
		if l, ok := listByKey[string(key)]; ok {
			return d.list(r, l, val)
		}
		d.rest = append(d.rest, member{key, val})
	}
	return nil
}

// list takes a nested list: {}, {"count":0}, {"data":[…]}, maybe a bare list.
func (d *decoder) list(r *intel.Remote, l nestedList, val value) error {
	entries := val
	if val.kind() == '{' {
		entries = val.get("data")
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
	for entry := range entries.elements() {
		if err := d.entry(r, l, entry); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) entry(r *intel.Remote, l nestedList, v value) error {
	switch l.list {
	case intel.ListTags:
		id, _ := v.get("id").int()
		r.Tags = append(r.Tags, intel.RemoteTag{ID: id, Name: d.name(v.get("name")), TechniqueID: v.get("techniqueId").text()})
	case intel.ListSecurityLabels:
		id, _ := v.get("id").int()
		r.SecurityLabels = append(r.SecurityLabels, intel.RemoteLabel{ID: id, Name: d.name(v.get("name"))})
	case intel.ListAttributes:
		r.Attributes = append(r.Attributes, d.attribute(v))
	default:
		d.linked = true
		defer func() { d.linked = false }()
		r.Links = append(r.Links, intel.Remote{Kind: l.kind, Active: true})
		return d.fill(&r.Links[len(r.Links)-1], v)
	}
	return nil
}

func (d *decoder) attribute(v value) intel.RemoteAttribute {
	a := intel.RemoteAttribute{Attribute: intel.Attribute{Default: new(bool), Pinned: new(bool)}}
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
			*a.Default = val.bool()
		case "pinned":
			*a.Pinned = val.bool()
		case "securityLabels":
			for label := range val.get("data").elements() {
				a.SecurityLabels = append(a.SecurityLabels, d.name(label.get("name")))
			}
		}
	}
	return a
}

// finish takes the keys whose meaning depends on the kind and type.
func (d *decoder) finish(r *intel.Remote, rest []member) {
	specs, called := r.Kind.Scalars(r.Type), r.Kind.Spec().NameField(r.Type)
	for _, m := range rest {
		switch key := string(m.key); {
		case key == called, r.Name == "" && (key == "name" || key == "summary" || key == "asset"):
			r.Name = m.val.text()
		case key == "xid":
			r.XID = m.val.text()
		case specs[key] != nil:
			if text, ok := scalar(specs[key], m.val); ok {
				r.Fields = append(r.Fields, intel.Field{Name: specs[key].Name, Value: text})
			}
		}
	}
}

// name is a text that many objects share.
func (d *decoder) name(v value) string {
	if v.kind() != '"' || len(v) > 200 {
		return v.text()
	}
	if s, ok := d.names[string(v)]; ok {
		return s
	}
	s := v.text()
	if len(d.names) < 10_000 {
		d.names[string(v)] = s
	}
	return s
}

// typeName is the type as intel's tables spell it.
func (d *decoder) typeName(kind intel.Kind, v value) string {
	known := d.types[kind]
	if known == nil {
		known = map[string]string{}
		d.types[kind] = known
	}
	if s, ok := known[string(v)]; ok {
		return s
	}
	var custom []intel.IndicatorType
	if d.custom != nil {
		custom = *d.custom
	}
	s := kind.Spec().TypeNamed(v.text(), custom)
	known[string(v)] = s
	return s
}
