package tcsim

import "slices"

// jobLink is an association that an item names.
type jobLink struct {
	key   string // of the list
	entry any    // an xid, or an object
}

// linkLists are the lists of associations, by kind of item, with the keys of their
// entries.
var linkLists = [partCount]map[string][]string{
	partGroup:     {"associatedGroupXid": nil, "associatedIndicators": {"summary", "indicatorType"}},
	partIndicator: {"associatedGroups": {"groupXid"}, "associatedIndicators": {"summary", "indicatorType", "associationType"}},
}

// linksOf are the associations that an item names, in the order of its text.
func linksOf(part jobPart, body dict) (links []jobLink) {
	for _, m := range body {
		if _, ok := linkLists[part][m.key]; !ok {
			continue
		}
		list, ok := m.value.([]any)
		if !ok {
			links = append(links, jobLink{m.key, m.value}) // refused later
		}
		for _, e := range list {
			links = append(links, jobLink{m.key, e})
		}
	}
	return links
}

// associate makes the associations that an item names, and returns the refusals:
// each of them may be refused alone.
func (it *item) associate(objects []*object, body dict) (refusals []*apiError) {
	for _, o := range objects {
		if it.st.get(o.kind, o.id) != o {
			continue // somebody has deleted it
		}
		for _, l := range linksOf(it.s.part, body) {
			if refused := it.alone(func(t *tx) { t.join(o, it.other(t, l)) }); refused != nil {
				refusals = append(refusals, refused)
			}
		}
	}
	return refusals
}

// other is the object that an entry names, in the owner of the job.
func (it *item) other(t *tx, l jobLink) *object {
	if l.key == "associatedGroupXid" {
		xid, ok := l.entry.(string)
		if !ok {
			panic(badRequest("The field 'associatedGroupXid' must be a list of texts."))
		}
		return it.groupWith(xid)
	}
	e, ok := l.entry.(dict)
	if !ok {
		panic(badRequest("The entries of the field '%s' must be objects.", l.key))
	}
	it.c.checkEntry(l.key, e, linkLists[it.s.part][l.key]...)
	if l.key == "associatedGroups" {
		return it.groupWith(e.required("groupXid"))
	}
	if it.s.part == partIndicator {
		e.required("associationType")
	}
	return it.indicatorWith(t, e.required("indicatorType"), e.required("summary"))
}

func (it *item) groupWith(xid string) *object {
	if o := it.st.withXID(kGroup, it.j.owner, xid, it.c.sw.XIDUnique == "any-case"); o != nil {
		return o
	}
	panic(badRequest("The group with the xid '%s' was not found.", xid))
}

// indicatorWith finds an indicator. Whether one is made that the instance does
// not have is undocumented.
func (it *item) indicatorWith(t *tx, typ, summary string) *object {
	fields := it.withValues(dict{{"type", typ}}, summary)
	o, kind, v := t.theIndicator(it.j.owner, fields)
	switch {
	case o != nil:
		return o
	case it.c.sw.BatchMissingIndicator == "created":
		it.c.mayWrite(it.j.owner, "permIndicator", nil, false)
		return t.newIndicator(kind, it.j.owner, v, nil)
	}
	panic(badRequest("The indicator '%s' was not found.", summary))
}

var associationKeys = []string{"ref_1", "id_1", "type_1", "ref_2", "id_2", "type_2", "associationType"}

// association handles an entry of association.
func (it *item) association(body dict) {
	if it.c.strict {
		for _, m := range body {
			if !slices.Contains(associationKeys, m.key) {
				panic(badRequest("The field '%s' is not valid.", m.key))
			}
		}
	}
	if it.j.action == "Delete" {
		panic(badRequest("Associations cannot be deleted."))
	}
	a, b := it.end(body, "1"), it.end(body, "2")
	if a.kind == kIndicator && b.kind == kIndicator {
		body.required("associationType")
	}
	it.join(a, b)
}

// end is one end of an association: an ID before a summary or xid. Without the
// type of an indicator it is a group.
func (it *item) end(body dict, n string) *object {
	typ := body.str("type_" + n)
	isIndicator := typ != "" && it.st.types.byIndicator[typ] != nil
	if !body.has("id_" + n) {
		ref := body.required("ref_" + n)
		if isIndicator {
			return it.indicatorWith(it.tx, typ, ref)
		}
		return it.groupWith(ref)
	}
	k, id := kGroup, body.id("id_"+n)
	if isIndicator {
		k = kIndicator
	}
	o := it.st.get(k, id)
	if o == nil || o.owner != it.j.owner || typ != "" && o.typ != typ {
		panic(badRequest("The item with the ID %d was not found in the owner '%s'.", id, it.j.owner.Name))
	}
	return o
}
