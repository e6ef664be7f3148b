package plan

import (
	"encoding/json"
	"maps"
	"slices"

	"tcimport/internal/jsonwriter"
)

// encoder writes the parts of a plan. A plan has millions of values, and encoding/json
// looks at the type of each.
type encoder struct {
	jsonwriter.Writer
	short bool // without what Read can tell from the rest
}

// member adds a member of any type, if has is true.
func (e *encoder) member(name string, value any, has bool) {
	if has {
		e.Key(name)
		e.Any(value)
	}
}

func (e *encoder) action(a *Action) {
	e.Open('{')
	e.Text("action", string(a.Verb))
	e.Text("key", a.Key)
	e.Text("type", a.Type)
	e.Text("name", a.Name)
	e.Text("owner", a.Owner)
	e.NonZero("id", a.ID)
	e.List("changes", len(a.Changes), func(i int) { e.change(&a.Changes[i]) })
	e.List("associations", len(a.Associations), func(i int) { e.association(&a.Associations[i], a.Verb.Writes()) })
	e.Text("source", a.Source.String())
	e.NonEmpty("reason", a.Reason())
	e.member("candidates", a.Candidates(), len(a.Candidates()) > 0)
	e.member("notes", a.Notes(), len(a.Notes()) > 0)
	e.NonEmpty("xid", a.XID)
	e.True("ownXid", a.OwnXID)
	e.NonEmpty("webLink", a.WebLink().String())
	e.True("deletedOnServer", a.Deleted)
	e.NonEmpty("called", a.Called())
	e.NonZero("order", int64(a.Order))
	e.NonEmpty("state", a.State())
	if c := a.Compared(); len(c.Fields) > 0 || c.Lists != 0 || c.Paged != 0 {
		e.Key("compared")
		e.Open('{')
		e.Texts("fields", c.Fields)
		e.NonZero("lists", int64(c.Lists))
		e.NonZero("paged", int64(c.Paged))
		e.Close('}')
	}
	e.member("applied", a.Baseline(), len(a.Baseline()) > 0)
	e.Texts("hadTags", a.HadTags())
	e.member("wanted", a.Wanted(), a.Wanted() != nil)
	e.True("dropped", a.Dropped)
	e.True("invalid", a.Invalid)
	e.True("reference", a.Reference)
	e.Close('}')
}

func (e *encoder) change(c *Change) {
	e.Open('{')
	e.Text("field", c.Field())
	e.Text("op", c.Op.String())
	e.NonEmpty("old", c.Old())
	e.NonEmpty("new", c.New())
	e.member("attribute", c.attribute, c.attribute != nil)
	e.NonEmpty("drift", c.Drift.String())
	e.Close('}')
}

// association adds an association of an action. One that is not made has no op, so that
// those which have one are those that are counted. The short form has no text that is
// made of type and name.
func (e *encoder) association(as *Association, writes bool) {
	e.Open('{')
	e.Text("kind", as.Kind.String())
	e.NonEmpty("type", as.Type())
	e.NonEmpty("name", as.Name())
	e.NonEmpty("owner", as.Owner())
	e.NonZero("id", as.ID())
	e.Text("state", as.State.String())
	if as.Op != Add || as.State != Missing && writes {
		e.NonEmpty("op", as.Op.String())
	}
	e.NonEmpty("key", as.Key())
	e.NonZero("object", int64(as.place))
	if !e.short || as.Op != Add || !as.isPlain() {
		e.NonEmpty("written", as.Written())
	}
	e.NonEmpty("reason", as.Reason())
	e.NonEmpty("drift", as.Drift.String())
	e.Close('}')
}

func (e *encoder) object(o *Object) {
	s := o.saved(e.short)
	e.Open('{')
	e.Text("kind", s.Kind.String())
	e.NonEmpty("written", s.Written)
	e.NonEmpty("type", s.Type)
	e.NonEmpty("name", s.Name)
	e.NonEmpty("owner", s.Owner)
	e.NonZero("id", s.ID)
	e.NonEmpty("xid", s.XID)
	e.NonEmpty("webLink", s.WebLink.String())
	e.Text("state", s.State.String())
	e.True("own", s.Own)
	if s.Source != (Source{}) {
		e.Text("source", s.Source.String())
	}
	e.Texts("notes", s.Notes)
	e.NonEmpty("reason", s.Reason)
	if s.Definition != nil {
		e.Key("definition")
		e.Open('{')
		for _, name := range slices.Sorted(maps.Keys(s.Definition)) {
			e.Key(name)
			e.scalar(s.Definition[name])
		}
		e.Close('}')
	}
	e.Close('}')
}

// scalar adds a text, a number or a boolean by itself. Few values are anything else.
func (e *encoder) scalar(value any) {
	switch v := value.(type) {
	case string:
		e.String(v)
	case json.Number:
		e.Buf = append(append(e.Buf, v...), ',')
	default:
		e.Any(v)
	}
}
