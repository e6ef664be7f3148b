package apply_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// What a look at a group does not show was not made: an artifact that never
// arrived is in doubt, and not taken for one that is there.
func TestObjectThatALookLacksIsInDoubt(t *testing.T) {
	b := richBench(t)
	b.apply(`groups: [{key: a, type: Threat, name: A}]`)
	p := b.plan(b.read(`groups: [{key: a, type: Threat, name: A, associatedIndicators: [Host:x.example], associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}]}]`),
		nil, plan.DefaultPolicy())
	b.sim.SetFault(times(100, http.MethodPut, tcsim.BeforeHandling, tcsim.Fault{Drop: true}))
	l, err := b.run(p)
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := outcome(l, "a"); r.Status != apply.InDoubt {
		t.Errorf("%s %s", r.Status, r.Error)
	}
	allLost(t, l, apply.InDoubt)
	for _, o := range l.Objects {
		if o.Status != apply.InDoubt || o.Made {
			t.Errorf("%s: %s %s", o.Object.Name(), o.Status, o.Error)
		}
	}
}

// A tag that has not arrived yet was not rewritten into one that was there.
func TestMissingTagIsNoRewrittenTag(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	b.apply(`groups: [{key: a, type: Threat, name: A, tags: [theirs]}]`)
	p := b.plan(b.read(`groups: [{key: a, type: Threat, name: A, tags: [x], attributes: [{type: Aliases, value: p}]}]`), nil, plan.DefaultPolicy())
	b.sim.SetFault(times(1, http.MethodPut, tcsim.BeforeHandling, tcsim.Fault{Drop: true}))
	l, err := b.run(p)
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := outcome(l, "a"); r.Status != apply.OK || len(r.Rewritten) > 0 {
		t.Errorf("%s %s, rewritten %v", r.Status, r.Error, r.Rewritten)
	}
}

// Tags that somebody else has given a group which is there already are not what
// became of ours.
func TestTagsOfOthersAreNoRewrittenTags(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p := b.plan(b.read(`groups: [{key: a, xid: one, type: Threat, name: A, tags: [x]}]`), nil, plan.DefaultPolicy())
	b.apply(`groups: [{key: a, xid: one, type: Threat, name: A, tags: [theirs]}]`)
	l, err := b.run(p)
	if r, _ := outcome(l, "a"); err != nil || r.Status != apply.OK || len(r.Rewritten) > 0 {
		t.Errorf("%v, %s %s, rewritten %v", err, r.Status, r.Error, r.Rewritten)
	}
}

// Labels of an attribute whose change was lost are set again: the list of attributes
// does not show them, and does not say that they are set.
func TestLostLabelsOfAttributesAreSetAgain(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	manifest := func(label string) string {
		return `groups: [{key: a, type: Incident, name: A, attributes: [{type: External ID, value: x, securityLabels: ["` + label + `"]}]}]`
	}
	b.apply(manifest("TLP:GREEN"))
	policy := plan.DefaultPolicy()
	policy.Labels = plan.Replace
	p := b.plan(b.read(manifest("TLP:RED")), nil, policy)
	b.sim.SetFault(times(1, http.MethodPut, tcsim.BeforeHandling, tcsim.Fault{Drop: true}))
	l, err := b.run(p)
	if r, _ := outcome(l, "a"); err != nil || r.Status != apply.OK {
		t.Fatalf("%v, %s %s", err, r.Status, r.Error)
	}
	labels := []string{}
	for _, at := range b.sim.Snapshot().Groups[0].Attributes {
		labels = append(labels, at.SecurityLabels...)
	}
	if diff := cmp.Diff([]string{"TLP:RED"}, labels); diff != "" {
		t.Error(diff)
	}
}

// TestRewrittenTagsOfFoundGroups: what the instance made of the tags of a group is
// recorded as soon as the group is found, even if no write ever gets an answer.
func TestRewrittenTagsOfFoundGroups(t *testing.T) {
	b := newBench(t, tcsim.Config{Switches: tcsim.Switches{TagRules: map[string]string{"old": "main"}}})
	p := b.plan(b.read(`groups: [{key: a, type: Threat, name: A, tags: [old]}]`), nil, plan.DefaultPolicy())
	b.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		return tcsim.Fault{Drop: p.Phase == tcsim.AfterCommit && p.Request.Method != http.MethodGet}
	})
	l, err := b.run(p)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := outcome(l, "a")
	if diff := cmp.Diff(baseline.Rewritten{"old": "main"}, r.Rewritten); diff != "" || r.ID == 0 {
		t.Errorf("%s %s, ID %d: %s", r.Status, r.Error, r.ID, diff)
	}
}
