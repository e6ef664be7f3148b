package intel

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"tcimport/internal/canonical"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// The limits of a group's name, in characters: instances since 7.11 take 200,
// older ones 100.
const (
	NameMax      = 200
	NameMaxOlder = 100
)

// XIDMax is a length up to which an xid is known to work.
const XIDMax = 100

// Group brings a group, merged from its definitions, into canonical form in
// place, and adds all its problems to ps. A group in canonical form stays as
// it is.
func (c *Checker) Group(g *Group, ps *Problems) {
	k := check{Checker: c, ps: ps, pos: g.Pos}
	g.Key, g.Name, g.XID = strings.TrimSpace(g.Key), strings.TrimSpace(g.Name), strings.TrimSpace(g.XID)
	t := k.groupType(g)
	if g.Reference {
		k.notDigits(g.XID)
		return
	}
	if g.Name != "" || g.Invalid == "" {
		k.name(g.Name)
	}
	k.xid(g.XID)
	k.groupFields(g, t)
	g.Tags = k.tags(g.Tags)
	g.SecurityLabels, g.LabelPos = k.securityLabels(g.SecurityLabels, g.LabelPos, g.Pos)
	g.Attributes = k.attributes(g.Attributes, t != nil)
}

// groupType finds the type and puts it into the API's spelling; nil where there
// is none.
func (k *check) groupType(g *Group) *GroupType {
	g.Type = strings.TrimSpace(g.Type)
	t, ok := GroupTypeNamed(g.Type)
	if ok {
		g.Type, k.what = t.Name, t.Name
		return t
	}
	k.what = "group"
	switch {
	case g.Type != "":
		k.errorf(g.Pos, "type %s is not a type of group%s", message.Quote(g.Type), k.typeSuggestion(g.Type))
	case !g.Reference && g.Invalid == "":
		k.errorf(g.Pos, "the group has no type: write one of %s", strings.Join(groupTypeNames, ", "))
	}
	return nil
}

// otherNames are names of other systems for types of groups, squeezed.
var otherNames = map[string]string{
	"actor": "Adversary or Intrusion Set", "threatactor": "Adversary or Intrusion Set", "apt": "Intrusion Set",
	"ttp": "Attack Pattern", "technique": "Attack Pattern", "mitigation": "Course of Action", "coa": "Course of Action",
	"cve": "Vulnerability", "ransomware": "Malware", "rule": "Signature", "detection": "Signature", "yara": "Signature", "sigma": "Signature",
}

// typeSuggestion ends a message about a type of group that does not exist.
func (k *check) typeSuggestion(typ string) string {
	if names := otherNames[spelling.Squeeze(typ)]; names != "" {
		return ": use " + names
	}
	if t, ok := IndicatorTypeNamed(typ, nil); ok {
		return ": " + t.Name + " is a type of indicator: write it under associatedIndicators of a group"
	}
	return k.didYouMean(typ, groupTypeNames)
}

func (k *check) name(name string) {
	if name == "" {
		k.errorf(Pos{}, "the group has no name")
		return
	}
	limit, unknown := NameMax, "plan checks the limit of yours"
	if k.in != nil {
		unknown = "this one does not state its own"
		if k.in.NameMax > 0 {
			limit, unknown = k.in.NameMax, ""
		}
	}
	if err := checkText(name, limit); err != nil {
		k.errorf(Pos{}, "name %s %s", message.Quote(name), err)
	} else if unknown != "" && longerThan(name, NameMaxOlder) {
		k.warnf(Pos{}, "the name has more than %d characters, the limit of older instances: %s", NameMaxOlder, unknown)
	}
	if err := checkControl(name); err != nil {
		k.warnf(Pos{}, "name %s %s, unless it is meant", message.Quote(name), err)
	}
}

// notDigits refuses an xid of digits: a request would take it for an ID.
func (k *check) notDigits(xid string) {
	if xid != "" && canonical.IsDigits(xid) {
		k.errorf(Pos{}, "xid %s has digits only, like an ID: add a letter", message.Quote(xid))
	}
}

func (k *check) xid(xid string) {
	if xid == "" {
		return
	}
	k.notDigits(xid)
	if xid == "." || xid == ".." {
		k.errorf(Pos{}, "xid %s cannot be part of a URL: use another one", message.Quote(xid))
	}
	if err := cmp.Or(checkText(xid, 0), checkControl(xid)); err != nil {
		k.errorf(Pos{}, "xid %s %s", message.Quote(xid), err)
	}
	if i := strings.IndexAny(xid, `/?#%\`); i >= 0 {
		k.warnf(Pos{}, "xid %s contains %q, with which some instances cannot find it: letters, digits and . _ : - are safe", message.Quote(xid), xid[i])
	}
	if longerThan(xid, XIDMax) {
		k.warnf(Pos{}, "xid %s has %d characters: up to %d are known to work", message.Quote(xid), utf8.RuneCountInString(xid), XIDMax)
	}
}

func (k *check) groupFields(g *Group, t *GroupType) {
	g.Fields = withoutEmpty(g.Fields)
	for i := range g.Fields {
		f := &g.Fields[i]
		if t != nil {
			if spec, ok := t.Field(f.Name); ok {
				k.field(f, spec)
				continue
			}
		}
		switch types := holders(f.Name); {
		case types == "":
			k.errorf(f.Pos, "%s is not a field of any group%s", message.Quote(f.Name), k.didYouMean(f.Name, groupFieldNames))
		case t != nil:
			k.errorf(f.Pos, "%s has no %s: %s", message.Article(t.Name), f.Name, types)
		}
	}
	if t == nil {
		return
	}
	if g.Invalid == "" {
		k.required(g.Fields, t.Fields)
	}
	k.malware(g)
}

// holders says which types of group have the field, "" if none has.
func holders(name string) string {
	var types []string
	for i := range GroupTypes {
		if _, ok := GroupTypes[i].Field(name); ok {
			types = append(types, message.Article(GroupTypes[i].Name))
		}
	}
	switch len(types) {
	case 0:
		return ""
	case 1:
		return types[0] + " has one"
	}
	return message.Join(types, "and") + " have one"
}

// malware checks that a Document has a password exactly where it holds malware:
// instances take none of the two without the other.
func (k *check) malware(g *Group) {
	malware, _ := g.Fields.Get("malware")
	_, guarded := g.Fields.Get("password")
	for _, f := range g.Fields {
		switch {
		case f.Name == "malware" && malware == "true" && !guarded && g.Invalid == "":
			k.errorf(f.Pos, "a Document with malware: true needs the password of its file")
		case f.Name == "password" && malware != "true":
			k.errorf(f.Pos, "password needs malware: true: add that, or remove the password")
		}
	}
}
