package stix

// kind is a type of STIX object.
type kind struct {
	name    string
	group   string // the type of group that it becomes, "" for none
	becomes string // what else becomes of it
	reason  string // why it is left out, "" if it can be carried
	bare    bool   // nothing is kept but what it associates

	rank  int // its place in manifests
	rules map[string]*rule
}

// kinds are the types of objects that are known, in the order in which their groups are
// written: an association stands at the group that comes first.
var kinds = []*kind{
	{name: "report", group: "Report"},
	{name: "grouping", group: "Report"},
	{name: "incident", group: "Incident"},
	{name: "campaign", group: "Campaign"},
	{name: "intrusion-set", group: "Intrusion Set"},
	{name: "threat-actor", group: "Adversary"},
	{name: "malware", group: "Malware"},
	{name: "tool", group: "Tool"},
	{name: "course-of-action", group: "Course of Action"},
	{name: "vulnerability", group: "Vulnerability"},
	{name: "attack-pattern", group: "Attack Pattern"},
	{name: "x-mitre-tactic", group: "Tactic"},
	{name: "indicator", becomes: "indicators for the values of its pattern; a Signature if the pattern is a rule of YARA, Sigma, Snort, Suricata, SPL or PCRE"},
	{name: "relationship", bare: true, becomes: "an association of groups, or of a group and indicators"},
	{name: "sighting", becomes: "an association of the group that was seen with what was observed"},
	{name: "observed-data", becomes: "what it refers to or contains, where groups refer to it"},
	{name: "identity", becomes: "attribute Source of what it has created"},
	{name: "marking-definition", becomes: "security label, for TLP"},
	{name: "note", becomes: "attribute Additional Analysis and Context of the groups that it is about"},
	{name: "opinion", becomes: "attribute Additional Analysis and Context of the groups that it is about"},

	{name: "autonomous-system", becomes: "indicator ASN"},
	{name: "domain-name", becomes: "indicator Host"},
	{name: "email-addr", becomes: "indicator EmailAddress"},
	{name: "email-message", becomes: "indicator Email Subject"},
	{name: "file", becomes: "indicator File, by its hashes"},
	{name: "ipv4-addr", becomes: "indicator Address or CIDR"},
	{name: "ipv6-addr", becomes: "indicator Address or CIDR"},
	{name: "mutex", becomes: "indicator Mutex"},
	{name: "network-traffic", becomes: "indicator User Agent, of a request over HTTP"},
	{name: "url", becomes: "indicator URL"},
	{name: "windows-registry-key", becomes: "indicators Registry Key, one for each value"},

	{name: "artifact", reason: noIndicatorType},
	{name: "directory", reason: noIndicatorType},
	{name: "mac-addr", reason: noIndicatorType},
	{name: "process", reason: noIndicatorType},
	{name: "software", reason: noIndicatorType},
	{name: "user-account", reason: noIndicatorType},
	{name: "x509-certificate", reason: noIndicatorType},
	{name: "infrastructure", reason: noGroupType},
	{name: "location", reason: noGroupType},
	{name: "malware-analysis", reason: noGroupType},
	{name: "language-content", reason: "ThreatConnect keeps one language"},
	{name: "extension-definition", reason: "it describes STIX itself"},
	{name: "x-mitre-analytic", reason: noGroupType},
	{name: "x-mitre-asset", reason: noGroupType},
	{name: "x-mitre-collection", reason: noGroupType},
	{name: "x-mitre-data-component", reason: noGroupType},
	{name: "x-mitre-data-source", reason: noGroupType},
	{name: "x-mitre-detection-strategy", reason: noGroupType},
	{name: "x-mitre-matrix", reason: noGroupType},
}

const (
	noGroupType     = "ThreatConnect has no such type of group"
	noIndicatorType = "ThreatConnect has no such type of indicator"
)

var kindsByName = func() map[string]*kind {
	out := map[string]*kind{}
	for i, k := range kinds {
		k.rank = i
		out[k.name] = k
	}
	return out
}()

// kindOf is the kind of a type. Any other type is one that is left out.
func kindOf(typ string) *kind {
	if k, ok := kindsByName[typ]; ok {
		return k
	}
	return &kind{name: typ, reason: noGroupType, rank: len(kinds)}
}

// isObservable reports whether objects of the kind are found in observations.
func (k *kind) isObservable() bool {
	return k.rank >= kindsByName["autonomous-system"].rank && k.reason == ""
}

// property is the rule for a property of the kind.
func (k *kind) property(name string) *rule {
	if r, ok := k.rules[name]; ok {
		return r
	}
	return &unplaced
}
