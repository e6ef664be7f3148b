package apply_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// namesMany gives n groups in YAML, each with m associated hosts of an owner.
func namesMany(n, m int, owner string) string {
	var b strings.Builder
	b.WriteString("groups:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {key: g%d, type: Threat, name: Threat %d, tags: [x], associatedIndicators: [", i, i)
		for j := range m {
			fmt.Fprintf(&b, "{type: Host, summary: h%d-%d.example, owner: %s}, ", i, j, owner)
		}
		b.WriteString("]}\n")
	}
	return b.String()
}

// TestRefusedSortIsNotSent: where an instance refuses all associations with
// another owner, it is asked a few times and not for each; every association has
// its outcome, with the reason, and the groups have all else.
func TestRefusedSortIsNotSent(t *testing.T) {
	for _, sw := range []string{"off400", "off403"} {
		for _, workers := range []int{1, 4} {
			b := withSwitches(t, "cross-owner="+sw)
			p := b.plan(b.read(namesMany(5, 200, tcsim.DemoSource)), nil, plan.DefaultPolicy())
			before := b.sim.Stats().Total
			l, err := b.run(p, func(o *apply.Options) { o.Workers = workers })
			if err != nil {
				t.Fatal(err)
			}
			if n, most := b.sim.Stats().Total-before, map[int]int{1: 35, 4: 90}[workers]; n > most {
				t.Errorf("%s, %d workers: %d requests for 5 groups, want %d at most", sw, workers, n, most)
			}
			refused, unsent := 0, 0
			for _, r := range l.Results {
				if r.Status != apply.OK || r.ID == 0 || len(r.Lost()) != 200 {
					t.Errorf("%s: %s, ID %d, %d lost: %s", r.Action.Key, r.Status, r.ID, len(r.Lost()), r.Error)
				}
				for _, x := range r.Lost() {
					switch {
					case x.Status != apply.Failed || !strings.Contains(x.Error, "Items of different owners cannot be associated."):
						t.Fatalf("%s: %s", x.Status, x.Error)
					case strings.HasPrefix(x.Error, "not sent, because the instance refused to add associations"):
						unsent++
					default:
						refused++
					}
				}
			}
			for _, o := range l.Objects {
				if o.Status != apply.Failed || !strings.Contains(o.Error, "Items of different owners cannot be associated.") {
					t.Fatalf("%s is made with none of its associations, and is %s: %q", o.Object.Name(), o.Status, o.Error)
				}
			}
			if unsent < 900 || refused < 5 || refused+unsent != 1000 {
				t.Errorf("%d refused, %d not sent", refused, unsent)
			}
			for _, g := range b.sim.Snapshot().Groups {
				if len(g.Tags) != 1 {
					t.Errorf("%s has the tags %q", g.Name, g.Tags)
				}
			}
		}
	}
}

// TestFewRefusalsHideNothing: entries that are refused alike at the beginning of
// a list, or of a run, do not keep those that are good from being sent.
func TestFewRefusalsHideNothing(t *testing.T) {
	for _, bad := range []int{3, 6, 20} {
		var hosts []string
		cfg := tcsim.Config{}
		for i := range 60 {
			h := fmt.Sprintf("h%d.example", i)
			hosts = append(hosts, "Host:"+h)
			if i < bad {
				cfg.ExcludedSummary = append(cfg.ExcludedSummary, h)
			}
		}
		b := newBench(t, cfg)
		_, l := b.apply("groups: [{key: a, type: Threat, name: A, associatedIndicators: [" + strings.Join(hosts, ", ") + "]}]")
		if r, lost := outcome(l, "a"); strings.Count(lost, "(failed)") != bad || len(r.Lost()) != bad {
			t.Errorf("%d bad ones: lost %s", bad, lost)
		}
	}
}

// TestRefusedAttributeOfManyGroups: an attribute type that does not fit is not
// sent with each group, and each group says that it lacks it.
func TestRefusedAttributeOfManyGroups(t *testing.T) {
	const n = 100
	var text strings.Builder
	text.WriteString("groups:\n")
	for i := range n {
		fmt.Fprintf(&text, "  - {key: g%d, type: Threat, name: Threat %d, tags: [x], attributes: [{type: Description, value: d}, {type: Nowhere, value: v%d}]}\n", i, i, i)
	}
	b := newBench(t, tcsim.Config{})
	p := b.plan(b.read(text.String()), nil, plan.DefaultPolicy())
	before := b.sim.Stats().Writes
	l, err := b.run(p)
	if err != nil {
		t.Fatal(err)
	}
	if w := b.sim.Stats().Writes - before; w > n+80 {
		t.Errorf("%d writes for %d groups", w, n)
	}
	for _, r := range l.Results {
		if r.Status != apply.Failed || !strings.Contains(r.Error, `attribute Nowhere "v`) || unmadeOf(l, r.Action.Key) == "" {
			t.Errorf("%s: %s %s, %s", r.Action.Key, r.Status, r.Error, unmadeOf(l, r.Action.Key))
		}
	}
}

// communityReader has a user that may read the community and write everything else.
var communityReader = tcsim.Config{Token: "another", Users: []tcsim.User{{AccessID: "2", SecretKey: "s", Token: tcsim.DemoToken, Organization: tcsim.DemoOrganization,
	OrganizationRole: "Standard User", Access: map[string]tcsim.Access{tcsim.DemoCommunity: {Role: "Read Only User"}, tcsim.DemoSource: {Role: "Editor"}}}}}

