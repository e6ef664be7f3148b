package tc

import (
	"hash/maphash"
	"slices"
	"strconv"
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

// decoder turns answers into Remotes. What a long list repeats is kept once: types,
// owners, and the objects that are the ends of many associations.
type decoder struct {
	custom *[]intel.IndicatorType // nil for none
	names  map[string]string
	types  map[intel.Kind]map[string]string
	fields map[string]intel.Fields
	ends   map[endOf]end
	seed   maphash.Seed
	rest   []member        // scratch
	others []*intel.Remote // scratch
	text   []byte          // scratch
	linked bool            // what is being decoded is an entry of another object's list
}

type endOf struct {
	kind intel.Kind
	id   int64
}

// end is the object at the end of an association, and the text that it was decoded
// from, as a digest.
type end struct {
	text   uint64
	object *intel.Remote
}

type member struct {
	key []byte
	val value
}

func (c *Client) newDecoder() *decoder {
	return &decoder{custom: c.custom.Load(), names: map[string]string{}, types: map[intel.Kind]map[string]string{},
		fields: map[string]intel.Fields{}, ends: map[endOf]end{}, seed: maphash.MakeSeed()}
}

// decodeGroup decodes an answer that holds one group. The next answer gets the decoder.
func (c *Client) decodeGroup(v value, asked intel.List) (*intel.Remote, error) {
	d, ok := c.decoders.Get().(*decoder)
	if !ok || d.custom != c.custom.Load() {
		d = c.newDecoder()
	}
	defer func() {
		clear(d.ends)
		c.decoders.Put(d)
	}()
	return d.remote(intel.KindGroup, v, asked)
}

// remote decodes an object. asked are the lists that a read asked for: where
// such a one is absent it is empty, as instances have it both ways.
func (d *decoder) remote(kind intel.Kind, v value, asked intel.List) (*intel.Remote, error) {
	r := &intel.Remote{Kind: kind, Active: true, Lists: asked}
	if err := d.fill(r, v); err != nil {
		return nil, err
	}
	if !d.linked && r.Lists.Has(intel.ListGroups) {
		key := endOf{kind, r.ID}
		known := d.ends[key]
		if r.Name = known.name(r.Name); known.object == nil {
			d.ends[key] = end{object: r}
		}
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
	if d.linked && ignored(r.Kind, string(key)) {
		return nil
	}
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
	case "lastModified":
		if at := lenientTime(val.text()); !at.IsZero() {
			r.Changed = at.Unix()
		}
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

// ignored reports whether nobody asks for a key of what is at the end of an association:
// a group that matters is read itself.
func ignored(kind intel.Kind, key string) bool {
	switch key {
	case "id", "type", "name", "ownerName", "owner":
		return false
	case "dateAdded":
		return true
	}
	return kind == intel.KindGroup
}

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
	if d.linked && len(r.Fields) > 0 {
		r.Fields = d.sameFields(r.Fields)
	}
}

// sameFields are fields that many indicators have in common: none of them changes.
func (d *decoder) sameFields(fields intel.Fields) intel.Fields {
	d.text = d.text[:0]
	for _, f := range fields {
		d.text = strconv.AppendQuote(append(d.text, f.Name...), f.Value)
	}
	if known, ok := d.fields[string(d.text)]; ok {
		return known
	}
	if len(d.fields) < 10_000 && len(d.text) < 1_000 {
		d.fields[string(d.text)] = slices.Clip(fields)
	}
	return fields
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
