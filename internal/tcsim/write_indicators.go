package tcsim

import (
	"net/http"
	"slices"
	"strings"
)

// indicatorTypeOf finds a type; a client is seen that sends "Url" for "URL", so
// the case does not matter here.
func (c *call) indicatorTypeOf(body dict) *indicatorType {
	name := body.required("type")
	for _, it := range c.st.types.indicatorTypes {
		if strings.EqualFold(it.Name, name) {
			return it
		}
	}
	panic(badRequest("The value '%s' is not valid for the field 'type'.", name))
}

// readValues takes the values from the type's own keys or from value1..value3
// and brings them into their stored form.
func (c *call) readValues(it *indicatorType, body dict) [3]string {
	var v [3]string
	for i, label := range it.Labels {
		v[i] = body.str(label, "value"+itoa(int64(i+1)))
		if i == 0 && it.Name == "Host" && v[0] == "" {
			v[0] = body.str("hostname") // two examples of the docs spell it so
		}
		if v[i] == "" && (it.all || it.Name != "File" && i == 0) {
			panic(missingData(label))
		}
	}
	if v == [3]string{} {
		panic(missingData(it.Labels[0]))
	}
	if it.normalize != nil {
		return it.normalize(c.sw, v)
	}
	for i := range v {
		switch it.CasePreference {
		case "upper":
			v[i] = strings.ToUpper(v[i])
		case "lower":
			v[i] = strings.ToLower(v[i])
		}
	}
	return v
}

// summaryOf joins the values that are there, as in "MD5 : SHA1 : SHA256".
func summaryOf(v [3]string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(v[:]), func(s string) bool { return s == "" }), " : ")
}

// setValues stores the values and the summary.
func (o *object) setValues(it *indicatorType, v [3]string) {
	o.name, o.values = v[0], nil
	if len(it.Labels) > 1 {
		o.name, o.values = summaryOf(v), &[3]string{v[0], v[1], v[2]}
	}
}

// existingIndicator finds the one copy of an indicator that an owner may have.
// A File is the same if any hash is; hashes of two Files, or another hash of
// the same kind, do not go together.
func (t *tx) existingIndicator(it *indicatorType, owner *Owner, v [3]string) *object {
	tab := t.st.tables[kIndicator]
	if it.Name != "File" {
		name := summaryOf(v)
		for _, o := range tab.byName.find(fold(name)) {
			if o.typ == it.Name && o.owner == owner && (o.name == name || !t.c.exact(it)) {
				return o
			}
		}
		return nil
	}
	var found *object
	for i, h := range v {
		for _, o := range tab.byValue[i].find(fold(h)) {
			if o.typ != "File" || o.owner != owner || o == found {
				continue
			}
			if found != nil {
				panic(badRequest("The hashes belong to different File indicators."))
			}
			found = o
		}
	}
	if found == nil {
		return nil
	}
	for i, h := range v {
		if h != "" && found.value(i) != "" && found.value(i) != h {
			panic(badRequest("The File indicator has another %s already.", hashLabels[i]))
		}
	}
	return found
}

// theIndicator finds the indicator that a body describes, or nil, with what a
// new one would be made of.
func (t *tx) theIndicator(owner *Owner, body dict) (o *object, it *indicatorType, v [3]string) {
	it = t.c.indicatorTypeOf(body)
	v = t.c.readValues(it, body)
	return t.existingIndicator(it, owner, v), it, v
}

// createIndicator handles POST /v3/indicators: one that exists is updated
// (indicators/create.rst since 7.9).
func (t *tx) createIndicator(body dict) *object {
	owner := t.c.createOwner(body)
	t.c.mayWrite(owner, "permIndicator", nil, false)
	old, it, v := t.theIndicator(owner, body)
	if old == nil {
		return t.newIndicator(it, owner, v, body)
	}
	switch t.c.sw.ExistingIndicator {
	case "updated200":
		t.status = http.StatusOK
	case "exists400":
		panic(badRequest("The indicator '%s' already exists", old.name))
	case "exists409":
		panic(errConflict())
	}
	if it.Name == "File" {
		t.addHashes(old, it, v)
	}
	t.edit(old, body, true)
	return old
}

func (t *tx) newIndicator(it *indicatorType, owner *Owner, v [3]string, body dict) *object {
	o := &object{kind: kIndicator, owner: owner, typ: it.Name}
	o.setValues(it, v)
	if t.st.types.excluded[fold(o.name)] {
		panic(badRequest("This indicator is contained on a system-wide exclusion list."))
	}
	t.add(o)
	t.edit(o, body, true)
	return o
}

// updateIndicator handles PUT. Values cannot be changed; the mode that edits the
// hashes of a File (indicators/mergeFileHashes.rst) is not simulated.
func (t *tx) updateIndicator(o *object, body dict) {
	t.c.mayWrite(o.owner, "permIndicator", o, false)
	if body.has("mode") {
		panic(badRequest("The field 'mode' is not simulated."))
	}
	t.edit(o, body, false)
}

// findIndicator resolves a summary of the path. It names no type: with several
// candidates the oldest is taken.
func findIndicator(c *call, segment string) *object {
	owner := c.lookupOwner()
	tab := c.st.tables[kIndicator]
	for i, x := range []*index{&tab.byName, &tab.byValue[0], &tab.byValue[1], &tab.byValue[2]} {
		for _, o := range x.find(fold(segment)) {
			if o.owner != owner || i > 0 && o.typ != "File" || c.hiddenByFlag(o) {
				continue
			}
			if o.name == segment || !c.exact(c.st.types.indicatorType(o.typ)) {
				return o
			}
		}
	}
	return nil
}

// addHashes gives an existing File the hashes that it lacks.
func (t *tx) addHashes(o *object, it *indicatorType, v [3]string) {
	merged := *o.values
	for i, h := range v {
		if merged[i] == "" {
			merged[i] = h
		}
	}
	if merged != *o.values {
		t.rekey(o, func() { o.setValues(it, merged) })
	}
}

// indicatorEntry handles type and value in a list, which find an indicator or
// create it (associations.rst).
func (t *tx) indicatorEntry(parent *object, entry dict) *object {
	owner := t.nestedOwner(parent, entry)
	o, it, v := t.theIndicator(owner, entry)
	if o != nil {
		t.c.checkKeys(kIndicator, it.Name, entry, true)
		return o
	}
	t.c.mayWrite(owner, "permIndicator", nil, false)
	if t.c.sw.NestedMetadata == "ignored" {
		entry = nil
	}
	return t.newIndicator(it, owner, v, entry)
}

// indicatorPairs are the associations between indicators that are configured
// (indicators/indicatorToIndicatorAssociations.rst).
var indicatorPairs = [][2]string{
	{"ASN", "Address"}, {"ASN", "CIDR"}, {"CIDR", "Address"}, {"Address", "User Agent"}, {"Address", "Host"},
	{"Host", "EmailAddress"}, {"URL", "File"}, {"URL", "Host"}, {"URL", "Address"},
}

// checkPair refuses the other associations between indicators.
func checkPair(a, b *object) {
	if a.kind == kIndicator && b.kind == kIndicator && !slices.Contains(indicatorPairs, [2]string{a.typ, b.typ}) && !slices.Contains(indicatorPairs, [2]string{b.typ, a.typ}) {
		panic(badRequest("Association cannot be applied to the indicator types."))
	}
}
