package plan

import "fmt"

// ListPolicy is what happens to entries of a list that the manifest does not
// name.
type ListPolicy string

// The list policies.
const (
	Append  ListPolicy = "append"
	Replace ListPolicy = "replace"
)

// Adopt says which groups of the same owner, type and name are taken over.
type Adopt string

// The adoption policies.
const (
	AdoptNone     Adopt = "none"
	AdoptUnmarked Adopt = "unmarked"
	AdoptAny      Adopt = "any"
)

// MissingIndicators says what happens to indicators that the instance lacks.
type MissingIndicators string

// The policies for missing indicators.
const (
	MissingCreate MissingIndicators = "create"
	MissingFail   MissingIndicators = "fail"
	MissingSkip   MissingIndicators = "skip"
)

// OnDrift says what happens to a difference that somebody made on the server.
type OnDrift string

// The drift policies.
const (
	DriftOverwrite OnDrift = "overwrite"
	DriftKeep      OnDrift = "keep"
	DriftFail      OnDrift = "fail"
)

// Policy is how a plan is made where the manifests leave a choice.
type Policy struct {
	Tags              ListPolicy        `json:"tags"`
	Attributes        ListPolicy        `json:"attributes"`
	Labels            ListPolicy        `json:"labels"`
	Associations      ListPolicy        `json:"associations"`
	MissingIndicators MissingIndicators `json:"missingIndicators"`
	Adopt             Adopt             `json:"adopt"`
	OnDrift           OnDrift           `json:"onDrift"`
	CreateOnly        bool              `json:"createOnly,omitempty"`
	UpdateOnly        bool              `json:"updateOnly,omitempty"`
	Prune             bool              `json:"prune,omitempty"`
	PruneMax          Limit             `json:"pruneMax,omitzero"`
}

// DefaultPolicy is what holds where no flag says otherwise.
func DefaultPolicy() Policy {
	return Policy{
		Tags: Append, Attributes: Append, Labels: Append, Associations: Append,
		MissingIndicators: MissingCreate, Adopt: AdoptUnmarked, OnDrift: DriftOverwrite,
		PruneMax: Limit{Percent: true, N: 10},
	}
}

// Limit is a number, or a share of a whole in percent.
type Limit struct {
	N       int  `json:"n"`
	Percent bool `json:"percent,omitempty"`
}

// Allows reports whether n of total is within the limit.
func (l Limit) Allows(n, total int) bool {
	if l.Percent {
		return n*100 <= l.N*total
	}
	return n <= l.N
}

// String is the limit as flags write it.
func (l Limit) String() string {
	if l.Percent {
		return fmt.Sprintf("%d%%", l.N)
	}
	return fmt.Sprint(l.N)
}
