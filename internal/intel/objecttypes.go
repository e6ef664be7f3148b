package intel

// artifactFields, caseFields and victimAssetFields are the scalars of objects
// that are created inline. Source: developer docs, rest_api/v3/artifacts,
// cases and victim_assets fields pages; OPTIONS recordings of 7.11.
var (
	artifactFields = []FieldSpec{
		{Name: "caseId", Kind: Integer, Min: 1},
		{Name: "caseXid"},
		{Name: "source", MaxLen: 100},
		{Name: "fieldName", MaxLen: 100},
		{Name: "derivedLink", Kind: Bool},
		{Name: "fileData"},
		{Name: "hashCode"},
	}
	caseFields = []FieldSpec{
		{Name: "severity", Required: true, Values: []string{"Low", "Medium", "High", "Critical"}},
		{Name: "status", Required: true, Values: []string{"Open", "Closed"}},
		{Name: "description", MaxLen: 1500},
		{Name: "resolution", Values: []string{
			"Containment Achieved", "Deferred / Delayed", "Escalated", "False Positive",
			"In Progress / Investigating", "Not Specified", "Rejected", "Restoration Achieved",
		}},
		{Name: "xid", MinLen: 10, MaxLen: 100},
		{Name: "caseOpenTime", Kind: Date},
		{Name: "caseCloseTime", Kind: Date},
		{Name: "caseDetectionTime", Kind: Date},
		{Name: "caseOccurrenceTime", Kind: Date},
	}
	victimAssetFields = []FieldSpec{
		{Name: "victimId", Kind: Integer, Min: 1, Required: true},
		{Name: "addressType", only: "EmailAddress"},
		{Name: "networkType", only: "NetworkAccount"},
		{Name: "socialNetwork", only: "SocialNetwork"},
	}
	indicatorFields = []FieldSpec{
		{Name: "rating", Kind: Decimal, Max: 5},
		{Name: "confidence", Kind: Integer, Max: 100},
		{Name: "active", Kind: Bool},
		{Name: "activeLocked", Kind: Bool},
		{Name: "privateFlag", Kind: Bool},
		{Name: "falsePositiveFlag", Kind: Bool},
		{Name: "observations", Kind: Integer},
		{Name: "firstSeen", Kind: Date, ReadWith: "sightings"},
		{Name: "lastSeen", Kind: Date, ReadWith: "sightings"},
		{Name: "externalDateAdded", Kind: Date, ReadWith: "externalDates"},
		{Name: "externalDateExpires", Kind: Date, ReadWith: "externalDates"},
		{Name: "externalLastModified", Kind: Date, ReadWith: "externalDates"},
		{Name: "size", Kind: Integer, only: "File"},
		{Name: "dnsActive", Kind: Bool, only: "Host"},
		{Name: "whoisActive", Kind: Bool, only: "Host"},
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
