package tc

import (
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/intel"
)

// decoder turns answers into Remotes. What a long list repeats is kept once: types,
// owners, and the objects that are the ends of many associations.
type decoder struct {
	custom   *[]intel.IndicatorType // nil for none
	names    map[string]string
	types    map[intel.Kind]map[string]string
	fields   map[string]intel.Fields
	webLinks intel.WebLinks
	ends     map[endOf]end
	seed     maphash.Seed
	rest     []member        // scratch
	others   []*intel.Remote // scratch
	text     []byte          // scratch
	linked   bool            // what is being decoded is an entry of another object's list
	kept     bool            // who gets the objects keeps them
}

type member struct {
	key []byte
	val value
}

func (c *Client) newDecoder() *decoder {
	return &decoder{custom: c.custom.Load(), names: map[string]string{}, types: map[intel.Kind]map[string]string{},
		fields: map[string]intel.Fields{}, webLinks: intel.WebLinks{}, ends: map[endOf]end{}, seed: maphash.MakeSeed()}
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
		return d.itself(r), nil
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
		r.WebLink = d.webLinks.Of(strings.TrimSpace(val.text()))
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
