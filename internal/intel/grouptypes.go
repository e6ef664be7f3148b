package intel

import (
	"slices"

	"tcimport/internal/canonical"
	"tcimport/internal/spelling"
)

// GroupType is one of the types of groups.
type GroupType struct {
	Name   string
	Fields []FieldSpec // its own ones; GroupType.Field knows the common ones too

	// NotInJobs is set if no source says that jobs of the v2 Batch API know the type.
	NotInJobs bool
}

// commonFields are accepted for every type of group.
// Source: developer docs, rest_api/v3/groups/fields.rst.
var commonFields = []FieldSpec{
	{Name: "firstSeen", About: "when the group was first seen", Kind: Date, ReadWith: "sightings"},
	{Name: "lastSeen", About: "when the group was last seen", Kind: Date, ReadWith: "sightings"},
	{Name: "externalDateAdded", About: "when the group was added at its source", Kind: Date, ReadWith: "externalDates"},
	{Name: "externalDateExpires", About: "when the group expires at its source", Kind: Date, ReadWith: "externalDates"},
	{Name: "externalLastModified", About: "when the group was last changed at its source", Kind: Date, ReadWith: "externalDates"},
}

// GroupTypes is the table of group types and their own fields.
// Source: developer docs, rest_api/v3/groups/fields.rst, and the OPTIONS
// recordings of product version 7.11 (limits).
var GroupTypes = []GroupType{
	{Name: "Adversary"},
	{Name: "Attack Pattern"},
	{Name: "Campaign"},
	{Name: "Course of Action"},
	{Name: "Document", Fields: []FieldSpec{
		{Name: "fileName", About: "name of the file", MaxLen: 255},
		{Name: "malware", About: "whether the file is malware, in an archive with a password", Kind: Bool},
		{Name: "password", About: "password of the archive: needed with `malware: true`, an error without", CreateOnly: true},
	}},
	{Name: "Email", Fields: []FieldSpec{
		{Name: "subject", About: "subject line", MaxLen: 255, NeededInJob: true},
		{Name: "header", About: "header of the e-mail", MaxLen: 65535, NeededInJob: true},
		{Name: "body", About: "body of the e-mail", MaxLen: 65535, NeededInJob: true},
		{Name: "from", About: "address of the sender", MaxLen: 100},
	}},
	{Name: "Event", Fields: []FieldSpec{
		{Name: "eventDate", About: "when it happened", Kind: Date},
		{Name: "eventType", About: "what kind of event it is", MaxLen: 35, Values: eventTypes, Advisory: true, extended: func(in *Instance) []string { return in.EventTypes }},
		{Name: "status", About: "how far it has been handled", Values: []string{"Completed", "Escalated", "False Positive", "In Progress", "Needs Review", "New", "No Further Action", "Reopened"}},
	}},
	{Name: "Incident", Fields: []FieldSpec{
		{Name: "eventDate", About: "when it happened", Kind: Date},
		{Name: "status", About: "how far it has been handled", Values: []string{"New", "Open", "Stalled", "Containment Achieved", "Restoration Achieved", "Incident Reported", "Closed", "Rejected", "Deleted"}},
	}},
	{Name: "Intrusion Set"},
	{Name: "Malware"},
	{Name: "Report", Fields: []FieldSpec{
		{Name: "fileName", About: "name of the file", MaxLen: 255},
		{Name: "publishDate", About: "when it was published", Kind: Date},
	}},
	{Name: "Signature", Fields: []FieldSpec{
		{Name: "fileName", About: "name of the file", MaxLen: 255, Required: true},
		{Name: "fileText", About: "text of the rule", Required: true},
		{Name: "fileType", About: "language of the rule", Required: true, Values: signatureTypes, Advisory: true, extended: func(in *Instance) []string { return in.SignatureTypes }},
	}},
	{Name: "Tactic"},
	{Name: "Task", NotInJobs: true, Fields: []FieldSpec{
		{Name: "assignments", About: "users that the Task is assigned or escalated to, like `[{type: Assigned, user: {id: 12}}]`", Kind: JSON, CreateOnly: true, canonical: canonical.Assignments},
		{Name: "dueDate", About: "when it is due", Kind: Date},
		{Name: "escalationDate", About: "when it is escalated", Kind: Date},
		{Name: "reminderDate", About: "when its users are reminded", Kind: Date},
		{Name: "status", About: "how far it has been done", CreateOnly: true, Values: []string{"Not Started", "In Progress", "Completed", "Waiting on Someone", "Deferred"}},
	}},
	{Name: "Threat"},
	{Name: "Tool"},
	{Name: "Vulnerability"},
}

