package tcsim

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
	taskStatuses   = []string{"Not Started", "In Progress", "Completed", "Waiting on Someone", "Deferred"}
	signatureTypes = []string{
		"Bro", "ClamAV", "CybOX", "Iris Search Hash", "KQL", "OpenIOC", "Regex", "SPL", "Sigma", "Snort", "Suricata",
		"TQL Query", "YARA",
	}
)

const defaultNameLimit = 200 // OPTIONS recording 7.11; 100 in 2021

// groupSpecs is the field table of /v3/groups (groups/fields.rst and the
// OPTIONS recording 7.11), in the order in which answers print the keys. The
// switch name-limit changes it.
func groupSpecs(types *catalog) []fieldSpec {
	doc, files := []string{"Document"}, []string{"Document", "Report"}
	email, task, sig := []string{"Email"}, []string{"Task"}, []string{"Signature"}
	return []fieldSpec{
		{key: "type", typ: "String", own: true, required: true, create: true, min: 1, values: groupTypes, desc: "The **type** for the Group."},
		{key: "name", typ: "String", own: true, required: true, min: 1, max: defaultNameLimit, desc: "The name of the group."},
		{key: "xid", typ: "String", own: true, desc: "The xid of the item."},
		{key: "ownerId", typ: "Integer", own: true, create: true, desc: "The id of the Organization, Community, or Source that the item belongs to."},
		{key: "ownerName", typ: "String", own: true, create: true, desc: "The name of the Organization, Community, or Source that the item belongs to."},
		{key: "status", typ: "String", appliesTo: []string{"Document", "Event", "Incident", "Report", "Task"}, readOnlyFor: []string{"Document", "Report", "Task"},
			valuesOf: map[string][]string{"Event": eventStatuses, "Incident": incidentStatuses, "Task": taskStatuses},
			desc:     "The status associated with this document, event, task, or incident (read only for task, document, and report)."},
		{key: "eventDate", typ: "Date", appliesTo: []string{"Event", "Incident"}, desc: "The date of the event or incident."},
		{key: "eventType", typ: "String", max: 35, appliesTo: []string{"Event"}, anyCase: true, values: types.eventTypes, desc: "The type of event."},
		{key: "publishDate", typ: "Date", appliesTo: []string{"Report"}, desc: "The date and time that the report was first created."},
		{key: "malware", typ: "Boolean", appliesTo: doc, desc: "Is the document malware?"},
		{key: "password", typ: "String", appliesTo: doc, desc: "The password associated with the document (Required if Malware is true)."},
		{key: "fileName", typ: "String", max: 255, appliesTo: []string{"Document", "Report", "Signature"}, requiredFor: files, desc: "The document or signature file name."},
		{key: "fileType", typ: "String", required: true, appliesTo: sig, values: types.signatureTypes, desc: "The signature file type."},
		{key: "fileText", typ: "String", required: true, min: 1, appliesTo: sig, desc: "The signature file text."},
		{key: "fileSize", typ: "Long", appliesTo: files, readOnly: true, desc: "The document file size."},
		{key: "to", typ: "String", appliesTo: email, readOnly: true, desc: "The email recipient field."},
		{key: "from", typ: "String", max: 100, appliesTo: email, desc: "The email **from** field."},
		{key: "subject", typ: "String", max: 255, appliesTo: email, desc: "The email Subject section."},
		{key: "header", typ: "String", max: 65535, appliesTo: email, desc: "The email Header field."},
		{key: "body", typ: "String", max: 65535, appliesTo: email, desc: "The email Body."},
		{key: "dueDate", typ: "Date", appliesTo: task, desc: "The date and time that the Task is due."},
		{key: "escalationDate", typ: "Date", appliesTo: task, desc: "The escalation date and time."},
		{key: "reminderDate", typ: "Date", appliesTo: task, desc: "The reminder date and time."},
		{key: "assignments", typ: "TaskAssignees", appliesTo: task, desc: "A list of assignees and escalatees associated with this group (Task specific)."},
		{key: "firstSeen", typ: "Date", desc: "The date and time that the item was first seen."},
		{key: "lastSeen", typ: "Date", desc: "The date and time that the item was last seen."},
		{key: "externalDateAdded", typ: "Date", desc: "The date and time that the item was first created externally."},
		{key: "externalDateExpires", typ: "Date", desc: "The date and time the item expires externally."},
		{key: "externalLastModified", typ: "Date", desc: "The date and time the item was modified externally."},
		{key: "attributes", typ: "GroupAttributes", list: true, maxSize: nestedMax, desc: "A list of attributes associated with this group."},
		{key: "tags", typ: "Tags", list: true, maxSize: nestedMax, desc: "A list of tags associated with this item."},
		{key: "securityLabels", typ: "SecurityLabels", list: true, maxSize: nestedMax, desc: "A list of security labels associated with this item."},
		{key: "associatedArtifacts", typ: "Artifacts", list: true, maxSize: nestedMax, desc: "A list of artifacts associated with this group."},
		{key: "associatedCases", typ: "Cases", list: true, maxSize: nestedMax, desc: "A list of cases associated with this group."},
		{key: "associatedGroups", typ: "Groups", list: true, desc: "A list of groups associated with this group."},
		{key: "associatedIndicators", typ: "Indicators", list: true, desc: "A list of indicators associated with this group."},
		{key: "associatedVictimAssets", typ: "VictimAssets", list: true, desc: "A list of victim assets associated with this group."},
		{key: "id", typ: "Integer", readOnly: true, desc: "The ID of the item."},
		{key: "dateAdded", typ: "Date", readOnly: true, desc: "The date and time that the item was first created."},
		{key: "lastModified", typ: "Date", readOnly: true, desc: "The date and time that the Entity was last modified."},
		{key: "createdBy", typ: "User", readOnly: true, desc: "The **created by** for the Group."},
		{key: "webLink", typ: "String", readOnly: true, desc: "The ThreatConnect link where the item can be viewed."},
		{key: "legacyLink", typ: "String", readOnly: true, desc: "A link to the ThreatConnect legacy UI for this entity."},
		{key: "upVoteCount", typ: "Integer", readOnly: true, desc: "The total number of users who have given the item an upvote."},
		{key: "downVoteCount", typ: "Integer", readOnly: true, desc: "The total number of users who have given the item a downvote."},
		{key: "documentType", typ: "String", appliesTo: files, readOnly: true, desc: "The document type."},
		{key: "documentDateAdded", typ: "Date", appliesTo: files, readOnly: true, desc: "The date and time that the document was first created."},
		{key: "generatedReport", typ: "Boolean", appliesTo: []string{"Report"}, readOnly: true, desc: "Is the report auto-generated?"},
	}
}

var groupFieldDocs = []fieldDoc{
	{"aliases", "Includes aliases", false},
	{"associatedArtifacts", "Includes associated Artifacts", false},
	{"associatedCases", "Includes associated Cases", false},
	{"associatedGroups", "Includes associated Groups", false},
	{"associatedIndicators", "Includes associated Indicators", false},
	{"associatedVictimAssets", "Includes associated Victim Assets", false},
	{"attributes", "Includes attributes", false},
	{"common", "Includes the common Group", false},
	{"externalDates", "Includes externalDateAdded, externalDateExpires and externalLastModified", false},
	{"insights", "Includes insights", false},
	{"intelReviews", "Includes intelligence reviews", false},
	{"linkedGroups", "Includes linked Groups", false},
	{"references", "Includes references", false},
	{"securityLabels", "Includes Security Labels", false},
	{"sightings", "Includes firstSeen and lastSeen", false},
	{"tags", "Includes Tags", false},
	{"userDetails", "Includes details of the user", false},
}
