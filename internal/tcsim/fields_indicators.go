package tcsim

import (
	"net/url"
	"slices"
	"strings"
)

// indicatorFields is the table of /v3/indicators (indicators/fields.rst), with
// the values of each type under the labels of the type.
func indicatorFields(types *catalog) []field {
	file, host := []string{"File"}, []string{"Host"}
	var values []field
	for _, it := range types.indicatorTypes {
		for i, label := range it.Labels {
			values = append(values, field{key: label, typ: "String", create: true, own: true, types: []string{it.Name}, print: printValue(it, i)})
		}
	}
	return slices.Concat(intelHead("indicators"), []field{
		{key: "type", typ: "String", own: true, required: true, create: true, get: typeOf},
		{key: "lastModified", typ: "Date", readOnly: true, get: editedOf},
		{key: "rating", typ: "BigDecimal", max: 5},
		{key: "confidence", typ: "Integer", max: 100},
		{key: "description", typ: "String", readOnly: true, get: defaultAttribute("Description")},
		{key: "source", typ: "String", readOnly: true, get: defaultAttribute("Source")},
		{key: "summary", typ: "String", readOnly: true, get: nameOf},
		{key: "privateFlag", typ: "Boolean", get: stored("privateFlag", truth(false))},
		{key: "active", typ: "Boolean", get: stored("active", truth(true))},
		{key: "activeLocked", typ: "Boolean", get: stored("activeLocked", truth(false))},
	}, values, []field{
		{key: "dnsActive", typ: "Boolean", types: host},
		{key: "whoisActive", typ: "Boolean", types: host},
		{key: "size", typ: "Integer", types: file},
		{key: "falsePositiveFlag", typ: "Boolean", show: "falsePositives"},
		{key: "fileActions", typ: "FileActions", types: file, show: hidden},
		{key: "fileOccurrences", typ: "FileOccurrences", types: file, show: hidden},
		{key: "observations", typ: "Integer", show: "observations"},
		{key: "legacyLink", typ: "String", readOnly: true, notOld: true, get: (*call).legacyIndicatorLink},
		{key: "hostname", typ: "String", create: true, own: true, types: host}, // two examples of the docs spell it so
		{key: "value1", typ: "String", create: true, own: true},
		{key: "value2", typ: "String", create: true, own: true},
		{key: "value3", typ: "String", create: true, own: true},
	}, intelDates(), intelLists(kIndicatorAttribute))
}

// printValue prints a value under its label, or that of a custom type as value1..3
// on request (TcEx, object_collection_abc.py).
func printValue(it *indicatorType, i int) printer {
	number := "value" + itoa(int64(i+1))
	return func(c *call, e *encoder, o *object, sel selection) {
		key := it.Labels[i]
		if it.custom && sel.has("genericCustomIndicatorValues") {
			key = number
		}
		e.opt(key, o.value(i))
	}
}

// defaultAttribute is the value that the read-only keys description and source
// mirror: the default attribute of that type.
func defaultAttribute(typ string) getter {
	return func(_ *call, o *object) value {
		for _, a := range o.linked(kIndicatorAttribute) {
			if a.typ == typ && a.fields.get("default") == true {
				return text(a.name)
			}
		}
		return value{}
	}
}

// legacyIndicatorLink has the form of the sample in indicators/create.rst.
func (c *call) legacyIndicatorLink(o *object) value {
	word := strings.ToLower(c.st.types.indicatorType(o.typ).APIEntity)
	return text(c.baseURL() + "/auth/indicators/details/" + word + ".xhtml?" + word + "=" + url.QueryEscape(o.name) +
		"&owner=" + url.QueryEscape(ownerName(o.owner)))
}
