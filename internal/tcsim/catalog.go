package tcsim

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// catalog is what an administrator configures: types, values, exclusions.
type catalog struct {
	eventTypes     []string
	signatureTypes []string
	artifactTypes  []string
	indicatorTypes []*indicatorType
	byIndicator    map[string]*indicatorType
	attributeTypes []*AttributeType
	byAttribute    map[string]*AttributeType
	excluded       map[string]bool
}

func newCatalog(cfg Config) *catalog {
	k := &catalog{
		eventTypes:     slices.Concat(eventTypes, cfg.EventTypes),
		signatureTypes: slices.Concat(signatureTypes, cfg.SignatureTypes),
		artifactTypes:  artifactTypes,
		indicatorTypes: builtinIndicatorTypes(),
		byIndicator:    map[string]*indicatorType{},
		byAttribute:    map[string]*AttributeType{},
		excluded:       map[string]bool{},
	}
	for _, it := range cfg.IndicatorTypes {
		k.indicatorTypes = append(k.indicatorTypes, &indicatorType{IndicatorType: it, custom: true, exact: it.CasePreference == "sensitive"})
	}
	for _, it := range k.indicatorTypes {
		k.byIndicator[it.Name] = it
	}
	for _, at := range slices.Concat(builtinAttributeTypes(), cfg.AttributeTypes) {
		if at.ID == 0 {
			at.ID = int64(len(k.attributeTypes) + 1)
		}
		k.attributeTypes = append(k.attributeTypes, &at)
		k.byAttribute[at.Name] = &at
	}
	for _, s := range cfg.ExcludedSummary {
		k.excluded[fold(s)] = true
	}
	return k
}

func (k *catalog) indicatorType(name string) *indicatorType {
	if it := k.byIndicator[name]; it != nil {
		return it
	}
	return &indicatorType{IndicatorType: IndicatorType{Name: name, Labels: []string{"value1"}}}
}

func (k *catalog) indicatorTypeID(name string) int64 {
	return int64(slices.IndexFunc(k.indicatorTypes, func(it *indicatorType) bool { return it.Name == name }) + 1)
}

func (k *catalog) attributeType(name string) *AttributeType { return k.byAttribute[name] }

func (k *catalog) attributeTypeID(name string) int64 {
	if at := k.byAttribute[name]; at != nil {
		return at.ID
	}
	return 0
}

// mappings are the object types that an attribute type applies to.
func (k *catalog) mappings(name string) []string {
	at := k.byAttribute[name]
	if at == nil {
		return nil
	}
	if len(at.AppliesTo) > 0 {
		return at.AppliesTo
	}
	all := slices.Clone(groupTypes)
	for _, it := range k.indicatorTypes {
		all = append(all, it.Name)
	}
	return append(all, "Case", "Victim")
}

// seedSystem enters what every instance has before anybody writes to it.
func (st *state) seedSystem(cfg Config) {
	st.seedLabels(cfg.SecurityLabels)
	st.seedTechniques()
	for i, name := range st.types.artifactTypes {
		st.tables[kArtifactType].insert(&object{kind: kArtifactType, id: int64(i + 1), name: name, fields: map[string]any{
			"dataType": artifactDataType(name), "intelType": artifactIntelTypes[name]}})
	}
	for _, at := range st.types.attributeTypes {
		st.tables[kAttributeType].insert(&object{kind: kAttributeType, id: at.ID, name: at.Name, added: systemDate,
			fields: map[string]any{"system": at.System, "maxSize": int64(at.MaxSize), "description": at.Description}})
	}
}

var systemDate = time.Date(2016, 8, 31, 0, 0, 0, 0, time.UTC)

func artifactDataType(name string) string {
	if strings.HasSuffix(name, " File") {
		return "File"
	}
	return "String"
}

// writeAttributeType prints the shape of attribute_types/retrieve.rst. The
// field mapping adds the object types; the shape of its entries is assumed.
func writeAttributeType(c *call, e *encoder, o *object, sel selection) {
	at := c.st.types.byAttribute[o.name]
	c.id(e, "id", o.id)
	e.str("name", at.Name)
	e.opt("description", at.Description)
	e.int("maxSize", int64(at.MaxSize))
	e.bool("allowMarkdown", at.AllowMarkdown)
	e.opt("errorMessage", at.ErrorMessage)
	if at.Rule != nil {
		e.key("validationRule")
		e.open('{')
		c.id(e, "id", o.id)
		e.str("name", at.Rule.Name)
		e.str("text", at.Rule.Text)
		e.str("type", at.Rule.Type)
		e.str("version", "1")
		e.close('}')
	}
	if !sel.has("attributeTypeMappings") && !sel.has("mapping") && !sel.has("mappings") {
		return
	}
	e.key("attributeTypeMappings")
	e.open('{')
	e.key("data")
	e.open('[')
	for _, m := range c.st.types.mappings(at.Name) {
		e.open('{')
		e.str(cmp.Or(c.sw.MappingKey, "associatedType"), m)
		if at.MaxAllowed > 0 {
			e.int("maxAllowed", int64(at.MaxAllowed))
		}
		e.close('}')
	}
	e.close(']')
	e.close('}')
}

func attributeTypeSpecs(*catalog) []fieldSpec {
	return []fieldSpec{
		{key: "id", typ: "Integer", readOnly: true},
		{key: "name", typ: "String", readOnly: true},
		{key: "description", typ: "String", readOnly: true},
		{key: "maxSize", typ: "Integer", readOnly: true},
		{key: "allowMarkdown", typ: "Boolean", readOnly: true},
		{key: "errorMessage", typ: "String", readOnly: true},
		{key: "validationRule", typ: "ValidationRule", readOnly: true},
		{key: "attributeTypeMappings", typ: "AttributeTypeMappings", list: true, readOnly: true},
	}
}

var attributeTypeFieldDocs = []fieldDoc{{"mapping", "Includes the object types that the Attribute Type applies to", false}}

// writeArtifactType prints the entries of artifactTypes.
func writeArtifactType(c *call, e *encoder, o *object, _ selection) {
	c.id(e, "id", o.id)
	e.str("name", o.name)
	e.str("description", "The "+o.name+" artifact type.")
	e.str("dataType", o.str("dataType"))
	e.opt("intelType", o.str("intelType"))
	e.bool("derivedLink", o.str("intelType") != "")
}

func artifactTypeSpecs(*catalog) []fieldSpec {
	return []fieldSpec{
		{key: "id", typ: "Integer", readOnly: true},
		{key: "name", typ: "String", readOnly: true},
		{key: "description", typ: "String", readOnly: true},
		{key: "dataType", typ: "String", readOnly: true},
		{key: "intelType", typ: "String", readOnly: true},
		{key: "derivedLink", typ: "Boolean", readOnly: true},
	}
}

func ownerSpecs(*catalog) []fieldSpec {
	specs := []fieldSpec{
		{key: "id", typ: "Integer", readOnly: true},
		{key: "name", typ: "String", readOnly: true},
		{key: "type", typ: "String", readOnly: true},
		{key: "ownerRole", typ: "String", readOnly: true},
	}
	for _, p := range permKeys {
		specs = append(specs, fieldSpec{key: p, typ: "String", readOnly: true})
	}
	return specs
}
