package tcsim

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var attributeKinds = map[kind]kind{kGroup: kGroupAttribute, kIndicator: kIndicatorAttribute, kCase: kCaseAttribute}

// resolveAttribute handles an entry of attributes: with an id it changes that
// attribute in place, without one it adds it. Append does not dedupe.
func resolveAttribute(t *tx, o *object, entry map[string]any) (*object, *apiError) {
	k := attributeKinds[o.kind]
	id, given, err := entryID(entry)
	if err != nil {
		return nil, err
	}
	if given {
		a := t.st.get(k, id)
		if a == nil || a.parent != o {
			return nil, badRequest("The attribute with the ID %d was not found.", id)
		}
		return a, t.editAttribute(a, withoutKeys(entry, "id"), false)
	}
	if t.c.sw.AttributeAppend == "dedupes" {
		for _, id := range t.st.tables[k].byParent[o.id] {
			a := t.st.get(k, id)
			if a.typ == firstString(entry, "type") && a.name == firstString(entry, "value") && a.str("source") == firstString(entry, "source") {
				return a, nil
			}
		}
	}
	return t.newAttribute(k, o, entry)
}

func (t *tx) newAttribute(k kind, o *object, entry map[string]any) (*object, *apiError) {
	name := firstString(entry, "type")
	if name == "" {
		return nil, missingData("type")
	}
	at := t.st.types.attributeType(name)
	if at == nil || !at.applies(o) {
		return nil, badRequest("The attribute type '%s' is not valid for %s.", name, describeKind(o))
	}
	if at.MaxAllowed > 0 && t.countAttributes(k, o, at.Name) >= at.MaxAllowed {
		return nil, badRequest("No more than %d attribute(s) of the type '%s' are allowed.", at.MaxAllowed, at.Name)
	}
	value, ok := entry["value"].(string)
	if !ok || value == "" {
		return nil, missingData("value")
	}
	a := &object{kind: k, parent: o, owner: o.owner, typ: at.Name, name: t.c.stored(value)}
	if err := at.check(value); err != nil {
		return nil, err
	}
	t.add(a)
	return a, t.editAttribute(a, withoutKeys(entry, "type", "value"), true)
}

// stored is the value of an attribute as the instance keeps it.
func (c *call) stored(value string) string {
	switch c.sw.AttributeText {
	case "escaped":
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(value)
	case "squeezed":
		return strings.Join(strings.Fields(value), " ")
	}
	return value
}

func describeKind(o *object) string {
	if o.typ != "" {
		return "the type '" + o.typ + "'"
	}
	return "this kind of object"
}

func (t *tx) countAttributes(k kind, o *object, typ string) int {
	n := 0
	for _, id := range t.st.tables[k].byParent[o.id] {
		if t.st.get(k, id).typ == typ {
			n++
		}
	}
	return n
}

// editAttribute changes value, source, pinned, default and labels; the type
// cannot be changed.
func (t *tx) editAttribute(a *object, entry map[string]any, post bool) *apiError {
	if v, ok := entry["value"].(string); ok && v != a.name {
		at := t.st.types.attributeType(a.typ)
		if at == nil {
			return badRequest("The attribute type '%s' does not exist.", a.typ)
		}
		if v == "" {
			return missingData("value")
		}
		if err := at.check(v); err != nil {
			return err
		}
		t.change(a, func() { a.name = t.c.stored(v) })
	}
	fields := maps.Clone(a.fields)
	if fields == nil {
		fields = map[string]any{}
	}
	for _, k := range []string{"default", "pinned"} {
		if v, ok := entry[k]; ok && v != nil {
			b, err := checkBool(&fieldSpec{key: k}, v)
			if err != nil {
				return err
			}
			fields[k] = b
		}
	}
	if s, ok := entry["source"].(string); ok {
		fields["source"] = s
	}
	if fields["default"] == true {
		t.clearDefault(a)
	}
	if !maps.Equal(fields, a.fields) {
		t.change(a, func() { a.fields = fields })
	}
	if !post {
		t.touch(a, t.c.now)
	}
	return t.writeLists(a, t.c.s.byKind[a.kind].lists, entry, post)
}

// clearDefault: only one attribute of a type is the default one at a time.
func (t *tx) clearDefault(a *object) {
	for _, id := range t.st.tables[a.kind].byParent[a.parent.id] {
		other := t.st.get(a.kind, id)
		if other != a && other.typ == a.typ && other.fields["default"] == true {
			t.change(other, func() { other.fields["default"] = false })
		}
	}
}

