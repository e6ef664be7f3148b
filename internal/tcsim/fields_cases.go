package tcsim

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
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
	return field{key: "id", typ: "Integer", readOnly: true, print: idOf("id", func(o *object) int64 { return o.id })}
}

// caseFields follows cases/fields.rst, and cases/create.rst for the answer: the
// owner's name is under "owner", the dates have fractions, and it is
// lastUpdated, not lastModified.
func caseFields(*catalog) []field {
	date := func(key string) field {
		return field{key: key, typ: "Date", print: caseDateOf(key, func(o *object) time.Time { d, _ := o.fields.get(key).(time.Time); return d })}
	}
	return []field{
		rowID(),
		{key: "xid", typ: "String", create: true, min: 10, max: 100, own: true, print: textOf("xid", xidOf)},
		{key: "name", typ: "String", required: true, min: 1, max: 255, own: true, print: always("name", nameOf)},
		{key: "dateAdded", typ: "Date", readOnly: true, print: caseDateOf("dateAdded", func(o *object) time.Time { return o.added.time() })},
		{key: "lastUpdated", typ: "Date", readOnly: true, print: caseDateOf("lastUpdated", func(o *object) time.Time { return o.edited.time() })},
		date("caseOpenTime"), date("caseCloseTime"), date("caseDetectionTime"), date("caseOccurrenceTime"),
		{key: "caseOpenUser", typ: "User", readOnly: true, print: userOf("caseOpenUser")},
		{key: "detectionOverdue", typ: "Boolean", readOnly: true, print: stored("detectionOverdue", false)},
		{key: "responseOverdue", typ: "Boolean", readOnly: true, print: stored("responseOverdue", false)},
		{key: "status", typ: "String", required: true, values: []string{"Open", "Closed"}},
		{key: "severity", typ: "String", required: true, values: severities},
		{key: "resolution", typ: "String", values: resolutions, print: stored("resolution", "Not Specified")},
		{key: "description", typ: "String", max: 1500, print: unlessEmpty("description")},
		{key: "assignee", typ: "Assignee", print: stored("assignee", json.RawMessage(`{"type":"None"}`))},
		{key: "createdBy", typ: "User", readOnly: true, print: userOf("createdBy")},
		{key: "owner", typ: "String", readOnly: true, print: always("owner", ownerOf)},
		{key: "ownerId", typ: "Integer", readOnly: true, print: idOf("ownerId", ownerIDOf)},
		listOf("attributes", kCaseAttribute, 0),
		listOf("tags", kTag, nestedMax),
		listOf("artifacts", kArtifact, nestedMax),
		listOf("associatedCases", kCase, nestedMax),
		listOf("associatedGroups", kGroup, nestedMax),
		listOf("associatedIndicators", kIndicator, nestedMax),
	}
}

func artifactFields(*catalog) []field {
	ofCase := func(name string, p printer) printer {
		return func(c *call, e *encoder, o *object, sel selection) {
			if c.sw.ArtifactCase == "shown" && !c.inNested || sel.has(name) {
				p(c, e, o, sel)
			}
		}
	}
	return []field{
		rowID(),
		{key: "caseId", typ: "Integer", create: true, own: true, print: ofCase("caseId", idOf("caseId", parentIDOf))},
		{key: "caseXid", typ: "String", create: true, own: true, print: ofCase("caseXid", textOf("caseXid", func(_ *call, o *object) string { return o.parent.xid }))},
		{key: "taskId", typ: "Integer", create: true, own: true},
		{key: "taskXid", typ: "String", create: true, own: true},
		{key: "summary", typ: "String", required: true, min: 1, max: 500, own: true, print: always("summary", nameOf)},
		{key: "type", typ: "String", required: true, create: true, own: true, values: builtin.artifactTypes, print: always("type", typeOf)},
		{key: "intelType", typ: "String", readOnly: true, print: textOf("intelType", func(_ *call, o *object) string { return builtin.intelTypes[o.typ] })},
		{key: "dateAdded", typ: "Date", readOnly: true, print: caseDateOf("dateAdded", func(o *object) time.Time { return o.added.time() })},
		{key: "source", typ: "String", max: 100, print: unlessEmpty("source")},
		{key: "fieldName", typ: "String", max: 100, create: true, print: unlessEmpty("fieldName")},
		{key: "derivedLink", typ: "Boolean", print: stored("derivedLink", true)},
		{key: "hashCode", typ: "String", create: true, print: always("hashCode", hashOf)},
		{key: "fileData", typ: "Base64", print: unlessEmpty("fileData")},
		listOf("associatedGroups", kGroup, nestedMax),
		listOf("associatedIndicators", kIndicator, nestedMax),
	}
}

