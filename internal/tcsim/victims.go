package tcsim

import "net/http"

func victimLists() []nestedList {
	return []nestedList{
		{key: "assets", kind: kVictimAsset, maxSize: nestedMax, resolve: resolveVictimAsset},
		{key: "tags", kind: kTag, maxSize: nestedMax, resolve: resolveTag, find: findTag},
		{key: "securityLabels", kind: kLabel, maxSize: nestedMax, resolve: resolveLabel, find: findLabel},
		{key: "associatedGroups", kind: kGroup, resolve: resolveGroup},
	}
}

func assetLists() []nestedList {
	return []nestedList{{key: "associatedGroups", kind: kGroup, resolve: resolveGroup}}
}

func victimSpecs(*catalog) []fieldSpec {
	return []fieldSpec{
		{key: "name", typ: "String", required: true, min: 1, max: 255, own: true},
		{key: "ownerId", typ: "Integer", create: true, own: true},
		{key: "ownerName", typ: "String", create: true, own: true},
		{key: "nationality", typ: "String"},
		{key: "org", typ: "String"},
		{key: "subOrg", typ: "String"},
		{key: "suborg", typ: "String"},
		{key: "workLocation", typ: "String"},
		{key: "assets", typ: "VictimAssets", list: true, maxSize: nestedMax},
		{key: "tags", typ: "Tags", list: true, maxSize: nestedMax},
		{key: "securityLabels", typ: "SecurityLabels", list: true, maxSize: nestedMax},
		{key: "associatedGroups", typ: "Groups", list: true},
		{key: "id", typ: "Integer", readOnly: true},
		{key: "webLink", typ: "String", readOnly: true},
	}
}

var victimFieldDocs = []fieldDoc{
	{"assets", "Includes victim assets", false},
	{"associatedGroups", "Includes associated Groups", false},
	{"securityLabels", "Includes Security Labels", false},
	{"tags", "Includes Tags", false},
}

func createVictim(t *tx, body map[string]any) (*object, int, *apiError) {
	owner, err := t.c.createOwner(body)
	if err != nil {
		return nil, 0, err
	}
	if err := t.c.mayWrite(owner, "permVictim", nil, false); err != nil {
		return nil, 0, err
	}
	if body["name"] == nil {
		return nil, 0, missingData("name")
	}
	name, err := t.c.checkValue(&fieldSpec{key: "name", typ: "String", min: 1, max: 255}, body["name"])
	if err != nil {
		return nil, 0, err
	}
	o := &object{kind: kVictim, owner: owner, name: name.(string)}
	t.add(o)
	if err := t.write(o, t.c.specs(kVictim), body, true); err != nil {
		return nil, 0, err
	}
	return o, http.StatusCreated, t.writeLists(o, t.c.s.victimLists, body, true)
}

func updateVictim(t *tx, o *object, body map[string]any) *apiError {
	if err := t.c.mayWrite(o.owner, "permVictim", o, false); err != nil {
		return err
	}
	if name := firstString(body, "name"); name != "" && name != o.name {
		t.change(o, func() { o.name = name })
	}
	if err := t.write(o, t.c.specs(kVictim), body, false); err != nil {
		return err
	}
	t.touch(o, t.c.now)
	return t.writeLists(o, t.c.s.victimLists, body, false)
}

func writeVictim(c *call, e *encoder, o *object, sel selection) {
	c.id(e, "id", o.id)
	e.str("name", o.name)
	if !c.sw.OldShapes {
		c.id(e, "ownerId", ownerID(o.owner))
	}
	e.str("ownerName", ownerName(o.owner))
	for _, k := range []string{"nationality", "org", "subOrg", "suborg", "workLocation"} {
		e.opt(k, o.str(k))
	}
	e.str("webLink", c.victimLink(o))
	c.date(e, "dateAdded", o.added)
	c.writeLists(e, o, c.s.victimLists, sel)
}

func (c *call) victimLink(o *object) string {
	return c.baseURL() + "/auth/victim/victim.xhtml?victim=" + itoa(o.id)
}

// assetKeys are the value keys of the asset types, and the qualifier that goes
// with some (victim_assets/fields.rst). The docs call the qualifiers optional,
// OPTIONS 7.11 conditionalRequired; they are not enforced.
var assetKeys = map[string][2]string{
	"EmailAddress":   {"address", "addressType"},
	"NetworkAccount": {"accountName", "networkType"},
	"Phone":          {"phone", ""},
	"SocialNetwork":  {"accountName", "socialNetwork"},
	"WebSite":        {"website", ""},
}

