package tcsim

// resource is one v3 endpoint: what it holds and how it reads and writes.
type resource struct {
	path     string // below /v3/, "groups"
	kind     kind
	fields   func(types *catalog) []field
	extra    string // further names for fields=
	create   func(t *tx, body dict) *object
	update   func(t *tx, o *object, body dict)
	find     func(c *call, segment string) *object // by xid or summary; nil = id only
	keywords keywordTable
}

// addResources builds the table of endpoints. It belongs to the Server, not to
// the package, because the functions in it refer back to the table.
func (s *Server) addResources() {
	s.resources = map[string]*resource{}
	for _, r := range []*resource{
		{path: "groups", kind: kGroup, fields: groupFields, create: (*tx).createGroup, update: (*tx).updateGroup, find: findGroup,
			extra: "aliases common insights intelReviews linkedGroups references userDetails"},
		{path: "indicators", kind: kIndicator, fields: indicatorFields, create: (*tx).createIndicator, update: (*tx).updateIndicator, find: findIndicator,
			extra: "customAssociationNames dnsResolution enrichment fileActions fileOccurrences genericCustomIndicatorValues geoLocation threatAssess whoIs"},
		{path: "cases", kind: kCase, fields: caseFields, create: (*tx).create, update: (*tx).update, find: findCase, extra: "notes tasks"},
		{path: "artifacts", kind: kArtifact, fields: artifactFields, create: (*tx).create, update: (*tx).update, extra: "caseId caseXid notes"},
		{path: "victims", kind: kVictim, fields: victimFields, create: (*tx).create, update: (*tx).update},
		{path: "victimAssets", kind: kVictimAsset, fields: assetFields, create: (*tx).create, update: (*tx).update},
		{path: "tags", kind: kTag, fields: tagFields, create: (*tx).createTag, update: (*tx).updateTag},
		{path: "securityLabels", kind: kLabel, fields: labelFields},
		{path: "groupAttributes", kind: kGroupAttribute, fields: attributeFields(kGroupAttribute), create: (*tx).createAttribute, update: (*tx).updateAttribute},
		{path: "indicatorAttributes", kind: kIndicatorAttribute, fields: attributeFields(kIndicatorAttribute), create: (*tx).createAttribute, update: (*tx).updateAttribute},
		{path: "caseAttributes", kind: kCaseAttribute, fields: attributeFields(kCaseAttribute), create: (*tx).createAttribute, update: (*tx).updateAttribute},
		{path: "attributeTypes", kind: kAttributeType, fields: attributeTypeFields, extra: "mapping"},
		{path: "artifactTypes", kind: kArtifactType, fields: artifactTypeFields},
		{path: "security/owners", kind: kOwner, fields: ownerFields},
	} {
		r.keywords = keywordTable{}
		s.resources[r.path] = r
		s.byKind[r.kind] = r
	}
	s.addKeywords()
}
