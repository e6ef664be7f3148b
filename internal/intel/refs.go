package intel

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/message"
)

// WrittenRef is a reference, one end of an association, as a manifest of any
// format writes it: scalars and lists.
type WrittenRef struct {
	Pos            Pos
	Kind           Kind
	Fields         Fields // those that say something
	Tags           []Tag
	SecurityLabels []string
	Attributes     []Attribute
	Syntax         string // how the format writes a reference; ends a message about a missing field
}

// What names an end, beside its own fields.
const (
	refID    = "id"
	refKey   = "key"
	refXID   = "xid"
	refType  = "type"
	refName  = "name"
	refOwner = "owner"
)

// ParseRef reads a reference that is written as text: #ID for any kind, a key
// for a group, Type:summary for an indicator.
func ParseRef(kind Kind, written string, pos Pos) (Ref, error) {
	written = strings.TrimSpace(written)
	ref := Ref{Pos: pos, Kind: kind}
	switch digits, isID := strings.CutPrefix(written, "#"); {
	case isID:
		id, err := parseID(digits)
		ref.End = &End{ID: id}
		return ref, err
	case kind == KindGroup:
		ref.Text = written
		return ref, nil
	case kind == KindIndicator:
		_, err := parseIndicatorRef(written, pos)
		ref.Text = written
		return ref, err
	}
	return ref, fmt.Errorf("%s is not a reference to %s: write # and its ID, like #123", message.Quote(written), message.Article(kind.Spec().Name))
}

// parseIndicatorRef reads Type:summary. Types hold no colon, but may hold blanks.
func parseIndicatorRef(written string, pos Pos) (*Object, error) {
	typ, summary, ok := strings.Cut(written, ":")
	typ, summary = strings.TrimSpace(typ), strings.TrimSpace(summary)
	if _, known := IndicatorTypeNamed(typ, nil); !known {
		switch typed, port := inferIndicator(written); {
		case port:
			return nil, fmt.Errorf("the indicator %s has a port: write %s", message.Quote(written), typed)
		case typed != "":
			return nil, fmt.Errorf("the indicator %s has no type: write %s", message.Quote(written), message.Clip(typed))
		}
	}
	lacks, write := "", "Type:summary, like Host:badguy.com"
	switch {
	case !ok || typ == "":
		lacks = "type"
	case summary == "":
		lacks = "summary"
	case strings.HasPrefix(summary, "//"):
		lacks, write = "type", "URL:"+message.Clip(written)
	}
	if lacks != "" {
		return nil, fmt.Errorf("the indicator %s has no %s: write %s", message.Quote(written), lacks, write)
	}
	return &Object{Pos: pos, Kind: KindIndicator, Type: typ, Summary: summary, Written: written}, nil
}

// IDText is an ID as references write it.
func IDText(id int64) string { return "#" + strconv.FormatInt(id, 10) }

// xidMark begins an xid as references write it.
const xidMark = "xid:"

// XIDOf is the xid that a reference was written with; false if it was written with
// anything else.
func XIDOf(written string) (string, bool) { return strings.CutPrefix(written, xidMark) }

// parseID reads the ID of an object of the instance.
func parseID(s string) (int64, error) {
	s = strings.TrimSpace(s)
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil || id <= 0 || strings.HasPrefix(s, "+") {
		return 0, fmt.Errorf("%s is not an ID: IDs are whole numbers above 0", message.Quote(s))
	}
	return id, nil
}

