package tcsim

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// attributeEntry handles an entry of attributes: with an id it changes that
// attribute in place, without one it adds it. Append does not dedupe.
func (t *tx) attributeEntry(o *object, entry dict) *object {
	k := attributeKinds[o.kind]
	if entry.has("id") {
		a := t.st.get(k, entry.id("id"))
		if a == nil || a.parent != o {
			panic(badRequest("The attribute with the ID %d was not found.", entry.id("id")))
		}
		t.editAttribute(a, entry.without("id"), false)
		return a
	}
	if t.c.sw.AttributeAppend == "dedupes" {
		for _, a := range o.linked(k) {
			if a.typ == entry.str("type") && a.name == entry.str("value") && a.str("source") == entry.str("source") {
				return a
			}
		}
	}
	return t.newAttribute(k, o, entry)
}

func (t *tx) newAttribute(k kind, o *object, entry dict) *object {
	name := entry.required("type")
	at := t.st.types.byAttribute[name]
	if at == nil || !at.applies(o) {
		panic(badRequest("The attribute type '%s' is not valid for %s.", name, describeKind(o)))
	}
	if at.MaxAllowed > 0 && t.countAttributes(k, o, at.Name) >= at.MaxAllowed {
		panic(badRequest("No more than %d attribute(s) of the type '%s' are allowed.", at.MaxAllowed, at.Name))
	}
	value := entry.required("value")
	at.check(value)
	a := &object{kind: k, parent: o, owner: o.owner, typ: at.Name, name: storedText(t.c.sw.AttributeText, value)}
	t.add(a)
	t.editAttribute(a, entry, true)
	return a
}

// escaper escapes texts as instances do that show them in HTML.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// storedText is a text as the instance keeps it, as the switch of its kind says.
func storedText(how, text string) string {
	switch how {
	case "escaped":
		return escaper.Replace(text)
	case "squeezed":
		return squeeze(text)
	case "plain":
		return squeeze(strings.Map(func(r rune) rune {
			if r > 0xFFFF {
				return -1
			}
			return r
		}, text))
	}
	return text
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func describeKind(o *object) string {
	if o.typ != "" {
		return "the type '" + o.typ + "'"
	}
	return "this kind of object"
}

func (t *tx) countAttributes(k kind, o *object, typ string) int {
	n := 0
	for _, a := range o.linked(k) {
		if a.typ == typ {
			n++
		}
	}
	return n
}

// editAttribute changes value, source, pinned, default and labels; the type
// cannot be changed.
func (t *tx) editAttribute(a *object, entry dict, post bool) {
	t.c.checkKeys(a.kind, a.typ, entry, post)
	if v, given := entry.get("value").(string); given && !post && v != a.name {
		at := t.st.types.byAttribute[a.typ]
		if at == nil {
			panic(badRequest("The attribute type '%s' does not exist.", a.typ))
		}
		at.check(entry.required("value"))
		t.change(a, func() { a.name = storedText(t.c.sw.AttributeText, v) })
	}
	t.write(a, entry, post)
	if a.fields.get("default") == true {
		t.clearDefault(a)
	}
	if !post {
		t.touch(a, t.c.now)
	}
	t.writeLists(a, entry, post)
}

// clearDefault: only one attribute of a type is the default one at a time.
func (t *tx) clearDefault(a *object) {
	for _, other := range a.parent.linked(a.kind) {
		if other != a && other.typ == a.typ && other.fields.get("default") == true {
			t.change(other, func() { other.fields.set("default", false) })
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
func (at *AttributeType) check(value string) {
	if at.MaxSize > 0 && utf8.RuneCountInString(value) > at.MaxSize {
		panic(badRequest("The value of the attribute '%s' must not have more than %d characters.", at.Name, at.MaxSize))
	}
	if at.Rule != nil && !at.Rule.allows(value) {
		panic(badRequest("%s", cmp.Or(at.ErrorMessage, "Please enter a valid "+at.Name+".")))
	}
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
func (t *tx) createAttribute(body dict) *object {
	k := t.c.res.kind
	key := kinds[k].parentKey
	if !body.has(key) {
		panic(missingData(key))
	}
	o := t.c.found(t.st.get(kinds[k].parent, body.id(key)))
	t.c.mayWrite(o.owner, kinds[k].perm, nil, false)
	return t.newAttribute(k, o, body)
}

func (t *tx) updateAttribute(a *object, body dict) {
	t.c.mayWrite(a.owner, kinds[a.kind].perm, a, false)
	t.editAttribute(a, body, false)
}
