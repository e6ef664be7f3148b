package reader

import (
	"fmt"
	"slices"

	"tcimport/internal/intel"
)

// Key is a key that a mapping of a YAML manifest may have.
type Key struct {
	Name  string
	About string // what it means, in markdown, for docs/manifest.md and the JSON Schema
}

// keyNames are the names of keys.
func keyNames(keys []Key) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.Name
	}
	return out
}

// DocumentKeys are the keys of a document.
var DocumentKeys = []Key{
	{"version", "`1`; may be left out"},
	{"namespace", "distinguishes these keys from those of another import into the same owner. One import has one namespace: several documents that name one must name the same"},
	{"owner", "owner of the groups of this document that name none, rows of `sources` included"},
	{"defaults", "[values for every group](#defaults) of this document"},
	{"groups", "list of [groups](#groups)"},
	{"indicators", "list of [indicators of their own](#indicators-of-their-own)"},
	{"associations", "list of [associations outside the groups](#associations-outside-the-groups)"},
	{"sources", "[foreign CSV files](#sources-a-foreign-csv), mapped onto groups or associations"},
}

// GroupKeys are the keys of a group beside the fields of its type: what
// identifies it, its lists, and the file of a field.
var GroupKeys = func() []Key {
	keys := []Key{
		{fieldKey, "the name of the group in manifests and reports, case-sensitive. The default is the `xid`, else `TYPE/NAME`"},
		{fieldType, "required; one of the types, in any case"},
		{fieldName, fmt.Sprintf("required. More than %d characters (or the limit of the instance) are an error, more than %d a warning. Names are never cut", intel.NameMax, intel.NameMaxOlder)},
		{fieldXID, fmt.Sprintf("an xid of your own; the default is derived from namespace, owner and key. Use up to %d characters: letters, digits and `. _ : -`. Digits alone are an error, because the API would read them as an ID", intel.XIDMax)},
		{fieldOwner, "the owner. The default is the first of these: the document's `owner`, `--owner`, `TC_OWNER`, the API user's Organization"},
		{fieldTags, "list of [tags](#tags-and-security-labels)"},
		{fieldSecurityLabels, "list of [security labels](#tags-and-security-labels)"},
		{fieldAttributes, "list of [attributes](#attributes)"},
	}
	for _, k := range intel.Kinds {
		keys = append(keys, Key{k.AssociationField(), "list of [" + k.Spec().Name + "s](#associations) that the group is associated with"})
	}
	return append(keys, Key{fieldFileTextFrom, "file with the `fileText` of a Signature, relative to the manifest"})
}()

// DefaultKeys are the keys of defaults beside the fields of groups.
var DefaultKeys = slices.DeleteFunc(slices.Clone(GroupKeys), func(k Key) bool { return slices.Contains(identity, k.Name) })

// AttributeKeys are the keys of an attribute.
var AttributeKeys = []Key{
	{fieldType, "required; an attribute type of the instance. Some, such as Description, Source, Aliases and External ID, are on every instance. Others are a warning offline, and an error in `plan` if the instance does not have them"},
	{"value", "the text; it is never split"},
	{"valueFrom", "in place of `value`: a file with the text, relative to the manifest"},
	{"source", "where the text comes from"},
	{"default", "`true` for the Description or Source that the instance shows. If a group has only one, it is the default one unless it says `false`"},
	{"pinned", "`true` or `false`"},
	{fieldSecurityLabels, "labels of the attribute itself"},
}

// TagKeys are the keys of a tag that is a mapping, of which it has one. A security label
// that is a mapping has the first.
var TagKeys = []Key{
	{fieldName, fmt.Sprintf("the name, at most %d characters", intel.TagMax)},
	{intel.TechniqueField, "ID of an ATT&CK technique, like T1566 or T1566.001"},
}

// SourceKeys are the keys of an entry of sources.
var SourceKeys = []Key{
	{"csv", "the file, relative to the manifest"},
	{"columns", "columns of a [CSV of groups](#a-csv-of-groups) or [of associations](#a-csv-of-associations), each with a template that gives the cell"},
	{"encoding", "optional: the encoding of the file, by its [WHATWG name](https://encoding.spec.whatwg.org/#names-and-labels): `windows-1252`, `iso-8859-15`, `shift_jis`, `utf-16le`, … Without it the CSV is UTF-8, or UTF-16 with a byte order mark"},
	{"skip", "optional: a template. Rows for which it gives `true` are left out; `false` and an empty text keep them"},
	{"values", "optional: what values mean, for a column of the CSV or of `columns`. A value that it does not name is an error; `\"*\"` is all other values. An empty cell stays empty, unless `\"\"` is named"},
}

// AssociationKeys are the keys of an entry of associations: a group, and one other end.
var AssociationKeys = func() []Key {
	keys := []Key{{fieldGroup, "the group that has the association, in any form of `" + intel.KindGroup.AssociationField() + "`"}}
	for _, k := range intel.Kinds {
		keys = append(keys, Key{k.Spec().Entry(), "the " + k.Spec().Name + " at the other end"})
	}
	return keys
}()

// SourceColumns are the columns that an entry of sources may make, of groups or of
// associations. Beside them it may make AttributePrefix and a type.
func SourceColumns() []string {
	columns := slices.Clone(groupLayout.columns)
	for _, name := range associationLayout.columns {
		if !slices.Contains(columns, name) {
			columns = append(columns, name)
		}
	}
	return columns
}
