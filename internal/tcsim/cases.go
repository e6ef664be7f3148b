package tcsim

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

func caseLists() []nestedList {
	return []nestedList{
		{key: "attributes", kind: kCaseAttribute, resolve: resolveAttribute},
		{key: "tags", kind: kTag, maxSize: nestedMax, resolve: resolveTag, find: findTag},
		{key: "artifacts", kind: kArtifact, maxSize: nestedMax, resolve: resolve(kArtifact)},
		{key: "associatedCases", kind: kCase, maxSize: nestedMax, resolve: resolve(kCase)},
		{key: "associatedGroups", kind: kGroup, maxSize: nestedMax, resolve: resolve(kGroup)},
		{key: "associatedIndicators", kind: kIndicator, maxSize: nestedMax, resolve: resolveIndicator},
	}
}

var (
	severities  = []string{"Low", "Medium", "High", "Critical"}
	resolutions = []string{
		"Containment Achieved", "Deferred / Delayed", "Escalated", "False Positive", "In Progress / Investigating",
		"Not Specified", "Rejected", "Restoration Achieved",
	}
)

// caseSpecs is the field table of /v3/cases (cases/fields.rst, OPTIONS 7.11).
func caseSpecs(*catalog) []fieldSpec {
	return []fieldSpec{
		{key: "name", typ: "String", required: true, min: 1, max: 255, own: true},
		{key: "xid", typ: "String", create: true, min: 10, max: 100, own: true},
		{key: "severity", typ: "String", required: true, values: severities},
		{key: "status", typ: "String", required: true, values: []string{"Open", "Closed"}},
		{key: "resolution", typ: "String", values: resolutions},
		{key: "description", typ: "String", max: 1500},
		{key: "assignee", typ: "Assignee"},
		{key: "caseOpenTime", typ: "Date"},
		{key: "caseCloseTime", typ: "Date"},
		{key: "caseDetectionTime", typ: "Date"},
		{key: "caseOccurrenceTime", typ: "Date"},
		{key: "attributes", typ: "CaseAttributes", list: true},
		{key: "tags", typ: "Tags", list: true, maxSize: nestedMax},
		{key: "artifacts", typ: "Artifacts", list: true, maxSize: nestedMax},
		{key: "associatedCases", typ: "Cases", list: true, maxSize: nestedMax},
		{key: "associatedGroups", typ: "Groups", list: true, maxSize: nestedMax},
		{key: "associatedIndicators", typ: "Indicators", list: true, maxSize: nestedMax},
		{key: "id", typ: "Integer", readOnly: true},
		{key: "dateAdded", typ: "Date", readOnly: true},
		{key: "lastUpdated", typ: "Date", readOnly: true},
		{key: "createdBy", typ: "User", readOnly: true},
		{key: "owner", typ: "String", readOnly: true},
		{key: "ownerId", typ: "Integer", readOnly: true},
	}
}

var caseFieldDocs = []fieldDoc{
	{"artifacts", "Includes Artifacts", false},
	{"associatedCases", "Includes associated Cases", false},
	{"associatedGroups", "Includes associated Groups", false},
	{"associatedIndicators", "Includes associated Indicators", false},
	{"attributes", "Includes attributes", false},
	{"notes", "Includes notes", false},
	{"tags", "Includes Tags", false},
	{"tasks", "Includes tasks", false},
}

// caseXID looks like the UUIDs of the samples and is the same on every run.
func caseXID(n int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "case %d", n))
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func findCase(c *call, segment string) (*object, *apiError) {
	if o := c.st.byXIDIn(kCase, c.organization(), segment); o != nil {
		return o, nil
	}
	return nil, errNotFound()
}

// writeCase prints a case as in cases/create.rst: the owner's name is under
// "owner", the dates have fractions, and it is lastUpdated, not lastModified.
func writeCase(c *call, e *encoder, o *object, sel selection) {
	c.id(e, "id", o.id)
	e.opt("xid", o.xid)
	e.str("name", o.name)
	c.caseDate(e, "dateAdded", o.added)
	c.caseDate(e, "lastUpdated", o.edited)
	for _, k := range []string{"caseOpenTime", "caseCloseTime", "caseDetectionTime", "caseOccurrenceTime"} {
		c.caseDate(e, k, groupDate(o, k))
	}
	c.writeUser(e, "caseOpenUser", o)
	e.bool("detectionOverdue", false)
	e.bool("responseOverdue", false)
	e.str("status", o.str("status"))
	e.str("severity", o.str("severity"))
	resolution := o.str("resolution")
	if resolution == "" {
		resolution = "Not Specified"
	}
	e.str("resolution", resolution)
	e.opt("description", o.str("description"))
	e.key("assignee")
	if raw, ok := o.fields["assignee"].(json.RawMessage); ok {
		e.buf = append(e.buf, raw...)
	} else {
		e.buf = append(e.buf, `{"type":"None"}`...)
	}
	c.writeUser(e, "createdBy", o)
	e.str("owner", ownerName(o.owner))
	c.id(e, "ownerId", ownerID(o.owner))
	c.writeLists(e, o, c.s.byKind[kCase].lists, sel)
}
