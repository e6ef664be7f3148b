package tcsim

import (
	"cmp"
	"slices"
)

// addResources builds the table of endpoints. It belongs to the Server, not to
// the package, because the functions in it refer back to the table.
func (s *Server) addResources() {
	labels := []nestedList{{key: "securityLabels", kind: kLabel, maxSize: nestedMax, resolve: resolveLabel, find: findLabel}}
	s.resources = map[string]*resource{}
	for _, r := range []*resource{
		{path: "groups", kind: kGroup, lists: groupLists(), write: writeGroupObject, specs: groupSpecs, extra: groupFieldDocs, create: createGroup, update: updateGroup, find: findGroup},
		{path: "indicators", kind: kIndicator, lists: indicatorLists(), write: writeIndicatorObject, specs: indicatorSpecs, extra: indicatorFieldDocs, create: createIndicator, update: updateIndicator, find: findIndicator},
		{path: "cases", kind: kCase, lists: caseLists(), write: writeCase, specs: caseSpecs, extra: caseFieldDocs, create: create(kCase), update: update, find: findCase},
		{path: "artifacts", kind: kArtifact, lists: artifactLists(), write: writeArtifact, specs: artifactSpecs, extra: artifactFieldDocs, create: create(kArtifact), update: update},
		{path: "victims", kind: kVictim, lists: victimLists(), write: writeVictim, specs: victimSpecs, extra: victimFieldDocs, create: create(kVictim), update: update},
		{path: "victimAssets", kind: kVictimAsset, lists: assetLists(), write: writeVictimAsset, specs: assetSpecs, extra: assetFieldDocs, create: create(kVictimAsset), update: update},
		{path: "tags", kind: kTag, write: writeTag, specs: tagSpecs, extra: tagFieldDocs, create: createTag, update: updateTag},
		{path: "securityLabels", kind: kLabel, write: writeLabel, specs: labelSpecs},
		{path: "groupAttributes", kind: kGroupAttribute, lists: labels, write: writeAttribute, specs: attributeSpecs("groupId"), extra: attributeFieldDocs, create: createAttribute(kGroup, "groupId"), update: updateAttribute},
		{path: "indicatorAttributes", kind: kIndicatorAttribute, lists: labels, write: writeAttribute, specs: attributeSpecs("indicatorId"), extra: attributeFieldDocs, create: createAttribute(kIndicator, "indicatorId"), update: updateAttribute},
		{path: "caseAttributes", kind: kCaseAttribute, lists: labels, write: writeAttribute, specs: attributeSpecs("caseId"), extra: attributeFieldDocs, create: createAttribute(kCase, "caseId"), update: updateAttribute},
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
	if k != kGroup || c.sw.NameLimit == 0 && c.sw.GroupTypeCase != "any" {
		return specs
	}
	specs = slices.Clone(specs)
	for i := range specs {
		switch f := &specs[i]; f.key {
		case "name":
			f.max = cmp.Or(c.sw.NameLimit, f.max)
		case "type":
			f.anyCase = c.sw.GroupTypeCase == "any"
		}
	}
	return specs
}
