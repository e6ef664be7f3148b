// Package plan is the plan of a run as a value: it can be printed, saved, read back
// and carried out, whatever has made it. Every change that it names is exactly what
// goes into a request (entry.go), so that what is reviewed is what is sent.
package plan

import (
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
)

// Version is the version of the JSON form.
const Version = 1

// Verb is what happens to a group.
type Verb string

// The verbs of a plan.
const (
	Create    Verb = "create"
	Update    Verb = "update"
	Unchanged Verb = "unchanged"
	Delete    Verb = "delete"
	Skip      Verb = "skip"
	Conflict  Verb = "conflict"
)

// Verbs are all of them.
var Verbs = []Verb{Create, Update, Unchanged, Delete, Skip, Conflict}

// Writes reports whether the verb sends anything.
func (v Verb) Writes() bool { return v == Create || v == Update || v == Delete }

// Plan is what a run will do. It holds no credential.
type Plan struct {
	Version   int    `json:"version"`
	ID        string `json:"planId"`         // of everything below; what marks an applied plan
	Made      string `json:"made,omitempty"` // when, as RFC 3339: two plans of the same content are two
	Target    Target `json:"target"`
	Namespace string `json:"namespace,omitempty"`
	Policy    Policy `json:"policy"`

	Summary Summary   `json:"summary"`
	Actions []*Action `json:"actions"`

	// Objects are what the manifests name beside the groups that they define:
	// indicators, artifacts, cases, victim assets and groups that are only
	// pointed at.
	Objects []*Object `json:"objects,omitempty"`

	// CarriedOn are groups of the id-map that the manifests no longer name, with
	// the key of their row as Written, and the Reason for which Prune leaves them.
	CarriedOn []*Object `json:"carriedOn,omitempty"`

	// IDMap is the id-map that the plan was made with: the report of its run carries
	// on what that knows and the run does not touch.
	IDMap baseline.IDMap `json:"remembered,omitempty"`

	// Denied says what of the plan the API user may not write. These actions are
	// conflicts.
	Denied []string `json:"denied,omitempty"`

	// Undoes is the ID of the plan whose run this one takes back; "" for a plan that is
	// made from manifests.
	Undoes string `json:"undoes,omitempty"`

	// PruneRefused says why the deletions of this plan are not carried out.
	PruneRefused string `json:"pruneRefused,omitempty"`
}

// Target is the instance and the default owner.
type Target struct {
	URL   string `json:"url"`
	Owner string `json:"owner"`
}

// Summary is the tally of a plan.
type Summary struct {
	Create          int `json:"create"`
	Update          int `json:"update"`
	Delete          int `json:"delete"`
	Unchanged       int `json:"unchanged"`
	Skip            int `json:"skip"`
	Conflict        int `json:"conflict"`
	Associations    int `json:"associations"`        // to add
	Removals        int `json:"associationsRemoved"` // to remove
	IndicatorsFound int `json:"indicatorsFound"`

	New      map[intel.Kind]int `json:"-"`        // new objects; in JSON indicatorsNew, artifactsNew, …
	Requests int                `json:"requests"` // that write
}

// Pending reports whether there is anything to apply.
func (s Summary) Pending() bool { return s.Create+s.Update+s.Delete > 0 }

// Action is what happens to one group.
type Action struct {
	Verb         Verb          `json:"action"`
	Key          string        `json:"key"`
	Type         string        `json:"type"`
	Name         string        `json:"name"`
	Owner        string        `json:"owner"`
	ID           int64         `json:"id,omitempty"`
	Changes      []Change      `json:"changes,omitempty"`
	Associations []Association `json:"associations,omitempty"`
	Source       string        `json:"source"`

	Reason     string      `json:"reason,omitempty"`     // of a skip or a conflict
	Candidates []Candidate `json:"candidates,omitempty"` // of a conflict
	Notes      []Note      `json:"notes,omitempty"`
	XID        string      `json:"xid,omitempty"` // carried by the group, or to be given to it
	OwnXID     bool        `json:"ownXid,omitempty"`
	WebLink    string      `json:"webLink,omitempty"`

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

	// Reference is set on a group that no manifest defines, but that gets an
	// association by a list of associations.
	Reference bool `json:"reference,omitempty"`
}

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
	case a.Wanted != nil:
		return a.Wanted.XID
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

// Object is something that the manifests name and that is not a group which
// they define.
type Object struct {
	Kind    intel.Kind `json:"kind"`
	Written string     `json:"written,omitempty"`
	Type    string     `json:"type,omitempty"`
	Name    string     `json:"name,omitempty"`
	Owner   string     `json:"owner,omitempty"`
	ID      int64      `json:"id,omitempty"`
	XID     string     `json:"xid,omitempty"`
	WebLink string     `json:"webLink,omitempty"`
	State   State      `json:"state"`
	Source  string     `json:"source,omitempty"`
	Notes   []string   `json:"notes,omitempty"`
	Reason  string     `json:"reason,omitempty"` // of a missing one, or of one that is not pruned

	Definition *intel.Object `json:"-"` // what it is made from, and found by; nil if named by ID. definition.go writes it
}

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
