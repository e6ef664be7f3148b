package tcsim

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
)

func artifactLists() []nestedList {
	return []nestedList{
		{key: "associatedGroups", kind: kGroup, maxSize: nestedMax, resolve: resolve(kGroup)},
		{key: "associatedIndicators", kind: kIndicator, maxSize: nestedMax, resolve: resolveIndicator},
	}
}

func artifactSpecs(types *catalog) []fieldSpec {
	return []fieldSpec{
		{key: "caseId", typ: "Integer", create: true, own: true},
		{key: "caseXid", typ: "String", create: true, own: true},
		{key: "taskId", typ: "Integer", create: true, own: true},
		{key: "taskXid", typ: "String", create: true, own: true},
		{key: "type", typ: "String", required: true, create: true, own: true, values: types.artifactTypes},
		{key: "summary", typ: "String", required: true, min: 1, max: 500, own: true},
		{key: "source", typ: "String", max: 100},
		{key: "fieldName", typ: "String", max: 100, create: true},
		{key: "derivedLink", typ: "Boolean"},
		{key: "fileData", typ: "Base64"},
		{key: "hashCode", typ: "String", create: true},
		{key: "associatedGroups", typ: "Groups", list: true, maxSize: nestedMax},
		{key: "associatedIndicators", typ: "Indicators", list: true, maxSize: nestedMax},
		{key: "id", typ: "Integer", readOnly: true},
		{key: "dateAdded", typ: "Date", readOnly: true},
		{key: "intelType", typ: "String", readOnly: true},
	}
}

var artifactFieldDocs = []fieldDoc{
	{"associatedGroups", "Includes associated Groups", false},
	{"associatedIndicators", "Includes associated Indicators", false},
	{"caseId", "Includes the ID of the Case", false},
	{"caseXid", "Includes the xid of the Case", false},
	{"notes", "Includes notes", false},
}

func writeArtifact(c *call, e *encoder, o *object, sel selection) {
	c.id(e, "id", o.id)
	if shown := c.sw.ArtifactCase == "shown" && !c.inNested; shown || sel.has("caseId") {
		c.id(e, "caseId", o.parent.id)
	}
	if shown := c.sw.ArtifactCase == "shown" && !c.inNested; shown || sel.has("caseXid") {
		e.opt("caseXid", o.parent.xid)
	}
	e.str("summary", o.name)
	e.str("type", o.typ)
	e.opt("intelType", artifactIntelTypes[o.typ])
	c.caseDate(e, "dateAdded", o.added)
	e.opt("source", o.str("source"))
	e.opt("fieldName", o.str("fieldName"))
	link, given := o.fields["derivedLink"].(bool)
	e.bool("derivedLink", link || !given)
	e.str("hashCode", cmp.Or(o.str("hashCode"), hashOf(o)))
	if o.str("fileData") != "" {
		e.str("fileData", o.str("fileData"))
	}
	c.writeLists(e, o, c.s.byKind[kArtifact].lists, sel)
}

// hashOf stands for the hash that an instance computes of an artifact; which
// one it is, no source says.
func hashOf(o *object) string {
	sum := sha256.Sum256([]byte(o.typ + "\n" + o.name + "\n" + o.str("fileData")))
	return hex.EncodeToString(sum[:])
}
