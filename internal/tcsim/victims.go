package tcsim

func victimLists() []nestedList {
	return []nestedList{
		{key: "assets", kind: kVictimAsset, maxSize: nestedMax, resolve: resolve(kVictimAsset)},
		{key: "tags", kind: kTag, maxSize: nestedMax, resolve: resolveTag, find: findTag},
		{key: "securityLabels", kind: kLabel, maxSize: nestedMax, resolve: resolveLabel, find: findLabel},
		{key: "associatedGroups", kind: kGroup, resolve: resolve(kGroup)},
	}
}

func assetLists() []nestedList {
	return []nestedList{{key: "associatedGroups", kind: kGroup, resolve: resolve(kGroup)}}
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
	c.writeLists(e, o, c.s.byKind[kVictim].lists, sel)
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
	c.writeLists(e, o, c.s.byKind[kVictimAsset].lists, sel)
}
