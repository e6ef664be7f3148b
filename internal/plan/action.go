package plan

import (
	"cmp"
	"encoding/json"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
)

// Action is what happens to one group. A plan has one for each group, so an Action is
// kept small: what only groups that exist have, and what only few have, is apart.
// FullAction is what it says.
type Action struct {
	Verb         Verb
	Key          string
	Type         string
	Name         string
	Owner        string
	ID           int64
	Changes      []Change
	Associations []Association
	Source       Source
	XID          string
	Order        int

	found *Found // nil for none
	rare  *Rare  // nil for none

	OwnXID    bool
	Deleted   bool
	Dropped   bool
	Invalid   bool
	Reference bool
}

// Found is what an action has of a group that exists.
type Found struct {
	WebLink  intel.WebLink
	State    string
	Compared Compared
	Baseline baseline.Baseline
}

// Rare is what only few actions have.
type Rare struct {
	Reason     string
	Candidates []Candidate
	Notes      []Note
	Called     string
	HadTags    []string
	Wanted     *Wanted
}

// FullAction is all that an action says.
type FullAction struct {
	Verb         Verb          `json:"action"`
	Key          string        `json:"key"`
	Type         string        `json:"type"`
	Name         string        `json:"name"`
	Owner        string        `json:"owner"`
	ID           int64         `json:"id,omitempty"`
	Changes      []Change      `json:"changes,omitempty"`
	Associations []Association `json:"associations,omitempty"`
	Source       Source        `json:"source"`

	Reason     string        `json:"reason,omitempty"`     // of a skip or a conflict
	Candidates []Candidate   `json:"candidates,omitempty"` // of a conflict
	Notes      []Note        `json:"notes,omitempty"`
	XID        string        `json:"xid,omitempty"` // carried by the group, or to be given to it
	OwnXID     bool          `json:"ownXid,omitempty"`
	WebLink    intel.WebLink `json:"webLink,omitzero"`

	// Deleted is set where an id-map knows the group and it is not there any more:
	// somebody has deleted it on the server.
	Deleted bool `json:"deletedOnServer,omitempty"`

	// Called is the name of a group that is another than Name and stays so.
	Called string `json:"called,omitempty"`

	// Order is the place of the action among those that write, from 1: groups
	// that share an association of two new ends are written one after the other,
	// and the later one carries it.
	Order int `json:"order,omitempty"`

	// State is a digest of what the group looked like, as far as it was compared;
	// "" for one that did not exist. Compared says what that was.
	State    string   `json:"state,omitempty"`
	Compared Compared `json:"compared,omitzero"`

	// Baseline is what is on the group already as the manifests want it.
	Baseline baseline.Baseline `json:"applied,omitempty"`

	// HadTags are the tags of a group that gets further ones: what its answer then
	// shows beside these and those that were sent, the instance has made of them.
	HadTags []string `json:"hadTags,omitempty"`

	// Wanted is the whole of what the manifests say of a group that is updated or
	// a conflict, so that it can be written down again if it fails. A create says
	// it all in Changes and Associations.
	Wanted *Wanted `json:"wanted,omitempty"`

	// Dropped is set on a conflict of a group that was to be deleted.
	Dropped bool `json:"dropped,omitempty"`

	// Invalid is set on a skip of a group whose definition has errors: it counts as failed.
	Invalid bool `json:"invalid,omitempty"`

	// Reference is set on a group that no manifest defines, but that gets an
	// association by a list of associations.
	Reference bool `json:"reference,omitempty"`
}

// Action is f as a plan keeps it.
func (f FullAction) Action() *Action {
	a := &Action{Verb: f.Verb, Key: f.Key, Type: f.Type, Name: f.Name, Owner: f.Owner, ID: f.ID, Changes: f.Changes, Associations: f.Associations,
		Source: f.Source, XID: f.XID, Order: f.Order, OwnXID: f.OwnXID, Deleted: f.Deleted, Dropped: f.Dropped, Invalid: f.Invalid, Reference: f.Reference}
	if f.WebLink != (intel.WebLink{}) || f.State != "" || len(f.Compared.Fields) > 0 || f.Compared.Lists|f.Compared.Paged != 0 || len(f.Baseline) > 0 {
		a.found = &Found{f.WebLink, f.State, f.Compared, f.Baseline}
	}
	if f.Reason != "" || len(f.Candidates) > 0 || len(f.Notes) > 0 || f.Called != "" || len(f.HadTags) > 0 || f.Wanted != nil {
		a.rare = &Rare{f.Reason, f.Candidates, f.Notes, f.Called, f.HadTags, f.Wanted}
	}
	return a
}

