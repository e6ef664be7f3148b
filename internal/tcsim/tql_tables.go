package tcsim

import (
	"slices"
	"strings"
	"time"
)

// keywordsOf builds the keyword table of a kind: those that TcEx lists in the
// *_filter.py files. There is no xid and no name for groups.
func keywordsOf(k kind) keywordTable {
	t := keywordTable{}
	switch k {
	case kGroup:
		t.addGroups()
	case kIndicator:
		t.addIndicators()
	case kCase:
		t.addCases()
	case kArtifact:
		t.addArtifacts()
	case kVictim, kVictimAsset:
		t.addVictims(k)
	case kTag:
		t.addTags()
	case kGroupAttribute, kIndicatorAttribute, kCaseAttribute:
		t.addAttributes(k)
	default:
		t.addSettings(k)
	}
	return t
}

func isDocument(o *object) bool { return o.typ == "Document" || o.typ == "Report" }

// only limits a text field to some types.
func only(key string, types ...string) func(*call, *object) string {
	return func(_ *call, o *object) string {
		if slices.Contains(types, o.typ) {
			return o.str(key)
		}
		return ""
	}
}

func (t keywordTable) addGroups() {
	t.addIntel()
	t.add(
		integer("type", func(_ *call, o *object) int64 { return int64(slices.Index(groupTypes, o.typ) + 1) }),
		relatedID("associatedIndicator", kIndicator), relatedID("childGroup", kGroup), relatedID("parentGroup", kGroup),
		nested("hasAttribute", kGroupAttribute),
		text("status", "String", only("status", "Event", "Incident", "Task")),
		text("taskStatus", "String", only("status", "Task")),
		text("documentStatus", "String", func(_ *call, o *object) string {
			if isDocument(o) {
				return fileStatus(o)
			}
			return ""
		}),
		text("documentFilename", "String", only("fileName", "Document", "Report")),
		text("signatureFilename", "String", only("fileName", "Signature")),
		text("eventType", "String", func(c *call, o *object) string {
			if o.typ == "Event" {
				return c.eventType(o)
			}
			return ""
		}),
		textField("emailFrom", "from"), textField("emailSubject", "subject"), textField("signatureType", "fileType"),
		relatedText("victimAsset", "String", kVictimAsset, name),
		&keyword{name: "documentFilesize", typ: "Integer", get: func(_ *call, o *object, out []tval) []tval {
			if o.hasDoc {
				out = append(out, intVal(int64(len(o.file))))
			}
			return out
		}},
		dateField("eventDate", "eventDate"), dateField("publishDate", "publishDate"), dateField("taskDueDate", "dueDate"),
		dateField("taskEscalationDate", "escalationDate"), dateField("taskReminderDate", "reminderDate"),
		boolean("isGroup", func(*object) bool { return true }), boolean("generatedReport", func(*object) bool { return false }),
		integer("upvoteCount", func(*call, *object) int64 { return 0 }), integer("downvoteCount", func(*call, *object) int64 { return 0 }),
	)
	t.add(absent("Integer", "emailScore", "hasCommonGroup", "hasIntelQuery", "hasThreatActorProfile")...)
	t.add(absent("String", "aiProvider", "documentType", "insights", "taskAssignee", "taskAssigneePseudo")...)
	t.add(absent("Date", "documentDateAdded", "emailDate", "signatureDateAdded", "taskDateAdded")...)
	t.add(absent("Boolean", "emailScoreIncludesBody", "taskEscalated", "taskOverdue", "taskReminded")...)
}

