package apply_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/reader"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// bench is a simulated instance, a client of it, and the way from a manifest to
// what became of it.
type bench struct {
	t   testing.TB
	sim *tcsim.Server
	c   *tc.Client
}

func newBench(t testing.TB, cfg tcsim.Config) *bench {
	t.Helper()
	b := &bench{t: t, sim: tcsim.New(cfg)}
	return b.connect()
}

// connect gives the bench a client.
func (b *bench) connect() *bench { return b.connectUntil(b.t.Context()) }

// connectUntil gives the bench a client whose writes are broken off when ctx ends.
func (b *bench) connectUntil(ctx context.Context) *bench {
	b.t.Helper()
	c, err := tc.New(tc.Config{
		BaseURL: "http://127.0.0.1/api", Credentials: tc.Credentials{Token: tcsim.DemoToken}, Transport: testkit.Transport{Handler: b.sim}, Hard: ctx,
		Retry: tc.RetryPolicy{Tries: 6, Base: time.Microsecond, MaxWait: 10 * time.Microsecond},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.c = c
	return b
}

func withSwitches(t testing.TB, nameEqualsValue ...string) *bench {
	t.Helper()
	var sw tcsim.Switches
	for _, s := range nameEqualsValue {
		if err := tcsim.ParseSwitch(&sw, s); err != nil {
			t.Fatal(err)
		}
	}
	return newBench(t, tcsim.Config{Switches: sw})
}

// read reads a manifest in YAML.
func (b *bench) read(text string) *intel.Manifest {
	b.t.Helper()
	m, problems := reader.Read([]string{"-"}, reader.Options{InputFormat: "yaml", Stdin: strings.NewReader(text)})
	if problems.Errors() > 0 {
		b.t.Fatal(problems)
	}
	return m
}

func (b *bench) plan(m *intel.Manifest, ids baseline.IDMap, policy plan.Policy) *plan.Plan {
	b.t.Helper()
	im, problems := intel.Assemble(m, intel.Options{DefaultOwner: tcsim.DemoOrganization})
	if problems.Errors() > 0 {
		b.t.Fatal(problems)
	}
	for _, o := range im.Objects {
		if o.Kind == intel.KindCase && o.ID == 0 {
			o.More().Fields = append(o.Fields(), intel.Field{Name: "xid", Value: intel.DerivedXID(im.Namespace, tcsim.DemoOrganization, o.Summary)})
		}
	}
	opt := lookup.Options{Workers: 4}
	inv, err := lookup.Find(b.t.Context(), b.c, lookup.OfImport(im, ids, nil), opt)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := lookup.Complete(b.t.Context(), b.c, im, inv, ids, policy, opt); err != nil {
		b.t.Fatal(err)
	}
	return compare.Make(compare.Input{Import: im, Found: inv, IDMap: ids, Policy: policy, Target: plan.Target{Owner: tcsim.DemoOrganization}})
}

// find looks objects up again, as apply asks for it.
func (b *bench) find(ctx context.Context, objects []*intel.Object) ([][]*intel.Remote, error) {
	inv, err := lookup.Find(ctx, b.c, lookup.Wanted{Objects: objects}, lookup.Options{Workers: 4})
	if err != nil {
		return nil, err
	}
	return inv.Objects, nil
}

// doubtful are keys that an earlier run has sent just now.
func doubtful(keys ...string) map[string]time.Time {
	sent := map[string]time.Time{}
	for _, key := range keys {
		sent[key] = time.Now()
	}
	return sent
}

// run carries p out. The ledger is held against the rules of all ledgers.
func (b *bench) run(p *plan.Plan, options ...func(*apply.Options)) (*apply.Ledger, error) {
	b.t.Helper()
	opt := apply.Options{Workers: 4, Find: b.find, Settle: time.Millisecond}
	for _, o := range options {
		o(&opt)
	}
	l, err := apply.Run(b.t.Context(), p, b.c, opt)
	addsUp(b.t, p, l)
	return l, err
}

// completes carries p out, and fails unless everything was done.
func (b *bench) completes(p *plan.Plan, options ...func(*apply.Options)) *apply.Ledger {
	b.t.Helper()
	l, err := b.run(p, options...)
	if err != nil {
		b.t.Fatal(err)
	}
	complete(b.t, l)
	return l
}

// apply plans and carries out, without anything going wrong.
func (b *bench) apply(text string, options ...func(*apply.Options)) (*plan.Plan, *apply.Ledger) {
	b.t.Helper()
	p := b.plan(b.read(text), nil, plan.DefaultPolicy())
	l, err := b.run(p, options...)
	if err != nil {
		b.t.Fatal(err)
	}
	return p, l
}

// settled fails unless a second run would change nothing.
func (b *bench) settled(m *intel.Manifest, ids baseline.IDMap) {
	b.t.Helper()
	if p := b.plan(m, ids, plan.DefaultPolicy()); p.Summary.Pending() || p.Summary.Conflict > 0 {
		b.t.Errorf("a second run would change something: %+v\n%s", p.Summary, pending(p))
	}
}

// pending is what a plan would still do.
func pending(p *plan.Plan) string {
	var s strings.Builder
	for _, a := range p.Actions {
		if a.Verb == plan.Unchanged {
			continue
		}
		fmt.Fprintf(&s, "%s %s %s\n", a.Verb, a.Key, a.Reason())
		for _, c := range a.Changes {
			fmt.Fprintf(&s, "  %s %s %q -> %q\n", c.Op, c.Field(), c.Old(), c.New())
		}
		for _, as := range a.Associations {
			fmt.Fprintf(&s, "  %s %s %s %s %d\n", as.Op, as.Kind, as.State, as.Name(), as.ID())
		}
	}
	return s.String()
}

// addsUp holds that each action and object has one outcome, and that each
// association is lost at most once.
func addsUp(t testing.TB, p *plan.Plan, l *apply.Ledger) {
	t.Helper()
	if len(l.Results) != len(p.Actions) || len(l.Objects) != len(p.Objects) || tallyOf(l).total() != len(p.Actions) {
		t.Errorf("%d results of %d actions, %d of %d objects, %+v", len(l.Results), len(p.Actions), len(l.Objects), len(p.Objects), tallyOf(l))
	}
	for i, r := range l.Results {
		if r == nil || r.Action != p.Actions[i] {
			t.Fatalf("result %d is that of another action", i)
		}
		lost, own := map[*plan.Association]bool{}, map[*plan.Association]bool{}
		for i := range r.Action.Associations {
			own[&r.Action.Associations[i]] = true
		}
		for _, x := range r.Lost() {
			if lost[x.Association] || !own[x.Association] {
				t.Errorf("%s: an association is lost twice, or is not its own: %+v", r.Action.Key, x.Association)
			}
			lost[x.Association] = true
			if x.Error == "" {
				t.Errorf("%s: lost without a reason: %+v", r.Action.Key, x.Association)
			}
		}
		if r.Status != apply.OK && r.Error == "" {
			t.Errorf("%s: %s without a reason", r.Action.Key, r.Status)
		}
		if r.Status == apply.OK && r.Action.Verb == plan.Create && r.ID == 0 {
			t.Errorf("%s: created without an ID", r.Action.Key)
		}
	}
}

// complete fails unless everything was done.
func complete(t testing.TB, l *apply.Ledger) {
	t.Helper()
	if !tallyOf(l).complete() {
		t.Errorf("not complete: %+v\n%s", tallyOf(l), troubles(l))
	}
	for _, o := range l.Objects {
		if o.Status != apply.OK || o.ID == 0 {
			t.Errorf("%s %s: %s, ID %d: %s", o.Object.Kind, o.Object.Written(), o.Status, o.ID, o.Error)
		}
	}
}

// troubles is all that a ledger says went wrong.
func troubles(l *apply.Ledger) string {
	var b strings.Builder
	for _, r := range l.Results {
		if r.Status != apply.OK {
			fmt.Fprintf(&b, "%s %s: %s\n", r.Action.Key, r.Status, r.Error)
		}
		for _, x := range r.Lost() {
			fmt.Fprintf(&b, "%s lost %s %s: %s\n", r.Action.Key, x.Association.Written(), x.Status, x.Error)
		}
	}
	for _, o := range l.Objects {
		if o.Status != apply.OK {
			fmt.Fprintf(&b, "%s %s %s: %s\n", o.Object.Kind, o.Object.Written(), o.Status, o.Error)
		}
	}
	return b.String()
}
