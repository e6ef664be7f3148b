package tcsim

import (
	_ "embed"
	"strconv"
	"strings"
)

// The lists of an instance, one entry a line:
var (
	// techniqueList are the techniques of MITRE ATT&CK (Enterprise, Mobile, ICS)
	// that the instance has as tags. A line is a technique with its
	// sub-techniques: "T1001 Data Obfuscation|001 Junk Data". An instance shows
	// the latter as "T1001.001 - Data Obfuscation: Junk Data".
	//go:embed data/techniques.txt
	techniqueList string

	// attributeTypeTable are the usual attribute types as "name|maxSize". Names
	// and sizes are those commonly seen; the sizes of the long texts are generous,
	// as on a real instance.
	//go:embed data/attribute-types.txt
	attributeTypeTable string

	// artifactTypeList are the types of the OPTIONS recording 7.11 (artifacts).
	//go:embed data/artifact-types.txt
	artifactTypeList string
)

var artifactTypes = strings.Split(strings.TrimSpace(artifactTypeList), "\n")

// eventTypes come from the batch docs (v2_batch_api.rst).
var eventTypes = []string{
	"Alert", "Alert [flash]", "Alert [hyper-local]", "Alert [local]", "Alert [urgent]", "Breach", "Campaign",
	"Compliance / Regulatory", "Disclosure", "Emerging Threat", "Exercise", "Exposure", "Finding [Compliance violations]",
	"Finding [Configuration weaknesses]", "Finding [Missing patches]", "Finding [Security posture gaps]", "Investigation",
	"None", "Operation", "Physical Security", "Response Action", "Social Engineering (non-phishing)",
	"Third Party Reported", "Trend",
}

// artifactIntelTypes are the indicator types that artifact types stand for.
var artifactIntelTypes = map[string]string{
	"ASN": "indicator-ASN", "CIDR": "indicator-CIDR", "Email Address": "indicator-EmailAddress",
	"Email Subject": "indicator-Email Subject", "File Hash": "indicator-File", "Hashtag": "indicator-Hashtag",
	"Host": "indicator-Host", "IP Address": "indicator-Address", "Mutex": "indicator-Mutex",
	"Registry Key": "indicator-Registry Key", "URL": "indicator-URL", "User Agent": "indicator-User Agent",
}

// ruledAttributeTypes have a validation rule, a cap or a narrower mapping.
var ruledAttributeTypes = []AttributeType{
	{Name: "Phase of Intrusion", MaxSize: 500, ErrorMessage: "Please select a valid Phase of Intrusion.", Rule: &Rule{
		"Phase of Intrusion", "SelectOne", "Reconnaissance;Weaponization;Delivery;Exploitation;Installation;C2;Action on Objectives;"}},
	{Name: "Impact Score", MaxSize: 100, ErrorMessage: "Please enter a valid Impact Score.", Rule: &Rule{"Impact Score", "Integer", "0:100"}},
	{Name: "CVE ID", MaxSize: 100, ErrorMessage: "Please enter a valid CVE ID.", Rule: &Rule{"CVE ID", "Regex", `CVE-[0-9]{4}-[0-9]{4,}`}},
	{Name: "Discovery Date", MaxSize: 100, ErrorMessage: "Please enter a valid Discovery Date.", Rule: &Rule{"Discovery Date", "Date", ""}},
	{Name: "Physical Impact", MaxSize: 500, ErrorMessage: "Please enter a valid Physical Impact.", Rule: &Rule{"Physical Impact", "SelectRadio", "Yes;No;Unknown;"}},
	{Name: "Report Author", MaxSize: 500, AppliesTo: []string{"Report", "Document"}},
	{Name: "Incident Severity", MaxSize: 500, AppliesTo: []string{"Incident"}, MaxAllowed: 1, Rule: &Rule{"Incident Severity", "SelectOne", "Low;Medium;High;Critical;"}},
}

func builtinAttributeTypes() []AttributeType {
	var types []AttributeType
	for line := range strings.Lines(attributeTypeTable) {
		name, size, _ := strings.Cut(strings.TrimSpace(line), "|")
		n, err := strconv.Atoi(size)
		if err != nil {
			panic("tcsim: attribute-types.txt: " + line)
		}
		types = append(types, AttributeType{Name: name, MaxSize: n, AllowMarkdown: n >= 65535, System: true,
			Description: "The " + name + " of the object.", ErrorMessage: "Please enter valid " + name + "."})
	}
	for _, at := range ruledAttributeTypes {
		at.System = true
		types = append(types, at)
	}
	return types
}

// systemLabels are the TLP labels in the spellings of 1.0 and 2.0 (prefix and
// color as in security_labels samples).
var systemLabels = []SecurityLabel{
	{Name: "TLP:RED", Color: "FF2B2B", Description: "Not for disclosure, restricted to participants only."},
	{Name: "TLP:AMBER", Color: "FFC000", Description: "Limited disclosure, restricted to participants' organizations."},
	{Name: "TLP:GREEN", Color: "33FF00", Description: "Limited disclosure, restricted to the community."},
	{Name: "TLP:WHITE", Color: "FFFFFF", Description: "Disclosure is not limited."},
	{Name: "TLP:CLEAR", Color: "FFFFFF", Description: "Disclosure is not limited."},
	{Name: "TLP:AMBER+STRICT", Color: "FFC000", Description: "Limited disclosure, restricted to participants' organization only."},
}
