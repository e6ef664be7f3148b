package tcsim

import (
	"encoding/json"
	"iter"
	"slices"
	"time"
)

// Snapshot is the whole state as plain values, in ascending order of ID. It is
// a copy: changing it changes nothing.
type Snapshot struct {
	Owners       []Owner       `json:"owners"`
	Groups       []Group       `json:"groups"`
	Indicators   []Indicator   `json:"indicators"`
	Cases        []Case        `json:"cases"`
	Artifacts    []Artifact    `json:"artifacts"`
	Victims      []Victim      `json:"victims"`
	VictimAssets []VictimAsset `json:"victimAssets"`
	Tags         []Tag         `json:"tags"` // less the ATT&CK tags that nothing carries
}

// Associations are the IDs of the associated objects, ascending.
type Associations struct {
	AssociatedGroups       []int64 `json:"associatedGroups,omitempty"`
	AssociatedIndicators   []int64 `json:"associatedIndicators,omitempty"`
	AssociatedArtifacts    []int64 `json:"associatedArtifacts,omitempty"`
	AssociatedCases        []int64 `json:"associatedCases,omitempty"`
	AssociatedVictimAssets []int64 `json:"associatedVictimAssets,omitempty"`
}

// Stamp is when an object was made and last changed, and by whom.
type Stamp struct {
	DateAdded    time.Time `json:"dateAdded,omitzero"`
	LastModified time.Time `json:"lastModified,omitzero"`
	CreatedBy    string    `json:"createdBy,omitempty"` // userName
}

// Record is one object as a plain value. Which of its parts an object has
// depends on its kind; the name of what it goes by, too.
type Record struct {
	ID       int64  `json:"id"`
	CaseID   int64  `json:"caseId,omitempty"`   // of an artifact
	VictimID int64  `json:"victimId,omitempty"` // of a victim asset
	Type     string `json:"type,omitempty"`
	Name     string `json:"name,omitempty"`    // of a group, case or victim
	Summary  string `json:"summary,omitempty"` // of an indicator or artifact
	Value    string `json:"value,omitempty"`   // of a victim asset (its address, account and so on) or attribute
	Owner    string `json:"owner,omitempty"`
	XID      string `json:"xid,omitempty"`

	// Values are the one to three values of an indicator in the order of its
	// type's labels (md5, sha1, sha256).
	Values []string `json:"values,omitempty"`

	// Fields holds the other scalars by API key: strings (dates as RFC 3339),
	// booleans, numbers.
	Fields map[string]any `json:"fields,omitempty"`

	Tags           []string    `json:"tags,omitempty"` // names as stored, "T1566 - Phishing"
	Attributes     []Attribute `json:"attributes,omitempty"`
	SecurityLabels []string    `json:"securityLabels,omitempty"`
	File           []byte      `json:"file,omitempty"` // of a Document or Report
	HasFile        bool        `json:"hasFile,omitempty"`
	Stamp
	Associations
}

// The kinds of records.
type (
	Group       = Record
	Indicator   = Record
	Case        = Record
	Artifact    = Record
	Victim      = Record
	VictimAsset = Record
)

// text is what an object of kind k goes by.
func (x *Record) text(k kind) *string {
	switch k {
	case kIndicator, kArtifact:
		return &x.Summary
	case kVictimAsset:
		return &x.Value
	}
	return &x.Name
}

// recordKinds are the kinds of records, parents before their children.
var recordKinds = []kind{kVictim, kVictimAsset, kCase, kArtifact, kGroup, kIndicator}

// records are the lists by kind.
func (snap *Snapshot) records() map[kind]*[]Record {
	return map[kind]*[]Record{kGroup: &snap.Groups, kIndicator: &snap.Indicators, kCase: &snap.Cases,
		kArtifact: &snap.Artifacts, kVictim: &snap.Victims, kVictimAsset: &snap.VictimAssets}
}

// Attribute is an attribute of a group, indicator or case.
type Attribute struct {
	ID             int64    `json:"id"`
	Type           string   `json:"type"`
	Value          string   `json:"value"`
	Source         string   `json:"source,omitempty"`
	Default        bool     `json:"default,omitempty"`
	Pinned         bool     `json:"pinned,omitempty"`
	SecurityLabels []string `json:"securityLabels,omitempty"`
	Stamp
}

// Tag is a tag; Owner is empty for ATT&CK tags.
type Tag struct {
	ID          int64     `json:"id"`
	Name        string    `json:"name"`
	Owner       string    `json:"owner,omitempty"`
	Description string    `json:"description,omitempty"`
	TechniqueID string    `json:"techniqueId,omitempty"`
	LastUsed    time.Time `json:"lastUsed,omitzero"`
}

