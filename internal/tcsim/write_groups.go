package tcsim

import "net/http"

// createGroup handles POST /v3/groups.
func (t *tx) createGroup(body dict) *object {
	o := &object{kind: kGroup}
	t.house(o, nil, body)
	old := t.existingGroup(o.owner, body)
	if old == nil {
		t.requireAttribute(t.build(o, body))
		return o
	}
	switch t.c.sw.ExistingXID {
	case "conflict400":
		panic(badRequest("A group with the xid '%s' already exists", old.xid))
	case "":
		panic(errConflict())
	case "upsert":
		t.status = http.StatusOK
	}
	t.updateGroup(old, body.without("xid", "type", "ownerId", "ownerName"))
	return old
}

// requireAttribute refuses a new group without the attribute that the instance
// asks for.
func (t *tx) requireAttribute(o *object) {
	typ := t.c.sw.RequiredAttribute
	if typ != "" && t.countAttributes(kGroupAttribute, o, typ) == 0 {
		panic(refusal(http.StatusBadRequest, codeMissing, "An attribute of the type '%s' is required.", typ))
	}
}

// existingGroup is the group that stands in the way of a new one, with its xid.
func (t *tx) existingGroup(owner *Owner, body dict) *object {
	if t.c.sw.ExistingXID == "duplicate" {
		return nil
	}
	return t.existingXID(owner, body.str("xid"))
}

func (t *tx) existingXID(owner *Owner, xid string) *object {
	if xid == "" {
		return nil
	}
	if t.c.sw.XIDScope == "instance" {
		owner = nil
	}
	return t.st.withXID(kGroup, owner, xid, t.c.sw.XIDUnique == "any-case")
}

// updateGroup handles PUT /v3/groups/{id or xid}.
func (t *tx) updateGroup(o *object, body dict) {
	if xid := body.str("xid"); xid != "" && (xid != o.xid || t.c.strict) {
		switch t.c.sw.XIDOnUpdate {
		case "accepted":
			if old := t.existingXID(o.owner, xid); old != nil && old != o {
				panic(errConflict())
			}
			t.rekey(o, func() { o.xid = xid })
		case "ignored":
		default:
			panic(badRequest("The field 'xid' cannot be updated."))
		}
	}
	t.update(o, body)
}

// findGroup resolves an xid of the path within its owner.
func findGroup(c *call, segment string) *object {
	c.checkXIDOwner()
	owner := c.lookupOwner()
	o := c.st.withXID(kGroup, owner, segment, false)
	if o == nil && c.sw.XIDCase == "insensitive" {
		o = c.st.withXID(kGroup, owner, segment, true)
	}
	if o == nil || owner == nil || o.born != 0 && c.within(o.added.time(), c.sw.XIDDelayMS) {
		return nil
	}
	return o
}
