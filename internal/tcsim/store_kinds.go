package tcsim

// kind says which table an object lives in. IDs are per kind, as the samples of
// the developer docs suggest (group 3, indicator 4, tag 10 side by side).
type kind uint8

const (
	kGroup kind = iota
	kIndicator
	kArtifact
	kCase
	kVictimAsset
	kVictim
	kTag
	kLabel
	kGroupAttribute
	kIndicatorAttribute
	kCaseAttribute
	kAttributeType
	kArtifactType
	kOwner
	kindCount
)

// kinds are what differs between the kinds.
var kinds = [kindCount]struct {
	list      string // what OPTIONS calls a list of them
	perm      string // the owner permission that guards them
	parent    kind   // where parentKey is not empty: the object that they are part of
	parentKey string // and the key that names it in a POST
	system    bool   // the same for every owner: owner= does not narrow them
}{
	kGroup:              {list: "Groups", perm: "permGroup"},
	kIndicator:          {list: "Indicators", perm: "permIndicator"},
	kArtifact:           {list: "Artifacts", perm: "permArtifact", parent: kCase, parentKey: "caseId"},
	kCase:               {list: "Cases", perm: "permArtifact"},
	kVictimAsset:        {list: "VictimAssets", perm: "permVictim", parent: kVictim, parentKey: "victimId"},
	kVictim:             {list: "Victims", perm: "permVictim"},
	kTag:                {list: "Tags", perm: "permTag"},
	kLabel:              {list: "SecurityLabels", system: true},
	kGroupAttribute:     {list: "GroupAttributes", perm: "permAttribute", parent: kGroup, parentKey: "groupId"},
	kIndicatorAttribute: {list: "IndicatorAttributes", perm: "permAttribute", parent: kIndicator, parentKey: "indicatorId"},
	kCaseAttribute:      {list: "CaseAttributes", perm: "permArtifact", parent: kCase, parentKey: "caseId"},
	kAttributeType:      {system: true},
	kArtifactType:       {system: true},
	kOwner:              {system: true},
}

func isAttribute(k kind) bool { return kGroupAttribute <= k && k <= kCaseAttribute }

// attributeKinds are the kinds that have attributes, with that of the attributes.
var attributeKinds = map[kind]kind{kGroup: kGroupAttribute, kIndicator: kIndicatorAttribute, kCase: kCaseAttribute}