// Snapshot returns a deep copy of the state.
func (s *Server) Snapshot() *Snapshot {
	s.work()
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.st.snapshot()
}

func (st *state) snapshot() *Snapshot {
	snap := &Snapshot{Owners: st.allOwners(), Tags: st.allTags()}
	for k, records := range snap.records() {
		for o := range st.all(k) {
			*records = append(*records, record(o))
		}
	}
	return snap
}

func (st *state) allOwners() []Owner {
	var owners []Owner
	for _, o := range st.owners {
		owners = append(owners, *o)
	}
	slices.SortFunc(owners, func(a, b Owner) int { return int(a.ID - b.ID) })
	return owners
}

func (st *state) allTags() []Tag {
	var tags []Tag
	for o := range st.all(kTag) {
		if o.xid != "" && len(o.links) == 0 {
			continue
		}
		tags = append(tags, Tag{ID: o.id, Name: o.name, Owner: ownerName(o.owner), Description: o.str("description"), TechniqueID: o.xid, LastUsed: o.edited.time()})
	}
	return tags
}

func record(o *object) Record {
	x := Record{
		ID: o.id, Type: o.typ, XID: o.xid, Fields: plainFields(o), Tags: names(o.linked(kTag)), SecurityLabels: names(o.linked(kLabel)),
		Attributes: attributesOf(o), HasFile: o.file != nil, Stamp: stampOf(o), Associations: associationsOf(o),
	}
	if o.file != nil {
		x.File = slices.Clone(*o.file)
	}
	*x.text(o.kind) = o.name
	switch o.kind {
	case kArtifact:
		x.CaseID = o.parent.id
	case kVictimAsset:
		x.VictimID = o.parent.id
	default:
		x.Owner = ownerName(o.owner)
	}
	if o.kind == kIndicator {
		x.Values = []string{o.name}
		if o.values != nil {
			x.Values = slices.Clone(o.values[:])
		}
	}
	return x
}

// all walks the objects of a kind by ascending ID.
func (st *state) all(k kind) iter.Seq[*object] { return slices.Values(st.tables[k].order) }

func names(objects set) []string {
	var names []string
	for _, o := range objects {
		names = append(names, o.name)
	}
	return names
}

func attributesOf(o *object) []Attribute {
	k, ok := attributeKinds[o.kind]
	if !ok {
		return nil
	}
	var as []Attribute
	for _, a := range o.linked(k) {
		as = append(as, Attribute{
			ID: a.id, Type: a.typ, Value: a.name, Source: a.str("source"), Default: a.fields.get("default") == true,
			Pinned: a.fields.get("pinned") == true, SecurityLabels: names(a.linked(kLabel)), Stamp: stampOf(a),
		})
	}
	return as
}

func stampOf(o *object) Stamp {
	s := Stamp{DateAdded: o.added.time(), LastModified: o.edited.time()}
	if o.by != nil {
		s.CreatedBy = o.by.UserName
	}
	return s
}

// lists are the IDs of the associated objects by kind.
func (a *Associations) lists() map[kind]*[]int64 {
	return map[kind]*[]int64{kGroup: &a.AssociatedGroups, kIndicator: &a.AssociatedIndicators, kArtifact: &a.AssociatedArtifacts,
		kCase: &a.AssociatedCases, kVictimAsset: &a.AssociatedVictimAssets}
}

func (a *Associations) any() bool {
	return len(a.AssociatedGroups)+len(a.AssociatedIndicators)+len(a.AssociatedArtifacts)+len(a.AssociatedCases)+len(a.AssociatedVictimAssets) > 0
}

func associationsOf(o *object) Associations {
	var a Associations
	lists := a.lists()
	for _, other := range o.links {
		if ids := lists[other.kind]; ids != nil && other.parent != o {
			*ids = append(*ids, other.id)
		}
	}
	return a
}

// plainFields gives the fields in values that survive JSON.
func plainFields(o *object) map[string]any {
	m := make(map[string]any, len(o.fields)+1)
	if o.kind == kIndicator {
		m["active"] = true // unless it is set
	}
	for _, f := range o.fields {
		switch v := f.value.(type) {
		case time.Time:
			m[f.key] = v.UTC().Format(time.RFC3339Nano)
		case json.RawMessage:
			var any any
			json.Unmarshal(v, &any)
			m[f.key] = any
		default:
			m[f.key] = v
		}
	}
	if len(m) == 0 {
		return nil
	}
	return m
}