// Ref returns what the reference names, or adds to ps why it names nothing.
// Assemble checks the other fields of a new object.
func (e *WrittenRef) Ref(ps *Problems) (Ref, bool) {
	text := func(name string) string {
		v, _ := e.Fields.Get(name)
		return strings.TrimSpace(v)
	}
	end := &End{}
	ref := Ref{Pos: e.Pos, Kind: e.Kind, End: end}
	group := GroupRef{Owner: text(refOwner)}
	var object *Object
	if e.Kind == KindGroup {
		ref.Text, group.XID, group.Type, group.Name = text(refKey), text(refXID), text(refType), text(refName)
	} else {
		named := e.Kind.Spec().Named
		object = &Object{Pos: e.Pos, Kind: e.Kind, Type: text(refType), Summary: text(named)}
		d := Details{Tags: e.Tags, SecurityLabels: e.SecurityLabels, Attributes: e.Attributes}
		for _, f := range e.Fields {
			if f.Name != refID && f.Name != refOwner && f.Name != refType && f.Name != named {
				d.Fields = append(d.Fields, f)
			}
		}
		object.SetDetails(d)
	}
	var err error
	idPos := e.Pos
	if i := slices.IndexFunc(e.Fields, func(f Field) bool { return f.Name == refID }); i >= 0 {
		idPos = e.Fields[i].Pos.or(e.Pos)
		if end.ID, err = parseID(strings.TrimPrefix(text(refID), "#")); err != nil {
			ps.Errorf(idPos, "%v", err)
			return ref, false
		}
	}
	if group != (GroupRef{}) {
		end.Group = &group
	}
	switch {
	case object == nil:
		err = ref.checkGroup(&group)
	case end.ID == 0:
		err = e.checkNew(object)
		object.Owner = group.Owner
		end.Object, end.Group = object, nil
	case len(object.Fields())+len(e.Tags)+len(e.SecurityLabels)+len(e.Attributes) > 0 || object.Type+object.Summary != "":
		ps.Errorf(idPos, "with an id, only owner may be given")
		return ref, false
	}
	if err != nil {
		ps.Errorf(e.Pos, "%v", err)
	}
	if ref.Text != "" {
		ref.End = nil
	}
	return ref, err == nil
}

// checkGroup checks that ref names a group in exactly one way.
func (ref *Ref) checkGroup(g *GroupRef) error {
	ways := 0
	for _, way := range []bool{ref.Text != "", ref.ID() != 0, g.XID != "", g.Type != "" || g.Name != ""} {
		if way {
			ways++
		}
	}
	switch {
	case ways != 1:
		return errors.New("a reference to a group needs exactly one of: key, id, xid, or type and name (owner may be added to an xid or a name)")
	case ref.Text != "" && g.Owner != "":
		return errors.New("a group with a key has its owner in its own entry: remove owner here")
	case g.Type == "" && g.Name != "":
		return fmt.Errorf("the group %s needs its type too, like {type: Adversary, name: %s}", message.Quote(g.Name), message.Clip(g.Name))
	case g.Type != "" && g.Name == "":
		return fmt.Errorf("%s needs its name too, like {type: %s, name: Bad Guy}", message.Article(g.Type), g.Type)
	}
	return nil
}

// checkNew checks that o has a type or name, and sets its text for reports.
func (e *WrittenRef) checkNew(o *Object) error {
	spec := o.Kind.Spec()
	needs := []string{message.Article(refType), "the fields that identify it"}
	missing := o.Type == ""
	if spec.Untyped {
		missing, needs = o.Summary == "", []string{message.Article(spec.Named)}
		for _, f := range spec.Fields {
			if f.Required {
				needs = append(needs, message.Article(f.Name))
			}
		}
	}
	if !missing {
		o.Written = o.refText()
		return nil
	}
	err := fmt.Errorf("%s needs an id, or %s", message.Article(spec.Name), message.Join(needs, "and"))
	if e.Syntax != "" {
		err = fmt.Errorf("%w: %s", err, e.Syntax)
	}
	return err
}

// Written is an object as a manifest would write it, by its type and name.
func (k Kind) Written(typ, name string) string {
	switch {
	case k == KindGroup:
		return typ + "/" + name
	case typ == "":
		return name
	}
	return typ + ":" + name
}

// refText is the text by which reports name an object that was not written as
// text.
func (o *Object) refText() string {
	value := cmp.Or(o.Summary, o.valueText())
	switch spec := o.Kind.Spec(); {
	case spec.Untyped:
		return strings.ToUpper(spec.Name[:1]) + spec.Name[1:] + "/" + value
	case o.Type == "":
		return value
	}
	return o.Type + ":" + value
}

// valueText is the value of an object that has only fields: all parts of a
// registry key, the first hash of a file.
func (o *Object) valueText() string {
	names, first := []string{o.Kind.Spec().NameField(o.Type)}, true
	if t, ok := IndicatorTypeNamed(o.Type, nil); ok && o.Kind == KindIndicator {
		names, first = t.Values, t.anyOf
	}
	var parts []string
	for _, name := range names {
		if v, _ := o.Fields().Get(name); strings.TrimSpace(v) != "" {
			parts = append(parts, v)
		}
	}
	switch {
	case len(parts) > 0 && first:
		return parts[0]
	case len(parts) > 0:
		return strings.Join(parts, partSeparator)
	case len(o.Fields()) > 0:
		return o.Fields()[0].Value
	}
	return ""
}
