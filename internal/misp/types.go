package misp

import "strings"

// place is what becomes of an attribute, or of one of its values.
type place struct {
	indicator string // type of indicator
	field     string // of the type; "" for its only value
	group     string // type of group
	language  string // of the rule, for a Signature
	attribute string // type of attribute of the group that the event is
	tag       bool   // tag of the group that the event is
	fact      string // what the indicator beside it is told of it, by this name
	reason    string // why it is left out
}

// attributeType is a type of attribute. The values of some are joined with a bar.
type attributeType struct {
	names  []string
	places []place
}

const (
	noIndicatorType = "ThreatConnect has no such type of indicator"
	otherHash       = "a File has an MD5, SHA-1 and SHA-256"
	onlyBeside      = "it has a place only beside an indicator of its object"
	aboutPeople     = "it is about a person or an account"
	aboutVictims    = "it is about a victim"
	aFile           = "the content of files is not carried"
	notOne          = "its type is not one of MISP"
	partOfFile      = "it is the hash of a part of a file"
)

func only(p place) []place { return []place{p} }

func hashed(field string) []place {
	return []place{{fact: "Filename"}, {indicator: "File", field: field}}
}

// attributeTypes are the types of attributes of MISP.
var attributeTypes = []attributeType{
	{[]string{"ip-src", "ip-dst"}, only(place{indicator: "Address"})},
	{[]string{"ip-src|port", "ip-dst|port"}, []place{{indicator: "Address"}, {fact: "Port"}}},
	{[]string{"domain", "hostname", "onion-address"}, only(place{indicator: "Host"})},
	{[]string{"hostname|port"}, []place{{indicator: "Host"}, {fact: "Port"}}},
	{[]string{"domain|ip"}, []place{{indicator: "Host"}, {indicator: "Address"}}},
	{[]string{"url", "uri"}, only(place{indicator: "URL"})},
	{[]string{"email", "email-src", "email-dst", "email-reply-to", "whois-registrant-email", "dns-soa-email"}, only(place{indicator: "EmailAddress"})},
	{[]string{"email-subject"}, only(place{indicator: "Email Subject"})},
	{[]string{"user-agent"}, only(place{indicator: "User Agent"})},
	{[]string{"mutex"}, only(place{indicator: "Mutex"})},
	{[]string{"AS"}, only(place{indicator: "ASN"})},
	{[]string{"md5"}, only(place{indicator: "File", field: "md5"})},
	{[]string{"sha1"}, only(place{indicator: "File", field: "sha1"})},
	{[]string{"sha256"}, only(place{indicator: "File", field: "sha256"})},
	{[]string{"filename|md5", "malware-sample"}, hashed("md5")},
	{[]string{"filename|sha1"}, hashed("sha1")},
	{[]string{"filename|sha256"}, hashed("sha256")},
	{[]string{"regkey"}, only(place{indicator: "Registry Key", field: "Key Name"})},
	{[]string{"regkey|value"}, []place{{indicator: "Registry Key", field: "Key Name"}, {fact: "Value"}}},

	{[]string{"vulnerability"}, only(place{group: "Vulnerability"})},
	{[]string{"yara"}, only(place{group: signature, language: "YARA"})},
	{[]string{"sigma"}, only(place{group: signature, language: "Sigma"})},
	{[]string{"snort"}, only(place{group: signature, language: "Snort"})},
	{[]string{"suricata"}, only(place{group: signature, language: "Suricata"})},
	{[]string{"bro", "zeek"}, only(place{group: signature, language: "Bro"})},
	{[]string{"kusto-query"}, only(place{group: signature, language: "KQL"})},

	{[]string{"link"}, only(place{attribute: source})},
	{[]string{"text", "comment", "other"}, only(place{attribute: analysis})},
	{[]string{"threat-actor", "campaign-name", "malware-type"}, only(place{tag: true})},

	{[]string{"sha224", "sha384", "sha512", "sha512/224", "sha512/256", "sha3-224", "sha3-256", "sha3-384", "sha3-512", "ssdeep", "imphash", "impfuzzy", "authentihash",
		"pehash", "vhash", "telfhash", "tlsh", "cdhash", "dom-hash",
		"filename|sha224", "filename|sha384", "filename|sha512", "filename|sha512/224", "filename|sha512/256", "filename|sha3-224", "filename|sha3-256",
		"filename|sha3-384", "filename|sha3-512", "filename|ssdeep", "filename|imphash", "filename|impfuzzy", "filename|authentihash", "filename|pehash",
		"filename|vhash", "filename|tlsh"}, only(place{reason: otherHash})},
	{[]string{"filename", "size-in-bytes", "mime-type", "port", "counter", "datetime", "float", "integer", "boolean", "hex", "pdb", "process-state", "http-method", "email-body",
		"email-header", "email-message-id", "email-mime-boundary", "email-thread-index", "email-x-mailer", "email-attachment", "email-src-display-name",
		"email-dst-display-name", "dkim", "dkim-signature", "cpe", "weakness", "whois-registrar", "whois-registrant-name", "whois-registrant-org",
		"whois-registrant-phone", "whois-creation-date", "campaign-id"}, only(place{reason: onlyBeside})},
	{[]string{"ja3-fingerprint-md5", "jarm-fingerprint", "favicon-mmh3", "hassh-md5", "hasshserver-md5", "x509-fingerprint-md5", "x509-fingerprint-sha1",
		"x509-fingerprint-sha256", "ssh-fingerprint", "community-id", "mac-address", "mac-eui-64", "named pipe", "cookie", "windows-scheduled-task", "windows-service-name",
		"windows-service-displayname", "mobile-application-id", "azure-application-id", "chrome-extension-id", "git-commit-id", "github-repository", "pattern-in-file",
		"pattern-in-traffic", "pattern-in-memory", "pattern-filename", "filename-pattern", "stix2-pattern", "gene", "cortex", "anonymised", "pgp-public-key", "pgp-private-key",
		"btc", "dash", "xmr"}, only(place{reason: noIndicatorType})},
	{[]string{"target-user", "target-email", "target-machine", "target-org", "target-location", "target-external"}, only(place{reason: aboutVictims})},
	{[]string{"attachment"}, only(place{reason: aFile})},
	{[]string{"iban", "bic", "bank-account-nr", "aba-rtn", "bin", "cc-number", "prtn", "phone-number", "github-username", "github-organisation", "jabber-id", "twitter-id",
		"eppn", "first-name", "middle-name", "last-name", "full-name", "date-of-birth", "place-of-birth", "gender", "passport-number", "passport-country",
		"passport-expiration", "redress-number", "nationality", "visa-number", "issue-date-of-the-visa", "primary-residence", "country-of-residence",
		"special-service-request", "frequent-flyer-number", "travel-details", "payment-details", "place-port-of-original-embarkation", "place-port-of-clearance",
		"place-port-of-onward-foreign-destination", "passenger-name-record-locator-number", "identity-card-number"}, only(place{reason: aboutPeople})},
}

// partsOfFiles are objects whose hashes are none of a whole file.
var partsOfFiles = []string{"pe-section", "elf-section", "macho-section"}

var placesByType = func() map[string][]place {
	out := map[string][]place{}
	for _, t := range attributeTypes {
		for _, name := range t.names {
			out[name] = t.places
		}
	}
	return out
}()

// placesOf are what becomes of the values of an attribute.
func placesOf(typ string) []place {
	if p, ok := placesByType[typ]; ok {
		return p
	}
	return only(place{reason: notOne})
}

// divided are the values of an attribute, one for each place. The name of a file can have
// a bar itself.
func divided(value string, places []place) []string {
	at := strings.Index(value, "|")
	if places[0].fact != "" {
		at = strings.LastIndex(value, "|")
	}
	if len(places) == 1 || at < 0 {
		return []string{value, ""}[:len(places)]
	}
	return []string{value[:at], value[at+1:]}
}

// extensions are those of the files of rules.
var extensions = map[string]string{"YARA": ".yar", "Sigma": ".yml", "Snort": ".rules", "Suricata": ".rules", "Bro": ".zeek", "KQL": ".kql"}
