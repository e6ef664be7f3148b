package reader

import (
	"slices"

	"tcimport/internal/intel"
)

const (
	fieldGroup          = "group"
	fieldAssociation    = "association"
	fieldKey            = "key"
	fieldType           = "type"
	fieldName           = "name"
	fieldXID            = "xid"
	fieldOwner          = "owner"
	fieldID             = "id"
	fieldSummary        = "summary"
	fieldTags           = "tags"
	fieldSecurityLabels = "securityLabels"
	fieldAttributes     = "attributes"
	fieldFileText       = "fileText"
	fieldFileTextFrom   = "fileTextFrom"
)

// identity are the scalars of a group that are no fields of its type.
var identity = []string{fieldKey, fieldType, fieldName, fieldXID, fieldOwner}

// associationFields are the lists of associations by name, and their kinds.
var associationFields = func() map[string]intel.Kind {
	out := map[string]intel.Kind{}
	for _, k := range intel.Kinds {
		out[k.AssociationField()] = k
	}
	return out
}()

// listFields are the lists of a group, listsNamed the same by name.
var listFields, listsNamed = func() (names []string, byName map[string]intel.List) {
	byName = map[string]intel.List{}
	add := func(name string, list intel.List) {
		names = append(names, name)
		byName[name] = list
	}
	for _, m := range intel.Metadata {
		add(m.Name, m.List)
	}
	for _, k := range intel.Kinds {
		add(k.AssociationField(), k.List())
	}
	return names, byName
}()

// groupNames are all names that an entry of groups may hold, defaultNames those
// that defaults may.
var (
	defaultNames = slices.Concat(intel.GroupFieldNames(), keyNames(DefaultKeys))
	groupNames   = slices.Concat(identity, defaultNames)
)
