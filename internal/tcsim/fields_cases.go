package tcsim

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
)

// The tables of cases, artifacts, victims and their assets.

var (
	severities  = []string{"Low", "Medium", "High", "Critical"}
	resolutions = []string{
		"Containment Achieved", "Deferred / Delayed", "Escalated", "False Positive", "In Progress / Investigating",
		"Not Specified", "Rejected", "Restoration Achieved",
	}
	assetTypes = []string{"EmailAddress", "NetworkAccount", "Phone", "SocialNetwork", "WebSite"}
)

// assetKeys are the value keys of the asset types.
var assetKeys = map[string]string{
	"EmailAddress": "address", "NetworkAccount": "accountName", "Phone": "phone", "SocialNetwork": "accountName", "WebSite": "website",
}

func rowID() field {
	return field{key: "id", typ: "Integer", readOnly: true, get: idOf}
}

// caseFields follows cases/fields.rst, and cases/create.rst for the answer: the
// owner's name is under "owner", the dates have fractions, and it is
// lastUpdated, not lastModified.
func caseFields(*catalog) []field {
	return []field{
		rowID(),
		{key: "xid", typ: "String", create: true, min: 10, max: 100, own: true, get: xidOf},
		{key: "name", typ: "String", required: true, min: 1, max: 255, own: true, get: nameOf},
		{key: "dateAdded", typ: "Date", readOnly: true, get: addedOf},
		{key: "lastUpdated", typ: "Date", readOnly: true, get: editedOf},
		{key: "caseOpenTime", typ: "Date"},
		{key: "caseCloseTime", typ: "Date"},
		{key: "caseDetectionTime", typ: "Date"},
		{key: "caseOccurrenceTime", typ: "Date"},
		{key: "caseOpenUser", typ: "User", readOnly: true, print: userOf("caseOpenUser")},
		{key: "detectionOverdue", typ: "Boolean", readOnly: true, get: stored("detectionOverdue", truth(false))},
		{key: "responseOverdue", typ: "Boolean", readOnly: true, get: stored("responseOverdue", truth(false))},
		{key: "status", typ: "String", required: true, values: []string{"Open", "Closed"}},
		{key: "severity", typ: "String", required: true, values: severities},
		{key: "resolution", typ: "String", values: resolutions, get: stored("resolution", text("Not Specified"))},
		{key: "description", typ: "String", max: 1500, get: unlessEmpty("description")},
		{key: "assignee", typ: "Assignee", get: stored("assignee", value{kind: valueRaw, s: `{"type":"None"}`})},
		{key: "createdBy", typ: "User", readOnly: true, print: userOf("createdBy")},
		{key: "owner", typ: "String", readOnly: true, get: ownerOf},
		{key: "ownerId", typ: "Integer", readOnly: true, get: ownerIDOf},
		listOf("attributes", kCaseAttribute, 0),
		listOf("tags", kTag, nestedMax),
		listOf("artifacts", kArtifact, nestedMax),
		{key: "notes", typ: "Notes", show: "notes", get: stored("notes", value{kind: valueRaw, s: `{}`})},
		{key: "tasks", typ: "Tasks", show: "tasks", get: stored("tasks", value{kind: valueRaw, s: `{}`})},
		listOf("associatedCases", kCase, nestedMax),
		listOf("associatedGroups", kGroup, nestedMax),
		listOf("associatedIndicators", kIndicator, nestedMax),
	}
}

