package tcsim

import (
	"net/http"
	"slices"
	"strings"
)

// groupLists are the nested lists of a group (associations.rst).
func groupLists() []nestedList {
	return []nestedList{
		{key: "attributes", kind: kGroupAttribute, maxSize: nestedMax, resolve: resolveAttribute},
		{key: "tags", kind: kTag, maxSize: nestedMax, resolve: resolveTag, find: findTag},
		{key: "securityLabels", kind: kLabel, maxSize: nestedMax, resolve: resolveLabel, find: findLabel},
		{key: "associatedArtifacts", kind: kArtifact, maxSize: nestedMax, resolve: resolveArtifact},
		{key: "associatedCases", kind: kCase, maxSize: nestedMax, resolve: resolveCase},
		{key: "associatedGroups", kind: kGroup, resolve: resolveGroup},
		{key: "associatedIndicators", kind: kIndicator, resolve: resolveIndicator},
		{key: "associatedVictimAssets", kind: kVictimAsset, resolve: resolveVictimAsset},
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
	o, err := t.newGroup(owner, body)
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

// newGroup makes a group, from POST or inline.
func (t *tx) newGroup(owner *Owner, body map[string]any) (*object, *apiError) {
	if v := body["xid"]; v != nil {
		if _, ok := v.(string); !ok {
			return nil, badRequest("The field 'xid' must be a string.")
		}
	}
	specs := t.c.specs(kGroup)
	typ, err := t.c.groupType(body)
	if err != nil {
		return nil, err
	}
	o := &object{kind: kGroup, owner: owner, typ: typ}
	if err := t.nameGroup(o, specs, body, true); err != nil {
		return nil, err
	}
	o.xid, _ = body["xid"].(string)
	t.add(o)
	if err := t.writeGroup(o, specs, body, true); err != nil {
		return nil, err
	}
	return o, nil
}

func (c *call) groupType(body map[string]any) (string, *apiError) {
	typ, ok := body["type"].(string)
	if !ok || typ == "" {
		return "", missingData("type")
	}
	for _, known := range groupTypes {
		if known == typ || c.sw.GroupTypeCase == "any" && strings.EqualFold(known, typ) {
			return known, nil
		}
	}
	return "", badRequest("The value '%s' is not valid for the field 'type'. Valid values: %s.", typ, strings.Join(groupTypes, ", "))
}

func specOf(specs []fieldSpec, key string) *fieldSpec {
	for i := range specs {
		if specs[i].key == key {
			return &specs[i]
		}
	}
	return &fieldSpec{key: key, typ: "String"}
}

// nameGroup checks the name; names are not unique and never cut.
func (t *tx) nameGroup(o *object, specs []fieldSpec, body map[string]any, post bool) *apiError {
	v, ok := body["name"]
	if !ok || v == nil {
		if post {
			return missingData("name")
		}
		return nil
	}
	name, err := t.c.checkValue(specOf(specs, "name"), v)
	if err != nil {
		return err
	}
	if post {
		o.name = name.(string)
	} else if o.name != name {
		t.change(o, func() { o.name = name.(string) })
	}
	return nil
}

// groupScalars leaves out the keys that are not kept in object.fields.
func groupScalars(body map[string]any) map[string]any {
	return withoutKeys(body, "type", "name", "xid", "ownerId", "ownerName")
}

func (t *tx) writeGroup(o *object, specs []fieldSpec, body map[string]any, post bool) *apiError {
	if s, ok := body["status"].(string); ok && !slices.Contains(statusValues(o.typ), s) && statusValues(o.typ) != nil {
		return badRequest("The value '%s' is not valid for the field 'status'. Valid values: %s.", s, strings.Join(statusValues(o.typ), ", "))
	}
	if err := t.write(o, scalarSpecs(specs), groupScalars(body), post); err != nil {
		return err
	}
	if o.typ == "Signature" && o.str("fileName") == "" {
		return missingData("fileName")
	}
	if m, _ := o.fields["malware"].(bool); m && o.str("password") == "" {
		return badRequest("The field 'password' is required where 'malware' is true.")
	}
	return t.writeLists(o, t.c.s.groupLists, body, post)
}

// scalarSpecs leaves out type, name, xid and owner, which have their own rules.
func scalarSpecs(specs []fieldSpec) []fieldSpec {
	for i := range specs {
		if specs[i].key == "ownerName" {
			return specs[i+1:]
		}
	}
	return specs
}

// updateGroup handles PUT /v3/groups/{id or xid}.
func updateGroup(t *tx, o *object, body map[string]any) *apiError {
	if err := t.c.mayWrite(o.owner, "permGroup", o, false); err != nil {
		return err
	}
	specs := t.c.specs(kGroup)
	if err := t.nameGroup(o, specs, body, false); err != nil {
		return err
	}
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
	if err := t.writeGroup(o, specs, body, false); err != nil {
		return err
	}
	if t.c.sw.Touch != "none" || !onlyLists(body, t.c.s.groupLists) {
		t.touch(o, t.c.now)
	}
	return nil
}

func onlyLists(body map[string]any, lists []nestedList) bool {
	for k := range body {
		if !slices.ContainsFunc(lists, func(l nestedList) bool { return l.key == k }) {
			return false
		}
	}
	return true
}

// findGroup resolves an xid of the path within its owner.
func findGroup(c *call, segment string) (*object, *apiError) {
	owner, err := c.lookupOwner()
	if err != nil {
		return nil, err
	}
	if o := c.st.byXIDIn(kGroup, owner, segment); o != nil {
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

// resolveGroup handles an entry of associatedGroups: {"id":..} or a new group.
// There is no look-up by name: {"name","type"} makes a group on every call.
func resolveGroup(t *tx, parent *object, entry map[string]any) (*object, *apiError) {
	if o, given, err := t.byID(kGroup, entry); given || err != nil {
		return o, err
	}
	owner, err := t.nestedOwner(parent, entry)
	if err != nil {
		return nil, err
	}
	if err := t.c.mayWrite(owner, "permGroup", nil, false); err != nil {
		return nil, err
	}
	if xid, _ := entry["xid"].(string); xid != "" && t.existingXID(owner, xid) != nil && t.c.sw.ExistingXID != "duplicate" {
		return nil, errConflict()
	}
	return t.newGroup(owner, entry)
}
