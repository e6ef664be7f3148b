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

// Member is a member of a JSON object.
type Member struct {
	Name  string
	Value any
}

// Write writes the plan as JSON, and more behind what is its own. Each action has a
// line of its own, without what Read can tell from the rest.
func (p *Plan) Write(w io.Writer, more ...Member) error {
	s := newStream(w)
	s.encoder.SetEscapeHTML(false)
	s.short, s.lineBreak = true, "\n"
	return s.document(append(p.members(), more...))
}

// digest names the plan by its content: by the whole of it, without white space.
func (p *Plan) digest() string {
	c := *p
	c.ID = ""
	h := sha256.New()
	if err := newStream(h).document(c.members()); err != nil {
		panic(fmt.Sprintf("plan: %v", err)) // every field can be encoded
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// members are the fields of the plan as encoding/json has them.
func (p *Plan) members() []Member {
	var out []Member
	for tag, field := range p.fields {
		name, option, _ := strings.Cut(tag, ",")
		if option != "omitempty" || !isEmpty(field) {
			out = append(out, Member{name, field.Interface()})
		}
	}
	return out
}

// isEmpty reports whether encoding/json leaves out a text, a list or a map.
func isEmpty(v reflect.Value) bool { return v.Len() == 0 }

// fields yields the fields of the plan, with their tags for JSON.
func (p *Plan) fields(yield func(tag string, field reflect.Value) bool) {
	v := reflect.ValueOf(p).Elem()
	for i := range v.NumField() {
		if !yield(v.Type().Field(i).Tag.Get("json"), v.Field(i)) {
			return
		}
	}
}

// stream writes a plan.
type stream struct {
	w         io.Writer
	lineBreak string       // between entries
	short     bool         // without what Read can tell from the rest
	buf       bytes.Buffer // what is not written yet
	encoder   *json.Encoder
	err       error
}

func newStream(w io.Writer) *stream {
	s := &stream{w: w}
	s.encoder = json.NewEncoder(&s.buf)
	return s
}

const flushAt = 64 << 10

// document writes an object, and a line break.
func (s *stream) document(members []Member) error {
	s.entries("{}", len(members), func(i int) { s.member(members[i].Name, members[i].Value) })
	s.text("\n")
	s.flush()
	return s.err
}

func (s *stream) text(text string) { s.buf.WriteString(text) }

// value adds v.
func (s *stream) value(v any) {
	switch v := v.(type) {
	case []*Action:
		s.entries("[]", len(v), func(i int) { s.encode(v[i].saved(s.short)) })
	case []*Object:
		s.entries("[]", len(v), func(i int) { s.encode(v[i].saved(s.short)) })
	case baseline.IDMap:
		keys := slices.Sorted(maps.Keys(v))
		s.entries("{}", len(keys), func(i int) { s.member(keys[i], v[keys[i]]) })
	default:
		s.encode(v)
	}
}

func (s *stream) member(name string, value any) {
	s.encode(name)
	s.text(":")
	s.value(value)
}

// entries adds n entries within delimiters, each on a line of its own.
func (s *stream) entries(delimiters string, n int, entry func(i int)) {
	s.text(delimiters[:1])
	for i := range n {
		if i > 0 {
			s.text(",")
		}
		s.text(s.lineBreak)
		entry(i)
	}
	if n > 0 {
		s.text(s.lineBreak)
	}
	s.text(delimiters[1:])
}

// encode adds v, on one line.
func (s *stream) encode(v any) {
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
