package tcsim

import (
	_ "embed"
	"slices"
	"strings"
)

// keyword is one word of TQL for one endpoint.
type keyword struct {
	name    string // canonical spelling
	typ     string // Integer, String, StringLower, Date, Enum, Boolean
	get     getter
	list    func(c *call, o *object) []string // or several texts
	many    bool                              // the values of all related objects
	nested  bool                              // hasX(query)
	related kind                              // of many, of hasX, and of findRelated
	find    finder                            // the index
}

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

// keywordList says which keywords each endpoint has; it begins with its form.
//
//go:embed data/keywords.txt
var keywordList string

// keywordValues are what keywords stand for beside stored fields: a value, or
// several texts, and the index that finds them.
var keywordValues = map[string]keyword{
	"id":              {get: idOf, find: findID},
	"idText":          {get: func(_ *call, o *object) value { return text(itoa(o.id)) }},
	"name":            {get: nameOf, find: findName},
	"value":           {get: nameOf}, // of an attribute, which has no index of them
	"value1":          {get: partOf(0), find: findValue},
	"value2":          {get: partOf(1), find: findValue},
	"value3":          {get: partOf(2), find: findValue},
	"type":            {get: typeOf},
	"typeNumber":      {get: typeNumber},
	"xid":             {get: xidOf, find: findXID},
	"owner":           {get: ownerOf, find: findOwner},
	"ownerId":         {get: ownerIDOf},
	"parent":          {get: parentIDOf, find: findRelated},
	"parentName":      {get: func(_ *call, o *object) value { return text(o.parent.name) }},
	"added":           {get: addedOf},
	"edited":          {get: editedOf},
	"createdBy":       {get: makerOf},
	"technique":       {get: techniqueOf},
	"active":          {get: stored("active", truth(true))},
	"ipv6":            {get: func(_ *call, o *object) value { return truth(o.typ == "Address" && strings.Contains(o.name, ":")) }},
	"description":     {get: defaultAttribute("Description")},
	"source":          {get: defaultAttribute("Source")},
	"fileStatus":      {get: groupStatus},
	"fileSize":        {get: fileSize},
	"eventType":       {get: (*call).eventType},
	"groupSource":     {get: sourceOf(kGroup)},
	"indicatorSource": {get: sourceOf(kIndicator)},
	"mappings":        {list: func(c *call, o *object) []string { return c.st.types.mappings(o.name) }},
	"true":            {get: always(truth(true))},
	"false":           {get: always(truth(false))},
	"0":               {get: always(integer(0))},
}

// addKeywords gives the endpoints the keywords of the list, and owners those of
// the permissions.
func (s *Server) addKeywords() {
	for line := range strings.Lines(keywordList) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		for path, r := range s.resources {
			if words[0] != "*" && !slices.Contains(strings.Split(words[0], ","), path) {
				continue
			}
			for _, w := range words[2:] {
				k := s.newKeyword(r.kind, words[1], w)
				r.keywords[strings.ToLower(k.name)] = k
			}
		}
	}
	for _, p := range permKeys {
		s.byKind[kOwner].keywords[strings.ToLower(p)] = &keyword{name: p, typ: "Enum", get: permission(p)}
	}
}

// newKeyword makes a keyword of kind k from its form in the list.
func (s *Server) newKeyword(k kind, typ, form string) *keyword {
	form, types, _ := strings.Cut(form, "@")
	name, what, ok := strings.Cut(form, "=")
	if !ok {
		what = name
	}
	path, valueName, named := strings.Cut(what, ":")
	var word keyword
	switch {
	case typ == "Query":
		word = keyword{nested: true, related: relatedKind(k, name)}
		typ = "Integer"
	case what == "-":
		word.get = always(value{})
	case named:
		word = keywordValues[valueName]
		word.related = kinds[k].parent
	case typ == "Boolean":
		word.get = stored(what, truth(false))
	default:
		word.get = stored(what, value{})
	}
	if path != "" && named {
		word.many, word.related = true, s.resources[path].kind
		if word.find = nil; valueName == "id" {
			word.find = findRelated
		}
	}
	if types != "" {
		word.get = only(word.get, strings.Split(types, ",")...)
	}
	word.name, word.typ = name, typ
	return &word
}

// relatedKind is the kind that hasX(query) of kind k asks for; kindCount is one
// that the simulator does not have: nothing is related.
func relatedKind(k kind, name string) kind {
	switch name {
	case "hasAttribute":
		if of, ok := attributeKinds[k]; ok {
			return of
		}
	case "hasAllTags":
		return kTag
	}
	for of := range kindCount {
		if strings.TrimPrefix(name, "has")+"s" == kinds[of].list {
			return of
		}
	}
	return kindCount
}

func makerOf(_ *call, o *object) value {
	if o.by == nil {
		return value{}
	}
	return text(o.by.UserName)
}

// techniqueOf is the name of an ATT&CK tag.
func techniqueOf(_ *call, tag *object) value {
	if tag.xid == "" {
		return value{}
	}
	return text(tag.name)
}

func partOf(i int) getter {
	return func(_ *call, o *object) value { return textIfAny(o.value(i)) }
}

// sourceOf: everything here was associated through the API.
func sourceOf(k kind) getter {
	return func(_ *call, o *object) value {
		if len(o.linked(k)) == 0 {
			return value{}
		}
		return text("API")
	}
}

// typeNumber is the number of an object's type among those of its kind.
func typeNumber(c *call, o *object) value {
	switch o.kind {
	case kGroup:
		return integer(int64(slices.Index(groupTypes, o.typ) + 1))
	case kVictimAsset:
		return integer(int64(slices.Index(assetTypes, o.typ) + 1))
	case kIndicator:
		return integer(c.st.types.indicatorTypeID(o.typ))
	}
	if at := c.st.types.byAttribute[o.typ]; at != nil {
		return integer(at.ID)
	}
	return integer(0)
}
