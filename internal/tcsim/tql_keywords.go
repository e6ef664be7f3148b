package tcsim

import (
	"strings"
	"time"
)

// keyword is one word of TQL for one endpoint.
type keyword struct {
	name    string // canonical spelling
	typ     string // Integer, BigInteger, String, StringLower, Date, Enum, Boolean
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
	indexValue1
	indexValue2
	indexValue3
	indexOwner
	indexRelated
)

func (k *keyword) text() bool { return k.typ == "String" || k.typ == "StringLower" || k.typ == "Enum" }

// keywordTable finds keywords by their lower-case spelling.
type keywordTable map[string]*keyword

func (t keywordTable) add(ks ...*keyword) {
	for _, k := range ks {
		t[strings.ToLower(k.name)] = k
	}
}

// Constructors of the common kinds of keyword.

func text(name, typ string, f func(c *call, o *object) string) *keyword {
	return &keyword{name: name, typ: typ, get: func(c *call, o *object, out []tval) []tval {
		if s := f(c, o); s != "" {
			out = append(out, strVal(s))
		}
		return out
	}}
}

func textField(name, key string) *keyword {
	return text(name, "String", func(_ *call, o *object) string { return o.str(key) })
}

func dateField(name, key string) *keyword {
	return &keyword{name: name, typ: "Date", get: func(_ *call, o *object, out []tval) []tval {
		if d, ok := o.fields[key].(time.Time); ok {
			out = append(out, dateVal(d))
		}
		return out
	}}
}

func date(name string, f func(o *object) time.Time) *keyword {
	return &keyword{name: name, typ: "Date", get: func(_ *call, o *object, out []tval) []tval {
		if d := f(o); !d.IsZero() {
			out = append(out, dateVal(d))
		}
		return out
	}}
}

func integer(name string, f func(c *call, o *object) int64) *keyword {
	return &keyword{name: name, typ: "Integer", get: func(c *call, o *object, out []tval) []tval {
		return append(out, intVal(f(c, o)))
	}}
}

func numberField(name, key string) *keyword {
	return &keyword{name: name, typ: "Integer", get: func(_ *call, o *object, out []tval) []tval {
		switch v := o.fields[key].(type) {
		case int64:
			out = append(out, intVal(v))
		case float64:
			out = append(out, numVal(v))
		}
		return out
	}}
}

func boolean(name string, f func(o *object) bool) *keyword {
	return &keyword{name: name, typ: "Boolean", get: func(_ *call, o *object, out []tval) []tval {
		return append(out, boolVal(f(o)))
	}}
}

func boolField(name, key string) *keyword {
	return boolean(name, func(o *object) bool { b, _ := o.fields[key].(bool); return b })
}

// relatedText has the names of all related objects of a kind as values.
func relatedText(name, typ string, k kind, f func(o *object) string) *keyword {
	return &keyword{name: name, typ: typ, many: true, get: func(c *call, o *object, out []tval) []tval {
		for _, id := range c.st.related(o, k) {
			if s := f(c.st.get(k, id)); s != "" {
				out = append(out, strVal(s))
			}
		}
		return out
	}}
}

// relatedID has the IDs of all related objects of a kind as values.
func relatedID(name string, k kind) *keyword {
	return &keyword{name: name, typ: "Integer", many: true, related: k, index: indexRelated,
		get: func(c *call, o *object, out []tval) []tval {
			for _, id := range c.st.related(o, k) {
				out = append(out, intVal(id))
			}
			return out
		}}
}

func nested(name string, k kind) *keyword {
	return &keyword{name: name, typ: "Integer", nested: true, related: k}
}

// absent is a keyword whose values the simulator does not have: it is known,
// and nothing matches it.
func absent(typ string, names ...string) []*keyword {
	var ks []*keyword
	for _, n := range names {
		ks = append(ks, &keyword{name: n, typ: typ, get: func(_ *call, _ *object, out []tval) []tval { return out }})
	}
	return ks
}

func name(o *object) string { return o.name }

// addCommon adds what nearly all endpoints have.
func (t keywordTable) addCommon() {
	t.add(
		&keyword{name: "id", typ: "Integer", index: indexID, get: func(_ *call, o *object, out []tval) []tval { return append(out, intVal(o.id)) }},
		&keyword{name: "summary", typ: "StringLower", index: indexSummary, get: func(_ *call, o *object, out []tval) []tval { return append(out, strVal(o.name)) }},
		&keyword{name: "ownerName", typ: "String", index: indexOwner, get: func(_ *call, o *object, out []tval) []tval { return append(out, strVal(ownerName(o.owner))) }},
		integer("owner", func(_ *call, o *object) int64 { return ownerID(o.owner) }),
		date("dateAdded", func(o *object) time.Time { return o.added }),
		date("lastModified", func(o *object) time.Time { return o.edited }),
		text("createdBy", "String", func(_ *call, o *object) string {
			if o.by == nil {
				return ""
			}
			return o.by.UserName
		}),
	)
}

// addIntel adds what groups and indicators share.
func (t keywordTable) addIntel() {
	t.addCommon()
	t.add(
		text("typeName", "String", func(_ *call, o *object) string { return o.typ }),
		relatedText("tag", "StringLower", kTag, name),
		relatedText("attackTag", "StringLower", kTag, func(o *object) string {
			if o.xid == "" {
				return ""
			}
			return o.name
		}),
		relatedText("tagOwnerName", "String", kTag, func(o *object) string { return ownerName(o.owner) }),
		relatedText("securityLabel", "StringLower", kLabel, name),
		nested("hasAllTags", kTag), nested("hasArtifact", kArtifact), nested("hasCase", kCase), nested("hasGroup", kGroup),
		nested("hasIndicator", kIndicator), nested("hasSecurityLabel", kLabel), nested("hasTag", kTag),
		nested("hasVictim", kVictim), nested("hasVictimAsset", kVictimAsset), nested("hasIntelRequirement", kindCount),
		dateField("firstSeen", "firstSeen"), dateField("lastSeen", "lastSeen"),
		dateField("externalDateAdded", "externalDateAdded"), dateField("externalDateExpires", "externalDateExpires"),
		dateField("externalLastModified", "externalLastModified"),
		&keyword{name: "tagOwner", typ: "Integer", many: true, get: func(c *call, o *object, out []tval) []tval {
			for _, id := range o.linked(kTag) {
				out = append(out, intVal(ownerID(c.st.get(kTag, id).owner)))
			}
			return out
		}},
		text("associatedGroupSource", "Enum", func(_ *call, o *object) string { return sourceOf(o.linked(kGroup)) }),
		text("associatedIndicatorSource", "Enum", func(_ *call, o *object) string { return sourceOf(o.linked(kIndicator)) }),
	)
}

// sourceOf: everything here was associated through the API.
func sourceOf(ids idset) string {
	if len(ids) == 0 {
		return ""
	}
	return "API"
}