func (at *AttributeType) applies(o *object) bool {
	if len(at.AppliesTo) == 0 {
		return true
	}
	name := o.typ
	switch o.kind {
	case kCase:
		name = "Case"
	case kVictim:
		name = "Victim"
	}
	return slices.Contains(at.AppliesTo, name)
}

// check applies maxSize and the validation rule (attribute_types/fields.rst).
func (at *AttributeType) check(value string) *apiError {
	if at.MaxSize > 0 && utf8.RuneCountInString(value) > at.MaxSize {
		return badRequest("The value of the attribute '%s' must not have more than %d characters.", at.Name, at.MaxSize)
	}
	if at.Rule == nil || at.Rule.allows(value) {
		return nil
	}
	if at.ErrorMessage != "" {
		return badRequest("%s", at.ErrorMessage)
	}
	return badRequest("Please enter a valid %s.", at.Name)
}

func (r *Rule) allows(value string) bool {
	switch r.Type {
	case "SelectOne", "SelectRadio":
		return slices.Contains(strings.Split(strings.TrimSuffix(r.Text, ";"), ";"), value)
	case "SelectMany":
		for v := range strings.SplitSeq(value, ";") {
			if !slices.Contains(strings.Split(strings.TrimSuffix(r.Text, ";"), ";"), strings.TrimSpace(v)) {
				return false
			}
		}
	case "Integer":
		low, high, _ := strings.Cut(r.Text, ":")
		n, err := strconv.ParseInt(value, 10, 64)
		lowest, err1 := strconv.ParseInt(low, 10, 64)
		highest, err2 := strconv.ParseInt(high, 10, 64)
		return err == nil && (err1 != nil || n >= lowest) && (err2 != nil || n <= highest)
	case "Regex":
		re, err := regexp.Compile(`^(?:` + r.Text + `)$`)
		return err != nil || re.MatchString(value)
	case "Date":
		_, ok := parseTime(value, dateForms)
		return ok
	}
	return true
}

// createAttribute handles POST /v3/groupAttributes and its siblings.
func createAttribute(parent kind, idKey string) func(*tx, map[string]any) (*object, int, *apiError) {
	return func(t *tx, body map[string]any) (*object, int, *apiError) {
		v, ok := body[idKey]
		if !ok || v == nil {
			return nil, 0, missingData(idKey)
		}
		id, err := toID(v)
		if err != nil {
			return nil, 0, badRequest("The field '%s' must be an integer.", idKey)
		}
		o := t.st.get(parent, id)
		if o == nil || !t.c.visible(o) {
			return nil, 0, errNotFound()
		}
		if err := t.c.mayWrite(o.owner, "permAttribute", nil, false); err != nil {
			return nil, 0, err
		}
		a, refusal := t.newAttribute(attributeKinds[parent], o, withoutKeys(body, "id"))
		return a, http.StatusCreated, refusal
	}
}

func updateAttribute(t *tx, a *object, body map[string]any) *apiError {
	if err := t.c.mayWrite(a.owner, "permAttribute", a, false); err != nil {
		return err
	}
	return t.editAttribute(a, body, false)
}

func writeAttribute(c *call, e *encoder, a *object, sel selection) {
	c.id(e, "id", a.id)
	c.date(e, "dateAdded", a.added)
	e.str("type", a.typ)
	e.str("value", a.name)
	e.opt("source", a.str("source"))
	c.writeUser(e, "createdBy", a)
	c.date(e, "lastModified", a.edited)
	for _, k := range []string{"pinned", "default"} {
		v, _ := a.fields[k].(bool)
		e.bool(k, v)
	}
	if !c.inNested {
		c.id(e, map[kind]string{kGroup: "groupId", kIndicator: "indicatorId", kCase: "caseId"}[a.parent.kind], a.parent.id)
	}
	c.writeLists(e, a, c.s.byKind[a.kind].lists, sel)
}

func attributeSpecs(idKey string) func(*catalog) []fieldSpec {
	return func(*catalog) []fieldSpec {
		return []fieldSpec{
			{key: idKey, typ: "Integer", required: true, create: true},
			{key: "type", typ: "String", required: true, create: true, min: 1},
			{key: "value", typ: "String", required: true, min: 1},
			{key: "source", typ: "String"},
			{key: "default", typ: "Boolean"},
			{key: "pinned", typ: "Boolean"},
			{key: "securityLabels", typ: "SecurityLabels", list: true, maxSize: nestedMax},
			{key: "id", typ: "Integer", readOnly: true},
			{key: "dateAdded", typ: "Date", readOnly: true},
			{key: "lastModified", typ: "Date", readOnly: true},
			{key: "createdBy", typ: "User", readOnly: true},
		}
	}
}

var attributeFieldDocs = []fieldDoc{{"securityLabels", "Includes Security Labels", false}}
