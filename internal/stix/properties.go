package stix

import (
	"encoding/json"
	"slices"
	"strings"
)

// rule says what becomes of a property of some kinds.
type rule struct {
	names []string
	of    []string // kinds, or one of the words below
	place string   // in ThreatConnect, for documents
	read  func(*draft, json.RawMessage) error

	known  bool   // something else reads it, or it says nothing about the threat
	reason string // why it is left out, if read is nil and it is not known
}

// Words for kinds.
const (
	groups      = "groups"      // all kinds that become groups
	observables = "observables" // all kinds that are found in observations
	everything  = "all"
)

// noPlace is why most properties are left out.
const noPlace = "no place in ThreatConnect"

var unplaced = rule{}

func (r *rule) left() string {
	if r.reason != "" {
		return r.reason
	}
	return noPlace
}

// rules are the properties that are known. What is not here is left out.
var rules = []rule{
	{names: []string{"type", "id", "spec_version"}, of: []string{everything}, known: true, place: "key"},
	{names: []string{"extensions"}, of: []string{"marking-definition", "network-traffic"}, known: true},
	{names: []string{"revoked"}, of: []string{everything}, read: readRevoked, place: "left out, unless `--revoked`; then the tag `revoked`"},
	{names: []string{"x_mitre_deprecated"}, of: []string{everything}, read: readDeprecated, place: "left out, unless `--revoked`; then the tag `deprecated`"},
	{names: []string{"name"}, of: []string{groups}, read: readName, place: "name; without one, the ID"},
	{names: []string{"description"}, of: []string{groups, "indicator"}, read: attribute("Description"), place: "attribute Description"},
	{names: []string{"name"}, of: []string{"indicator"}, read: readTitle, place: "name of a Signature; first line of the attribute Description of an indicator"},
	{names: []string{"created"}, of: []string{groups}, read: date("externalDateAdded"), place: "externalDateAdded"},
	{names: []string{"modified"}, of: []string{groups, "indicator"}, read: date("externalLastModified"), place: "externalLastModified; the newest version counts"},
	{names: []string{"created"}, of: []string{"identity", "marking-definition"}, known: true},
	{names: []string{"modified"}, of: []string{everything}, known: true, place: "the newest version counts"},
	{names: []string{"created_by_ref"}, of: []string{groups, "indicator"}, read: readCreator, place: "attribute Source: the name of the identity"},
	{names: []string{"object_marking_refs"}, of: []string{groups, "indicator", observables}, read: readMarkings, place: "security labels, for TLP"},
	{names: []string{"labels"}, of: []string{groups, "indicator"}, read: readTags, place: "tags"},
	{names: []string{"malware_types", "tool_types", "report_types", "threat_actor_types", "indicator_types"}, of: []string{groups, "indicator"}, read: readTags, place: "tags"},
	{names: []string{"x_mitre_domains", "x_mitre_platforms"}, of: []string{groups}, read: readTags, place: "tags"},
	{names: []string{"aliases", "x_mitre_aliases"}, of: []string{groups}, read: readAliases, place: "attributes Aliases, less the name"},
	{names: []string{"external_references"}, of: []string{groups, "indicator"}, read: readReferences, place: "attributes External ID, Source (the page of the first ID), Additional Analysis and Context (the others)"},
	{names: []string{"kill_chain_phases"}, of: []string{groups}, read: readPhases, place: "association with the Tactic; without one, a tag"},
	{names: []string{"kill_chain_phases"}, of: []string{"indicator"}, read: readPhases, place: "tags"},
	{names: []string{"first_seen"}, of: []string{groups}, read: date("firstSeen"), place: "firstSeen"},
	{names: []string{"last_seen"}, of: []string{groups}, read: date("lastSeen"), place: "lastSeen"},
	{names: []string{"published"}, of: []string{"report"}, read: date("publishDate"), place: "publishDate"},
	{names: []string{"x_mitre_shortname"}, of: []string{"x-mitre-tactic"}, read: readShortname, place: "name of the phase in `kill_chain_phases`"},
	{names: []string{"x_mitre_domains"}, of: []string{"x-mitre-tactic"}, read: readDomains, place: "tags; the kill chain in `kill_chain_phases`"},
	{names: []string{"object_refs", "sample_refs"}, of: []string{groups}, read: readRefs, place: "associations"},

	{names: []string{"objective", "goals", "roles", "sophistication", "resource_level", "primary_motivation", "secondary_motivations",
		"personal_motivations", "context", "capabilities", "implementation_languages", "architecture_execution_envs", "tool_version",
		"x_mitre_detection"}, of: []string{groups}, place: "attribute Additional Analysis and Context, behind the name of the property"},

	{names: []string{"pattern"}, of: []string{"indicator"}, read: readPattern, place: "the values of indicators; fileText of a Signature"},
	{names: []string{"pattern_type"}, of: []string{"indicator"}, read: readPatternType, place: "fileType of a Signature"},
	{names: []string{"confidence"}, of: []string{"indicator"}, read: readConfidence, place: "confidence"},
	{names: []string{"valid_from"}, of: []string{"indicator"}, read: date("externalDateAdded"), place: "externalDateAdded"},
	{names: []string{"valid_until"}, of: []string{"indicator"}, read: date("externalDateExpires"), place: "externalDateExpires"},

	{names: []string{"source_ref"}, of: []string{"relationship"}, read: readFrom, place: "one end of an association"},
	{names: []string{"target_ref"}, of: []string{"relationship"}, read: readTo, place: "the other end"},
	{names: []string{"relationship_type"}, of: []string{"relationship"}, reason: "associations have no type"},
	{names: []string{"description"}, of: []string{"relationship"}, reason: "associations have no description"},
	{names: []string{"sighting_of_ref"}, of: []string{"sighting"}, read: readFrom, place: "one end of associations"},
	{names: []string{"observed_data_refs"}, of: []string{"sighting"}, read: readRefs, place: "the other ends"},

	{names: []string{"object_refs"}, of: []string{"observed-data"}, read: readRefs, place: "what it refers to"},
	{names: []string{"objects"}, of: []string{"observed-data"}, read: readObjects, place: "indicators"},
	{names: []string{"name"}, of: []string{"identity"}, read: readName, place: "attribute Source"},
	{names: []string{"name", "definition", "definition_type"}, of: []string{"marking-definition"}, known: true, place: "the label of TLP"},
	{names: []string{"object_refs"}, of: []string{"note", "opinion"}, read: readRefs, place: "the groups that have the attribute"},
	{names: []string{"abstract", "content"}, of: []string{"note"}, read: readNote, place: "the value"},
	{names: []string{"opinion", "explanation"}, of: []string{"opinion"}, read: readNote, place: "the value"},
}

