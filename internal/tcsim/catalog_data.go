package tcsim

import "strings"

// eventTypes come from the batch docs (v2_batch_api.rst).
var eventTypes = []string{
	"Alert", "Alert [flash]", "Alert [hyper-local]", "Alert [local]", "Alert [urgent]", "Breach", "Campaign",
	"Compliance / Regulatory", "Disclosure", "Emerging Threat", "Exercise", "Exposure", "Finding [Compliance violations]",
	"Finding [Configuration weaknesses]", "Finding [Missing patches]", "Finding [Security posture gaps]", "Investigation",
	"None", "Operation", "Physical Security", "Response Action", "Social Engineering (non-phishing)",
	"Third Party Reported", "Trend",
}

// artifactTypes are those of the OPTIONS recording 7.11 (artifacts).
var artifactTypes = strings.Split("Sentinel Incident ID, Host, URL, IP Address, User Agent, ASN, Mutex, CIDR, Log File, Event File, PCAP File, "+
	"Screenshot File, Certificate File, Phone Number, Physical Address, Bitcoin Wallet Address, Cryptocurrency Address, ICQ Number, "+
	"XMPP Address, SIP Address, Technique ID, MAC Address, Blackberry Address, Skype Address, IMEI Number, Credit Card Number, "+
	"VirusTotal Submitter Hash, Process Name, Password, SIEM ID, SSDEEP Hash, Imphash, Image File, Hardware ID/Serial Number, "+
	"Timestamp, Document Metadata, Social Media Handle, Image file hash, SSL Certificate Hash, SSL Certificate Subject DN, "+
	"SSL Certificate Issuer DN, SSL Certificate Validity Timestamp, SSL Certificate Names, Command, Source, Email Message File, "+
	"Tactic ID, Vulnerability ID, Vulnerability Detection ID, Asset Group ID, Credential ID, Policy ID, Results ID, Ticket ID, "+
	"Filter ID, Exploit ID, Report Serial ID, PIR ID, Port Number, Service Name, Protocol Number, File Hash, Registry Key, "+
	"Email Address, Email Body, Email Attachment File, Email Attachment File Name, Email Subject, Hashtag", ", ")

// artifactIntelTypes are the indicator types that artifact types stand for.
var artifactIntelTypes = map[string]string{
	"ASN": "indicator-ASN", "CIDR": "indicator-CIDR", "Email Address": "indicator-EmailAddress",
	"Email Subject": "indicator-Email Subject", "File Hash": "indicator-File", "Hashtag": "indicator-Hashtag",
	"Host": "indicator-Host", "IP Address": "indicator-Address", "Mutex": "indicator-Mutex",
	"Registry Key": "indicator-Registry Key", "URL": "indicator-URL", "User Agent": "indicator-User Agent",
}

// attributeTypeTable lists the usual attribute types of an instance as
// "name|maxSize". Names and sizes are those commonly seen; the sizes of the long
// texts are generous, as on a real instance.
const attributeTypeTable = `
Additional Analysis and Context|65535
Adversary Motivation Type|500
Adversary Ownership|500
Adversary Type|500
Aliases|1000
Associated Malware|1000
Attack Pattern Type|500
Attribution|1000
Author|500
Behavior|65535
CAPEC ID|100
Campaign Objective|65535
Capabilities|65535
Carriers|500
Category|500
Collateral Damage Potential|500
Common Vulnerability Scoring System|500
Confidence|500
Contributors|2000
Course of Action Recommendation|65535
Course of Action Taken|65535
CVE|500
CVSS Score|100
CVSS v2|500
CVSS v3|500
CVSS v3 Base Score|100
CVSS v3 Vector String|500
CVSS v4|500
CWE|500
Data Sources|65535
Date Added to Catalog|100
Date of Discovery|100
Defense Bypassed|2000
Description|65535
Detection|65535
Detection Method|65535
Due Date|100
EPSS Score|100
Effective Permissions|500
Email Address|500
Evidence|65535
Exploit Status|500
Exploitability|500
External Date Created|100
External Date Last Modified|100
External ID|500
External References|65535
File Type|500
First Seen|100
Geopolitical Region|500
Goals|65535
Identified Vulnerability|500
Impact|65535
Impacted Products|65535
Incident Category|500
Industry|500
Infrastructure|65535
Intent|65535
Intrusion Set Type|500
Kill Chain|500
Killchain Phase|500
Known Ransomware Campaign Use|100
Last Seen|100
Loss Type|500
MITRE ATT&CK Domain|500
MITRE ID|100
Malware Family|500
Malware Type|500
Mitigation|65535
Modus Operandi|65535
Motivation|1000
Motive|1000
Nationality|500
Notes|65535
Objective|65535
Origin Country|500
Patch Available|100
Permissions Required|500
Persona|1000
Platform|500
Platforms|2000
Priority|500
Product|500
Published Date|100
Ransom Note|65535
References|65535
Related CVE|500
Remediation|65535
Remediation Due Date|100
Report Type|500
Requirement|65535
Required Action|65535
Revoked|100
Role|500
Severity|500
Sophistication|500
Source|500
Source Date Time|100
Source Reliability|500
Source URL|2000
STIX ID|500
STIX Indicator Pattern|65535
Synonyms|1000
System Requirements|65535
Tactics, Techniques, and Procedures|65535
Target Country|500
Target Industry Sector|500
Target Platform|500
Targeted Country|500
Targeted Industry|500
Technical Details|65535
Threat Actor Type|500
Threat Level|500
Threat Type|500
Timeline|65535
Title|1000
Tool Type|500
Tool Variant|500
Toolset|1000
URL|2000
Vendor|500
Version|500
Victim Country|500
Victimology|65535
Vulnerability Name|500
Vulnerability Type|500
Weakness|500
Workaround|65535
`

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
		name, size, ok := strings.Cut(strings.TrimSpace(line), "|")
		if !ok {
			continue
		}
		n := 0
		for _, d := range size {
			n = n*10 + int(d-'0')
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
