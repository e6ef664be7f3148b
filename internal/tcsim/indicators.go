package tcsim

import (
	"net/http"
	"strings"
)

func indicatorLists() []nestedList {
	return []nestedList{
		{key: "attributes", kind: kIndicatorAttribute, maxSize: nestedMax, resolve: resolveAttribute},
		{key: "tags", kind: kTag, maxSize: nestedMax, resolve: resolveTag, find: findTag},
		{key: "securityLabels", kind: kLabel, maxSize: nestedMax, resolve: resolveLabel, find: findLabel},
		{key: "associatedArtifacts", kind: kArtifact, maxSize: nestedMax, resolve: resolve(kArtifact)},
		{key: "associatedCases", kind: kCase, maxSize: nestedMax, resolve: resolve(kCase)},
		{key: "associatedGroups", kind: kGroup, resolve: resolve(kGroup)},
		{key: "associatedIndicators", kind: kIndicator, resolve: resolveIndicator},
	}
}

// indicatorTypeOf finds a type; a client is seen that sends "Url" for "URL", so
// the case does not matter here.
func (c *call) indicatorTypeOf(body map[string]any) (*indicatorType, *apiError) {
	name, ok := body["type"].(string)
	if !ok || name == "" {
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
func (c *call) readValues(it *indicatorType, body map[string]any) ([3]string, *apiError) {
	var v [3]string
	for i, label := range it.Labels {
		v[i] = firstString(body, label, "value"+itoa(int64(i+1)))
		if i == 0 && it.Name == "Host" && v[0] == "" {
			v[0] = firstString(body, "hostname") // two examples of the docs spell it so
		}
		if v[i] == "" && (it.all || it.Name != "File" && i == 0) {
			return v, missingData(label)
		}
	}
	if v == [3]string{} {
		return v, missingData(it.Labels[0])
	}
	if it.normalize != nil {
		return it.normalize(&c.sw, v)
	}
	switch it.CasePreference {
	case "upper":
		v[0], v[1], v[2] = strings.ToUpper(v[0]), strings.ToUpper(v[1]), strings.ToUpper(v[2])
	case "lower":
		v[0], v[1], v[2] = strings.ToLower(v[0]), strings.ToLower(v[1]), strings.ToLower(v[2])
	}
	return v, nil
}

func firstString(body map[string]any, keys ...string) string {
	for _, k := range keys {
		if s, ok := body[k].(string); ok && s != "" {
			return s
		}
	}
	return ""
}

// setValues stores the values and the summary: the values that are there,
// joined as in "MD5 : SHA1 : SHA256".
func (o *object) setValues(it *indicatorType, v [3]string) {
	var parts []string
	for _, s := range v {
		if s != "" {
			parts = append(parts, s)
		}
	}
	o.name = strings.Join(parts, " : ")
	o.values = nil
	if len(it.Labels) > 1 {
		o.values = &v
	}
}

// existingIndicator finds the one copy of an indicator that an owner may have.
// A File is the same if any hash is; hashes of two Files, or another hash of
// the same kind, do not go together.
func (t *tx) existingIndicator(it *indicatorType, owner *Owner, v [3]string) (*object, *apiError) {
	tab := t.st.tables[kIndicator]
	if it.Name != "File" {
		probe := object{}
		probe.setValues(it, v)
		for _, id := range tab.bySummary[fold(probe.name)] {
			o := tab.byID[id]
			if o.typ == it.Name && o.owner == owner && (o.name == probe.name || !t.c.exact(it)) {
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
		for _, id := range tab.byValue[i][fold(h)] {
			o := tab.byID[id]
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

// createIndicator handles POST /v3/indicators: one that exists is updated
// (indicators/create.rst since 7.9).
func createIndicator(t *tx, body map[string]any) (*object, int, *apiError) {
	owner, err := t.c.createOwner(body)
	if err != nil {
		return nil, 0, err
	}
	if err := t.c.mayWrite(owner, "permIndicator", nil, false); err != nil {
		return nil, 0, err
	}
	it, err := t.c.indicatorTypeOf(body)
	if err != nil {
		return nil, 0, err
	}
	v, err := t.c.readValues(it, body)
	if err != nil {
		return nil, 0, err
	}
	old, err := t.existingIndicator(it, owner, v)
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
	return old, status, t.edit(old, withoutKeys(body, "mode"), true)
}

func (t *tx) newIndicator(it *indicatorType, owner *Owner, v [3]string, body map[string]any) (*object, *apiError) {
	o := &object{kind: kIndicator, owner: owner, typ: it.Name}
	o.setValues(it, v)
	if t.st.types.excluded[fold(o.name)] {
		return nil, badRequest("This indicator is contained on a system-wide exclusion list.")
	}
	t.add(o)
	t.change(o, func() { o.fields = map[string]any{"active": true} })
	return o, t.edit(o, body, true)
}

// updateIndicator handles PUT. Values cannot be changed; the mode that edits the
// hashes of a File (indicators/mergeFileHashes.rst) is not simulated.
func updateIndicator(t *tx, o *object, body map[string]any) *apiError {
	if err := t.c.mayWrite(o.owner, "permIndicator", o, false); err != nil {
		return err
	}
	if body["mode"] != nil {
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
	sets := []idset{tab.bySummary[fold(segment)], tab.byValue[0][fold(segment)], tab.byValue[1][fold(segment)], tab.byValue[2][fold(segment)]}
	for i, set := range sets {
		for _, id := range set {
			o := tab.byID[id]
			if o.owner != owner || i > 0 && o.typ != "File" {
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
		t.change(o, func() { o.setValues(it, merged) })
	}
}
