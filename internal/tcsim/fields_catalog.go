package tcsim

import (
	"slices"
	"strings"
	"time"
)

// catalog is what an administrator configures: types, values, exclusions.
type catalog struct {
	eventTypes     []string
	signatureTypes []string
	indicatorTypes []*indicatorType
	byIndicator    map[string]*indicatorType
	attributeTypes []*AttributeType
	byAttribute    map[string]*AttributeType
	excluded       map[string]bool
}

func newCatalog(cfg Config) *catalog {
	k := &catalog{
		eventTypes:     slices.Concat(builtin.EventTypes, cfg.EventTypes),
		signatureTypes: slices.Concat(builtin.SignatureTypes, cfg.SignatureTypes),
		byIndicator:    map[string]*indicatorType{},
		byAttribute:    map[string]*AttributeType{},
		excluded:       map[string]bool{},
	}
	for _, it := range slices.Concat(builtin.IndicatorTypes, cfg.IndicatorTypes) {
		t := newIndicatorType(it)
		k.indicatorTypes = append(k.indicatorTypes, t)
		k.byIndicator[it.Name] = t
	}
	for _, at := range slices.Concat(builtin.AttributeTypes, cfg.AttributeTypes) {
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

// mappings are the object types that an attribute type applies to.
func (k *catalog) mappings(name string) []string {
	if at := k.byAttribute[name]; len(at.AppliesTo) > 0 {
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
	for _, l := range slices.Concat(builtin.SecurityLabels, cfg.SecurityLabels) {
		tab := st.tables[kLabel]
		tab.insert(&object{kind: kLabel, id: tab.next, name: l.Name, added: systemDate, edited: systemDate, owner: st.byOwner[l.Owner],
			fields: texts("description", l.Description, "color", l.Color)})
		tab.next++
	}
	st.seedTechniques()
	for i, name := range builtin.artifactTypes {
		o := &object{kind: kArtifactType, id: int64(i + 1), name: name, fields: texts("description", "The "+name+" artifact type.",
			"dataType", artifactDataType(name), "intelType", builtin.intelTypes[name])}
		o.fields.set("derivedLink", builtin.intelTypes[name] != "")
		st.tables[kArtifactType].insert(o)
	}
	for _, at := range st.types.attributeTypes {
		o := &object{kind: kAttributeType, id: at.ID, name: at.Name, added: systemDate, fields: texts("description", at.Description, "errorMessage", at.ErrorMessage)}
		o.fields = append(o.fields, member{"system", at.System}, member{"maxSize", int64(at.MaxSize)}, member{"allowMarkdown", at.AllowMarkdown})
		st.tables[kAttributeType].insert(o)
	}
}

var systemDate = momentOf(time.Date(2016, 8, 31, 0, 0, 0, 0, time.UTC))

func artifactDataType(name string) string {
	if strings.HasSuffix(name, " File") {
		return "File"
	}
	return "String"
}
