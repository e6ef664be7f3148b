package tcsim

import "slices"

// part writes a part of an item. Whether the item falls with a part that is
// refused is undocumented.
func (it *item) part(write func(t *tx)) {
	if it.c.sw.BatchPartial == "" {
		write(it.tx)
		return
	}
	if refused := it.alone(write); refused != nil {
		it.lost = append(it.lost, refused)
	}
}

// alone writes something that is undone alone if it is refused.
func (it *item) alone(write func(t *tx)) (refused *apiError) {
	t := &tx{st: it.st, c: it.c}
	if refused = attempt(func() { write(t) }); refused != nil {
		t.rollback()
	}
	it.steps = append(it.steps, t.steps...)
	return refused
}

// lists writes attributes, tags and labels of an item as the settings say.
func (it *item) lists(o *object, body dict) {
	it.became = append(it.became, o)
	it.attributes(o, body)
	it.linkAll(o, body, "tag", kTag, it.j.tags, []string{"name"}, func(t *tx, e dict) *object { return t.tagEntry(o, e) })
	it.linkAll(o, body, "securityLabel", kLabel, it.j.labels, labelKeys, func(t *tx, e dict) *object { return t.jobLabel(o, e) })
}

// entries are the objects of a list, and whether the item has the list. Where it
// has none, Replace may empty the list all the same.
func (it *item) entries(body dict, key string, keys ...string) (entries []dict, given bool) {
	raw := body.get(key)
	if raw == nil {
		return nil, it.c.sw.BatchAbsent == "emptied"
	}
	list, ok := raw.([]any)
	if !ok {
		panic(badRequest("The field '%s' must be a list.", key))
	}
	for _, v := range list {
		e, ok := v.(dict)
		if !ok {
			panic(badRequest("The entries of the field '%s' must be objects.", key))
		}
		it.c.checkEntry(key, e, keys...)
		entries = append(entries, e)
	}
	return entries, true
}

// linkAll writes tags or labels.
func (it *item) linkAll(o *object, body dict, key string, k kind, writeType string, keys []string, entry func(*tx, dict) *object) {
	entries, given := it.entries(body, key, keys...)
	var keep set
	for _, e := range entries {
		it.part(func(t *tx) {
			if other := entry(t, e); other != nil {
				t.join(o, other)
				keep.add(other)
			}
		})
	}
	if !given || writeType == "Append" {
		return
	}
	for _, other := range slices.Clone(o.linked(k)) {
		if !keep.has(other) {
			it.drop(o, other)
		}
	}
}

var (
	attributeKeys = []string{"type", "value", "source", "displayed", "pinned", "securityLabel"}
	labelKeys     = []string{"name", "color", "description"}
)

// attributes writes the attributes. Nothing is compared: Append makes each of
// them, and so twice what is sent twice.
func (it *item) attributes(o *object, body dict) {
	k := attributeKinds[o.kind]
	entries, given := it.entries(body, "attribute", attributeKeys...)
	if text := body.str("description"); text != "" && o.kind == kIndicator {
		entries = append(entries, dict{{"type", "Description"}, {"value", text}, {"displayed", true}})
	}
	if it.j.attributes == "Static" {
		return
	}
	for _, old := range slices.Clone(o.linked(k)) {
		incoming := slices.ContainsFunc(entries, func(e dict) bool { return e.str("type") == old.typ })
		if it.j.attributes == "Replace" && given || it.j.attributes == "Singleton" && incoming {
			it.remove(old)
		}
	}
	for _, e := range entries {
		it.part(func(t *tx) { it.attribute(t, o, e) })
	}
}

// attribute makes one. Only a Description or Source can be displayed.
func (it *item) attribute(t *tx, o *object, e dict) {
	fields := e.without("id", "displayed", "default", "securityLabel", "securityLabels")
	if e.has("displayed") && (e.str("type") == "Description" || e.str("type") == "Source") {
		fields = append(fields, member{"default", e.get("displayed")})
	}
	a := t.attributeEntry(o, fields)
	labels, _ := it.entries(e, "securityLabel", labelKeys...)
	for _, l := range labels {
		if label := t.jobLabel(o, l); label != nil {
			t.link(a, label)
		}
	}
}

// jobLabel finds a label. One that does not exist is made, if there is a colour
// and a description.
func (t *tx) jobLabel(o *object, e dict) *object {
	name, color, description := e.required("name"), e.str("color"), e.str("description")
	l := t.labelNamed(o, name)
	switch {
	case l != nil:
		return l
	case color != "" && description != "" || t.c.sw.UnknownLabel == "created":
		t.c.check(kLabel, "name", name)
		t.c.check(kLabel, "color", color)
		t.c.check(kLabel, "description", description)
		l = &object{kind: kLabel, owner: o.owner, name: name, fields: texts("description", description, "color", color)}
		t.add(l)
		return l
	case t.c.sw.UnknownLabel == "ignored":
		return nil
	}
	panic(badRequest("The security label '%s' does not exist; a new one needs a color and a description.", name))
}
