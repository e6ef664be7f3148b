package tcsim

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// Nested lists {"data":[...],"mode":"..."} of requests: how they are read and
// what each mode does. To add a kind of entry, add it to entry.

// entry turns an entry of a list into the object that it names or describes; nil
// where a switch has the entry ignored.
func (t *tx) entry(o *object, l *field, body dict) *object {
	switch {
	case isAttribute(l.of):
		return t.attributeEntry(o, body)
	case body.has("id"):
		return t.entryByID(l, body)
	case l.of == kTag:
		return t.tagEntry(o, body)
	case l.of == kLabel:
		return t.labelEntry(o, body)
	case l.of == kIndicator:
		return t.indicatorEntry(o, body)
	}
	// There is no look-up by name: {"name","type"} makes a group on every call.
	return t.make(l.of, o, body)
}

// entryByID resolves {"id":...} to an object that the user can see.
func (t *tx) entryByID(l *field, body dict) *object {
	id := body.id("id")
	t.c.checkEntry(l.key, body, "id")
	other := t.st.get(l.of, id)
	if other == nil || !t.c.visible(other) {
		panic(badRequest("The item with the ID %d to be associated was not found.", id))
	}
	// TcEx strips the value fields beside an id because the request fails otherwise.
	if l.of == kIndicator && body.str(append([]string{"value1", "value2", "value3"}, t.st.types.indicatorType(other.typ).Labels...)...) != "" {
		panic(badRequest("An indicator is given either by its id or by its value."))
	}
	return other
}

// writeLists applies all nested lists of the body in the order of the table.
func (t *tx) writeLists(o *object, body dict, post bool) {
	for _, l := range t.st.fields[o.kind].lists {
		if raw := body.get(l.key); raw != nil {
			t.writeList(o, l, raw, post)
		}
	}
}

func (t *tx) writeList(o *object, l *field, raw any, post bool) {
	entries, mode := t.c.readList(l, raw)
	if post {
		mode = "append" // TcEx sends a mode with POST and nothing breaks
	} else if o.kind == kCase && l.of == kTag {
		mode = "replace" // tags of cases behave so on PUT (TcEx, v3_model_abc.py)
	}
	if len(entries) == 0 && mode == "replace" {
		switch t.c.sw.ReplaceEmpty {
		case "ignored":
			return
		case "refused":
			panic(badRequest("The field '%s' must hold at least one entry.", l.key))
		}
	}
	stuck := t.c.sw.ArtifactLinks == "stuck" && o.kind == kGroup && (l.of == kArtifact || l.of == kCase)
	if mode == "delete" {
		if !stuck {
			t.deleteEntries(o, l, entries)
		}
		return
	}
	var keep set
	for _, entry := range entries {
		if other := t.append(o, l, entry); other != nil {
			keep.add(other)
		}
	}
	if mode == "append" || stuck {
		return
	}
	for _, other := range slices.Clone(o.linked(l.of)) {
		if !keep.has(other) && t.c.visible(other) {
			t.drop(o, other)
		}
	}
}

func (c *call) readList(l *field, raw any) (entries []dict, mode string) {
	wrapper, ok := raw.(dict)
	if !ok {
		panic(badRequest("The field '%s' must be an object with a 'data' list.", l.key))
	}
	mode = cmp.Or(wrapper.str("mode"), "append") // the default (update_metadata.rst)
	if !slices.Contains([]string{"append", "delete", "replace"}, mode) {
		panic(badRequest("The mode '%s' is not valid for the field '%s'.", mode, l.key))
	}
	data, ok := wrapper.get("data").([]any)
	if !ok && (c.strict || wrapper.get("data") != nil) {
		panic(badRequest("The field '%s' must hold a list under 'data'.", l.key))
	}
	if l.maxSize > 0 && len(data) > l.maxSize {
		panic(badRequest("The field '%s' must not hold more than %d entries.", l.key, l.maxSize))
	}
	entries = make([]dict, len(data))
	for i, v := range data {
		if entries[i], ok = v.(dict); !ok {
			panic(badRequest("The entries of the field '%s' must be objects.", l.key))
		}
	}
	c.checkEntry(l.key, wrapper, "data", "mode")
	return entries, mode
}

