package tcsim

import (
	"maps"
	"net/http"
	"slices"
)

// nestedList is one {"data":[...]} key: which kind it links to and how an entry
// becomes an object.
type nestedList struct {
	key     string
	kind    kind
	maxSize int // entries in one request; 0 = none published
	resolve func(t *tx, o *object, entry map[string]any) (*object, *apiError)
	find    func(t *tx, o *object, entry map[string]any) *object // for mode delete; nil: by id
}

// nestedMax is the maxSize of lists in OPTIONS 7.11. What exceeding it returns
// is undocumented; 400 is assumed.
const nestedMax = 1000

// writeLists applies all nested lists of the body in the given order.
func (t *tx) writeLists(o *object, lists []nestedList, body map[string]any, post bool) *apiError {
	for i := range lists {
		l := &lists[i]
		raw, ok := body[l.key]
		if !ok || raw == nil {
			continue
		}
		if err := t.writeList(o, l, raw, post); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) writeList(o *object, l *nestedList, raw any, post bool) *apiError {
	entries, mode, err := readList(l, raw)
	if err != nil {
		return err
	}
	if post {
		mode = "append" // TcEx sends a mode with POST and nothing breaks
	} else if o.kind == kCase && l.kind == kTag {
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
	stuck := t.c.sw.ArtifactLinks == "stuck" && o.kind == kGroup && (l.kind == kArtifact || l.kind == kCase)
	switch {
	case mode == "delete" && stuck:
		return nil
	case mode == "delete":
		return t.deleteEntries(o, l, entries)
	case mode == "replace" && !stuck:
		return t.replaceEntries(o, l, entries)
	}
	for _, entry := range entries {
		if _, err := t.append(o, l, entry); err != nil {
			return err
		}
	}
	return nil
}

func readList(l *nestedList, raw any) ([]map[string]any, string, *apiError) {
	wrapper, ok := raw.(map[string]any)
	if !ok {
		return nil, "", badRequest("The field '%s' must be an object with a 'data' list.", l.key)
	}
	mode := "append" // the default (update_metadata.rst)
	if m, ok := wrapper["mode"].(string); ok && m != "" {
		mode = m
	}
	if !slices.Contains([]string{"append", "delete", "replace"}, mode) {
		return nil, "", badRequest("The mode '%s' is not valid for the field '%s'.", mode, l.key)
	}
	data, ok := wrapper["data"].([]any)
	if !ok && wrapper["data"] != nil {
		return nil, "", badRequest("The field '%s' must hold a list under 'data'.", l.key)
	}
	if l.maxSize > 0 && len(data) > l.maxSize {
		return nil, "", badRequest("The field '%s' must not hold more than %d entries.", l.key, l.maxSize)
	}
	entries := make([]map[string]any, len(data))
	for i, v := range data {
		if entries[i], ok = v.(map[string]any); !ok {
			return nil, "", badRequest("The entries of the field '%s' must be objects.", l.key)
		}
	}
	return entries, mode, nil
}

// append resolves or creates one entry and links it; a link that exists is left
// as it is.
func (t *tx) append(o *object, l *nestedList, entry map[string]any) (*object, *apiError) {
	other, err := l.resolve(t, o, entry)
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
func (t *tx) deleteEntries(o *object, l *nestedList, entries []map[string]any) *apiError {
	for _, entry := range entries {
		var other *object
		if id, given, err := entryID(entry); err != nil {
			return err
		} else if given {
			other = t.st.get(l.kind, id)
		} else if l.find != nil {
			other = l.find(t, o, entry)
		} else {
			return missingData("id")
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

func (t *tx) replaceEntries(o *object, l *nestedList, entries []map[string]any) *apiError {
	keep := map[*object]bool{}
	for _, entry := range entries {
		other, err := t.append(o, l, entry)
		if err != nil {
			return err
		}
		keep[other] = true
	}
	for _, other := range t.listed(o, l.kind) {
		if !keep[other] && t.c.visible(other) {
			t.drop(o, other)
		}
	}
	return nil
}

// listed are the objects that o's list of kind k holds.
func (t *tx) listed(o *object, k kind) []*object {
	ids := t.st.members(o, k)
	objects := make([]*object, 0, len(ids))
	for _, id := range ids {
		objects = append(objects, t.st.get(k, id))
	}
	return objects
}

// members are the IDs that o's list of kind k holds: its children, or its links.
func (st *state) members(o *object, k kind) idset {
	if slices.Contains(childKinds(o.kind), k) {
		return st.tables[k].byParent[o.id]
	}
	return o.linked(k)
}

func isAttribute(k kind) bool {
	return k == kGroupAttribute || k == kIndicatorAttribute || k == kCaseAttribute
}

func entryID(entry map[string]any) (int64, bool, *apiError) {
	v, ok := entry["id"]
	if !ok || v == nil {
		return 0, false, nil
	}
	id, err := toID(v)
	if err != nil {
		return 0, false, badRequest("The field 'id' must be an integer.")
	}
	return id, true, nil
}

// byID resolves an {"id":...} entry to an object that the user can see.
func (t *tx) byID(k kind, entry map[string]any) (*object, bool, *apiError) {
	id, given, err := entryID(entry)
	if err != nil || !given {
		return nil, given, err
	}
	other := t.st.get(k, id)
	if other == nil || !t.c.visible(other) {
		return nil, true, badRequest("The item with the ID %d to be associated was not found.", id)
	}
	return other, true, nil
}

// nestedOwner is where an object created inline goes: the owner it names, else
// the user's Organization, whatever the parent's owner (groups/update.rst).
func (t *tx) nestedOwner(parent *object, entry map[string]any) (*Owner, *apiError) {
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
	if !isVictimKind(a.kind) && (c.sw.CrossOwner == "" || c.sw.CrossOwner == "on") {
		return nil
	}
	status := http.StatusBadRequest
	if c.sw.CrossOwner == "off403" {
		status = http.StatusForbidden
	}
	return statusError(status, "Items of different owners cannot be associated.")
}

func isVictimKind(k kind) bool { return k == kVictim || k == kVictimAsset }

// withoutKeys is a copy of m less some keys.
func withoutKeys(m map[string]any, keys ...string) map[string]any {
	c := maps.Clone(m)
	for _, k := range keys {
		delete(c, k)
	}
	return c
}
