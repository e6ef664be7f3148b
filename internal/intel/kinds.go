package intel

import (
	"cmp"
	"strings"

	"tcimport/internal/spelling"
)

// List is a set of the nested lists of a group.
type List uint16

// The nested lists of a group: metadata, then the associations of each kind. Saved
// plans hold these numbers, so a new one goes to the end.
const (
	ListTags List = 1 << iota
	ListSecurityLabels
	ListAttributes
	ListGroups
	ListIndicators
	ListArtifacts
	ListCases
	ListVictimAssets
	listEnd

	listMetadata = ListTags | ListSecurityLabels | ListAttributes

	// ListAssociations is all lists of associations.
	ListAssociations = listEnd - 1 - listMetadata
)

// Metadata are the lists that are no associations, and their fields in the API.
var Metadata = []struct {
	List List
	Name string
}{{ListTags, "tags"}, {ListSecurityLabels, "securityLabels"}, {ListAttributes, "attributes"}}

// Has reports whether all lists of other are in l.
func (l List) Has(other List) bool { return l&other == other }

// MetadataLists are those lists of tags, security labels and attributes that
// have entries.
func MetadataLists[A Attribute | RemoteAttribute](tags []Tag, labels []string, attributes []A) List {
	var l List
	if len(tags) > 0 {
		l |= ListTags
	}
	if len(labels) > 0 {
		l |= ListSecurityLabels
	}
	if len(attributes) > 0 {
		l |= ListAttributes
	}
	return l
}

// KindSpec has all names and rules of one kind of association. Other packages
// use it, and name a kind only for what that kind alone has.
type KindSpec struct {
	Kind   Kind
	List   List   // of a group's nested lists, that of its associations of the kind
	Field  string // that list in the API and in manifests; a column in CSV; without its s, an entry of associations
	Path   string // of the endpoint
	Name   string // what messages call one; with an s, several
	Syntax string // what a list of them takes, for messages

	Has      string   // the word of TQL for objects that are associated with one
	Contents []string // lists of what is in one, and goes with it

	Nested  List        // the nested lists that an answer can have of one
	Accepts List        // of the metadata, what a new one can be given
	Fields  []FieldSpec // scalars of a new one; nil for groups, whose fields depend on the type

	// Named is the field of manifests for the name or value, and NameMax its
	// greatest length.
	Named   string
	NameMax int

	// Untyped things have no type. typeNamed finds a type: its name in the API's spelling
	// and, if it depends on the type, the API's field for the name or value. nil keeps any
	// type.
	Untyped   bool
	typeNamed func(typ string, custom []IndicatorType) (name, field string)

	// Owned things have an owner: that of the group that names them, unless
	// they name one. InOrganization things are created in the API user's
	// Organization, whatever owner the group has.
	Owned          bool
	InOrganization bool

	// Parents are the objects that one belongs to: a parent, a type and a name
	// identify one. ByXID things are found by an xid, and new ones get one.
	// Others with Parents are looked up among the objects of their parent, by
	// name if Queried.
	Parents []Parent
	ByXID   bool
	Queried bool
}

// Parent is an object to which another belongs, and which one of its fields
// names.
type Parent struct {
	Field   string // of the object
	What    string // what an instance has of it, for messages
	Path    string // where the instance is asked for it
	Keyword string // by which
	Number  bool   // the values are numbers
	Within  string // TQL that finds the objects of it; %s is the value
}

// kindSpecs is the table of kinds, in the order in which reports and requests name
// them. Source: developer docs, rest_api/v3, the fields page of each.
var kindSpecs = []KindSpec{
	{
		Kind: KindGroup, List: ListGroups, Field: "associatedGroups", Path: "/v3/groups", Name: "group", Has: "hasGroup",
		Syntax: "keys, or entries like {id: 12345} or {type: Adversary, name: Bad Guy}",
		Nested: listMetadata | ListAssociations, Named: "name", typeNamed: groupTypeNamed, Owned: true,
	},
	{
		Kind: KindIndicator, List: ListIndicators, Field: "associatedIndicators", Path: "/v3/indicators", Name: "indicator", Has: "hasIndicator",
		Syntax: "entries like Host:badguy.com or {type: Host, summary: badguy.com}",
		Nested: listMetadata | ListAssociations&^ListVictimAssets, Accepts: listMetadata, Fields: indicatorFields,
		Named: "summary", typeNamed: indicatorTypeNamed, Owned: true,
	},
	{
		Kind: KindArtifact, List: ListArtifacts, Field: "associatedArtifacts", Path: "/v3/artifacts", Name: "artifact", Has: "hasArtifact", Contents: []string{"notes"},
		Syntax: "entries like {id: 1} or {caseId: 1, type: Email Address, summary: badguy@bad.com}",
		Nested: ListGroups | ListIndicators, Fields: artifactFields, Named: "summary", NameMax: 500, InOrganization: true,
		Parents: []Parent{
			{"caseId", "cases", "/v3/cases", "id", true, "caseId=%s"},
			{"caseXid", "cases", "/v3/cases", "xid", false, "hasCase(xid = %s)"},
		},
		Queried: true,
	},
	{
		Kind: KindCase, List: ListCases, Field: "associatedCases", Path: "/v3/cases", Name: "case", Has: "hasCase", Contents: []string{"notes", "tasks"},
		Syntax: "entries like {id: 1} or {name: Phishing, severity: Low, status: Open}",
		Nested: ListTags | ListAttributes | ListGroups | ListIndicators | ListCases, Accepts: ListTags | ListAttributes,
		Fields: caseFields, Named: "name", NameMax: 255, Untyped: true, InOrganization: true, ByXID: true,
	},
	{
		Kind: KindVictimAsset, List: ListVictimAssets, Field: "associatedVictimAssets", Path: "/v3/victimAssets", Name: "victim asset", Has: "hasVictimAsset",
		Syntax: "entries like {id: 1} or {type: EmailAddress, address: a@b.example, victimId: 12}",
		Nested: ListGroups, Fields: victimAssetFields, Named: "summary", NameMax: 255, typeNamed: victimAssetTypeNamed,
		Parents: []Parent{{"victimId", "victims", "/v3/victims", "id", true, "victimId=%s"}},
	},
}

