package tcsim

import (
	"net/http"
	"slices"
	"strings"
)

// Nested lists {"data":[...],"mode":"..."} of requests: how they are read and
// what each mode does. To add a kind of entry, add it to entry.

// entry turns an entry of a list into the object that it names or describes.
func (t *tx) entry(o *object, l *field, body dict) (*object, *apiError) {
	switch {
	case isAttribute(l.of):
		return t.attributeEntry(o, body)
	case body.has("id"):
		return t.entryByID(o, l, body)
	}
	switch l.of {
	case kTag:
		return t.tagEntry(o, body)
	case kLabel:
		return t.labelEntry(o, body)
	case kIndicator:
		return t.indicatorEntry(o, body)
	}
	// There is no look-up by name: {"name","type"} makes a group on every call.
	return t.make(l.of, o, body)
}

// entryByID resolves {"id":...} to an object that the user can see.
func (t *tx) entryByID(o *object, l *field, body dict) (*object, *apiError) {
	id, err := toID(body.get("id"))
	if err != nil {
		return nil, badRequest("The field 'id' must be an integer.")
	}
	if err := t.c.checkEntry(l.key, body, "id"); err != nil {
		return nil, err
	}
	other := t.st.get(l.of, id)
	if other == nil || !t.c.visible(other) {
		return nil, badRequest("The item with the ID %d to be associated was not found.", id)
	}
	if l.of == kIndicator {
		// TcEx strips the value fields beside an id because the request fails otherwise.
		if body.str(append([]string{"value1", "value2", "value3"}, t.st.types.indicatorType(other.typ).Labels...)...) != "" {
			return nil, badRequest("An indicator is given either by its id or by its value.")
		}
		return other, pairAllowed(o, other)
	}
	return other, nil
}

