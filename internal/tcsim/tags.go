package tcsim

import (
	"net/http"
	"strconv"
	"strings"
)

const (
	tagNameLimit        = 128  // tags/fields.rst
	tagDescriptionLimit = 4000 // tags/fields.rst
)

// resolveTag handles an entry of tags: {"id"}, {"techniqueId"} or {"name"}. A
// name is created on the fly in the object's owner; one that is an ATT&CK
// tag's, or matches a normalisation rule, becomes the main tag silently.
func resolveTag(t *tx, o *object, entry map[string]any) (*object, *apiError) {
	if tag, given, err := t.byID(kTag, entry); given || err != nil {
		return tag, err
	}
	name := firstString(entry, "name")
	if technique := firstString(entry, "techniqueId"); technique != "" {
		tag := t.st.techniques[technique]
		if tag != nil {
			return tag, nil
		}
		switch t.c.sw.UnknownTechnique {
		case "created":
			name = technique
		case "ignored":
			return nil, nil
		default:
			return nil, badRequest("The techniqueId '%s' is not valid.", technique)
		}
	}
	if name == "" {
		return nil, missingData("name")
	}
	if tag := t.findTagNamed(o.owner, t.mainTag(name)); tag != nil {
		return tag, nil
	}
	return t.newTag(o.owner, t.mainTag(name), firstString(entry, "description"))
}

// mainTag applies the normalisation rules of the instance.
func (t *tx) mainTag(name string) string {
	for from, to := range t.c.sw.TagRules {
		if strings.EqualFold(from, name) {
			return to
		}
	}
	return name
}

func (t *tx) newTag(owner *Owner, name, description string) (*object, *apiError) {
	if _, err := checkString(&fieldSpec{key: "name", min: 1, max: tagNameLimit}, name); err != nil {
		return nil, err
	}
	if _, err := checkString(&fieldSpec{key: "description", max: tagDescriptionLimit}, description); err != nil {
		return nil, err
	}
	tag := &object{kind: kTag, owner: owner, name: name}
	if description != "" {
		tag.fields = map[string]any{"description": description}
	}
	t.add(tag)
	return tag, nil
}

// findTagNamed finds an ATT&CK tag by its display name or plain name, else a
// tag of the owner. Tag names compare case-insensitively.
func (t *tx) findTagNamed(owner *Owner, name string) *object {
	if tag := t.st.techniques[fold(name)]; tag != nil {
		return tag
	}
	tab := t.st.tables[kTag]
	for _, id := range tab.bySummary[fold(name)] {
		if tag := tab.byID[id]; tag.owner == owner {
			return tag
		}
	}
	return nil
}

// findTag resolves an entry of mode delete without creating anything.
func findTag(t *tx, o *object, entry map[string]any) *object {
	if technique := firstString(entry, "techniqueId"); technique != "" {
		return t.st.techniques[technique]
	}
	return t.findTagNamed(o.owner, t.mainTag(firstString(entry, "name")))
}

func writeTag(c *call, e *encoder, o *object, sel selection) {
	c.id(e, "id", o.id)
	e.str("name", o.name)
	e.opt("description", o.str("description"))
	e.opt("techniqueId", o.xid)
	e.opt("owner", ownerName(o.owner))
	c.date(e, "lastUsed", o.edited)
	if !c.inNested && sel.has("owner") {
		c.id(e, "ownerId", ownerID(o.owner))
	}
}

func tagSpecs(*catalog) []fieldSpec {
	return []fieldSpec{
		{key: "name", typ: "String", required: true, min: 1, max: tagNameLimit, own: true, desc: "The **name** for the Tag."},
		{key: "owner", typ: "String", create: true, own: true, desc: "The name of the Owner of the Tag."},
		{key: "ownerId", typ: "Integer", create: true, own: true},
		{key: "description", typ: "String", max: tagDescriptionLimit, desc: "A brief description of the Tag."},
		{key: "id", typ: "Integer", readOnly: true},
		{key: "lastUsed", typ: "Date", readOnly: true},
		{key: "techniqueId", typ: "String", readOnly: true, desc: "The technique ID assigned to the Tag."},
	}
}

var tagFieldDocs = []fieldDoc{{"owner", "Includes the owner", false}}

func createTag(t *tx, body map[string]any) (*object, int, *apiError) {
	if name, ok := body["owner"].(string); ok && body["ownerName"] == nil {
		body = withoutKeys(body, "owner")
		body["ownerName"] = name
	}
	owner, err := t.c.createOwner(body)
	if err != nil {
		return nil, 0, err
	}
	if err := t.c.mayWrite(owner, "permTag", nil, false); err != nil {
		return nil, 0, err
	}
	name := firstString(body, "name")
	if name == "" {
		return nil, 0, missingData("name")
	}
	if tag := t.findTagNamed(owner, t.mainTag(name)); tag != nil {
		if tag.owner == nil || !strings.EqualFold(tag.name, name) {
			return tag, http.StatusCreated, nil // the name is converted to that of the main tag
		}
		return nil, 0, errConflict()
	}
	tag, err := t.newTag(owner, t.mainTag(name), firstString(body, "description"))
	return tag, http.StatusCreated, err
}

func updateTag(t *tx, o *object, body map[string]any) *apiError {
	if err := t.c.mayWrite(o.owner, "permTag", o, false); err != nil {
		return err
	}
	if name := firstString(body, "name"); name != "" && name != o.name {
		if other := t.findTagNamed(o.owner, name); other != nil && other != o {
			return errConflict()
		}
		t.change(o, func() { o.name = name })
	}
	return t.write(o, t.c.specs(kTag), body, false)
}

// seedTechniques enters the ATT&CK tags: system-wide, without an owner. Their
// IDs are made from the technique so that a longer list moves none of them.
func (st *state) seedTechniques() {
	st.techniques = map[string]*object{}
	for line := range strings.Lines(techniqueList) {
		parts := strings.Split(strings.TrimSpace(line), "|")
		id, name, _ := strings.Cut(parts[0], " ")
		st.addTechnique(id, name)
		for _, p := range parts[1:] {
			sub, subName, _ := strings.Cut(p, " ")
			st.addTechnique(id+"."+sub, name+": "+subName)
		}
	}
}

// addTechnique makes the tag known by its ID, its display name and its plain
// name ("Phishing"); a name that techniques of two domains share belongs to the
// first of them.
func (st *state) addTechnique(id, name string) {
	o := &object{kind: kTag, id: techniqueTagID(id), xid: id, name: id + techniqueSep + name}
	st.tables[kTag].insert(o)
	st.techniques[id] = o
	for _, n := range []string{fold(o.name), fold(name)} {
		if st.techniques[n] == nil {
			st.techniques[n] = o
		}
	}
}

const techniqueSep = " - "

// nameTechniques gives the ATT&CK tags the names of the switch technique-name.
func (st *state) nameTechniques(style string) {
	tab := st.tables[kTag]
	for id, o := range st.techniques {
		if id != o.xid { // an entry for one of its names
			continue
		}
		name := strings.TrimPrefix(o.name, id+techniqueSep)
		if style != "name" {
			name = id + techniqueSep + name
		}
		if name == o.name {
			continue
		}
		tab.unindex(o)
		o.name = name
		tab.index(o)
	}
}

func techniqueTagID(id string) int64 {
	main, sub, _ := strings.Cut(strings.TrimPrefix(id, "T"), ".")
	m, _ := strconv.ParseInt(main, 10, 64)
	s, _ := strconv.ParseInt("0"+sub, 10, 64)
	return 100_000_000 + m*1000 + s
}
