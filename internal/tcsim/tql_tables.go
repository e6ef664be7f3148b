package tcsim

import (
	"slices"
	"strings"
)

// keywordsOf builds the keyword table of a kind: those that TcEx lists in the
// *_filter.py files. There is no xid and no name for groups. To add a keyword,
// add its name to a line below.
func keywordsOf(k kind) keywordTable {
	t := keywordTable{}
	t.integer("id", func(_ *call, o *object) int64 { return o.id }).index = indexID
	t.text("ownerName", "String", ownerOf).index = indexOwner
	t.integer("owner", func(_ *call, o *object) int64 { return ownerID(o.owner) })
	t.date("dateAdded", addedOf)
	t.date("lastModified", editedOf)
	t.text("createdBy", "String", func(_ *call, o *object) string {
		if o.by == nil {
			return ""
		}
		return o.by.UserName
	})
	if !isAttribute(k) {
		t.summary("summary", "StringLower")
	}
	switch k {
	case kGroup:
		t.addIntel(k)
		t.addGroups()
	case kIndicator:
		t.addIntel(k)
		t.addIndicators()
	case kCase:
		t.addCases()
	case kArtifact:
		t.addArtifacts()
	case kVictim, kVictimAsset:
		t.addVictims(k)
	case kTag:
		t.addTags()
	case kGroupAttribute:
		t.addAttributes(kGroup, "groupId", "hasGroup")
	case kIndicatorAttribute:
		t.addAttributes(kIndicator, "indicatorId", "hasIndicator")
	case kCaseAttribute:
		t.addAttributes(kCase, "caseId", "hasCase")
	default:
		t.addSettings(k)
	}
	return t
}

// addIntel adds what groups and indicators share.
func (t keywordTable) addIntel(k kind) {
	t.text("typeName", "String", typeOf)
	t.relatedText("tag", "StringLower", kTag, nameOf)
	t.relatedText("attackTag", "StringLower", kTag, func(_ *call, o *object) string {
		if o.xid == "" {
			return ""
		}
		return o.name
	})
	t.relatedText("tagOwnerName", "String", kTag, ownerOf)
	t.relatedText("securityLabel", "StringLower", kLabel, nameOf)
	t.has(k, "hasAllTags hasArtifact hasCase hasGroup hasIndicator hasSecurityLabel hasTag hasVictim hasVictimAsset hasIntelRequirement hasAttribute")
	t.stored("Date", "firstSeen lastSeen externalDateAdded externalDateExpires externalLastModified")
	t.add(&keyword{name: "tagOwner", typ: "Integer", many: true, get: func(_ *call, o *object, out []tval) []tval {
		for _, tag := range o.linked(kTag) {
			out = append(out, intVal(ownerID(tag.owner)))
		}
		return out
	}})
	// Everything here was associated through the API.
	for name, of := range map[string]kind{"associatedGroupSource": kGroup, "associatedIndicatorSource": kIndicator} {
		t.text(name, "Enum", func(_ *call, o *object) string {
			if len(o.linked(of)) == 0 {
				return ""
			}
			return "API"
		})
	}
}

func (t keywordTable) addGroups() {
	status := func(_ *call, o *object) string { return o.str("status") }
	file := func(_ *call, o *object) string { return o.str("fileName") }
	t.integer("type", func(_ *call, o *object) int64 { return int64(slices.Index(groupTypes, o.typ) + 1) })
	t.relatedID(kIndicator, "associatedIndicator")
	t.relatedID(kGroup, "childGroup parentGroup")
	t.textOf("status", status, "Event", "Incident", "Task")
	t.textOf("taskStatus", status, "Task")
	t.textOf("documentStatus", groupStatus, "Document", "Report")
	t.textOf("documentFilename", file, "Document", "Report")
	t.textOf("signatureFilename", file, "Signature")
	t.textOf("eventType", (*call).eventType, "Event")
	t.stored("String", "emailFrom=from emailSubject=subject signatureType=fileType")
	t.stored("Date", "eventDate publishDate taskDueDate=dueDate taskEscalationDate=escalationDate taskReminderDate=reminderDate")
	t.relatedText("victimAsset", "String", kVictimAsset, nameOf)
	t.add(&keyword{name: "documentFilesize", typ: "Integer", get: func(_ *call, o *object, out []tval) []tval {
		if o.file != nil {
			out = append(out, intVal(int64(len(*o.file))))
		}
		return out
	}})
	t.boolean("isGroup", func(*object) bool { return true })
	t.boolean("generatedReport", func(*object) bool { return false })
	t.integer("upvoteCount", func(*call, *object) int64 { return 0 })
	t.integer("downvoteCount", func(*call, *object) int64 { return 0 })
	t.absent("Integer", "emailScore hasCommonGroup hasIntelQuery hasThreatActorProfile")
	t.absent("String", "aiProvider documentType insights taskAssignee taskAssigneePseudo")
	t.absent("Date", "documentDateAdded emailDate signatureDateAdded taskDateAdded")
	t.absent("Boolean", "emailScoreIncludesBody taskEscalated taskOverdue taskReminded")
}

