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
	ID        string `json:"planId"`         // of everything below; what marks an applied plan. "" until it is saved or carried out
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

	// MadeObjects are the objects that the run which is taken back has made, and that stay:
	// how many of each kind.
	MadeObjects map[intel.Kind]int `json:"keptObjects,omitempty"`

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

	New      map[intel.Kind]int `json:"-"`                       // new objects; in JSON indicatorsNew, artifactsNew, …
	Alone    int                `json:"objectsCreate,omitempty"` // of these, the ones that no group brings along
	Complete int                `json:"objectsUpdate,omitempty"` // indicators that an earlier run has created, and not completed
	Objects  int                `json:"objectsDelete,omitempty"`
	Requests int                `json:"requests"` // that write
}

// Pending reports whether there is anything to apply.
func (s Summary) Pending() bool { return s.Create+s.Update+s.Delete+s.Alone+s.Complete+s.Objects > 0 }