func artifactFields(*catalog) []field {
	unasked := func(c *call) bool { return c.sw.ArtifactCase == "shown" && !c.inNested }
	caseXID := func(_ *call, o *object) value { return textIfAny(o.parent.xid) }
	intelType := func(_ *call, o *object) value { return textIfAny(builtin.intelTypes[o.typ]) }
	return []field{
		rowID(),
		{key: "caseId", typ: "Integer", create: true, own: true, show: "caseId", unasked: unasked, get: parentIDOf},
		{key: "caseXid", typ: "String", create: true, own: true, show: "caseXid", unasked: unasked, get: caseXID},
		{key: "taskId", typ: "Integer", create: true, own: true},
		{key: "taskXid", typ: "String", create: true, own: true},
		{key: "summary", typ: "String", required: true, min: 1, max: 500, own: true, get: nameOf},
		{key: "type", typ: "String", required: true, create: true, own: true, values: builtin.artifactTypes, get: typeOf},
		{key: "intelType", typ: "String", readOnly: true, get: intelType},
		{key: "dateAdded", typ: "Date", readOnly: true, get: addedOf},
		{key: "source", typ: "String", max: 100, get: unlessEmpty("source")},
		{key: "fieldName", typ: "String", max: 100, create: true, get: unlessEmpty("fieldName")},
		{key: "derivedLink", typ: "Boolean", get: stored("derivedLink", truth(true))},
		{key: "hashCode", typ: "String", create: true, get: hashOf},
		{key: "notes", typ: "Notes", show: "notes", get: stored("notes", value{kind: valueRaw, s: `{}`})},
		{key: "fileData", typ: "Base64", get: unlessEmpty("fileData")},
		listOf("associatedGroups", kGroup, nestedMax),
		listOf("associatedIndicators", kIndicator, nestedMax),
	}
}

// hashOf stands for the hash that an instance computes of an artifact; no source
// says which one it is.
func hashOf(_ *call, o *object) value {
	sum := sha256.Sum256([]byte(o.typ + "\n" + o.name + "\n" + o.str("fileData")))
	return text(cmp.Or(o.str("hashCode"), hex.EncodeToString(sum[:])))
}

func victimFields(*catalog) []field {
	return []field{
		rowID(),
		{key: "name", typ: "String", required: true, min: 1, max: 255, own: true, get: nameOf},
		{key: "ownerId", typ: "Integer", create: true, own: true, notOld: true, get: ownerIDOf},
		{key: "ownerName", typ: "String", create: true, own: true, get: ownerOf},
		{key: "nationality", typ: "String", get: unlessEmpty("nationality")},
		{key: "org", typ: "String", get: unlessEmpty("org")},
		{key: "subOrg", typ: "String", get: unlessEmpty("subOrg")},
		{key: "suborg", typ: "String", get: unlessEmpty("suborg")},
		{key: "workLocation", typ: "String", get: unlessEmpty("workLocation")},
		{key: "webLink", typ: "String", readOnly: true, get: (*call).victimLink},
		{key: "dateAdded", typ: "Date", readOnly: true, get: addedOf},
		listOf("assets", kVictimAsset, nestedMax),
		listOf("tags", kTag, nestedMax),
		listOf("securityLabels", kLabel, nestedMax),
		listOf("associatedGroups", kGroup, 0),
	}
}

func (c *call) victimLink(o *object) value {
	if o.kind == kVictimAsset {
		o = o.parent
	}
	return text(c.baseURL() + "/auth/victim/victim.xhtml?victim=" + itoa(o.id))
}

// assetFields: the docs call the qualifiers optional, OPTIONS 7.11
// conditionalRequired; they are not enforced.
func assetFields(*catalog) []field {
	text := func(key string, types ...string) field {
		return field{key: key, typ: "String", min: 1, max: 255, types: types, requiredFor: types}
	}
	return []field{
		rowID(),
		{key: "type", typ: "String", required: true, create: true, own: true, values: assetTypes, get: typeOf},
		{key: "victimId", typ: "Integer", required: true, create: true, own: true, get: parentIDOf},
		text("address", "EmailAddress"),
		{key: "addressType", typ: "String", types: []string{"EmailAddress"}},
		text("accountName", "NetworkAccount", "SocialNetwork"),
		{key: "networkType", typ: "String", types: []string{"NetworkAccount"}, requiredFor: []string{"NetworkAccount"}},
		{key: "socialNetwork", typ: "String", types: []string{"SocialNetwork"}, requiredFor: []string{"SocialNetwork"}},
		text("phone", "Phone"),
		text("website", "WebSite"),
		{key: "webLink", typ: "String", readOnly: true, get: (*call).victimLink},
		listOf("associatedGroups", kGroup, 0),
	}
}
