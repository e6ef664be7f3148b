package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"tcimport/internal/baseline"
)

// A plan can have a million actions. So its JSON is written and read entry by
// entry: it is never in memory as a whole.

// layout is the white space between the parts of a document.
type layout struct{ open, field, entry, end string }

var (
	compact = layout{}
	byLine  = layout{open: "\n", field: "\n", entry: "\n", end: "\n"} // one line for each action
)

// Member is a member of a JSON object.
type Member struct {
	Name  string
	Value any
}

// Write writes the plan as JSON, and more behind what is its own.
func (p *Plan) Write(w io.Writer, more ...Member) error {
	s := &stream{w: w, layout: byLine, short: true}
	s.encoder = json.NewEncoder(&s.buf)
	s.encoder.SetEscapeHTML(false)
	s.plan(p, more...)
	return s.err
}

// digest names the plan by its content.
func (p *Plan) digest() string {
	c := *p
	c.ID = ""
	h := sha256.New()
	s := &stream{w: h, layout: compact}
	s.encoder = json.NewEncoder(&s.buf)
	s.plan(&c)
	if s.err != nil {
		panic(fmt.Sprintf("plan: %v", s.err)) // every field can be encoded
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// stream writes a plan.
type stream struct {
	w       io.Writer
	layout  layout
	short   bool         // without what Read can tell from the rest; a digest has all
	buf     bytes.Buffer // what is not written yet
	encoder *json.Encoder
	err     error
}

const flushAt = 64 << 10

func (s *stream) text(text string) { s.buf.WriteString(text) }

// value adds v, on one line.
func (s *stream) value(v any) {
	if s.err != nil {
		return
	}
	if s.err = s.encoder.Encode(v); s.err != nil {
		return
	}
	s.buf.Truncate(s.buf.Len() - 1) // the line break
	if s.buf.Len() >= flushAt {
		s.flush()
	}
}

func (s *stream) flush() {
	if s.err == nil {
		_, s.err = s.buf.WriteTo(s.w)
	}
}

// plan writes p as encoding/json would, but for white space.
func (s *stream) plan(p *Plan, more ...Member) {
	sep := "{" + s.layout.open
	v := reflect.ValueOf(p).Elem()
	for i := range v.NumField() {
		name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		field := v.Field(i)
		if option == "omitempty" && (field.IsZero() || field.Kind() != reflect.String && field.Len() == 0) {
			continue
		}
		s.text(sep)
		s.value(name)
		s.text(":")
		sep = "," + s.layout.field
		switch list := field.Interface().(type) {
		case []*Action:
			writeEntries(s, list, func(a *Action) *actionJSON { return a.saved(s.short) })
		case []*Object:
			writeEntries(s, list, func(o *Object) savedObject { return o.saved(s.short) })
		case baseline.IDMap:
			s.idMap(list)
		default:
			s.value(list)
		}
	}
	for _, m := range more {
		s.text(sep)
		s.value(m.Name)
		s.text(":")
		s.value(m.Value)
	}
	s.text(s.layout.end + "}\n")
	s.flush()
}

func writeEntries[T, Saved any](s *stream, list []T, saved func(T) Saved) {
	s.text("[")
	for i, v := range list {
		if i > 0 {
			s.text(",")
		}
		s.text(s.layout.entry)
		s.value(saved(v))
	}
	if len(list) > 0 {
		s.text(s.layout.entry)
	}
	s.text("]")
}

func (s *stream) idMap(ids baseline.IDMap) {
	s.text("{")
	for i, key := range slices.Sorted(maps.Keys(ids)) {
		if i > 0 {
			s.text(",")
		}
		s.text(s.layout.entry)
		s.value(key)
		s.text(":")
		s.value(ids[key])
	}
	if len(ids) > 0 {
		s.text(s.layout.entry)
	}
	s.text("}")
}

// actionJSON is Action without its methods.
type actionJSON Action

// saved is the form of a that is saved. An association that is not made has no op, so
// that those which have one are those that are counted. The short form has no text
// that is made of type and name.
func (a *Action) saved(short bool) *actionJSON {
	out := (*actionJSON)(a)
	for i, as := range a.Associations {
		noOp := as.Op == Add && (as.State == Missing || !a.Verb.Writes())
		noText := short && as.Op == Add && as.Written == as.plainText()
		if !noOp && !noText {
			continue
		}
		if out == (*actionJSON)(a) {
			changed := *out
			changed.Associations = slices.Clone(a.Associations)
			out = &changed
		}
		not := *as
		if noOp {
			not.Op = 0
		}
		if noText {
			not.Written = ""
		}
		out.Associations[i] = &not
	}
	return out
}

// plainText is how most manifests write the other end.
func (as *Association) plainText() string {
	if as.Key != "" {
		return as.Key
	}
	return plainText(as.Type, as.Name)
}

func plainText(typ, name string) string {
	if typ == "" || name == "" {
		return ""
	}
	return typ + ":" + name
}

// MarshalJSON gives the form that is saved.
func (a *Action) MarshalJSON() ([]byte, error) { return marshal(a.saved(false)) }

// marshal is v as JSON with its texts as they are: the encoder around it escapes
// them, or not.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// UnmarshalJSON reads what MarshalJSON writes.
func (a *Action) UnmarshalJSON(data []byte) error {
	err := json.Unmarshal(data, (*actionJSON)(a))
	for _, as := range a.Associations {
		if as.Op == 0 {
			as.Op = Add
		}
		if as.Op == Add && as.Written == "" {
			as.Written = as.plainText()
		}
	}
	return err
}
