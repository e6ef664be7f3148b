package tcsim

import (
	"encoding/json"
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

// records are the records of kind k.
func (snap *Snapshot) records(k kind) *[]Record {
	switch k {
	case kGroup:
		return &snap.Groups
	case kIndicator:
		return &snap.Indicators
	case kCase:
		return &snap.Cases
	case kArtifact:
		return &snap.Artifacts
	case kVictim:
		return &snap.Victims
	}
	return &snap.VictimAssets
}

// recordKinds are the kinds of records, parents before their children.
var recordKinds = []kind{kVictim, kVictimAsset, kCase, kArtifact, kGroup, kIndicator}

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
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.st.snapshot()
}

func (st *state) snapshot() *Snapshot {
	snap := &Snapshot{}
	for _, o := range st.owners {
		snap.Owners = append(snap.Owners, *o)
	}
	slices.SortFunc(snap.Owners, func(a, b Owner) int { return int(a.ID - b.ID) })
	for _, k := range recordKinds {
		records := snap.records(k)
		for o := range st.all(k) {
			*records = append(*records, st.record(o))
		}
	}
	for o := range st.all(kTag) {
		if o.xid != "" && len(o.linked(kGroup))+len(o.linked(kIndicator))+len(o.linked(kCase))+len(o.linked(kVictim)) == 0 {
			continue
		}
		snap.Tags = append(snap.Tags, Tag{ID: o.id, Name: o.name, Owner: ownerName(o.owner), Description: o.str("description"), TechniqueID: o.xid, LastUsed: o.edited.UTC()})
	}
	return snap
}

func (st *state) record(o *object) Record {
	x := Record{
		ID: o.id, Type: o.typ, XID: o.xid, Fields: plainFields(o), Tags: st.names(o, kTag), SecurityLabels: st.names(o, kLabel),
		File: slices.Clone(o.file), HasFile: o.hasDoc, Stamp: stampOf(o), Associations: associationsOf(o),
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
		x.Values = o.allValues()
	}
	if k, ok := attributeKinds[o.kind]; ok {
		x.Attributes = st.attributes(o, k)
	}
	return x
}

// all walks the objects of a kind by ascending ID.
func (st *state) all(k kind) func(func(*object) bool) {
	return func(yield func(*object) bool) {
		tab := st.tables[k]
		for _, id := range tab.order {
			if !yield(tab.byID[id]) {
				return
			}
		}
	}
}

func (st *state) names(o *object, k kind) []string {
	var names []string
	for _, id := range o.linked(k) {
		names = append(names, st.get(k, id).name)
	}
	return names
}

func (st *state) attributes(o *object, k kind) []Attribute {
	var as []Attribute
	for _, id := range st.tables[k].byParent[o.id] {
		a := st.get(k, id)
		as = append(as, Attribute{
			ID: a.id, Type: a.typ, Value: a.name, Source: a.str("source"), Default: a.fields["default"] == true,
			Pinned: a.fields["pinned"] == true, SecurityLabels: st.names(a, kLabel), Stamp: stampOf(a),
		})
	}
	return as
}

func (o *object) allValues() []string {
	if o.values == nil {
		return []string{o.name}
	}
	return slices.Clone(o.values[:])
}

func stampOf(o *object) Stamp {
	s := Stamp{DateAdded: o.added.UTC(), LastModified: o.edited.UTC()}
	if o.by != nil {
		s.CreatedBy = o.by.UserName
	}
	return s
}

func associationsOf(o *object) Associations {
	ids := func(k kind) []int64 { return slices.Clone(o.linked(k)) }
	return Associations{ids(kGroup), ids(kIndicator), ids(kArtifact), ids(kCase), ids(kVictimAsset)}
}

// plainFields gives the fields in values that survive JSON.
func plainFields(o *object) map[string]any {
	if len(o.fields) == 0 {
		return nil
	}
	m := make(map[string]any, len(o.fields))
	for k, v := range o.fields {
		switch v := v.(type) {
		case time.Time:
			m[k] = v.UTC().Format(time.RFC3339Nano)
		case json.RawMessage:
			var any any
			json.Unmarshal(v, &any)
			m[k] = any
		default:
			m[k] = v
		}
	}
	return m
}
