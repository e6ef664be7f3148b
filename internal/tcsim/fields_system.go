package tcsim

import "cmp"

// The tables of tags, attributes, and of what an administrator configures.

func tagFields(*catalog) []field {
	return []field{
		rowID(),
		{key: "name", typ: "String", required: true, min: 1, max: 128, own: true, get: nameOf},
		{key: "description", typ: "String", max: 4000, get: unlessEmpty("description")},
		{key: "techniqueId", typ: "String", readOnly: true, get: xidOf},
		{key: "owner", typ: "String", create: true, own: true, get: func(_ *call, o *object) value { return textIfAny(ownerName(o.owner)) }},
		{key: "ownerName", typ: "String", create: true, own: true},
		{key: "lastUsed", typ: "Date", readOnly: true, get: editedOf},
		{key: "ownerId", typ: "Integer", create: true, own: true, show: "owner", get: unnested(ownerIDOf)},
	}
}

func attributeFields(k kind) func(*catalog) []field {
	idKey := kinds[k].parentKey
	return func(*catalog) []field {
		return []field{
			rowID(),
			{key: "dateAdded", typ: "Date", readOnly: true, get: addedOf},
			{key: "type", typ: "String", required: true, create: true, own: true, min: 1, get: typeOf},
			{key: "value", typ: "String", required: true, own: true, min: 1, get: nameOf},
			{key: "source", typ: "String", get: unlessEmpty("source")},
			{key: "createdBy", typ: "User", readOnly: true, print: userOf("createdBy")},
			{key: "lastModified", typ: "Date", readOnly: true, get: editedOf},
			{key: "pinned", typ: "Boolean", get: stored("pinned", truth(false))},
			{key: "default", typ: "Boolean", get: stored("default", truth(false))},
			{key: idKey, typ: "Integer", required: true, create: true, own: true, get: unnested(parentIDOf)},
			listOf("securityLabels", kLabel, nestedMax),
		}
	}
}

func labelFields(*catalog) []field {
	return []field{
		rowID(),
		{key: "name", typ: "String", readOnly: true, max: 50, get: nameOf},
		{key: "description", typ: "String", readOnly: true, max: 400, get: unlessEmpty("description")},
		{key: "color", typ: "String", readOnly: true, max: 10},
		{key: "owner", typ: "String", readOnly: true, get: func(_ *call, o *object) value { return text(cmp.Or(ownerName(o.owner), "System")) }},
		{key: "dateAdded", typ: "Date", readOnly: true, get: addedOf},
	}
}

// attributeTypeFields has the shape of attribute_types/retrieve.rst. The field
// mapping adds the object types; the shape of its entries is assumed.
func attributeTypeFields(*catalog) []field {
	return []field{
		rowID(),
		{key: "name", typ: "String", readOnly: true, get: nameOf},
		{key: "description", typ: "String", readOnly: true, get: unlessEmpty("description")},
		{key: "maxSize", typ: "Integer", readOnly: true},
		{key: "allowMarkdown", typ: "Boolean", readOnly: true},
		{key: "errorMessage", typ: "String", readOnly: true},
		{key: "validationRule", typ: "ValidationRule", readOnly: true, print: printRule},
		{key: "attributeTypeMappings", typ: "AttributeTypeMappings", list: true, readOnly: true, print: printMappings},
	}
}

func printRule(c *call, e *encoder, o *object, _ selection) {
	rule := c.st.types.byAttribute[o.name].Rule
	if rule == nil {
		return
	}
	e.key("validationRule")
	e.open('{')
	c.id(e, "id", o.id)
	e.str("name", rule.Name)
	e.str("text", rule.Text)
	e.str("type", rule.Type)
	e.str("version", "1")
	e.close('}')
}

func printMappings(c *call, e *encoder, o *object, sel selection) {
	if !sel.has("attributeTypeMappings") && !sel.has("mapping") && !sel.has("mappings") {
		return
	}
	at := c.st.types.byAttribute[o.name]
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

func artifactTypeFields(*catalog) []field {
	return []field{
		rowID(),
		{key: "name", typ: "String", readOnly: true, get: nameOf},
		{key: "description", typ: "String", readOnly: true, get: unlessEmpty("description")},
		{key: "dataType", typ: "String", readOnly: true},
		{key: "intelType", typ: "String", readOnly: true},
		{key: "derivedLink", typ: "Boolean", readOnly: true},
	}
}

func ownerFields(*catalog) []field {
	rows := []field{
		rowID(),
		{key: "name", typ: "String", readOnly: true, get: nameOf},
		{key: "type", typ: "String", readOnly: true, get: typeOf},
		{key: "ownerRole", typ: "String", readOnly: true, get: func(c *call, o *object) value { return text(c.user.roleIn(o.owner)) }},
	}
	for _, p := range permKeys {
		rows = append(rows, field{key: p, typ: "String", readOnly: true, get: permission(p)})
	}
	return rows
}

func permission(key string) getter {
	return func(c *call, o *object) value { return text(c.user.perm(o.owner, key)) }
}