// hashOf stands for the hash that an instance computes of an artifact; no source
// says which one it is.
func hashOf(_ *call, o *object) string {
	sum := sha256.Sum256([]byte(o.typ + "\n" + o.name + "\n" + o.str("fileData")))
	return cmp.Or(o.str("hashCode"), hex.EncodeToString(sum[:]))
}

func victimFields(*catalog) []field {
	return []field{
		rowID(),
		{key: "name", typ: "String", required: true, min: 1, max: 255, own: true, print: always("name", nameOf)},
		{key: "ownerId", typ: "Integer", create: true, own: true, print: unlessOld(idOf("ownerId", ownerIDOf))},
		{key: "ownerName", typ: "String", create: true, own: true, print: always("ownerName", ownerOf)},
		{key: "nationality", typ: "String", print: unlessEmpty("nationality")},
		{key: "org", typ: "String", print: unlessEmpty("org")},
		{key: "subOrg", typ: "String", print: unlessEmpty("subOrg")},
		{key: "suborg", typ: "String", print: unlessEmpty("suborg")},
		{key: "workLocation", typ: "String", print: unlessEmpty("workLocation")},
		{key: "webLink", typ: "String", readOnly: true, print: always("webLink", (*call).victimLink)},
		{key: "dateAdded", typ: "Date", readOnly: true, print: dateOf("dateAdded", addedOf)},
		listOf("assets", kVictimAsset, nestedMax),
		listOf("tags", kTag, nestedMax),
		listOf("securityLabels", kLabel, nestedMax),
		listOf("associatedGroups", kGroup, 0),
	}
}

func (c *call) victimLink(o *object) string {
	if o.kind == kVictimAsset {
		o = o.parent
	}
	return c.baseURL() + "/auth/victim/victim.xhtml?victim=" + itoa(o.id)
}

// assetFields: the docs call the qualifiers optional, OPTIONS 7.11
// conditionalRequired; they are not enforced.
func assetFields(*catalog) []field {
	text := func(key string, types ...string) field {
		return field{key: key, typ: "String", min: 1, max: 255, types: types, requiredFor: types}
	}
	return []field{
		rowID(),
		{key: "type", typ: "String", required: true, create: true, own: true, values: assetTypes, print: always("type", typeOf)},
		{key: "victimId", typ: "Integer", required: true, create: true, own: true, print: idOf("victimId", parentIDOf)},
		text("address", "EmailAddress"),
		{key: "addressType", typ: "String", types: []string{"EmailAddress"}},
		text("accountName", "NetworkAccount", "SocialNetwork"),
		{key: "networkType", typ: "String", types: []string{"NetworkAccount"}, requiredFor: []string{"NetworkAccount"}},
		{key: "socialNetwork", typ: "String", types: []string{"SocialNetwork"}, requiredFor: []string{"SocialNetwork"}},
		text("phone", "Phone"),
		text("website", "WebSite"),
		{key: "webLink", typ: "String", readOnly: true, print: always("webLink", (*call).victimLink)},
		listOf("associatedGroups", kGroup, 0),
	}
}