// Full is all that the action says.
func (a *Action) Full() FullAction {
	return FullAction{Verb: a.Verb, Key: a.Key, Type: a.Type, Name: a.Name, Owner: a.Owner, ID: a.ID, Changes: a.Changes, Associations: a.Associations,
		Source: a.Source, Reason: a.Reason(), Candidates: a.Candidates(), Notes: a.Notes(), XID: a.XID, OwnXID: a.OwnXID, WebLink: a.WebLink(),
		Deleted: a.Deleted, Called: a.Called(), Order: a.Order, State: a.State(), Compared: a.Compared(), Baseline: a.Baseline(), HadTags: a.HadTags(),
		Wanted: a.Wanted(), Dropped: a.Dropped, Invalid: a.Invalid, Reference: a.Reference}
}

// MarshalJSON writes all that the action says.
func (a *Action) MarshalJSON() ([]byte, error) {
	var e encoder
	e.action(a)
	return e.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (a *Action) UnmarshalJSON(data []byte) error {
	var f FullAction
	err := json.Unmarshal(data, &f)
	*a = *f.Action()
	return err
}

// Found is for those who note something of a group that exists.
func (a *Action) Found() *Found {
	if a.found == nil {
		a.found = &Found{}
	}
	return a.found
}

// Note notes what is on the group already as the manifests want it.
func (f *Found) Note(facts ...baseline.Fact) { f.Baseline = append(f.Baseline, facts...) }

// Rare is for those who note what few actions have.
func (a *Action) Rare() *Rare {
	if a.rare == nil {
		a.rare = &Rare{}
	}
	return a.rare
}

// Note adds a remark.
func (r *Rare) Note(kind NoteKind, detail string) { r.Notes = append(r.Notes, Note{kind, detail}) }

// These are the parts of FullAction that an Action has apart.
func (a *Action) WebLink() intel.WebLink      { return a.sawFound().WebLink }
func (a *Action) State() string               { return a.sawFound().State }
func (a *Action) Compared() Compared          { return a.sawFound().Compared }
func (a *Action) Baseline() baseline.Baseline { return a.sawFound().Baseline }
func (a *Action) Reason() string              { return a.sawRare().Reason }
func (a *Action) Candidates() []Candidate     { return a.sawRare().Candidates }
func (a *Action) Notes() []Note               { return a.sawRare().Notes }
func (a *Action) Called() string              { return a.sawRare().Called }
func (a *Action) HadTags() []string           { return a.sawRare().HadTags }
func (a *Action) Wanted() *Wanted             { return a.sawRare().Wanted }

// noFound and noRare are what most actions have; nothing writes to them.
var (
	noFound Found
	noRare  Rare
)

func (a *Action) sawFound() *Found { return cmp.Or(a.found, &noFound) }
func (a *Action) sawRare() *Rare   { return cmp.Or(a.rare, &noRare) }

// Leftover reports whether the action is about a group that no manifest names any
// more: the id-map has it.
func (a *Action) Leftover() bool { return a.Verb == Delete || a.Dropped }

// ExpectedXID is the xid that a group of the key of a must have, as far as the plan
// has it. The group that was found may carry another one.
func (p *Plan) ExpectedXID(a *Action) string {
	switch {
	case a.Reference, a.Verb == Delete, a.ID == 0:
	case !a.OwnXID:
		return intel.DerivedXID(p.Namespace, a.Owner, a.Key)
	case a.Wanted() != nil:
		return a.Wanted().XID
	}
	return a.XID
}

// Wanted is what manifests say of a group, without key, type, name and owner.
type Wanted struct {
	XID            string            `json:"xid,omitempty"` // the manifest's own
	Mentions       intel.List        `json:"mentions,omitempty"`
	Fields         intel.Fields      `json:"fields,omitempty"`
	Tags           []string          `json:"tags,omitempty"`
	SecurityLabels []string          `json:"securityLabels,omitempty"`
	Attributes     []intel.Attribute `json:"attributes,omitempty"`
	Associations   []Association     `json:"associations,omitempty"` // all that it names, there already or not
}

// Compared is the part of a group that a comparison looks at.
type Compared struct {
	Fields []string   `json:"fields,omitempty"`
	Lists  intel.List `json:"lists,omitempty"`
	Paged  intel.List `json:"paged,omitempty"` // of Lists: those read completely, page by page
}

// AttributeLabels among Compared.Fields stands for the security labels of
// attributes, which answers have only if these are asked for by this name.
const AttributeLabels = "attributes.securityLabels"

// Candidate is a group on the server that could be the one meant.
type Candidate struct {
	ID      int64  `json:"id"`
	Type    string `json:"type"`
	Name    string `json:"name"`
	Owner   string `json:"owner"`
	XID     string `json:"xid,omitempty"`
	Added   string `json:"dateAdded,omitempty"`
	WebLink string `json:"webLink,omitempty"`
}
