package tcsim

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// groupTypes are the 17 types in the spelling of groups/fields.rst note 4. The
// position plus one is the type's id in TQL, which is assumed.
var groupTypes = []string{
	"Adversary", "Attack Pattern", "Campaign", "Course of Action", "Document", "Email", "Event", "Incident",
	"Intrusion Set", "Malware", "Report", "Signature", "Tactic", "Task", "Threat", "Tool", "Vulnerability",
}

var (
	eventStatuses = []string{
		"Completed", "Escalated", "False Positive", "In Progress", "Needs Review", "New", "No Further Action", "Reopened",
	}
	incidentStatuses = []string{
		"New", "Open", "Stalled", "Containment Achieved", "Restoration Achieved", "Incident Reported", "Closed",
		"Rejected", "Deleted",
	}
	taskStatuses = []string{"Not Started", "In Progress", "Completed", "Waiting on Someone", "Deferred"}
)

const (
	defaultNameLimit = 200 // OPTIONS recording 7.11; 100 in 2021

	// nestedMax is the maxSize of lists in OPTIONS 7.11. What exceeding it returns
	// is undocumented; 400 is assumed.
	nestedMax = 1000
)

// listOf is the row of a nested list; its entries are read as entryOf says.
func listOf(key string, k kind, maxSize int) field {
	return field{key: key, typ: kinds[k].list, list: true, of: k, maxSize: maxSize}
}

// groupFields is the table of /v3/groups (groups/fields.rst, OPTIONS 7.11).
func groupFields(types *catalog) []field {
	doc, files := []string{"Document"}, []string{"Document", "Report"}
	event, email, task, sig, report := []string{"Event"}, []string{"Email"}, []string{"Task"}, []string{"Signature"}, []string{"Report"}
	return slices.Concat(intelHead("groups"), []field{
		{key: "type", typ: "String", own: true, required: true, create: true, min: 1, values: groupTypes, get: typeOf},
		{key: "name", typ: "String", own: true, required: true, min: 1, max: defaultNameLimit, get: nameOf},
		{key: "createdBy", typ: "User", readOnly: true, print: userOf("createdBy")},
		{key: "upVoteCount", typ: "Integer", readOnly: true, get: votes},
		{key: "downVoteCount", typ: "Integer", readOnly: true, get: votes},
		{key: "xid", typ: "String", own: true, get: xidOf},
		{key: "status", typ: "String", types: []string{"Document", "Event", "Incident", "Report", "Task"}, readOnlyFor: []string{"Document", "Report", "Task"}, nullFor: event,
			valuesOf: map[string][]string{"Event": eventStatuses, "Incident": incidentStatuses, "Task": taskStatuses}, get: groupStatus},
		{key: "eventDate", typ: "Date", types: []string{"Event", "Incident"}},
		{key: "eventType", typ: "String", max: 35, types: event, anyCase: true, values: types.eventTypes, get: (*call).eventType},
		{key: "publishDate", typ: "Date", types: report},
		{key: "malware", typ: "Boolean", types: doc},
		{key: "password", typ: "String", types: doc, show: hidden},
		{key: "fileName", typ: "String", max: 255, types: []string{"Document", "Report", "Signature"}, requiredFor: files},
		{key: "fileType", typ: "String", required: true, types: sig, values: types.signatureTypes},
		{key: "fileText", typ: "String", required: true, min: 1, types: sig},
		{key: "from", typ: "String", max: 100, types: email},
		{key: "subject", typ: "String", max: 255, types: email},
		{key: "header", typ: "String", max: 65535, types: email},
		{key: "body", typ: "String", max: 65535, types: email},
		{key: "to", typ: "String", types: email, readOnly: true, get: (*call).emailTo},
		{key: "score", typ: "Integer", types: email, readOnly: true, get: stored("score", integer(0))},
		{key: "scoreBreakdown", typ: "String", types: email, readOnly: true, get: stored("scoreBreakdown", text("No Score"))},
		{key: "scoreIncludesBody", typ: "Boolean", types: email, readOnly: true, get: stored("scoreIncludesBody", truth(false))},
		{key: "dueDate", typ: "Date", types: task},
		{key: "escalationDate", typ: "Date", types: task},
		{key: "reminderDate", typ: "Date", types: task},
		{key: "assignments", typ: "TaskAssignees", types: task},
		{key: "fileSize", typ: "Long", types: files, readOnly: true, get: fileSize},
		{key: "documentType", typ: "String", types: files, readOnly: true, get: documentType},
		{key: "documentDateAdded", typ: "Date", types: files, readOnly: true, get: addedOf},
		{key: "generatedReport", typ: "Boolean", types: report, readOnly: true, get: stored("generatedReport", truth(false))},
	}, intelDates(), []field{
		{key: "lastModified", typ: "Date", readOnly: true, get: editedOf},
		{key: "legacyLink", typ: "String", readOnly: true, notOld: true, print: printGroupLink},
	}, intelLists(kGroupAttribute), []field{
		listOf("associatedVictimAssets", kVictimAsset, 0),
	})
}

