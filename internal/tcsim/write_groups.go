package tcsim

import "net/http"

// createGroup handles POST /v3/groups.
func (t *tx) createGroup(body dict) *object {
	owner := t.c.createOwner(body)
	t.c.mayWrite(owner, "permGroup", nil, false)
	old, answer := t.existingXID(owner, body.str("xid")), t.c.sw.ExistingXID
	switch {
	case old == nil || answer == "duplicate":
		o := t.make(kGroup, nil, body)
		t.requireAttribute(o)
		return o
	case answer == "conflict400":
		panic(badRequest("A group with the xid '%s' already exists", old.xid))
	case answer == "":
		panic(errConflict())
	case answer == "upsert":
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
