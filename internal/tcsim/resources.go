package tcsim

import "slices"

// addResources builds the table of endpoints. It belongs to the Server, not to
// the package, because the functions in it refer back to the table.
func (s *Server) addResources() {
	s.groupLists, s.indicatorLists = groupLists(), indicatorLists()
	s.caseLists, s.artifactLists = caseLists(), artifactLists()
	s.victimLists, s.assetLists = victimLists(), assetLists()
	s.attributeLists = []nestedList{{key: "securityLabels", kind: kLabel, maxSize: nestedMax, resolve: resolveLabel, find: findLabel}}
	s.resources = map[string]*resource{}
	for _, r := range []*resource{
		{path: "groups", kind: kGroup, write: writeGroupObject, specs: groupSpecs, extra: groupFieldDocs, create: createGroup, update: updateGroup, find: findGroup},
		{path: "indicators", kind: kIndicator, write: writeIndicatorObject, specs: indicatorSpecs, extra: indicatorFieldDocs, create: createIndicator, update: updateIndicator, find: findIndicator},
		{path: "cases", kind: kCase, write: writeCase, specs: caseSpecs, extra: caseFieldDocs, create: createCase, update: updateCase, find: findCase},
		{path: "artifacts", kind: kArtifact, write: writeArtifact, specs: artifactSpecs, extra: artifactFieldDocs, create: createArtifact, update: updateArtifact},
		{path: "victims", kind: kVictim, write: writeVictim, specs: victimSpecs, extra: victimFieldDocs, create: createVictim, update: updateVictim},
		{path: "victimAssets", kind: kVictimAsset, write: writeVictimAsset, specs: assetSpecs, extra: assetFieldDocs, create: createVictimAsset, update: updateVictimAsset},
		{path: "tags", kind: kTag, write: writeTag, specs: tagSpecs, extra: tagFieldDocs, create: createTag, update: updateTag},
		{path: "securityLabels", kind: kLabel, write: writeLabel, specs: labelSpecs},
		{path: "groupAttributes", kind: kGroupAttribute, write: writeAttribute, specs: attributeSpecs("groupId"), extra: attributeFieldDocs, create: createAttribute(kGroup, "groupId"), update: updateAttribute},
		{path: "indicatorAttributes", kind: kIndicatorAttribute, write: writeAttribute, specs: attributeSpecs("indicatorId"), extra: attributeFieldDocs, create: createAttribute(kIndicator, "indicatorId"), update: updateAttribute},
		{path: "caseAttributes", kind: kCaseAttribute, write: writeAttribute, specs: attributeSpecs("caseId"), extra: attributeFieldDocs, create: createAttribute(kCase, "caseId"), update: updateAttribute},
		{path: "attributeTypes", kind: kAttributeType, write: writeAttributeType, specs: attributeTypeSpecs, extra: attributeTypeFieldDocs},
		{path: "artifactTypes", kind: kArtifactType, write: writeArtifactType, specs: artifactTypeSpecs},
		{path: "security/owners", kind: kOwner, write: writeOwner, specs: ownerSpecs},
	} {
		r.perm = permOf(r.kind)
		r.keywords = keywordsOf(r.kind)
		s.resources[r.path] = r
		s.byKind[r.kind] = r
	}
}

// specs is the field table of a kind under the call's switches.
func (c *call) specs(k kind) []fieldSpec {
	specs := c.st.specs[k]
	if k != kGroup || c.sw.NameLimit == 0 {
		return specs
	}
	specs = slices.Clone(specs)
	for i := range specs {
		if specs[i].key == "name" {
			specs[i].max = c.sw.NameLimit
		}
	}
	return specs
}