func (t keywordTable) addIndicators() {
	t.addIntel()
	value := func(n string, i int) *keyword {
		k := text(n, "StringLower", func(_ *call, o *object) string { return o.value(i) })
		k.index = indexValue1 + indexKind(i)
		return k
	}
	t.add(
		integer("type", func(c *call, o *object) int64 { return c.st.types.indicatorTypeID(o.typ) }),
		relatedID("associatedGroup", kGroup),
		value("value1", 0), value("value2", 1), value("value3", 2),
		nested("hasAttribute", kIndicatorAttribute),
		numberField("rating", "rating"), numberField("confidence", "confidence"), numberField("fileSize", "size"),
		numberField("observationCount", "observations"),
		boolField("indicatorActive", "active"), boolField("activeLocked", "activeLocked"),
		boolField("hostDnsActive", "dnsActive"), boolField("hostWhoisActive", "whoisActive"),
		boolean("addressIsIpv6", func(o *object) bool { return o.typ == "Address" && strings.Contains(o.name, ":") }),
		text("description", "StringLower", func(c *call, o *object) string { return c.defaultAttribute(o, "Description") }),
		text("source", "StringLower", func(c *call, o *object) string { return c.defaultAttribute(o, "Source") }),
	)
	t.add(absent("Integer", "commonId", "falsePositiveCount", "threatAssessScore", "calScore", "addressAsn", "addressIpVal",
		"hasCustomAssociation", "dtMalwareRiskScore", "dtPhishingRiskScore", "dtSpamRiskScore", "vtMaliciousCount")...)
	t.add(absent("String", "addressCidr", "addressCity", "addressCountryCode", "addressCountryName", "addressState",
		"addressTimezone", "fileName", "filePath", "hostWhoisRegistrant", "lastFalsePositiveUser", "threatAssessRating")...)
	t.add(absent("Date", "lastObserved", "lastFalsePositive", "fileOccurrenceDate", "activeOn")...)
}

func (t keywordTable) addCases() {
	t.addCommon()
	t.add(
		&keyword{name: "name", typ: "StringLower", index: indexSummary, get: func(_ *call, o *object, out []tval) []tval { return append(out, strVal(o.name)) }},
		text("idAsString", "String", func(_ *call, o *object) string { return itoa(o.id) }),
		text("xid", "String", func(_ *call, o *object) string { return o.xid }),
		textField("status", "status"), textField("severity", "severity"), textField("resolution", "resolution"),
		textField("description", "description"),
		relatedText("tag", "StringLower", kTag, name),
		dateField("caseOpenTime", "caseOpenTime"), dateField("caseCloseTime", "caseCloseTime"),
		dateField("caseDetectionTime", "caseDetectionTime"), dateField("caseOccurrenceTime", "caseOccurrenceTime"),
		nested("hasGroup", kGroup), nested("hasIndicator", kIndicator), nested("hasArtifact", kArtifact), nested("hasCase", kCase),
		nested("hasTag", kTag), nested("hasAttribute", kCaseAttribute), nested("hasNote", kindCount), nested("hasTask", kindCount),
		nested("hasWorkflowTemplate", kindCount),
	)
	t.add(absent("String", "assignedToUserOrGroup", "assigneeName", "createdById")...)
}

func (t keywordTable) addArtifacts() {
	t.addCommon()
	t.add(
		text("type", "String", func(_ *call, o *object) string { return o.typ }),
		text("typeName", "String", func(_ *call, o *object) string { return o.typ }),
		textField("source", "source"),
		integer("caseId", func(_ *call, o *object) int64 { return o.parent.id }),
		nested("hasGroup", kGroup), nested("hasIndicator", kIndicator), nested("hasCase", kCase),
		nested("hasNote", kindCount), nested("hasTask", kindCount),
	)
	t["caseid"].related, t["caseid"].index = kCase, indexRelated
	t.add(absent("Integer", "noteId", "taskId")...)
}

func (t keywordTable) addVictims(k kind) {
	t.addCommon()
	t.add(nested("hasGroup", kGroup), nested("hasIndicator", kIndicator), nested("hasTag", kTag), nested("hasSecurityLabel", kLabel))
	if k == kVictim {
		t.add(
			&keyword{name: "name", typ: "StringLower", index: indexSummary, get: func(_ *call, o *object, out []tval) []tval { return append(out, strVal(o.name)) }},
			relatedText("assetName", "String", kVictimAsset, name),
			relatedText("assetTypename", "String", kVictimAsset, func(o *object) string { return o.typ }),
			relatedText("tag", "StringLower", kTag, name),
			nested("hasVictimAsset", kVictimAsset), nested("hasAttribute", kindCount),
		)
		return
	}
	t.add(
		&keyword{name: "asset", typ: "StringLower", index: indexSummary, get: func(_ *call, o *object, out []tval) []tval { return append(out, strVal(o.name)) }},
		text("typeName", "String", func(_ *call, o *object) string { return o.typ }),
		integer("type", func(_ *call, o *object) int64 { return int64(slices.Index(assetTypes, o.typ) + 1) }),
		integer("victimId", func(_ *call, o *object) int64 { return o.parent.id }),
		text("victimName", "String", func(_ *call, o *object) string { return o.parent.name }),
		relatedID("associatedGroup", kGroup),
		nested("hasVictim", kVictim),
	)
	t["victimid"].related, t["victimid"].index = kVictim, indexRelated
}

