package misp

import "slices"

// The classes of what MISP writes.
const (
	ofEvent     = "event"
	ofAttribute = "attribute"
	ofObject    = "object"
	ofCluster   = "galaxy cluster"
	ofRelation  = "cluster relation"
	ofReference = "object reference"
	ofReport    = "event report"
	ofEntry     = "feed entry"
)

// rule says what becomes of a property.
type rule struct {
	names  []string
	of     []string
	form   form
	place  string // in ThreatConnect; "" for what is about MISP, and not about the threat
	reason string // why it is left out
}

// noPlace is why most properties are left out.
const noPlace = "no place in ThreatConnect"

// rules are the properties that are known. What is not here is left out.
var rules = []rule{
	{names: []string{"uuid"}, of: []string{ofEvent}, form: aText, place: "key of the Report"},
	{names: []string{"info"}, of: []string{ofEvent}, form: aText, place: "name; one of more than 200 characters is shortened, and is whole in the attribute Description"},
	{names: []string{"date"}, of: []string{ofEvent}, form: aTime, place: "publishDate"},
	{names: []string{"timestamp"}, of: []string{ofEvent}, form: aTime, place: "externalLastModified; the newest version counts"},
	{names: []string{"threat_level_id"}, of: []string{ofEvent}, form: aText, place: "tag `misp:threat-level=\"high-risk\"`, medium-risk or low-risk"},
	{names: []string{"analysis"}, of: []string{ofEvent}, form: aText, place: "attribute Additional Analysis and Context: initial, ongoing or completed"},
	{names: []string{"Orgc"}, of: []string{ofEvent}, place: "attribute Source: the name of the organisation"},
	{names: []string{"EventReport"}, of: []string{ofEvent}, form: aList, place: "attributes Additional Analysis and Context"},
	{names: []string{"extends_uuid"}, of: []string{ofEvent}, form: aText, place: "association with that event"},
	{names: []string{"Attribute", "Object"}, of: []string{ofEvent}, place: "associated indicators and groups"},
	{names: []string{"RelatedEvent"}, of: []string{ofEvent}, reason: "events are related by what they share"},
	{names: []string{"Tag"}, of: []string{ofEvent, ofAttribute}, form: aList, place: "tags; `tlp:` security labels; `misp-galaxy:` associated groups"},
	{names: []string{"Galaxy"}, of: []string{ofEvent, ofAttribute}, form: aList, place: "associated groups"},

	{names: []string{"uuid"}, of: []string{ofAttribute, ofObject}, form: aText, place: "key of a Signature; named where something is left out"},
	{names: []string{"type", "value"}, of: []string{ofAttribute}, form: aText, place: "the indicator, group or attribute"},
	{names: []string{"comment"}, of: []string{ofAttribute, ofObject}, form: aText, place: "attribute Description of the indicator"},
	{names: []string{"to_ids"}, of: []string{ofAttribute}, form: aFlag, place: "an indicator that no attribute wants to detect has `active: false`"},
	{names: []string{"timestamp"}, of: []string{ofAttribute}, form: aTime, place: "externalLastModified"},
	{names: []string{"first_seen"}, of: []string{ofAttribute, ofObject}, form: aTime, place: "firstSeen"},
	{names: []string{"last_seen"}, of: []string{ofAttribute, ofObject}, form: aTime, place: "lastSeen"},
	{names: []string{"deleted"}, of: []string{ofAttribute, ofObject, ofCluster}, form: aFlag, place: "left out, unless `--revoked`; then the tag `deleted`"},
	{names: []string{"object_relation"}, of: []string{ofAttribute}, form: aText, place: "the name of a fact in Additional Analysis and Context"},
	{names: []string{"category"}, of: []string{ofAttribute}, form: aText, place: "a text of External analysis or Internal reference is a Description; otherwise left out"},
	{names: []string{"data"}, of: []string{ofAttribute}, reason: "the content of files is not carried"},
	{names: []string{"Sighting"}, of: []string{ofEvent, ofAttribute}, reason: noPlace},
	{names: []string{"ShadowAttribute"}, of: []string{ofEvent, ofAttribute}, reason: "it is a proposal that nobody has accepted"},

	{names: []string{"name"}, of: []string{ofObject}, form: aText, place: "decides which attributes belong together"},
	{names: []string{"Attribute"}, of: []string{ofObject}, place: "indicators and groups; what is neither, Additional Analysis and Context of them"},
	{names: []string{"ObjectReference"}, of: []string{ofObject}, form: aList, place: "associations of groups, and of groups with indicators"},

	{names: []string{"uuid"}, of: []string{ofCluster}, form: aText, place: "key, if it is the cluster's own; else the tag is"},
	{names: []string{"type", "value", "tag_name"}, of: []string{ofCluster}, form: aText, place: "type and name of the group"},
	{names: []string{"description"}, of: []string{ofCluster}, form: aText, place: "attribute Description"},
	{names: []string{"source"}, of: []string{ofCluster}, form: aText, place: "attribute Source"},
	{names: []string{"meta"}, of: []string{ofCluster}, place: "`synonyms`: attributes Aliases; `refs`: Source; `external_id`: External ID; all others: Additional Analysis and Context"},
	{names: []string{"related", "GalaxyClusterRelation"}, of: []string{ofCluster}, form: aList, place: "associations of groups"},
	{names: []string{"version"}, of: []string{ofCluster}, form: aText, place: "the greatest counts"},
	{names: []string{"revoked"}, of: []string{ofCluster}, form: aFlag, place: "left out, unless `--revoked`; then the tag `revoked`"},
	{names: []string{"authors"}, of: []string{ofCluster}, reason: noPlace},

	{names: []string{"id", "distribution", "sharing_group_id", "SharingGroup"}, of: []string{ofEvent, ofAttribute, ofObject, ofCluster}},
	{names: []string{"event_id"}, of: []string{ofAttribute, ofObject}},
	{names: []string{"org_id", "orgc_id", "Org", "published", "publish_timestamp", "attribute_count", "locked", "proposal_email_lock", "disable_correlation",
		"event_creator_email", "protected", "CryptographicKey", "user_id", "sighting_timestamp"}, of: []string{ofEvent}},
	{names: []string{"object_id", "object_uuid", "event_uuid", "disable_correlation", "batch_import", "value1", "value2", "Event", "RelatedAttribute", "Feed", "warnings"}, of: []string{ofAttribute}},
	{names: []string{"description", "meta-category", "template_uuid", "template_version", "timestamp", "Event"}, of: []string{ofObject}},
	{names: []string{"collection_uuid", "galaxy_id", "tag_id", "default", "locked", "org_id", "orgc_id", "Org", "Orgc", "extends_uuid", "extends_version", "published",
		"event_tag_id", "attribute_tag_id", "local", "relationship_type", "Galaxy", "TargetingClusterRelation"}, of: []string{ofCluster}},
}

var byClass = func() map[string]map[string]*rule {
	out := map[string]map[string]*rule{}
	for _, class := range []string{ofEvent, ofAttribute, ofObject, ofCluster} {
		out[class] = map[string]*rule{}
		for i := range rules {
			if r := &rules[i]; slices.Contains(r.of, class) {
				for _, name := range r.names {
					out[class][name] = r
				}
			}
		}
	}
	return out
}()

func ruleOf(class, name string) (*rule, bool) {
	r, ok := byClass[class][name]
	return r, ok
}