func (t keywordTable) addIndicators() {
	t.integer("type", func(c *call, o *object) int64 { return c.st.types.indicatorTypeID(o.typ) })
	t.relatedID(kGroup, "associatedGroup")
	for i, name := range []string{"value1", "value2", "value3"} {
		t.text(name, "StringLower", func(_ *call, o *object) string { return o.value(i) }).index = indexValues
	}
	t.stored("Integer", "rating confidence fileSize=size observationCount=observations")
	t.stored("Boolean", "indicatorActive=active activeLocked hostDnsActive=dnsActive hostWhoisActive=whoisActive privateFlag falsePositiveFlag")
	t.boolean("addressIsIpv6", func(o *object) bool { return o.typ == "Address" && strings.Contains(o.name, ":") })
	t.text("description", "StringLower", defaultAttribute("Description"))
	t.text("source", "StringLower", defaultAttribute("Source"))
	t.absent("Integer", `commonId falsePositiveCount threatAssessScore calScore addressAsn addressIpVal hasCustomAssociation
		dtMalwareRiskScore dtPhishingRiskScore dtSpamRiskScore vtMaliciousCount`)
	t.absent("String", `addressCidr addressCity addressCountryCode addressCountryName addressState addressTimezone fileName filePath
		hostWhoisRegistrant lastFalsePositiveUser threatAssessRating`)
	t.absent("Date", "lastObserved lastFalsePositive fileOccurrenceDate activeOn")
}

func (t keywordTable) addCases() {
	t.summary("name", "StringLower")
	t.text("idAsString", "String", func(_ *call, o *object) string { return itoa(o.id) })
	t.text("xid", "String", xidOf)
	t.stored("String", "status severity resolution description")
	t.relatedText("tag", "StringLower", kTag, nameOf)
	t.stored("Date", "caseOpenTime caseCloseTime caseDetectionTime caseOccurrenceTime")
	t.has(kCase, "hasGroup hasIndicator hasArtifact hasCase hasTag hasAttribute hasNote hasTask hasWorkflowTemplate")
	t.absent("String", "assignedToUserOrGroup assigneeName createdById")
}

func (t keywordTable) addArtifacts() {
	t.text("type", "String", typeOf)
	t.text("typeName", "String", typeOf)
	t.stored("String", "source")
	t.parentID("caseId", kCase)
	t.has(kArtifact, "hasGroup hasIndicator hasCase hasNote hasTask")
	t.absent("Integer", "noteId taskId")
}

func (t keywordTable) addVictims(k kind) {
	t.has(k, "hasGroup hasIndicator hasTag hasSecurityLabel")
	if k == kVictim {
		t.summary("name", "StringLower")
		t.relatedText("assetName", "String", kVictimAsset, nameOf)
		t.relatedText("assetTypename", "String", kVictimAsset, typeOf)
		t.relatedText("tag", "StringLower", kTag, nameOf)
		t.has(k, "hasVictimAsset hasAttribute")
		return
	}
	t.summary("asset", "StringLower")
	t.text("typeName", "String", typeOf)
	t.integer("type", func(_ *call, o *object) int64 { return int64(slices.Index(assetTypes, o.typ) + 1) })
	t.parentID("victimId", kVictim)
	t.text("victimName", "String", func(_ *call, o *object) string { return o.parent.name })
	t.relatedID(kGroup, "associatedGroup")
	t.has(k, "hasVictim")
}

func (t keywordTable) addTags() {
	t.summary("name", "String") // documented: name is case-sensitive, summary is not
	t.text("techniqueId", "String", xidOf)
	t.stored("String", "description")
	t.relatedID(kGroup, "associatedGroup")
	t.relatedID(kIndicator, "associatedIndicator")
	t.relatedID(kCase, "associatedCase")
	t.relatedID(kVictim, "associatedVictim")
	t.has(kTag, "hasGroup hasIndicator hasCase hasVictim")
	t.date("lastUsed", editedOf)
}

func (t keywordTable) addAttributes(parent kind, id, hasParent string) {
	t.text("text", "StringLower", nameOf)
	t.text("typeName", "String", typeOf)
	t.integer("type", func(c *call, o *object) int64 { return c.st.types.attributeTypeID(o.typ) })
	t.stored("String", "source")
	t.stored("Boolean", "default displayed=default pinned")
	t.parentID(id, parent)
	t.has(parent, hasParent+" hasSecurityLabel")
}

// addSettings serves labels, types and owners.
func (t keywordTable) addSettings(k kind) {
	t.summary("name", "StringLower")
	switch k {
	case kLabel:
		t.stored("String", "color description")
		t.has(k, "hasGroup hasIndicator hasVictim")
	case kAttributeType:
		t.stored("Boolean", "system default")
		t.stored("Integer", "maxsize=maxSize")
		t.stored("String", "description")
		t.add(&keyword{name: "associatedType", typ: "String", many: true, get: func(c *call, o *object, out []tval) []tval {
			for _, s := range c.st.types.mappings(o.name) {
				out = append(out, strVal(s))
			}
			return out
		}})
	case kArtifactType:
		t.boolean("active", func(*object) bool { return true })
		t.boolean("managed", func(*object) bool { return true })
		t.stored("String", "dataType intelType description")
	case kOwner:
		t.integer("ownerId", func(_ *call, o *object) int64 { return o.id })
		t.text("typeName", "String", typeOf)
		for _, p := range permKeys {
			t.text(p, "Enum", func(c *call, o *object) string { return c.user.perm(o.owner, p) })
		}
	}
}
