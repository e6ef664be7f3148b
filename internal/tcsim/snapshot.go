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

// Group is a group. Fields holds what depends on the type, and the dates, by
// API key: strings (dates as RFC 3339), booleans, numbers.
type Group struct {
	ID             int64          `json:"id"`
	Type           string         `json:"type"`
	Name           string         `json:"name"`
	Owner          string         `json:"owner"`
	XID            string         `json:"xid,omitempty"`
	Fields         map[string]any `json:"fields,omitempty"`
	Tags           []string       `json:"tags,omitempty"` // names as stored, "T1566 - Phishing"
	Attributes     []Attribute    `json:"attributes,omitempty"`
	SecurityLabels []string       `json:"securityLabels,omitempty"`
	File           []byte         `json:"file,omitempty"`
	HasFile        bool           `json:"hasFile,omitempty"`
	Stamp
	Associations
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

// Indicator is an indicator. Values holds its one to three values in the order
// of the type's labels (md5, sha1, sha256); Fields rating, confidence, active...
type Indicator struct {
	ID             int64          `json:"id"`
	Type           string         `json:"type"`
	Summary        string         `json:"summary"`
	Values         []string       `json:"values,omitempty"`
	Owner          string         `json:"owner"`
	Fields         map[string]any `json:"fields,omitempty"`
	Tags           []string       `json:"tags,omitempty"`
	Attributes     []Attribute    `json:"attributes,omitempty"`
	SecurityLabels []string       `json:"securityLabels,omitempty"`
	Stamp
	Associations
}

// Case is a case.
type Case struct {
	ID         int64          `json:"id"`
	Name       string         `json:"name"`
	Owner      string         `json:"owner"`
	XID        string         `json:"xid,omitempty"`
	Fields     map[string]any `json:"fields,omitempty"`
	Tags       []string       `json:"tags,omitempty"`
	Attributes []Attribute    `json:"attributes,omitempty"`
	Stamp
	Associations
}

// Artifact is an artifact of a case.
type Artifact struct {
	ID      int64          `json:"id"`
	CaseID  int64          `json:"caseId"`
	Type    string         `json:"type"`
	Summary string         `json:"summary"`
	Fields  map[string]any `json:"fields,omitempty"`
	Stamp
	Associations
}

// Victim is a victim.
type Victim struct {
	ID             int64          `json:"id"`
	Name           string         `json:"name"`
	Owner          string         `json:"owner"`
	Fields         map[string]any `json:"fields,omitempty"`
	Tags           []string       `json:"tags,omitempty"`
	SecurityLabels []string       `json:"securityLabels,omitempty"`
	Stamp
	Associations
}

// VictimAsset is an asset of a victim; Value is its address, account and so on.
type VictimAsset struct {
	ID       int64          `json:"id"`
	VictimID int64          `json:"victimId"`
	Type     string         `json:"type"`
	Value    string         `json:"value"`
	Fields   map[string]any `json:"fields,omitempty"`
	Stamp
	Associations
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
	for o := range st.all(kGroup) {
		snap.Groups = append(snap.Groups, Group{
			ID: o.id, Type: o.typ, Name: o.name, Owner: ownerName(o.owner), XID: o.xid, Fields: plainFields(o),
			Tags: st.names(o, kTag), Attributes: st.attributes(o, kGroupAttribute), SecurityLabels: st.names(o, kLabel),
			File: slices.Clone(o.file), HasFile: o.hasDoc, Stamp: stampOf(o), Associations: associationsOf(o),
		})
	}
	for o := range st.all(kIndicator) {
		snap.Indicators = append(snap.Indicators, Indicator{
			ID: o.id, Type: o.typ, Summary: o.name, Values: o.allValues(), Owner: ownerName(o.owner), Fields: plainFields(o),
			Tags: st.names(o, kTag), Attributes: st.attributes(o, kIndicatorAttribute), SecurityLabels: st.names(o, kLabel),
			Stamp: stampOf(o), Associations: associationsOf(o),
		})
	}
	for o := range st.all(kCase) {
		snap.Cases = append(snap.Cases, Case{
			ID: o.id, Name: o.name, Owner: ownerName(o.owner), XID: o.xid, Fields: plainFields(o), Tags: st.names(o, kTag),
			Attributes: st.attributes(o, kCaseAttribute), Stamp: stampOf(o), Associations: associationsOf(o),
		})
	}
	st.snapshotRest(snap)
	return snap
}

func (st *state) snapshotRest(snap *Snapshot) {
	for o := range st.all(kArtifact) {
		snap.Artifacts = append(snap.Artifacts, Artifact{
			ID: o.id, CaseID: o.parent.id, Type: o.typ, Summary: o.name, Fields: plainFields(o), Stamp: stampOf(o), Associations: associationsOf(o),
		})
	}
	for o := range st.all(kVictim) {
		snap.Victims = append(snap.Victims, Victim{
			ID: o.id, Name: o.name, Owner: ownerName(o.owner), Fields: plainFields(o), Tags: st.names(o, kTag),
			SecurityLabels: st.names(o, kLabel), Stamp: stampOf(o), Associations: associationsOf(o),
		})
	}
	for o := range st.all(kVictimAsset) {
		snap.VictimAssets = append(snap.VictimAssets, VictimAsset{
			ID: o.id, VictimID: o.parent.id, Type: o.typ, Value: o.name, Fields: plainFields(o), Stamp: stampOf(o), Associations: associationsOf(o),
		})
	}
	for o := range st.all(kTag) {
		if o.xid != "" && len(o.linked(kGroup))+len(o.linked(kIndicator))+len(o.linked(kCase))+len(o.linked(kVictim)) == 0 {
			continue
		}
		snap.Tags = append(snap.Tags, Tag{ID: o.id, Name: o.name, Owner: ownerName(o.owner), Description: o.str("description"), TechniqueID: o.xid, LastUsed: o.edited.UTC()})
	}
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
