package tcsim

import (
	"strings"
	"time"
)

// keyword is one word of TQL for one endpoint.
type keyword struct {
	name    string // canonical spelling
	typ     string // Integer, String, StringLower, Date, Enum, Boolean
	get     func(c *call, o *object, out []tval) []tval
	many    bool // may have several values
	nested  bool // hasX(query)
	related kind // of hasX, and of indexRelated
	index   indexKind
}

type indexKind uint8

const (
	noIndex indexKind = iota
	indexID
	indexSummary
	indexValues
	indexOwner
	indexRelated
)

func (k *keyword) text() bool { return k.typ == "String" || k.typ == "StringLower" || k.typ == "Enum" }

// keywordTable finds keywords by their lower-case spelling.
type keywordTable map[string]*keyword

func (t keywordTable) add(k *keyword) *keyword {
	t[strings.ToLower(k.name)] = k
	return k
}

// words adds a keyword for each of the names in a line.
func (t keywordTable) words(typ, names string, get func(name string) func(c *call, o *object, out []tval) []tval) {
	for name := range strings.FieldsSeq(names) {
		name, key, renamed := strings.Cut(name, "=")
		if !renamed {
			key = name
		}
		t.add(&keyword{name: name, typ: typ, get: get(key)})
	}
}

// stored adds keywords of stored fields: a name, or name=key of the field.
func (t keywordTable) stored(typ, names string) {
	t.words(typ, names, func(key string) func(*call, *object, []tval) []tval {
		return func(_ *call, o *object, out []tval) []tval {
			switch v := o.fields.get(key).(type) {
			case string:
				return appendText(out, v)
			case int64:
				return append(out, intVal(v))
			case float64:
				return append(out, numVal(v))
			case bool:
				return append(out, boolVal(v))
			case time.Time:
				return append(out, dateVal(v))
			}
			if typ == "Boolean" {
				return append(out, boolVal(key == "active")) // the only one that is true unless it is set
			}
			return out
		}
	})
}

// absent adds keywords whose values the simulator does not have: they are known,
// and nothing matches them.
func (t keywordTable) absent(typ, names string) {
	t.words(typ, names, func(string) func(*call, *object, []tval) []tval {
		return func(_ *call, _ *object, out []tval) []tval { return out }
	})
}

// text adds a keyword with one text as its value, or none where it is empty.
func (t keywordTable) text(name, typ string, f func(c *call, o *object) string) *keyword {
	return t.add(&keyword{name: name, typ: typ, get: func(c *call, o *object, out []tval) []tval { return appendText(out, f(c, o)) }})
}

// textOf adds a text of some types only.
func (t keywordTable) textOf(name string, f func(c *call, o *object) string, types ...string) {
	t.text(name, "String", func(c *call, o *object) string {
		for _, typ := range types {
			if typ == o.typ {
				return f(c, o)
			}
		}
		return ""
	})
}

// summary adds a keyword for the name, which is indexed.
func (t keywordTable) summary(name, typ string) {
	t.text(name, typ, nameOf).index = indexSummary
}

func appendText(out []tval, s string) []tval {
	if s == "" {
		return out
	}
	return append(out, strVal(s))
}

func (t keywordTable) date(name string, f func(o *object) moment) {
	t.add(&keyword{name: name, typ: "Date", get: func(_ *call, o *object, out []tval) []tval {
		if d := f(o); d != 0 {
			out = append(out, dateVal(d.time()))
		}
		return out
	}})
}

func (t keywordTable) integer(name string, f func(c *call, o *object) int64) *keyword {
	return t.add(&keyword{name: name, typ: "Integer", get: func(c *call, o *object, out []tval) []tval { return append(out, intVal(f(c, o))) }})
}

func (t keywordTable) boolean(name string, f func(o *object) bool) {
	t.add(&keyword{name: name, typ: "Boolean", get: func(_ *call, o *object, out []tval) []tval { return append(out, boolVal(f(o))) }})
}

// parentID adds the ID of the object that this one is part of.
func (t keywordTable) parentID(name string, k kind) {
	word := t.integer(name, func(_ *call, o *object) int64 { return o.parent.id })
	word.related, word.index = k, indexRelated
}

// relatedText has a text of all related objects of a kind as values.
func (t keywordTable) relatedText(name, typ string, k kind, f func(*call, *object) string) {
	t.add(&keyword{name: name, typ: typ, many: true, get: func(c *call, o *object, out []tval) []tval {
		for _, other := range related(o, k) {
			out = appendText(out, f(c, other))
		}
		return out
	}})
}

// relatedID has the IDs of all related objects of a kind as values.
func (t keywordTable) relatedID(k kind, names string) {
	for name := range strings.FieldsSeq(names) {
		t.add(&keyword{name: name, typ: "Integer", many: true, related: k, index: indexRelated, get: func(_ *call, o *object, out []tval) []tval {
			for _, other := range related(o, k) {
				out = append(out, intVal(other.id))
			}
			return out
		}})
	}
}

// nestedKinds are the kinds that hasX(query) asks for; a name that is not here is
// of a kind that the simulator does not have: nothing is related.
var nestedKinds = map[string]kind{
	"hasAllTags": kTag, "hasArtifact": kArtifact, "hasCase": kCase, "hasGroup": kGroup, "hasIndicator": kIndicator,
	"hasSecurityLabel": kLabel, "hasTag": kTag, "hasVictim": kVictim, "hasVictimAsset": kVictimAsset,
}

func (t keywordTable) has(k kind, names string) {
	for name := range strings.FieldsSeq(names) {
		to, ok := nestedKinds[name]
		if name == "hasAttribute" {
			to, ok = attributeKinds[k]
		}
		if !ok {
			to = kindCount
		}
		t.add(&keyword{name: name, typ: "Integer", nested: true, related: to})
	}
}