// Kinds are all kinds in the order of the table, ObjectKinds those of objects:
// without groups.
var Kinds, ObjectKinds = func() (all, objects []Kind) {
	for i := range kindSpecs {
		all = append(all, kindSpecs[i].Kind)
		if kindSpecs[i].Kind != KindGroup {
			objects = append(objects, kindSpecs[i].Kind)
		}
	}
	return all, objects
}()

// KindNamed finds a kind by its name, without regard to case, blanks and hyphens.
func KindNamed(name string) (Kind, bool) {
	for _, k := range Kinds {
		if spelling.Squeeze(k.String()) == spelling.Squeeze(name) {
			return k, true
		}
	}
	return 0, false
}

// AssociationField is the field of a group that holds its associations of kind
// k, spelled as in the API and in manifests.
func (k Kind) AssociationField() string { return k.Spec().Field }

// List is the list of a group that holds its associations of kind k.
func (k Kind) List() List { return k.Spec().List }

// Entry is the name of this kind in an entry of a manifest's associations.
func (s *KindSpec) Entry() string { return strings.TrimSuffix(s.Field, "s") }

// NameField is the API's field for the name or value of something of the kind
// and type.
func (s *KindSpec) NameField(typ string) string {
	if s.typeNamed == nil {
		return s.Named
	}
	_, field := s.typeNamed(typ, nil)
	return cmp.Or(field, s.Named)
}

// TypeNamed is a type in the API's spelling, or as written if there is no such
// type.
func (s *KindSpec) TypeNamed(typ string, custom []IndicatorType) string {
	if s.typeNamed == nil {
		return typ
	}
	name, _ := s.typeNamed(typ, custom)
	return cmp.Or(name, typ)
}

// identifying are the fields that, beside type and name, identify one of the
// kind.
func (s *KindSpec) identifying() (names []string) {
	for _, p := range s.Parents {
		names = append(names, p.Field)
	}
	if s.ByXID {
		names = append(names, "xid")
	}
	return names
}

// Scalars are the scalars of a kind and type by the API's names; only those of
// groups depend on the type.
func (k Kind) Scalars(typ string) map[string]*FieldSpec {
	if k != KindGroup {
		typ = ""
	}
	return scalars[kindType{k, typ}]
}

type kindType struct {
	kind Kind
	typ  string // as the API spells it
}

var scalars = func() map[kindType]map[string]*FieldSpec {
	out := map[kindType]map[string]*FieldSpec{}
	index := func(key kindType, specs []FieldSpec) {
		out[key] = make(map[string]*FieldSpec, len(specs))
		for i := range specs {
			out[key][specs[i].Name] = &specs[i]
		}
	}
	for i := range GroupTypes {
		index(kindType{KindGroup, GroupTypes[i].Name}, GroupTypes[i].AllFields())
	}
	for _, k := range ObjectKinds {
		index(kindType{k, ""}, k.Spec().Fields)
	}
	return out
}()

func groupTypeNamed(typ string, _ []IndicatorType) (name, field string) {
	if t, ok := GroupTypeNamed(typ); ok {
		name = t.Name
	}
	return name, ""
}

func indicatorTypeNamed(typ string, custom []IndicatorType) (name, field string) {
	if t, ok := IndicatorTypeNamed(typ, custom); ok {
		name = t.Name
	}
	return name, ""
}

func victimAssetTypeNamed(typ string, _ []IndicatorType) (name, field string) {
	if t, ok := victimAssetTypes.named(typ); ok {
		name, field = t.Name, t.Value
	}
	return name, field
}
