package state

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

var scope = Scope{Instance: "tc.example", Namespace: "incidents"}

// plans is a plan of creates with these keys; each group has one association.
func planOf(id string, keys ...string) *plan.Plan {
	p := &plan.Plan{ID: id}
	for _, k := range keys {
		p.Actions = append(p.Actions, &plan.Action{Verb: plan.Create, Key: k, Type: "Incident", Name: "Name of " + k, Owner: "O", XID: "xid-" + k,
			Associations: []plan.Association{plan.FullAssociation{Name: "other"}.Association()}})
	}
	return p
}

func open(t *testing.T, dir string, p *plan.Plan) (*Journal, *Resume) {
	t.Helper()
	j, _, err := Open(dir, scope)
	must(t, err)
	left, err := j.Begin(p.ID)
	must(t, err)
	return j, left
}

// doneOf are the results of p that stand.
func doneOf(r *Resume, p *plan.Plan) map[string]apply.Result {
	done, _ := r.Progress(p, time.Now())
	return done
}

// sentOf are the writes that have no answer.
func sentOf(r *Resume) []string {
	var sent []string
	for key, g := range r.all() {
		if g.Sent != nil {
			sent = append(sent, key+" "+g.Sent.XID)
		}
	}
	return sent
}

// answersOf is how many groups have an outcome.
func answersOf(r *Resume) int {
	n := 0
	for _, g := range r.all() {
		if g.Line > 0 {
			n++
		}
	}
	return n
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func ok(a *plan.Action, id int64) *apply.Result {
	return &apply.Result{Action: a, Status: apply.OK, ID: id, XID: a.XID, WebLink: intel.WebLinkOf(fmt.Sprint("https://tc.example/", id))}
}

// sameAction compares actions, and their parts, by which they are.
var sameAction = cmp.Options{
	cmp.Comparer(func(a, b *plan.Action) bool { return a == b }),
	cmp.Comparer(func(a, b *plan.Change) bool { return a == b }),
	cmp.Comparer(func(a, b *plan.Association) bool { return a == b }),
}