// These rules lead back to the tables, and are added when the program begins.
func init() {
	for i := range rules {
		r := &rules[i]
		for _, name := range r.names {
			for _, k := range kinds {
				if !r.isOf(k) {
					continue
				}
				if k.rules == nil {
					k.rules = map[string]*rule{}
				}
				if old := k.rules[name]; old != nil && !slices.Contains(r.of, k.name) {
					continue // a rule for the kind alone counts
				}
				k.rules[name] = r.named(name)
			}
		}
	}
}

// The properties of observables that are values.
func init() {
	for _, p := range places {
		k := kindsByName[p.object]
		name, _, _ := strings.Cut(p.path, ".")
		name = strings.TrimSuffix(name, "[*]")
		if k.rules[name] == nil && !strings.HasSuffix(name, "_ref") {
			k.rules[name] = &rule{names: []string{name}, of: []string{p.object}, known: true, place: "the value"}
		}
	}
}

// named is the rule for one of its properties.
func (r *rule) named(name string) *rule {
	if r.read != nil || r.known || r.reason != "" {
		return r
	}
	out := *r
	out.read = readFact(name)
	return &out
}

func (r *rule) isOf(k *kind) bool {
	return slices.ContainsFunc(r.of, func(of string) bool {
		return of == everything || of == k.name || of == groups && k.group != "" || of == observables && k.isObservable()
	})
}

// title is a property as people read it.
func title(name string) string {
	words := strings.ReplaceAll(strings.TrimPrefix(name, "x_mitre_"), "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}
