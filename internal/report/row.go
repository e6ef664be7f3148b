package report

import (
	"fmt"
	"slices"
	"strconv"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// RowKind is what a row is about, as reports spell it: a kind of objects, or an
// association.
type RowKind string

const (
	kindGroup       RowKind = "group"
	kindIndicator   RowKind = "indicator"
	kindArtifact    RowKind = "artifact"
	kindVictimAsset RowKind = "victimAsset"
	kindAssociation RowKind = "association"
)

// KindOf is the kind of the rows about objects of kind k.
func KindOf(k intel.Kind) RowKind { return RowKind(k.String()) }

func rowKindsOf(kinds []intel.Kind) (out []RowKind) {
	for _, k := range kinds {
		out = append(out, KindOf(k))
	}
	return out
}

// actionReference is an action of rows beside the verbs of a plan: the object was
// only pointed at. A conflict that was left out is a skip that failed.
const actionReference plan.Verb = "reference"

// Row is one line of a report: the outcome of one object that the manifests name.
type Row struct {
	Kind    RowKind      `json:"kind"`
	Key     string       `json:"key"`
	Type    string       `json:"type"`
	Name    string       `json:"name"`
	Owner   string       `json:"owner"`
	XID     string       `json:"xid"`
	ID      int64        `json:"id,omitempty"`
	WebLink string       `json:"webLink"`
	Action  plan.Verb    `json:"action"`
	Status  apply.Status `json:"status"`
	Error   string       `json:"error"`
	Source  string       `json:"source"`

	// Columns of this program, for its next run.
	Instance  string             `json:"instance,omitempty"`
	Namespace string             `json:"namespace,omitempty"`
	Rewritten baseline.Rewritten `json:"rewrittenTags,omitempty"`
	Baseline  baseline.Baseline  `json:"applied,omitempty"`
	Earlier   bool               `json:"earlier,omitempty"` // an unchanged row of an earlier run
}

// Meta is what all rows of a report share.
type Meta struct {
	Instance  string // its host, and its path where that is not the usual one
	Namespace string

	// Left are groups that a run has written which died before its report. They are
	// newer than the id-map of the plan.
	Left baseline.IDMap
}

// column is a column of the CSV report.
type column struct {
	name string
	get  func(*Row) string
	set  func(*Row, string) error
	own  bool // of this program: others cannot rely on it
	word bool // it has one of few values
}

// The values of columns of words.
var (
	rowKinds    = append(rowKindsOf(intel.Kinds), kindAssociation)
	rowActions  = append(slices.Clone(plan.Verbs), actionReference)
	rowStatuses = []apply.Status{apply.OK, apply.Failed, apply.InDoubt, apply.NotAttempted}
)

// text is a column of texts, or of some words. Another word is an error: this
// program did not write it, and a row that is not understood could be lost.
func text[T ~string](name string, field func(*Row) *T, words ...T) column {
	return column{name: name, word: words != nil,
		get: func(r *Row) string { return string(*field(r)) },
		set: func(r *Row, s string) error {
			*field(r) = T(s)
			if words != nil && s != "" && !slices.Contains(words, T(s)) {
				return fmt.Errorf("%s is none of %s", quoted(s), joined(words, func(w T) string { return string(w) }))
			}
			return nil
		}}
}

func (c column) ours() column { c.own = true; return c }

// columns are the columns of the CSV report in their order.
var columns = []column{
	text("kind", func(r *Row) *RowKind { return &r.Kind }, rowKinds...),
	text("key", func(r *Row) *string { return &r.Key }),
	text("type", func(r *Row) *string { return &r.Type }),
	text("name", func(r *Row) *string { return &r.Name }),
	text("owner", func(r *Row) *string { return &r.Owner }),
	text("xid", func(r *Row) *string { return &r.XID }),
	{name: "id", get: func(r *Row) string { return formatID(r.ID) }, set: func(r *Row, s string) (err error) {
		r.ID, err = parseID(s)
		return err
	}},
	text("webLink", func(r *Row) *string { return &r.WebLink }),
	text("action", func(r *Row) *plan.Verb { return &r.Action }, rowActions...),
	text("status", func(r *Row) *apply.Status { return &r.Status }, rowStatuses...),
	text("error", func(r *Row) *string { return &r.Error }),
	text("source", func(r *Row) *string { return &r.Source }),
	text("instance", func(r *Row) *string { return &r.Instance }).ours(),
	text("namespace", func(r *Row) *string { return &r.Namespace }).ours(),
	column{name: "rewrittenTags",
		get: func(r *Row) string { return formatPairs(r.Rewritten) },
		set: func(r *Row, s string) (err error) { r.Rewritten, err = parsePairs(s); return err }}.ours(),
	column{name: "applied",
		get: func(r *Row) string { return r.Baseline.String() },
		set: func(r *Row, s string) error { r.Baseline = baseline.Parse(s); return nil }}.ours(),
	column{name: "earlier",
		get: func(r *Row) string {
			if r.Earlier {
				return "yes"
			}
			return ""
		},
		set: func(r *Row, s string) error { r.Earlier = s != ""; return nil }}.ours(),
}

func formatID(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
