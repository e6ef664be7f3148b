package tcsim

import "strings"

// keyword is one word of TQL for one endpoint.
type keyword struct {
	name    string // canonical spelling
	typ     string // Integer, String, StringLower, Date, Enum, Boolean
	get     getter
	list    func(c *call, o *object) []string // or several texts
	many    bool                              // the values of all related objects
	nested  bool                              // hasX(query)
	related kind                              // of many, of hasX, and of indexRelated
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

// several says that an object may have more than one value.
func (k *keyword) several() bool { return k.many || k.list != nil }

// values appends the values of an object to out.
func (k *keyword) values(c *call, o *object, out []value) []value {
	switch {
	case k.list != nil:
		for _, s := range k.list(c, o) {
			out = append(out, text(s))
		}
		return out
	case !k.many:
		return appendValue(out, k.get(c, o))
	}
	for _, other := range related(o, k.related) {
		out = appendValue(out, k.get(c, other))
	}
	return out
}

func appendValue(out []value, v value) []value {
	if v.kind == valueNone || v.kind == valueText && v.s == "" {
		return out
	}
	return append(out, v)
}

// keywordTable finds keywords by their lower-case spelling.
type keywordTable map[string]*keyword

func (t keywordTable) add(k *keyword) *keyword {
	t[strings.ToLower(k.name)] = k
	return k
}

func (t keywordTable) word(typ, name string, get getter) *keyword {
	return t.add(&keyword{name: name, typ: typ, get: get})
}

// stored adds keywords of stored fields: a name, or name=key of the field.
func (t keywordTable) stored(typ, names string) {
	var none value
	if typ == "Boolean" {
		none = truth(false)
	}
	for name := range strings.FieldsSeq(names) {
		name, key, renamed := strings.Cut(name, "=")
		if !renamed {
			key = name
		}
		t.word(typ, name, stored(key, none))
	}
}

// absent adds keywords whose values the simulator does not have: they are known,
// and nothing matches them.
func (t keywordTable) absent(typ, names string) {
	for name := range strings.FieldsSeq(names) {
		t.word(typ, name, always(value{}))
	}
}

// relatedText has a text of all related objects of a kind as values.
func (t keywordTable) relatedText(name, typ string, k kind, get getter) {
	t.add(&keyword{name: name, typ: typ, many: true, related: k, get: get})
}

// relatedID has the IDs of all related objects of a kind as values.
func (t keywordTable) relatedID(k kind, names string) {
	for name := range strings.FieldsSeq(names) {
		t.add(&keyword{name: name, typ: "Integer", many: true, related: k, index: indexRelated, get: idOf})
	}
}

// parentID adds the ID of the object that this one is part of.
func (t keywordTable) parentID(name string, k kind) {
	t.add(&keyword{name: name, typ: "Integer", get: parentIDOf, related: k, index: indexRelated})
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
