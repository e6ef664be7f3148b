package tcsim

import (
	"net/url"
	"strings"
)

// indicatorSpecs is the field table of /v3/indicators (indicators/fields.rst).
func indicatorSpecs(types *catalog) []fieldSpec {
	file, host := []string{"File"}, []string{"Host"}
	specs := []fieldSpec{
		{key: "type", typ: "String", own: true, required: true, create: true, desc: "The **type** for the Indicator."},
		{key: "ownerId", typ: "Integer", own: true, create: true, desc: "The id of the Organization, Community, or Source that the item belongs to."},
		{key: "ownerName", typ: "String", own: true, create: true, desc: "The name of the Organization, Community, or Source that the item belongs to."},
		{key: "rating", typ: "BigDecimal", max: 5, desc: "The indicator threat rating."},
		{key: "confidence", typ: "Integer", max: 100, desc: "The indicator threat confidence."},
		{key: "active", typ: "Boolean", desc: "Is the indicator active?"},
		{key: "activeLocked", typ: "Boolean", desc: "Lock the indicator active value?"},
		{key: "privateFlag", typ: "Boolean", desc: "Is this indicator private?"},
		{key: "falsePositiveFlag", typ: "Boolean", desc: "Is this indicator a false positive?"},
		{key: "observations", typ: "Integer", desc: "The number of observations."},
		{key: "dnsActive", typ: "Boolean", appliesTo: host, desc: "Is dns active for the indicator?"},
		{key: "whoisActive", typ: "Boolean", appliesTo: host, desc: "Is whois active for the indicator?"},
		{key: "size", typ: "Integer", appliesTo: file, desc: "The size of the file."},
		{key: "fileActions", typ: "FileActions", appliesTo: file, desc: "The type of file action."},
		{key: "fileOccurrences", typ: "FileOccurrences", appliesTo: file, desc: "A list of file occurrences."},
		{key: "firstSeen", typ: "Date", desc: "The date and time that the item was first seen."},
		{key: "lastSeen", typ: "Date", desc: "The date and time that the item was last seen."},
		{key: "externalDateAdded", typ: "Date", desc: "The date and time that the item was first created externally."},
		{key: "externalDateExpires", typ: "Date", desc: "The date and time the item expires externally."},
		{key: "externalLastModified", typ: "Date", desc: "The date and time the item was modified externally."},
		{key: "attributes", typ: "IndicatorAttributes", list: true, maxSize: nestedMax},
		{key: "tags", typ: "Tags", list: true, maxSize: nestedMax},
		{key: "securityLabels", typ: "SecurityLabels", list: true, maxSize: nestedMax},
		{key: "associatedArtifacts", typ: "Artifacts", list: true, maxSize: nestedMax},
		{key: "associatedCases", typ: "Cases", list: true, maxSize: nestedMax},
		{key: "associatedGroups", typ: "Groups", list: true},
		{key: "associatedIndicators", typ: "Indicators", list: true},
		{key: "id", typ: "Integer", readOnly: true},
		{key: "dateAdded", typ: "Date", readOnly: true},
		{key: "lastModified", typ: "Date", readOnly: true},
		{key: "description", typ: "String", readOnly: true},
		{key: "source", typ: "String", readOnly: true},
		{key: "summary", typ: "String", readOnly: true},
		{key: "webLink", typ: "String", readOnly: true},
		{key: "legacyLink", typ: "String", readOnly: true},
	}
	for _, it := range types.indicatorTypes {
		for _, label := range it.Labels {
			specs = append(specs, fieldSpec{key: label, typ: "String", create: true, own: true, appliesTo: []string{it.Name}})
		}
	}
	for _, k := range []string{"value1", "value2", "value3", "hostname"} {
		specs = append(specs, fieldSpec{key: k, typ: "String", create: true, own: true})
	}
	return specs
}

var indicatorFieldDocs = []fieldDoc{
	{"associatedArtifacts", "Includes associated Artifacts", false},
	{"associatedCases", "Includes associated Cases", false},
	{"associatedGroups", "Includes associated Groups", false},
	{"associatedIndicators", "Includes associated Indicators", false},
	{"attributes", "Includes attributes", false},
	{"customAssociationNames", "Includes the names of custom associations", false},
	{"dnsResolution", "Includes DNS resolutions", false},
	{"enrichment", "Includes enrichment data", false},
	{"externalDates", "Includes externalDateAdded, externalDateExpires and externalLastModified", false},
	{"falsePositives", "Includes false positives", false},
	{"fileActions", "Includes file actions", false},
	{"fileOccurrences", "Includes file occurrences", false},
	{"genericCustomIndicatorValues", "Includes value1 to value3 for custom types", false},
	{"geoLocation", "Includes the location", false},
	{"observations", "Includes observations", false},
	{"securityLabels", "Includes Security Labels", false},
	{"sightings", "Includes firstSeen and lastSeen", false},
	{"tags", "Includes Tags", false},
	{"threatAssess", "Includes ThreatAssess", false},
	{"whoIs", "Includes WhoIs", false},
}

// legacyIndicatorLink has the form of the sample in indicators/create.rst.
func (c *call) legacyIndicatorLink(o *object, it *indicatorType) string {
	word := strings.ToLower(it.APIEntity)
	return c.baseURL() + "/auth/indicators/details/" + word + ".xhtml?" + word + "=" + url.QueryEscape(o.name) +
		"&owner=" + url.QueryEscape(ownerName(o.owner))
}
