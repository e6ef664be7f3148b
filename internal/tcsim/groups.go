package tcsim

import (
	"net/http"
	"strings"
	"time"
)

// groupLists are the nested lists of a group (associations.rst).
func groupLists() []nestedList {
	return []nestedList{
		{key: "attributes", kind: kGroupAttribute, maxSize: nestedMax, resolve: resolveAttribute},
		{key: "tags", kind: kTag, maxSize: nestedMax, resolve: resolveTag, find: findTag},
		{key: "securityLabels", kind: kLabel, maxSize: nestedMax, resolve: resolveLabel, find: findLabel},
		{key: "associatedArtifacts", kind: kArtifact, maxSize: nestedMax, resolve: resolve(kArtifact)},
		{key: "associatedCases", kind: kCase, maxSize: nestedMax, resolve: resolve(kCase)},
		{key: "associatedGroups", kind: kGroup, resolve: resolve(kGroup)},
		{key: "associatedIndicators", kind: kIndicator, resolve: resolveIndicator},
		{key: "associatedVictimAssets", kind: kVictimAsset, resolve: resolve(kVictimAsset)},
	}
}

// createGroup handles POST /v3/groups.
func createGroup(t *tx, body map[string]any) (*object, int, *apiError) {
	owner, err := t.c.createOwner(body)
	if err != nil {
		return nil, 0, err
	}
	if err := t.c.mayWrite(owner, "permGroup", nil, false); err != nil {
		return nil, 0, err
	}
	if xid, _ := body["xid"].(string); xid != "" {
		if old := t.existingXID(owner, xid); old != nil {
			switch t.c.sw.ExistingXID {
			case "duplicate":
			case "upsert":
				return old, http.StatusOK, updateGroup(t, old, withoutKeys(body, "xid", "type"))
			case "upsert201":
				return old, http.StatusCreated, updateGroup(t, old, withoutKeys(body, "xid", "type"))
			case "conflict400":
				return nil, 0, badRequest("A group with the xid '%s' already exists", xid)
			default:
				return nil, 0, errConflict()
			}
		}
	}
	o, err := t.make(kGroup, nil, body)
	return o, http.StatusCreated, err
}

func (t *tx) existingXID(owner *Owner, xid string) *object {
	if o := t.st.byXIDIn(kGroup, owner, xid); o != nil {
		return o
	}
	if t.c.sw.XIDScope != "instance" || t.st.xidOwners[xid] == 0 {
		return nil
	}
	for _, other := range t.st.owners {
		if o := t.st.byXIDIn(kGroup, other, xid); o != nil {
			return o
		}
	}
	return nil
}

func specOf(specs []fieldSpec, key string) *fieldSpec {
	for i := range specs {
		if specs[i].key == key {
			return &specs[i]
		}
	}
	return &fieldSpec{key: key, typ: "String"}
}

// updateGroup handles PUT /v3/groups/{id or xid}.
func updateGroup(t *tx, o *object, body map[string]any) *apiError {
	if xid, _ := body["xid"].(string); xid != "" && xid != o.xid {
		switch t.c.sw.XIDOnUpdate {
		case "accepted":
			if t.existingXID(o.owner, xid) != nil {
				return errConflict()
			}
			t.change(o, func() { o.xid = xid })
		case "ignored":
		default:
			return badRequest("The field 'xid' cannot be updated.")
		}
	}
	return update(t, o, body)
}

// findGroup resolves an xid of the path within its owner.
func findGroup(c *call, segment string) (*object, *apiError) {
	owner, err := c.lookupOwner()
	if err != nil {
		return nil, err
	}
	if o := c.st.byXIDIn(kGroup, owner, segment); o != nil {
		if o.born != 0 && c.now.Sub(o.bornAt) < time.Duration(c.sw.XIDDelayMS)*time.Millisecond {
			return nil, errNotFound()
		}
		return o, nil
	}
	if c.sw.XIDCase == "insensitive" {
		for key, set := range c.st.byXID {
			if key.kind == kGroup && key.owner == ownerID(owner) && strings.EqualFold(key.xid, segment) {
				return c.st.get(kGroup, set[0]), nil
			}
		}
	}
	return nil, errNotFound()
}
