package tcsim

import (
	"net/http"
	"slices"
	"strings"
)

// indicatorTypeOf finds a type; a client is seen that sends "Url" for "URL", so
// the case does not matter here.
func (c *call) indicatorTypeOf(body dict) (*indicatorType, *apiError) {
	name := body.str("type")
	if name == "" {
		return nil, missingData("type")
	}
	for _, it := range c.st.types.indicatorTypes {
		if strings.EqualFold(it.Name, name) {
			return it, nil
		}
	}
	return nil, badRequest("The value '%s' is not valid for the field 'type'.", name)
}

// readValues takes the values from the type's own keys or from value1..value3
// and brings them into their stored form.
func (c *call) readValues(it *indicatorType, body dict) ([3]string, *apiError) {
	var v [3]string
	for i, label := range it.Labels {
		v[i] = body.str(label, "value"+itoa(int64(i+1)))
		if i == 0 && it.Name == "Host" && v[0] == "" {
			v[0] = body.str("hostname") // two examples of the docs spell it so
		}
		if v[i] == "" && (it.all || it.Name != "File" && i == 0) {
			return v, missingData(label)
		}
	}
	if v == [3]string{} {
		return v, missingData(it.Labels[0])
	}
	if it.normalize != nil {
		return it.normalize(c.sw, v)
	}
	switch it.CasePreference {
	case "upper":
		v[0], v[1], v[2] = strings.ToUpper(v[0]), strings.ToUpper(v[1]), strings.ToUpper(v[2])
	case "lower":
		v[0], v[1], v[2] = strings.ToLower(v[0]), strings.ToLower(v[1]), strings.ToLower(v[2])
	}
	return v, nil
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
func (t *tx) existingIndicator(it *indicatorType, owner *Owner, v [3]string) (*object, *apiError) {
	tab := t.st.tables[kIndicator]
	if it.Name != "File" {
		name := summaryOf(v)
		for _, o := range tab.byName.find(fold(name)) {
			if o.typ == it.Name && o.owner == owner && (o.name == name || !t.c.exact(it)) {
				return o, nil
			}
		}
		return nil, nil
	}
	var found *object
	for i, h := range v {
		if h == "" {
			continue
		}
		for _, o := range tab.byValue[i].find(fold(h)) {
			if o.typ != "File" || o.owner != owner || o == found {
				continue
			}
			if found != nil {
				return nil, badRequest("The hashes belong to different File indicators.")
			}
			found = o
		}
	}
	if found == nil {
		return nil, nil
	}
	for i, h := range v {
		if h != "" && found.value(i) != "" && found.value(i) != h {
			return nil, badRequest("The File indicator has another %s already.", hashLabels[i])
		}
	}
	return found, nil
}

// theIndicator finds the indicator that a body describes, or nil, with what a
// new one would be made of.
func (t *tx) theIndicator(owner *Owner, body dict) (o *object, it *indicatorType, v [3]string, err *apiError) {
	if it, err = t.c.indicatorTypeOf(body); err != nil {
		return
	}
	if v, err = t.c.readValues(it, body); err != nil {
		return
	}
	o, err = t.existingIndicator(it, owner, v)
	return
}

// createIndicator handles POST /v3/indicators: one that exists is updated
// (indicators/create.rst since 7.9).
func createIndicator(t *tx, body dict) (*object, int, *apiError) {
	owner, err := t.c.createOwner(body)
	if err != nil {
		return nil, 0, err
	}
	if err := t.c.mayWrite(owner, "permIndicator", nil, false); err != nil {
		return nil, 0, err
	}
	old, it, v, err := t.theIndicator(owner, body)
	if err != nil {
		return nil, 0, err
	}
	if old == nil {
		o, err := t.newIndicator(it, owner, v, body)
		return o, http.StatusCreated, err
	}
	status := http.StatusCreated
	switch t.c.sw.ExistingIndicator {
	case "updated200":
		status = http.StatusOK
	case "exists400":
		return nil, 0, badRequest("The indicator '%s' already exists", old.name)
	case "exists409":
		return nil, 0, errConflict()
	}
	if it.Name == "File" {
		t.addHashes(old, it, v)
	}
	return old, status, t.edit(old, body, true)
}

func (t *tx) newIndicator(it *indicatorType, owner *Owner, v [3]string, body dict) (*object, *apiError) {
	o := &object{kind: kIndicator, owner: owner, typ: it.Name}
	o.setValues(it, v)
	if t.st.types.excluded[fold(o.name)] {
		return nil, badRequest("This indicator is contained on a system-wide exclusion list.")
	}
	t.add(o)
	return o, t.edit(o, body, true)
}

// updateIndicator handles PUT. Values cannot be changed; the mode that edits the
// hashes of a File (indicators/mergeFileHashes.rst) is not simulated.
func updateIndicator(t *tx, o *object, body dict) *apiError {
	if err := t.c.mayWrite(o.owner, "permIndicator", o, false); err != nil {
		return err
	}
	if body.has("mode") {
		return badRequest("The field 'mode' is not simulated.")
	}
	return t.edit(o, body, false)
}

// findIndicator resolves a summary of the path. It names no type: with several
// candidates the oldest is taken.
func findIndicator(c *call, segment string) (*object, *apiError) {
	owner, err := c.lookupOwner()
	if err != nil {
		return nil, err
	}
	tab := c.st.tables[kIndicator]
	for i, x := range []*index{&tab.byName, &tab.byValue[0], &tab.byValue[1], &tab.byValue[2]} {
		for _, o := range x.find(fold(segment)) {
			if o.owner != owner || i > 0 && o.typ != "File" || c.hiddenByFlag(o) {
				continue
			}
			if o.name == segment || !c.exact(c.st.types.indicatorType(o.typ)) {
				return o, nil
			}
		}
	}
	return nil, errNotFound()
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
func (t *tx) indicatorEntry(parent *object, entry dict) (*object, *apiError) {
	owner, err := t.nestedOwner(parent, entry)
	if err != nil {
		return nil, err
	}
	o, it, v, err := t.theIndicator(owner, entry)
	if err != nil {
		return nil, err
	}
	if o != nil {
		if err := t.c.checkKeys(kIndicator, it.Name, entry, true); err != nil {
			return nil, err
		}
		return o, pairAllowed(parent, o)
	}
	if err := t.c.mayWrite(owner, "permIndicator", nil, false); err != nil {
		return nil, err
	}
	if t.c.sw.NestedMetadata == "ignored" {
		entry = nil
	}
	if o, err = t.newIndicator(it, owner, v, entry); err != nil {
		return nil, err
	}
	return o, pairAllowed(parent, o)
}

// indicatorPairs are the associations between indicators that are configured
// (indicators/indicatorToIndicatorAssociations.rst).
var indicatorPairs = [][2]string{
	{"ASN", "Address"}, {"ASN", "CIDR"}, {"CIDR", "Address"}, {"Address", "User Agent"}, {"Address", "Host"},
	{"Host", "EmailAddress"}, {"URL", "File"}, {"URL", "Host"}, {"URL", "Address"},
}

func pairAllowed(a, b *object) *apiError {
	if a.kind != kIndicator {
		return nil
	}
	if slices.Contains(indicatorPairs, [2]string{a.typ, b.typ}) || slices.Contains(indicatorPairs, [2]string{b.typ, a.typ}) {
		return nil
	}
	return badRequest("Association cannot be applied to the indicator types.")
}