// signatureTypes can be extended by an instance's administrator.
var signatureTypes = []string{
	"Bro", "ClamAV", "CybOX", "Iris Search Hash", "KQL", "OpenIOC", "Regex", "SPL",
	"Sigma", "Snort", "Suricata", "TQL Query", "YARA",
}

// eventTypes are those of the batch API's documentation; an instance has its
// own list (GET /v3/groups/eventTypeCategories).
var eventTypes = []string{
	"Alert", "Alert [flash]", "Alert [hyper-local]", "Alert [local]", "Alert [urgent]", "Breach", "Campaign",
	"Compliance / Regulatory", "Disclosure", "Emerging Threat", "Exercise", "Exposure",
	"Finding [Compliance violations]", "Finding [Configuration weaknesses]", "Finding [Missing patches]",
	"Finding [Security posture gaps]", "Investigation", "None", "Operation", "Physical Security",
	"Response Action", "Social Engineering (non-phishing)", "Third Party Reported", "Trend",
}

// GroupTypeNamed finds a group type by its name in any case.
func GroupTypeNamed(name string) (*GroupType, bool) { return groupTypes.named(name) }

var (
	groupTypes     = indexed(GroupTypes, func(t *GroupType) string { return t.Name })
	groupTypeNames = groupTypes.names
)

// typeIndex finds the types of a table by name.
type typeIndex[T any] struct {
	names  []string
	byName map[string]*T // by the name as the API spells it, and folded
}

func indexed[T any](table []T, name func(*T) string) typeIndex[T] {
	index := typeIndex[T]{byName: make(map[string]*T, 2*len(table))}
	for i := range table {
		t := &table[i]
		index.names = append(index.names, name(t))
		index.byName[name(t)], index.byName[spelling.Fold(name(t))] = t, t
	}
	return index
}

// named finds a type by its name in any case.
func (x *typeIndex[T]) named(name string) (*T, bool) {
	t, ok := x.byName[name]
	if !ok {
		t, ok = x.byName[spelling.Fold(name)]
	}
	return t, ok
}

// Field finds a scalar of the type by its name as the API spells it, common
// ones included.
func (t *GroupType) Field(name string) (*FieldSpec, bool) {
	if f, ok := findField(t.Fields, name); ok {
		return f, true
	}
	return findField(commonFields, name)
}

// AllFields lists every scalar of the type, its own ones first.
func (t *GroupType) AllFields() []FieldSpec {
	return append(append([]FieldSpec(nil), t.Fields...), commonFields...)
}

// GroupField finds a scalar that some type of group has.
func GroupField(name string) (*FieldSpec, bool) {
	f, ok := groupFields[name]
	return f, ok
}

// AnyGroupField is a scalar with the values that it has in any type of group. The types
// agree on the rest.
func AnyGroupField(name string) *FieldSpec {
	f := *groupFields[name]
	for i := range GroupTypes {
		if spec, ok := GroupTypes[i].Field(name); ok && f.Values != nil {
			f.Values = distinct(slices.Concat(f.Values, spec.Values), func(s *string) string { return *s })
		}
	}
	return &f
}

// GroupFieldNames lists the scalars of all group types, each once.
func GroupFieldNames() []string { return slices.Clone(groupFieldNames) }

// groupFields are the scalars of all types by name. The common ones come last.
var groupFieldNames, groupFields = func() (names []string, byName map[string]*FieldSpec) {
	byName = map[string]*FieldSpec{}
	add := func(fields []FieldSpec) {
		for i, f := range fields {
			if byName[f.Name] == nil {
				names = append(names, f.Name)
				byName[f.Name] = &fields[i]
			}
		}
	}
	for i := range GroupTypes {
		add(GroupTypes[i].Fields)
	}
	add(commonFields)
	return names, byName
}()
