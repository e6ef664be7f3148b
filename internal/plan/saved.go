package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"tcimport/internal/baseline"
	"tcimport/internal/jsonwriter"
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
	if p.ID == "" {
		p.ID = p.digest()
	}
	s := &stream{w: w, lineBreak: "\n", encoder: encoder{short: true}}
	return s.document(append(p.members(), more...))
}

// digest names the plan by its content: by the whole of it, without white space.
func (p *Plan) digest() string {
	c := *p
	c.ID = ""
	h := sha256.New()
	if err := (&stream{w: h, encoder: encoder{Writer: jsonwriter.Writer{HTML: true}}}).document(c.members()); err != nil {
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
	encoder   // what is not written yet
	w         io.Writer
	lineBreak string // between entries
	err       error
}

const flushAt = 64 << 10

// document writes an object, and a line break.
func (s *stream) document(members []Member) error {
	s.entries("{}", len(members), func(i int) { s.pair(members[i].Name, members[i].Value) })
	s.Buf[len(s.Buf)-1] = '\n' // in place of the comma
	s.flush()
	return s.err
}

// value adds v.
func (s *stream) value(v any) {
	switch v := v.(type) {
	case []*Action:
		s.entries("[]", len(v), func(i int) { s.action(v[i]) })
	case []*Object:
		s.entries("[]", len(v), func(i int) { s.object(v[i]) })
	case baseline.IDMap:
		keys := slices.Sorted(maps.Keys(v))
		s.entries("{}", len(keys), func(i int) { s.pair(keys[i], v[keys[i]]) })
	default:
		s.Any(v)
	}
}

func (s *stream) pair(name string, value any) {
	s.Key(name)
	s.value(value)
}

// entries adds n entries within brackets, each on a line of its own.
func (s *stream) entries(brackets string, n int, entry func(i int)) {
	s.Open(brackets[0])
	for i := range n {
		s.Buf = append(s.Buf, s.lineBreak...)
		if len(s.Buf) >= flushAt {
			s.flush()
		}
		entry(i)
	}
	if n > 0 {
		s.Buf = append(s.Bytes(), s.lineBreak...)
	}
	s.Close(brackets[1])
}

func (s *stream) flush() {
	if s.err == nil {
		_, s.err = s.w.Write(s.Buf)
	}
	s.Buf = s.Buf[:0]
}

// marshal is v as JSON with its texts as they are: the encoder around it escapes
// them, or not.
func marshal(v any) ([]byte, error) {
	var w jsonwriter.Writer
	w.Any(v)
	return w.Bytes(), nil
}