// append resolves or creates one entry and links it; a link that exists is left
// as it is.
func (t *tx) append(o *object, l *field, entry dict) *object {
	other := t.entry(o, l, entry)
	if other == nil || other.parent == o { // an attribute comes linked
		return other
	}
	t.join(o, other)
	return other
}

// join links two objects that may be linked.
func (t *tx) join(o, other *object) {
	checkPair(o, other)
	t.c.mayLink(o, other)
	if t.link(o, other) && (other.kind == kTag || t.c.sw.Touch == "both" && other.kind < kTag) {
		t.touch(other, t.c.now) // of a tag this is lastUsed
	}
}

// deleteEntries unlinks what is listed. Entries that are not linked, or do not
// exist, are no error.
func (t *tx) deleteEntries(o *object, l *field, entries []dict) {
	for _, entry := range entries {
		var other *object
		switch {
		case entry.get("id") != nil:
			other = t.st.get(l.of, entry.id("id"))
			t.c.checkEntry(l.key, entry, "id")
		case l.of == kTag:
			other = t.tagNamed(o, entry)
			t.c.checkEntry(l.key, entry, "name")
		case l.of == kLabel:
			other = t.labelNamed(o, entry.str("name"))
			t.c.checkEntry(l.key, entry, "name")
		default:
			panic(missingData("id"))
		}
		if other != nil {
			t.drop(o, other)
		}
	}
}

// drop takes other out of o's list; attributes exist nowhere else.
func (t *tx) drop(o, other *object) {
	if other.parent == o {
		t.remove(other)
		return
	}
	if t.unlink(o, other) && t.c.sw.Touch == "both" && other.kind < kTag {
		t.touch(other, t.c.now)
	}
}

// nestedOwner is where an object created inline goes: the owner it names, else
// the user's Organization, whatever the parent's owner (groups/update.rst).
func (t *tx) nestedOwner(parent *object, entry dict) *Owner {
	named := t.c.bodyOwner(entry)
	switch {
	case named != nil:
		return named
	case t.c.sw.NestedOwner == "parent" && parent.owner != nil:
		return parent.owner
	case t.c.sw.NestedOwner == "query":
		return t.c.lookupOwner()
	}
	return t.c.organization()
}

// mayLink applies the rules of associations.rst to an entry of a's list: across
// owners only where the instance allows it, and never at the endpoints of
// victims and their assets.
func (c *call) mayLink(a, b *object) {
	victims := a.kind == kVictim || a.kind == kVictimAsset
	switch {
	case a.kind >= kTag || b.kind >= kTag:
	case a == b:
		panic(badRequest("An item cannot be associated with itself."))
	case a.owner != b.owner && (victims || c.sw.CrossOwner != ""):
		panic(statusError(statusOf(strings.TrimPrefix(c.sw.CrossOwner, "off"), http.StatusBadRequest), "Items of different owners cannot be associated."))
	}
}

// labelNamed finds a System label or one of the object's owner by name.
func (t *tx) labelNamed(o *object, name string) *object {
	for _, l := range t.st.tables[kLabel].byName.find(fold(name)) {
		if l.owner == nil || l.owner == o.owner {
			return l
		}
	}
	return nil
}

// labelEntry: labels cannot be made through v3; an unknown one is assumed to be
// refused with 400.
func (t *tx) labelEntry(o *object, entry dict) *object {
	name := entry.required("name")
	t.c.checkEntry("securityLabels", entry, "name")
	if l := t.labelNamed(o, name); l != nil {
		return l
	}
	switch t.c.sw.UnknownLabel {
	case "ignored":
		return nil
	case "created":
		l := &object{kind: kLabel, owner: o.owner, name: name, fields: texts("description", entry.str("description"), "color", entry.str("color"))}
		t.add(l)
		return l
	}
	panic(badRequest("The security label '%s' does not exist.", name))
}

// texts are stored fields of the texts that are not empty.
func texts(keysAndValues ...string) dict {
	var d dict
	for i := 0; i < len(keysAndValues); i += 2 {
		if keysAndValues[i+1] != "" {
			d = append(d, member{keysAndValues[i], keysAndValues[i+1]})
		}
	}
	return d
}