func (t keywordTable) addTags() {
	t.addCommon()
	t.add(
		// Documented: name is case-sensitive, summary is not.
		&keyword{name: "name", typ: "String", index: indexSummary, get: func(_ *call, o *object, out []tval) []tval { return append(out, strVal(o.name)) }},
		text("techniqueId", "String", func(_ *call, o *object) string { return o.xid }),
		textField("description", "description"),
		relatedID("associatedGroup", kGroup), relatedID("associatedIndicator", kIndicator), relatedID("associatedCase", kCase), relatedID("associatedVictim", kVictim),
		nested("hasGroup", kGroup), nested("hasIndicator", kIndicator), nested("hasCase", kCase), nested("hasVictim", kVictim),
	)
	t.add(date("lastUsed", func(o *object) time.Time { return o.edited }))
}

func (t keywordTable) addAttributes(k kind) {
	t.addCommon()
	parent, hasX, id := kGroup, "hasGroup", "groupId"
	switch k {
	case kIndicatorAttribute:
		parent, hasX, id = kIndicator, "hasIndicator", "indicatorId"
	case kCaseAttribute:
		parent, hasX, id = kCase, "hasCase", "caseId"
	}
	delete(t, "summary")
	t.add(
		text("text", "StringLower", func(_ *call, o *object) string { return o.name }),
		text("typeName", "String", func(_ *call, o *object) string { return o.typ }),
		integer("type", func(c *call, o *object) int64 { return c.st.types.attributeTypeID(o.typ) }),
		textField("source", "source"),
		boolField("default", "default"), boolField("displayed", "default"), boolField("pinned", "pinned"),
		integer(id, func(_ *call, o *object) int64 { return o.parent.id }),
		nested(hasX, parent), nested("hasSecurityLabel", kLabel),
	)
	t[strings.ToLower(id)].related, t[strings.ToLower(id)].index = parent, indexRelated
}

// addSettings serves labels, types and owners.
func (t keywordTable) addSettings(k kind) {
	t.addCommon()
	t.add(&keyword{name: "name", typ: "StringLower", index: indexSummary, get: func(_ *call, o *object, out []tval) []tval { return append(out, strVal(o.name)) }})
	switch k {
	case kLabel:
		t.add(textField("color", "color"), textField("description", "description"),
			nested("hasGroup", kGroup), nested("hasIndicator", kIndicator), nested("hasVictim", kVictim))
	case kAttributeType:
		t.add(
			boolField("system", "system"), boolField("default", "default"), numberField("maxsize", "maxSize"), textField("description", "description"),
			&keyword{name: "associatedType", typ: "String", many: true, get: func(c *call, o *object, out []tval) []tval {
				for _, s := range c.st.types.mappings(o.name) {
					out = append(out, strVal(s))
				}
				return out
			}},
		)
	case kArtifactType:
		t.add(boolean("active", func(*object) bool { return true }), boolean("managed", func(*object) bool { return true }),
			textField("dataType", "dataType"), textField("intelType", "intelType"), textField("description", "description"))
	case kOwner:
		t.add(integer("ownerId", func(_ *call, o *object) int64 { return o.id }), text("typeName", "String", func(_ *call, o *object) string { return o.typ }))
		for _, p := range permKeys {
			t.add(text(p, "Enum", func(c *call, o *object) string { return c.user.perm(o.owner, p) }))
		}
	}
}
