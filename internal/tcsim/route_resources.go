package tcsim

// resource is one v3 endpoint: what it holds and how it reads and writes.
type resource struct {
	path     string // below /v3/, "groups"
	kind     kind
	fields   func(types *catalog) []field
	extra    string // further names for fields=
	create   func(t *tx, body dict) (*object, int, *apiError)
	update   func(t *tx, o *object, body dict) *apiError
	find     func(c *call, segment string) (*object, *apiError) // by xid or summary; nil = id only
	keywords keywordTable
}

// addResources builds the table of endpoints. It belongs to the Server, not to
// the package, because the functions in it refer back to the table.
func (s *Server) addResources() {
	s.resources = map[string]*resource{}
	for _, r := range []*resource{
		{path: "groups", kind: kGroup, fields: groupFields, create: createGroup, update: updateGroup, find: findGroup,
			extra: "aliases common insights intelReviews linkedGroups references userDetails"},
		{path: "indicators", kind: kIndicator, fields: indicatorFields, create: createIndicator, update: updateIndicator, find: findIndicator,
			extra: "customAssociationNames dnsResolution enrichment fileActions fileOccurrences genericCustomIndicatorValues geoLocation threatAssess whoIs"},
		{path: "cases", kind: kCase, fields: caseFields, create: create(kCase), update: update, find: findCase, extra: "notes tasks"},
		{path: "artifacts", kind: kArtifact, fields: artifactFields, create: create(kArtifact), update: update, extra: "caseId caseXid notes"},
		{path: "victims", kind: kVictim, fields: victimFields, create: create(kVictim), update: update},
		{path: "victimAssets", kind: kVictimAsset, fields: assetFields, create: create(kVictimAsset), update: update},
		{path: "tags", kind: kTag, fields: tagFields, create: createTag, update: updateTag},
		{path: "securityLabels", kind: kLabel, fields: labelFields},
		{path: "groupAttributes", kind: kGroupAttribute, fields: attributeFields("groupId"), create: createAttribute(kGroup, "groupId"), update: updateAttribute},
		{path: "indicatorAttributes", kind: kIndicatorAttribute, fields: attributeFields("indicatorId"), create: createAttribute(kIndicator, "indicatorId"), update: updateAttribute},
		{path: "caseAttributes", kind: kCaseAttribute, fields: attributeFields("caseId"), create: createAttribute(kCase, "caseId"), update: updateAttribute},
		{path: "attributeTypes", kind: kAttributeType, fields: attributeTypeFields, extra: "mapping"},
		{path: "artifactTypes", kind: kArtifactType, fields: artifactTypeFields},
		{path: "security/owners", kind: kOwner, fields: ownerFields},
	} {
		r.keywords = keywordsOf(r.kind)
		s.resources[r.path] = r
		s.byKind[r.kind] = r
	}
}
