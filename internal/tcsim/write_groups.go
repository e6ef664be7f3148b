package tcsim

import "net/http"

// createGroup handles POST /v3/groups.
func createGroup(t *tx, body dict) (*object, int, *apiError) {
	owner, err := t.c.createOwner(body)
	if err != nil {
		return nil, 0, err
	}
	if err := t.c.mayWrite(owner, "permGroup", nil, false); err != nil {
		return nil, 0, err
	}
	if old := t.existingXID(owner, body.str("xid")); old != nil {
		changes := body.without("xid", "type", "ownerId", "ownerName")
		switch t.c.sw.ExistingXID {
		case "duplicate":
		case "upsert":
			return old, http.StatusOK, updateGroup(t, old, changes)
		case "upsert201":
			return old, http.StatusCreated, updateGroup(t, old, changes)
		case "conflict400":
			return nil, 0, badRequest("A group with the xid '%s' already exists", old.xid)
		default:
			return nil, 0, errConflict()
		}
	}
	o, err := t.make(kGroup, nil, body)
	if err == nil {
		err = t.requiredAttribute(o)
	}
	return o, http.StatusCreated, err
}

// requiredAttribute refuses a new group without the attribute that the instance
// asks for.
func (t *tx) requiredAttribute(o *object) *apiError {
	typ := t.c.sw.RequiredAttribute
	if typ == "" || t.countAttributes(kGroupAttribute, o, typ) > 0 {
		return nil
	}
	err := badRequest("An attribute of the type '%s' is required.", typ)
	err.code = codeMissing
	return err
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
func updateGroup(t *tx, o *object, body dict) *apiError {
	if xid := body.str("xid"); xid != "" && (xid != o.xid || t.c.strict) {
		switch t.c.sw.XIDOnUpdate {
		case "accepted":
			if old := t.existingXID(o.owner, xid); old != nil && old != o {
				return errConflict()
			}
			t.rekey(o, func() { o.xid = xid })
		case "ignored":
		default:
			return badRequest("The field 'xid' cannot be updated.")
		}
	}
	return update(t, o, body)
}

// findGroup resolves an xid of the path within its owner.
func findGroup(c *call, segment string) (*object, *apiError) {
	if err := c.checkXIDOwner(); err != nil {
		return nil, err
	}
	owner, err := c.lookupOwner()
	if err != nil {
		return nil, err
	}
	o := c.st.withXID(kGroup, owner, segment, false)
	if o == nil && c.sw.XIDCase == "insensitive" {
		o = c.st.withXID(kGroup, owner, segment, true)
	}
	if o == nil || owner == nil || o.born != 0 && c.within(o.added.time(), c.sw.XIDDelayMS) {
		return nil, errNotFound()
	}
	return o, nil
}