// intelHead are the keys that groups and indicators begin with. Servers of the
// 6.5 era had no ownerId.
func intelHead(path string) []field {
	return []field{
		{key: "id", typ: "Integer", readOnly: true, get: idOf},
		{key: "ownerId", typ: "Integer", own: true, create: true, notOld: true, get: ownerIDOf},
		{key: "ownerName", typ: "String", own: true, create: true, get: ownerOf},
		{key: "dateAdded", typ: "Date", readOnly: true, get: addedOf},
		{key: "webLink", typ: "String", readOnly: true, print: webLink(path)},
	}
}

func intelDates() []field {
	return []field{
		{key: "firstSeen", typ: "Date", show: "sightings"},
		{key: "lastSeen", typ: "Date", show: "sightings"},
		{key: "externalDateAdded", typ: "Date", show: "externalDates"},
		{key: "externalDateExpires", typ: "Date", show: "externalDates"},
		{key: "externalLastModified", typ: "Date", show: "externalDates"},
	}
}

// intelLists are the nested lists of groups and indicators (associations.rst).
func intelLists(attributes kind) []field {
	return []field{
		listOf("attributes", attributes, nestedMax),
		listOf("tags", kTag, nestedMax),
		listOf("securityLabels", kLabel, nestedMax),
		listOf("associatedArtifacts", kArtifact, nestedMax),
		listOf("associatedCases", kCase, nestedMax),
		listOf("associatedGroups", kGroup, 0),
		listOf("associatedIndicators", kIndicator, 0),
	}
}

// groupStatus is the state of the file where the group is one.
func groupStatus(_ *call, o *object) value {
	switch {
	case !isDocument(o):
		return textIfAny(o.str("status"))
	case o.file != nil:
		return text("Success")
	}
	return text("Awaiting Upload")
}

func isDocument(o *object) bool { return o.typ == "Document" || o.typ == "Report" }

// eventType reads back upper-case at least where it is None.
func (c *call) eventType(o *object) value {
	s := cmp.Or(o.str("eventType"), "None")
	if c.sw.EventTypeCase == "upper" || c.sw.EventTypeCase == "" && s == "None" {
		s = strings.ToUpper(s)
	}
	return text(s)
}

func fileSize(_ *call, o *object) value {
	if o.file == nil {
		return value{}
	}
	return integer(int64(len(*o.file)))
}

// documentType is the kind of the file as its name shows it; the values that
// instances use are undocumented.
func documentType(_ *call, o *object) value {
	ext := strings.TrimPrefix(path.Ext(o.str("fileName")), ".")
	return text(cmp.Or(strings.ToUpper(ext), "Unknown"))
}

// emailTo comes from the associated EmailAddress victim assets.
func (c *call) emailTo(o *object) value {
	var to []string
	for _, a := range o.linked(kVictimAsset) {
		if a.typ == "EmailAddress" {
			to = append(to, a.name)
		}
	}
	return textIfAny(strings.Join(to, ", "))
}

func printGroupLink(c *call, e *encoder, o *object, _ selection) {
	word := strings.ToLower(strings.ReplaceAll(o.typ, " ", ""))
	e.link("legacyLink", c.baseURL(), "/auth/", word, "/", word, ".xhtml?", word, "=", itoa(o.id))
}
