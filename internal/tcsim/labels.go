package tcsim

import "time"

// systemLabels are the TLP labels in the spellings of 1.0 and 2.0 (prefix and
// color as in security_labels samples).
var systemLabels = []SecurityLabel{
	{Name: "TLP:RED", Color: "FF2B2B", Description: "Not for disclosure, restricted to participants only."},
	{Name: "TLP:AMBER", Color: "FFC000", Description: "Limited disclosure, restricted to participants' organizations."},
	{Name: "TLP:GREEN", Color: "33FF00", Description: "Limited disclosure, restricted to the community."},
	{Name: "TLP:WHITE", Color: "FFFFFF", Description: "Disclosure is not limited."},
	{Name: "TLP:CLEAR", Color: "FFFFFF", Description: "Disclosure is not limited."},
	{Name: "TLP:AMBER+STRICT", Color: "FFC000", Description: "Limited disclosure, restricted to participants' organization only."},
}

func (st *state) seedLabels(own []SecurityLabel) {
	added := time.Date(2016, 8, 31, 0, 0, 0, 0, time.UTC)
	tab := st.tables[kLabel]
	for _, l := range append(systemLabels[:len(systemLabels):len(systemLabels)], own...) {
		o := &object{kind: kLabel, id: tab.next, name: l.Name, added: added, edited: added, owner: st.byOwner[l.Owner],
			fields: map[string]any{"description": l.Description, "color": l.Color}}
		tab.next++
		tab.insert(o)
	}
}

// findLabel finds a System label or one of the object's owner by name.
func findLabel(t *tx, o *object, entry map[string]any) *object {
	owner := o.owner
	if isAttribute(o.kind) {
		owner = o.parent.owner
	}
	tab := t.st.tables[kLabel]
	for _, id := range tab.bySummary[fold(firstString(entry, "name"))] {
		if l := tab.byID[id]; l.owner == nil || l.owner == owner {
			return l
		}
	}
	return nil
}

// resolveLabel: labels cannot be made through v3; an unknown one is assumed to
// be refused with 400.
func resolveLabel(t *tx, o *object, entry map[string]any) (*object, *apiError) {
	if l, given, err := t.byID(kLabel, entry); given || err != nil {
		return l, err
	}
	name := firstString(entry, "name")
	if name == "" {
		return nil, missingData("name")
	}
	if l := findLabel(t, o, entry); l != nil {
		return l, nil
	}
	switch t.c.sw.UnknownLabel {
	case "ignored":
		return nil, nil
	case "created":
		l := &object{kind: kLabel, owner: o.owner, name: name, fields: map[string]any{
			"description": firstString(entry, "description"), "color": firstString(entry, "color")}}
		t.add(l)
		return l, nil
	}
	return nil, badRequest("The security label '%s' does not exist.", name)
}

func writeLabel(c *call, e *encoder, o *object, _ selection) {
	c.id(e, "id", o.id)
	e.str("name", o.name)
	e.opt("description", o.str("description"))
	e.opt("color", o.str("color"))
	owner := ownerName(o.owner)
	if o.owner == nil {
		owner = "System"
	}
	e.str("owner", owner)
	c.date(e, "dateAdded", o.added)
}

func labelSpecs(*catalog) []fieldSpec {
	return []fieldSpec{
		{key: "id", typ: "Integer", readOnly: true},
		{key: "name", typ: "String", readOnly: true, max: 50},
		{key: "description", typ: "String", readOnly: true, max: 400},
		{key: "color", typ: "String", readOnly: true, max: 10},
		{key: "owner", typ: "String", readOnly: true},
		{key: "dateAdded", typ: "Date", readOnly: true},
	}
}