var assetTypes = []string{"EmailAddress", "NetworkAccount", "Phone", "SocialNetwork", "WebSite"}

func assetSpecs(*catalog) []fieldSpec {
	return []fieldSpec{
		{key: "type", typ: "String", required: true, create: true, own: true, values: assetTypes},
		{key: "victimId", typ: "Integer", required: true, create: true, own: true},
		{key: "address", typ: "String", min: 1, max: 255, appliesTo: []string{"EmailAddress"}, requiredFor: []string{"EmailAddress"}},
		{key: "addressType", typ: "String", appliesTo: []string{"EmailAddress"}},
		{key: "accountName", typ: "String", min: 1, max: 255, appliesTo: []string{"NetworkAccount", "SocialNetwork"}, requiredFor: []string{"NetworkAccount", "SocialNetwork"}},
		{key: "networkType", typ: "String", appliesTo: []string{"NetworkAccount"}, requiredFor: []string{"NetworkAccount"}},
		{key: "socialNetwork", typ: "String", appliesTo: []string{"SocialNetwork"}, requiredFor: []string{"SocialNetwork"}},
		{key: "phone", typ: "String", min: 1, max: 255, appliesTo: []string{"Phone"}, requiredFor: []string{"Phone"}},
		{key: "website", typ: "String", min: 1, max: 255, appliesTo: []string{"WebSite"}, requiredFor: []string{"WebSite"}},
		{key: "associatedGroups", typ: "Groups", list: true},
		{key: "id", typ: "Integer", readOnly: true},
		{key: "webLink", typ: "String", readOnly: true},
	}
}

var assetFieldDocs = []fieldDoc{{"associatedGroups", "Includes associated Groups", false}}

func createVictimAsset(t *tx, body map[string]any) (*object, int, *apiError) {
	o, err := t.newAsset(nil, body)
	return o, http.StatusCreated, err
}

func (t *tx) newAsset(victim *object, body map[string]any) (*object, *apiError) {
	if victim == nil {
		if body["victimId"] == nil {
			return nil, missingData("victimId")
		}
		id, err := toID(body["victimId"])
		if err != nil {
			return nil, badRequest("The field 'victimId' must be an integer.")
		}
		if victim = t.st.get(kVictim, id); victim == nil || !t.c.visible(victim) {
			return nil, badRequest("The victim with the ID %d was not found.", id)
		}
	}
	if err := t.c.mayWrite(victim.owner, "permVictim", nil, false); err != nil {
		return nil, err
	}
	typ := firstString(body, "type")
	if typ == "" {
		return nil, missingData("type")
	}
	keys, ok := assetKeys[typ]
	if !ok {
		return nil, badRequest("The value '%s' is not valid for the field 'type'.", typ)
	}
	value := firstString(body, keys[0])
	if value == "" {
		return nil, missingData(keys[0])
	}
	o := &object{kind: kVictimAsset, parent: victim, owner: victim.owner, typ: typ, name: value}
	t.add(o)
	if err := t.write(o, t.c.specs(kVictimAsset), body, true); err != nil {
		return nil, err
	}
	return o, t.writeLists(o, t.c.s.assetLists, body, true)
}

func updateVictimAsset(t *tx, o *object, body map[string]any) *apiError {
	if err := t.c.mayWrite(o.owner, "permVictim", o, false); err != nil {
		return err
	}
	if err := t.write(o, t.c.specs(kVictimAsset), body, false); err != nil {
		return err
	}
	if v := o.str(assetKeys[o.typ][0]); v != o.name {
		t.change(o, func() { o.name = v })
	}
	t.touch(o, t.c.now)
	return t.writeLists(o, t.c.s.assetLists, body, false)
}

// resolveVictimAsset handles an entry of associatedVictimAssets (or of a
// victim's assets): {"id"} or a new asset of the victim it names.
func resolveVictimAsset(t *tx, parent *object, entry map[string]any) (*object, *apiError) {
	if o, given, err := t.byID(kVictimAsset, entry); given || err != nil {
		return o, err
	}
	if parent.kind == kVictim {
		return t.newAsset(parent, entry)
	}
	return t.newAsset(nil, entry)
}

func writeVictimAsset(c *call, e *encoder, o *object, sel selection) {
	c.id(e, "id", o.id)
	e.str("type", o.typ)
	c.id(e, "victimId", o.parent.id)
	for _, k := range assetKeys[o.typ] {
		if k != "" {
			e.opt(k, o.str(k))
		}
	}
	e.str("webLink", c.victimLink(o.parent))
	c.writeLists(e, o, c.s.assetLists, sel)
}
