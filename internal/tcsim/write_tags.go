package tcsim

import (
	"strconv"
	"strings"
)

// tagEntry handles {"techniqueId"} or {"name"}. A name is created on the fly in
// the object's owner; one that is an ATT&CK tag's, or matches a normalisation
// rule, becomes the main tag silently.
func (t *tx) tagEntry(o *object, entry dict) *object {
	t.c.checkEntry("tags", entry, "name", "techniqueId", "description")
	technique := entry.str("techniqueId")
	if technique == "" {
		return t.tag(o.owner, t.mainTag(entry.required("name")), entry.str("description"))
	}
	if tag := t.st.techniques[technique]; tag != nil {
		return tag
	}
	switch t.c.sw.UnknownTechnique {
	case "created":
		return t.tag(o.owner, t.mainTag(technique), entry.str("description"))
	case "ignored":
		return nil
	}
	panic(badRequest("The techniqueId '%s' is not valid.", technique))
}

// tag finds a tag, or makes it.
func (t *tx) tag(owner *Owner, name, description string) *object {
	if tag := t.findTagNamed(owner, name); tag != nil {
		return tag
	}
	return t.newTag(owner, name, description)
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

func (t *tx) newTag(owner *Owner, name, description string) *object {
	t.c.check(kTag, "name", name)
	t.c.check(kTag, "description", description)
	tag := &object{kind: kTag, owner: owner, name: name, fields: texts("description", description)}
	t.add(tag)
	return tag
}

// findTagNamed finds an ATT&CK tag by its display name or plain name, else a
// tag of the owner. Tag names compare case-insensitively.
func (t *tx) findTagNamed(owner *Owner, name string) *object {
	if tag := t.st.techniques[fold(name)]; tag != nil {
		return tag
	}
	for _, tag := range t.st.tables[kTag].byName.find(fold(name)) {
		if tag.owner == owner {
			return tag
		}
	}
	return nil
}

// tagNamed is the tag of an entry of mode delete: nothing is created.
func (t *tx) tagNamed(o *object, entry dict) *object {
	if technique := entry.str("techniqueId"); technique != "" {
		return t.st.techniques[technique]
	}
	return t.findTagNamed(o.owner, t.mainTag(entry.str("name")))
}

func (t *tx) createTag(body dict) *object {
	t.c.checkKeys(kTag, "", body, true)
	if name := body.str("owner"); name != "" && !body.has("ownerName") {
		body = append(body.without("owner"), member{"ownerName", name})
	}
	owner := t.c.createOwner(body)
	t.c.mayWrite(owner, "permTag", nil, false)
	name := body.required("name")
	tag := t.findTagNamed(owner, t.mainTag(name))
	switch {
	case tag == nil:
		return t.newTag(owner, t.mainTag(name), body.str("description"))
	case tag.owner == nil || !strings.EqualFold(tag.name, name): // the name is converted to that of the main tag
		return tag
	}
	panic(errConflict())
}

func (t *tx) updateTag(o *object, body dict) {
	t.c.mayWrite(o.owner, "permTag", o, false)
	t.c.checkKeys(kTag, "", body, false)
	if name := body.str("name"); name != "" && name != o.name {
		if other := t.findTagNamed(o.owner, name); other != nil && other != o {
			panic(errConflict())
		}
		t.rekey(o, func() { o.name = name })
	}
	t.write(o, body, false)
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