// inTwoOwners are n groups in the Organization and n in the community.
func inTwoOwners(n int) string {
	var b strings.Builder
	b.WriteString("groups:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {key: own%d, type: Threat, name: Own %d, tags: [x], attributes: [{type: Description, value: d}]}\n", i, i)
		fmt.Fprintf(&b, "  - {key: other%d, type: Threat, name: Other %d, owner: Demo Community, tags: [x], attributes: [{type: Description, value: d}, {type: Aliases, value: d}]}\n", i, i)
	}
	return b.String()
}

// TestReadOnlyOwner: that an owner is read-only is found out once, and not for
// each group.
func TestReadOnlyOwner(t *testing.T) {
	const n = 40
	b := newBench(t, communityReader)
	p := b.plan(b.read(inTwoOwners(n)), nil, plan.DefaultPolicy())
	before := b.sim.Stats().Total
	l, err := b.run(p, func(o *apply.Options) { o.Probe = b.probe })
	if err != nil {
		t.Fatal(err)
	}
	if got := b.sim.Stats().Total - before; got > n+80 {
		t.Errorf("%d requests, want %d at most", got, n+80)
	}
	if tally := tallyOf(l); tally.Created != n || tally.Failed != n {
		t.Errorf("%+v", tally)
	}
}

// TestDeniedUpdatesAndDeletions: what may not be changed or deleted is found out
// once, too.
func TestDeniedUpdatesAndDeletions(t *testing.T) {
	const n = 40
	b := newBench(t, tcsim.Config{})
	b.apply(strings.ReplaceAll(inTwoOwners(n), "[x]", "[x, y]"))
	for verb, p := range map[plan.Verb]*plan.Plan{
		plan.Update: b.plan(b.read(strings.NewReplacer("[x]", "[a, b, c]", "value: d", "value: e").Replace(inTwoOwners(n))), nil, plan.DefaultPolicy()),
		plan.Delete: deletionOfAll(b),
	} {
		deny := func(p tcsim.FaultPoint) tcsim.Fault {
			if p.Request.Method == http.MethodGet || p.Phase != tcsim.BeforeHandling {
				return tcsim.Fault{}
			}
			return tcsim.Fault{Status: 401, Body: `{"status":"Error","message":"You do not have permission to do that."}`}
		}
		b.sim.SetFault(deny)
		before := b.sim.Stats().Writes
		l, err := b.run(p, func(o *apply.Options) { o.Probe = b.probe })
		if err != nil {
			t.Fatal(err)
		}
		if got, most := b.sim.Stats().Writes-before, map[plan.Verb]int{plan.Update: 2 * n, plan.Delete: n}[verb]; got > most {
			t.Errorf("%s: %d writes, want %d at most", verb, got, most)
		}
		for _, r := range l.Results {
			if r.Action.Verb == verb && (r.Status != apply.Failed || !strings.Contains(r.Error, "permission")) {
				t.Errorf("%s %s: %s %s", verb, r.Action.Key, r.Status, r.Error)
			}
		}
		b.sim.SetFault(nil)
	}
}

// TestPercentageOfFewChanges: with few changes one that fails does not end the
// run; a percentage allows what it would allow of 20.
func TestPercentageOfFewChanges(t *testing.T) {
	for _, c := range []struct{ percent, bad, good, failed, created int }{
		{5, 1, 2, 1, 2}, {5, 10, 0, 2, 0}, {10, 10, 0, 3, 0}, {4, 10, 0, 1, 0}, {0, 10, 0, 1, 0}, {10, 50, 0, 6, 0},
	} {
		b := newBench(t, tcsim.Config{Switches: tcsim.Switches{NameLimit: 20}})
		var text strings.Builder
		text.WriteString("groups:\n")
		for i := range c.bad + c.good {
			name := "Threat "
			if i < c.bad {
				name = strings.Repeat("x", 21)
			}
			fmt.Fprintf(&text, "  - {key: g%d, type: Threat, name: %s%d}\n", i, name, i)
		}
		l, err := b.run(b.plan(b.read(text.String()), nil, plan.DefaultPolicy()), func(o *apply.Options) {
			o.Workers, o.MaxFailures = 1, &plan.Limit{N: c.percent, Percent: true}
		})
		if tally := tallyOf(l); tally.Failed != c.failed || tally.Created != c.created || errors.Is(err, apply.ErrMaxFailures) != (c.failed < c.bad) {
			t.Errorf("%d%% of %d: %v, %+v", c.percent, c.bad+c.good, err, tally)
		}
	}
}

// deletionOfAll is a plan that deletes each group.
func deletionOfAll(b *bench) *plan.Plan {
	p := &plan.Plan{Version: plan.Version}
	for _, g := range b.sim.Snapshot().Groups {
		p.Actions = append(p.Actions, &plan.Action{Verb: plan.Delete, Key: g.XID, Type: g.Type, Name: g.Name, Owner: g.Owner, ID: g.ID, XID: g.XID})
	}
	p.Summary.Delete = len(p.Actions)
	return p
}

// probe asks for something that valid credentials always get.
func (b *bench) probe(ctx context.Context) error {
	_, err := b.c.Owners(ctx)
	return err
}

// TestMaxFailuresCountsLostAssociations: a group that lacks an association which
// was refused has not ended well.
func TestMaxFailuresCountsLostAssociations(t *testing.T) {
	b := withSwitches(t, "cross-owner=off400")
	p := b.plan(b.read(namesMany(30, 1, tcsim.DemoSource)), nil, plan.DefaultPolicy())
	l, err := b.run(p, func(o *apply.Options) { o.Workers, o.MaxFailures = 1, &plan.Limit{N: 2} })
	if !errors.Is(err, apply.ErrMaxFailures) || tallyOf(l).Created != 3 {
		t.Errorf("%v, %+v", err, tallyOf(l))
	}
}