// writeLists applies all nested lists of the body in the order of the table.
func (t *tx) writeLists(o *object, body dict, post bool) *apiError {
	for _, l := range t.st.fields[o.kind].lists {
		raw := body.get(l.key)
		if raw == nil {
			continue
		}
		if err := t.writeList(o, l, raw, post); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) writeList(o *object, l *field, raw any, post bool) *apiError {
	entries, mode, err := t.c.readList(l, raw)
	if err != nil {
		return err
	}
	if post {
		mode = "append" // TcEx sends a mode with POST and nothing breaks
	} else if o.kind == kCase && l.of == kTag {
		mode = "replace" // tags of cases behave so on PUT (TcEx, v3_model_abc.py)
	}
	if len(entries) == 0 {
		if mode != "replace" || t.c.sw.ReplaceEmpty == "ignored" {
			return nil
		}
		if t.c.sw.ReplaceEmpty == "refused" {
			return badRequest("The field '%s' must hold at least one entry.", l.key)
		}
	}
	stuck := t.c.sw.ArtifactLinks == "stuck" && o.kind == kGroup && (l.of == kArtifact || l.of == kCase)
	switch {
	case mode == "delete" && stuck:
		return nil
	case mode == "delete":
		return t.deleteEntries(o, l, entries)
	}
	var keep set
	for _, entry := range entries {
		other, err := t.append(o, l, entry)
		if err != nil {
			return err
		}
		if mode == "replace" && other != nil {
			keep.add(other)
		}
	}
	if mode == "replace" && !stuck {
		for _, other := range slices.Clone(o.linked(l.of)) {
			if !keep.has(other) && t.c.visible(other) {
				t.drop(o, other)
			}
		}
	}
	return nil
}

func (c *call) readList(l *field, raw any) ([]dict, string, *apiError) {
	wrapper, ok := raw.(dict)
	if !ok {
		return nil, "", badRequest("The field '%s' must be an object with a 'data' list.", l.key)
	}
	mode := "append" // the default (update_metadata.rst)
	if m := wrapper.str("mode"); m != "" {
		mode = m
	}
	if !slices.Contains([]string{"append", "delete", "replace"}, mode) {
		return nil, "", badRequest("The mode '%s' is not valid for the field '%s'.", mode, l.key)
	}
	data, ok := wrapper.get("data").([]any)
	if !ok && (c.strict || wrapper.get("data") != nil) {
		return nil, "", badRequest("The field '%s' must hold a list under 'data'.", l.key)
	}
	if l.maxSize > 0 && len(data) > l.maxSize {
		return nil, "", badRequest("The field '%s' must not hold more than %d entries.", l.key, l.maxSize)
	}
	entries := make([]dict, len(data))
	for i, v := range data {
		if entries[i], ok = v.(dict); !ok {
			return nil, "", badRequest("The entries of the field '%s' must be objects.", l.key)
		}
	}
	return entries, mode, c.checkEntry(l.key, wrapper, "data", "mode")
}

// append resolves or creates one entry and links it; a link that exists is left
// as it is.
func (t *tx) append(o *object, l *field, entry dict) (*object, *apiError) {
	other, err := t.entry(o, l, entry)
	if err != nil || other == nil {
		return nil, err
	}
	if other.parent == o { // an attribute: it came linked
		return other, nil
	}
	if err := t.c.mayLink(o, other); err != nil {
		return nil, err
	}
	if t.link(o, other) && (other.kind == kTag || t.c.sw.Touch == "both" && other.kind < kTag) {
		t.touch(other, t.c.now) // of a tag this is lastUsed
	}
	return other, nil
}

// deleteEntries unlinks what is listed. Entries that are not linked, or do not
// exist, are no error.
func (t *tx) deleteEntries(o *object, l *field, entries []dict) *apiError {
	byName := l.of == kTag || l.of == kLabel
	for _, entry := range entries {
		var other *object
		var err *apiError
		id, wrong := toID(entry.get("id"))
		switch {
		case entry.get("id") != nil && wrong != nil:
			err = badRequest("The field 'id' must be an integer.")
		case entry.get("id") != nil:
			other, err = t.st.get(l.of, id), t.c.checkEntry(l.key, entry, "id")
		case !byName:
			err = missingData("id")
		case l.of == kTag:
			other, err = t.tagNamed(o, entry), t.c.checkEntry(l.key, entry, "name", "techniqueId")
		default:
			other, err = t.labelNamed(o, entry.str("name")), t.c.checkEntry(l.key, entry, "name")
		}
		if err != nil {
			return err
		}
		if other != nil {
			t.drop(o, other)
		}
	}
	return nil
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
func (t *tx) nestedOwner(parent *object, entry dict) (*Owner, *apiError) {
	named, err := t.c.bodyOwner(entry)
	if named != nil || err != nil {
		return named, err
	}
	switch t.c.sw.NestedOwner {
	case "parent":
		if parent.owner != nil {
			return parent.owner, nil
		}
	case "query":
		if o, err := t.c.queryOwner(); o != nil || err != nil {
			return o, err
		}
	}
	return t.c.organization(), nil
}

// mayLink applies the rules of associations.rst to an entry of a's list: across
// owners only where the instance allows it, and never at the endpoints of
// victims and their assets.
func (c *call) mayLink(a, b *object) *apiError {
	if a.kind >= kTag || b.kind >= kTag {
		return nil
	}
	if a == b {
		return badRequest("An item cannot be associated with itself.")
	}
	if a.owner == b.owner {
		return nil
	}
	victims := a.kind == kVictim || a.kind == kVictimAsset
	if !victims && (c.sw.CrossOwner == "" || c.sw.CrossOwner == "on") {
		return nil
	}
	return statusError(statusOf(strings.TrimPrefix(c.sw.CrossOwner, "off"), http.StatusBadRequest), "Items of different owners cannot be associated.")
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
func (t *tx) labelEntry(o *object, entry dict) (*object, *apiError) {
	name := entry.str("name")
	if name == "" {
		return nil, missingData("name")
	}
	if err := t.c.checkEntry("securityLabels", entry, "name", "description", "color"); err != nil {
		return nil, err
	}
	if l := t.labelNamed(o, name); l != nil {
		return l, nil
	}
	switch t.c.sw.UnknownLabel {
	case "ignored":
		return nil, nil
	case "created":
		l := &object{kind: kLabel, owner: o.owner, name: name, fields: texts("description", entry.str("description"), "color", entry.str("color"))}
		t.add(l)
		return l, nil
	}
	return nil, badRequest("The security label '%s' does not exist.", name)
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
