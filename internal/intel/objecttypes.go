package intel

// artifactFields, caseFields and victimAssetFields are the scalars of objects
// that are created inline. Source: developer docs, rest_api/v3/artifacts,
// cases and victim_assets fields pages; OPTIONS recordings of 7.11.
var (
	artifactFields = []FieldSpec{
		{Name: "caseId", About: "ID of the case that it belongs to", Kind: Integer, Min: 1},
		{Name: "caseXid", About: "xid of the case that it belongs to, in place of `caseId`"},
		{Name: "source", About: "where it comes from", MaxLen: 100},
		{Name: "fieldName", About: "name of the field that it comes from", MaxLen: 100},
		{Name: "derivedLink", About: "whether cases with the same artifact are linked", Kind: Bool},
		{Name: "fileData", About: "content of a file, in Base64"},
		{Name: "hashCode", About: "hash of the file"},
	}
	caseFields = []FieldSpec{
		{Name: "severity", About: "how severe it is", Required: true, Values: []string{"Low", "Medium", "High", "Critical"}},
		{Name: "status", About: "whether it is still open", Required: true, Values: []string{"Open", "Closed"}},
		{Name: "description", About: "what it is about", MaxLen: 1500},
		{Name: "resolution", About: "how it ended", Values: []string{
			"Containment Achieved", "Deferred / Delayed", "Escalated", "False Positive",
			"In Progress / Investigating", "Not Specified", "Rejected", "Restoration Achieved",
		}},
		{Name: "xid", About: "an xid of your own; the default is derived from the name", MinLen: 10, MaxLen: 100},
		{Name: "caseOpenTime", About: "when it was opened", Kind: Date},
		{Name: "caseCloseTime", About: "when it was closed", Kind: Date},
		{Name: "caseDetectionTime", About: "when the incident was detected", Kind: Date},
		{Name: "caseOccurrenceTime", About: "when the incident happened", Kind: Date},
	}
	victimAssetFields = []FieldSpec{
		{Name: "victimId", About: "ID of the victim that it belongs to", Kind: Integer, Min: 1, Required: true},
		{Name: "addressType", About: "what kind of address it is", only: "EmailAddress"},
		{Name: "networkType", About: "network of the account", only: "NetworkAccount"},
		{Name: "socialNetwork", About: "social network of the account", only: "SocialNetwork"},
	}
	indicatorFields = []FieldSpec{
		{Name: "rating", About: "threat rating, in skulls", Kind: Decimal, Max: 5},
		{Name: "confidence", About: "confidence in the rating, in percent", Kind: Integer, Max: 100},
		{Name: "active", About: "whether it is active", Kind: Bool},
		{Name: "activeLocked", About: "whether the instance leaves `active` as it is", Kind: Bool},
		{Name: "privateFlag", About: "whether it is private", Kind: Bool},
		{Name: "falsePositiveFlag", About: "whether it is reported as a false positive", NotInJob: true, Kind: Bool},
		{Name: "observations", About: "how often it was observed", NotInJob: true, Kind: Integer},
		{Name: "firstSeen", About: "when it was first seen", Kind: Date, ReadWith: "sightings"},
		{Name: "lastSeen", About: "when it was last seen", Kind: Date, ReadWith: "sightings"},
		{Name: "externalDateAdded", About: "when it was added at its source", Kind: Date, ReadWith: "externalDates"},
		{Name: "externalDateExpires", About: "when it expires at its source", Kind: Date, ReadWith: "externalDates"},
		{Name: "externalLastModified", About: "when it was last changed at its source", Kind: Date, ReadWith: "externalDates"},
		{Name: "size", About: "size of the file in bytes", Kind: Integer, only: "File"},
		{Name: "dnsActive", About: "whether the instance resolves the host name", NotInJob: true, Kind: Bool, only: "Host"},
		{Name: "whoisActive", About: "whether the instance asks who has registered the host name", NotInJob: true, Kind: Bool, only: "Host"},
	}
)

// artifactTypes are the artifact types of an instance as it is delivered; its
// own list counts (GET /v3/artifactTypes). They are not the indicator types:
// IP Address and Email Address are their names for Address and EmailAddress.
// Source: OPTIONS recording of product version 7.11.
var artifactTypes = []string{
	"ASN", "Asset Group ID", "Bitcoin Wallet Address", "Blackberry Address", "CIDR", "Certificate File", "Command",
	"Credential ID", "Credit Card Number", "Cryptocurrency Address", "Document Metadata", "Email Address",
	"Email Attachment File", "Email Attachment File Name", "Email Body", "Email Message File", "Email Subject",
	"Event File", "Exploit ID", "File Hash", "Filter ID", "Hardware ID/Serial Number", "Hashtag", "Host", "ICQ Number",
	"IMEI Number", "IP Address", "Image File", "Image file hash", "Imphash", "Log File", "MAC Address", "Mutex",
	"PCAP File", "PIR ID", "Password", "Phone Number", "Physical Address", "Policy ID", "Port Number", "Process Name",
	"Protocol Number", "Registry Key", "Report Serial ID", "Results ID", "SIEM ID", "SIP Address", "SSDEEP Hash",
	"SSL Certificate Hash", "SSL Certificate Issuer DN", "SSL Certificate Names", "SSL Certificate Subject DN",
	"SSL Certificate Validity Timestamp", "Screenshot File", "Sentinel Incident ID", "Service Name", "Skype Address",
	"Social Media Handle", "Source", "Tactic ID", "Technique ID", "Ticket ID", "Timestamp", "URL", "User Agent",
	"VirusTotal Submitter Hash", "Vulnerability Detection ID", "Vulnerability ID", "XMPP Address",
}

// VictimAssetType is a type of victim asset and the field that holds its value.
type VictimAssetType struct {
	Name      string
	Value     string // field that holds the value
	Qualifier string // field that an instance may demand beside it, "" for none
}

// VictimAssetTypes is the table of victim asset types.
// Source: developer docs, rest_api/v3/victim_assets/fields.rst.
var VictimAssetTypes = []VictimAssetType{
	{"EmailAddress", "address", "addressType"},
	{"NetworkAccount", "accountName", "networkType"},
	{"Phone", "phone", ""},
	{"SocialNetwork", "accountName", "socialNetwork"},
	{"WebSite", "website", ""},
}

var (
	victimAssetTypes     = indexed(VictimAssetTypes, func(t *VictimAssetType) string { return t.Name })
	victimAssetTypeNames = victimAssetTypes.names
)
