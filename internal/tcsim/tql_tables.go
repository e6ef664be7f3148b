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
	t.word("Integer", "id", idOf).index = indexID
	t.word("String", "ownerName", ownerOf).index = indexOwner
	t.word("Integer", "owner", ownerIDOf)
	t.word("Date", "dateAdded", addedOf)
	t.word("Date", "lastModified", editedOf)
	t.word("String", "createdBy", func(_ *call, o *object) value {
		if o.by == nil {
			return value{}
		}
		return text(o.by.UserName)
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
	t.word("String", "typeName", typeOf)
	t.relatedText("tag", "StringLower", kTag, nameOf)
	t.relatedText("attackTag", "StringLower", kTag, func(_ *call, tag *object) value {
		if tag.xid == "" {
			return value{}
		}
		return text(tag.name)
	})
	t.relatedText("tagOwnerName", "String", kTag, ownerOf)
	t.relatedText("securityLabel", "StringLower", kLabel, nameOf)
	t.has(k, "hasAllTags hasArtifact hasCase hasGroup hasIndicator hasSecurityLabel hasTag hasVictim hasVictimAsset hasIntelRequirement hasAttribute")
	t.stored("Date", "firstSeen lastSeen externalDateAdded externalDateExpires externalLastModified")
	t.add(&keyword{name: "tagOwner", typ: "Integer", many: true, related: kTag, get: ownerIDOf})
	// Everything here was associated through the API.
	for name, of := range map[string]kind{"associatedGroupSource": kGroup, "associatedIndicatorSource": kIndicator} {
		t.word("Enum", name, func(_ *call, o *object) value {
			if len(o.linked(of)) == 0 {
				return value{}
			}
			return text("API")
		})
	}
}

// summary adds a keyword for the name, which is indexed.
func (t keywordTable) summary(name, typ string) { t.word(typ, name, nameOf).index = indexSummary }

// position adds the number of the type in a list.
func (t keywordTable) position(types []string) {
	t.word("Integer", "type", func(_ *call, o *object) value { return integer(int64(slices.Index(types, o.typ) + 1)) })
}

func (t keywordTable) addGroups() {
	status, file := unlessEmpty("status"), unlessEmpty("fileName")
	t.position(groupTypes)
	t.relatedID(kIndicator, "associatedIndicator")
	t.relatedID(kGroup, "childGroup parentGroup")
	t.word("String", "status", only(status, "Event", "Incident", "Task"))
	t.word("String", "taskStatus", only(status, "Task"))
	t.word("String", "documentStatus", only(groupStatus, "Document", "Report"))
	t.word("String", "documentFilename", only(file, "Document", "Report"))
	t.word("String", "signatureFilename", only(file, "Signature"))
	t.word("String", "eventType", only((*call).eventType, "Event"))
	t.stored("String", "emailFrom=from emailSubject=subject signatureType=fileType")
	t.stored("Date", "eventDate publishDate taskDueDate=dueDate taskEscalationDate=escalationDate taskReminderDate=reminderDate")
	t.relatedText("victimAsset", "String", kVictimAsset, nameOf)
	t.word("Integer", "documentFilesize", fileSize)
	t.word("Boolean", "isGroup", always(truth(true)))
	t.word("Boolean", "generatedReport", always(truth(false)))
	t.word("Integer", "upvoteCount", always(integer(0)))
	t.word("Integer", "downvoteCount", always(integer(0)))
	t.absent("Integer", "emailScore hasCommonGroup hasIntelQuery hasThreatActorProfile")
	t.absent("String", "aiProvider documentType insights taskAssignee taskAssigneePseudo")
	t.absent("Date", "documentDateAdded emailDate signatureDateAdded taskDateAdded")
	t.absent("Boolean", "emailScoreIncludesBody taskEscalated taskOverdue taskReminded")
}

func (t keywordTable) addIndicators() {
	t.word("Integer", "type", func(c *call, o *object) value { return integer(c.st.types.indicatorTypeID(o.typ)) })
	t.relatedID(kGroup, "associatedGroup")
	for i, name := range []string{"value1", "value2", "value3"} {
		t.word("StringLower", name, func(_ *call, o *object) value { return textIfAny(o.value(i)) }).index = indexValues
	}
	t.stored("Integer", "rating confidence fileSize=size observationCount=observations")
	t.word("Boolean", "indicatorActive", stored("active", truth(true)))
	t.stored("Boolean", "activeLocked hostDnsActive=dnsActive hostWhoisActive=whoisActive privateFlag falsePositiveFlag")
	t.word("Boolean", "addressIsIpv6", func(_ *call, o *object) value { return truth(o.typ == "Address" && strings.Contains(o.name, ":")) })
	t.word("StringLower", "description", defaultAttribute("Description"))
	t.word("StringLower", "source", defaultAttribute("Source"))
	t.absent("Integer", `commonId falsePositiveCount threatAssessScore calScore addressAsn addressIpVal hasCustomAssociation
		dtMalwareRiskScore dtPhishingRiskScore dtSpamRiskScore vtMaliciousCount`)
	t.absent("String", `addressCidr addressCity addressCountryCode addressCountryName addressState addressTimezone fileName filePath
		hostWhoisRegistrant lastFalsePositiveUser threatAssessRating`)
	t.absent("Date", "lastObserved lastFalsePositive fileOccurrenceDate activeOn")
}

func (t keywordTable) addCases() {
	t.summary("name", "StringLower")
	t.word("String", "idAsString", func(_ *call, o *object) value { return text(itoa(o.id)) })
	t.word("String", "xid", xidOf)
	t.stored("String", "status severity resolution description")
	t.relatedText("tag", "StringLower", kTag, nameOf)
	t.stored("Date", "caseOpenTime caseCloseTime caseDetectionTime caseOccurrenceTime")
	t.has(kCase, "hasGroup hasIndicator hasArtifact hasCase hasTag hasAttribute hasNote hasTask hasWorkflowTemplate")
	t.absent("String", "assignedToUserOrGroup assigneeName createdById")
}

func (t keywordTable) addArtifacts() {
	t.word("String", "type", typeOf)
	t.word("String", "typeName", typeOf)
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
	t.word("String", "typeName", typeOf)
	t.position(assetTypes)
	t.parentID("victimId", kVictim)
	t.word("String", "victimName", func(_ *call, o *object) value { return text(o.parent.name) })
	t.relatedID(kGroup, "associatedGroup")
	t.has(k, "hasVictim")
}

func (t keywordTable) addTags() {
	t.summary("name", "String") // documented: name is case-sensitive, summary is not
	t.word("String", "techniqueId", xidOf)
	t.stored("String", "description")
	t.relatedID(kGroup, "associatedGroup")
	t.relatedID(kIndicator, "associatedIndicator")
	t.relatedID(kCase, "associatedCase")
	t.relatedID(kVictim, "associatedVictim")
	t.has(kTag, "hasGroup hasIndicator hasCase hasVictim")
	t.word("Date", "lastUsed", editedOf)
}

func (t keywordTable) addAttributes(parent kind, id, hasParent string) {
	t.word("StringLower", "text", nameOf)
	t.word("String", "typeName", typeOf)
	t.word("Integer", "type", func(c *call, o *object) value { return integer(c.st.types.attributeTypeID(o.typ)) })
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
		t.add(&keyword{name: "associatedType", typ: "String", list: func(c *call, o *object) []string { return c.st.types.mappings(o.name) }})
	case kArtifactType:
		t.word("Boolean", "active", always(truth(true)))
		t.word("Boolean", "managed", always(truth(true)))
		t.stored("String", "dataType intelType description")
	case kOwner:
		t.word("Integer", "ownerId", idOf)
		t.word("String", "typeName", typeOf)
		for _, p := range permKeys {
			t.word("Enum", p, permission(p))
		}
	}
}
