package compare_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/golden"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
	"tcimport/internal/reader"
)

const org = "Demo Organization"

// manifest reads and assembles text; what is wrong with it fails the test.
func manifest(t testing.TB, text string) *intel.Import {
	t.Helper()
	m, problems := reader.Read([]string{"-"}, reader.Options{InputFormat: "yaml", Stdin: strings.NewReader(text)})
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	im, problems := intel.Assemble(m, intel.Options{DefaultOwner: org, Namespace: "ns"})
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	return im
}

// scene is an import, and what there is.
type scene struct {
	manifest string
	groups   []*intel.Remote
	objects  []*intel.Remote // found by ID, or by type and name
	ids      baseline.IDMap
	policy   func(*plan.Policy)
	then     func(*compare.Input) // last touches
}

func (s scene) plan(t testing.TB) *plan.Plan {
	t.Helper()
	in := compare.Input{
		Import: manifest(t, s.manifest), IDMap: s.ids, Policy: plan.DefaultPolicy(),
		Target: plan.Target{URL: "https://tc.example/api", Owner: org},
		Found:  &inventory.Inventory{Groups: s.groups, Elsewhere: map[int][]string{}, Paged: map[int64]intel.List{}},
	}
	for _, o := range in.Import.Objects {
		var found []*intel.Remote
		for _, r := range s.objects {
			if r.Kind == o.Kind && (o.ID != 0 && r.ID == o.ID || o.ID == 0 && r.Type == o.Type && r.Name == o.Summary && (r.Owner == o.Owner || o.Owner == "")) {
				found = append(found, r)
			}
		}
		in.Found.Objects = append(in.Found.Objects, found)
	}
	if s.policy != nil {
		s.policy(&in.Policy)
	}
	if s.then != nil {
		s.then(&in)
	}
	p := compare.Make(in)
	sameWithoutRest(t, p, in)
	return p
}

// sameWithoutRest checks that the plan is the same where the comparison lets go of what it
// has compared, and the look-up before it of groups that say the same, and where it does
// not say what groups look like.
func sameWithoutRest(t testing.TB, p *plan.Plan, in compare.Input) {
	t.Helper()
	found := *in.Found
	found.Groups = nil
	for _, g := range in.Found.Groups {
		itself := *g
		letGo(in, &itself)
		found.Groups = append(found.Groups, &itself)
	}
	in.Found, in.Last, in.Unsaved = &found, true, true
	unsaved := compare.Make(in)
	for i, a := range p.Actions {
		if u := unsaved.Actions[min(i, len(unsaved.Actions)-1)]; a.Verb != plan.Delete && a.State() != "" {
			if u.State() != "" {
				t.Errorf("%s: a plan that is not saved says what the group looks like", u.Key)
			}
			u.Found().State, u.Found().Compared = a.State(), a.Compared()
		}
	}
	var want, got bytes.Buffer
	if err := errors.Join(p.Write(&want), unsaved.Write(&got)); err != nil {
		t.Fatal(err)
	}
	if got.String() != want.String() {
		t.Errorf("another plan where the comparison lets go of what it has compared:\n%s\nwant\n%s", got.String(), want.String())
	}
}

// letGo lets go of what r has, as a look-up does if it says the same as the group of its xid.
func letGo(in compare.Input, r *intel.Remote) bool {
	same := compare.NewSame(in.IDMap, in.IDMap, in.Policy)
	for _, g := range in.Import.Groups {
		if !g.Reference && g.Owner == r.Owner && g.ExpectedXID(in.Import.Namespace) == r.XID && same.Is(g, r) {
			r.LetGo(g)
			return true
		}
	}
	return false
}

const allLists = intel.ListTags | intel.ListSecurityLabels | intel.ListAttributes | intel.ListAssociations

type option = func(*intel.Remote)

func group(id int64, typ, name string, options ...option) *intel.Remote {
	r := &intel.Remote{Kind: intel.KindGroup, ID: id, Type: typ, Name: name, Owner: org, Lists: allLists,
		WebLink: intel.WebLinkOf(fmt.Sprintf("https://tc.example/g/%d", id)), Added: time.Date(2021, 11, 3, 0, 0, 0, 0, time.UTC)}
	for _, o := range options {
		o(r)
	}
	return r
}

func object(kind intel.Kind, id int64, typ, name string) *intel.Remote {
	return &intel.Remote{Kind: kind, ID: id, Type: typ, Name: name, Owner: org, Active: true}
}

func xid(s string) option { return func(r *intel.Remote) { r.XID = s } }
func ours(key string) option {
	return func(r *intel.Remote) { r.XID = intel.DerivedXID("ns", r.Owner, key) }
}
func owner(s string) option { return func(r *intel.Remote) { r.Owner = s } }
func tags(names ...string) option {
	return func(r *intel.Remote) {
		for _, name := range names {
			tag := intel.RemoteTag{Name: name}
			if id, _, ok := strings.Cut(name, " - "); ok && strings.HasPrefix(id, "T1") {
				tag.TechniqueID = id
			}
			r.Tags = append(r.Tags, tag)
		}
	}
}
func labels(names ...string) option {
	return func(r *intel.Remote) {
		for _, name := range names {
			r.SecurityLabels = append(r.SecurityLabels, intel.RemoteLabel{Name: name})
		}
	}
}
func field(name, value string) option {
	return func(r *intel.Remote) { r.Fields = append(r.Fields, intel.Field{Name: name, Value: value}) }
}

// attribute adds one; of more, the first is its source, "default" makes it the
// default one.
func attribute(id int64, typ, value string, more ...string) option {
	at := intel.RemoteAttribute{ID: id, Attribute: intel.Attribute{Type: typ, Value: value}}
	at.Default, at.Pinned = intel.FlagOf(slices.Contains(more, "default")), intel.No
	if len(more) > 0 && more[0] != "default" {
		at.Source = more[0]
	}
	return func(r *intel.Remote) { r.Attributes = append(r.Attributes, at) }
}
func linked(kind intel.Kind, ids ...int64) option {
	return func(r *intel.Remote) {
		for _, id := range ids {
			r.Links = append(r.Links, &intel.Remote{Kind: kind, ID: id, Type: "T", Name: fmt.Sprint("linked ", id), Owner: org})
		}
	}
}

// shown is a plan as goldens have it.
func shown(p *plan.Plan) string {
	var b strings.Builder
	for _, a := range p.Actions {
		fmt.Fprintf(&b, "%s %s", a.Verb, a.Key)
		if a.ID != 0 {
			fmt.Fprintf(&b, " #%d", a.ID)
		}
		if a.Reference {
			b.WriteString(" (reference)")
		}
		if a.Reason() != "" {
			fmt.Fprintf(&b, ": %s", a.Reason())
		}
		b.WriteString("\n")
		for _, c := range a.Candidates() {
			fmt.Fprintf(&b, "  candidate #%d %s %s in %s xid=%q %s %s\n", c.ID, c.Type, c.Name, c.Owner, c.XID, c.Added, c.WebLink)
		}
		for _, c := range a.Changes {
			fmt.Fprintf(&b, "  %s\n", shownChange(c))
		}
		for _, as := range a.Associations {
			fmt.Fprintf(&b, "  %s\n", shownAssociation(&as))
		}
		for _, n := range a.Notes() {
			fmt.Fprintf(&b, "  note: %s\n", n)
		}
	}
	for _, o := range p.CarriedOn {
		fmt.Fprintf(&b, "carried on: %s #%d", o.Written(), o.ID())
		if o.Reason() != "" {
			b.WriteString(": " + o.Reason())
		}
		b.WriteString("\n")
	}
	if p.PruneRefused != "" {
		fmt.Fprintf(&b, "prune refused: %s\n", p.PruneRefused)
	}
	return b.String()
}

func shownChange(c plan.Change) string {
	s := fmt.Sprintf("%s %s %q -> %q", c.Op, c.Field(), c.Old(), c.New())
	if d := c.Attribute(); d != nil {
		if d.ID != 0 {
			s += fmt.Sprintf(" #%d", d.ID)
		}
		if d.Source != "" {
			s += fmt.Sprintf(" source=%q", d.Source)
		}
		if d.Default != intel.Unsaid {
			s += fmt.Sprintf(" default=%v", d.Default)
		}
	}
	if c.Drift != 0 {
		s += " (from the " + c.Drift.String() + ")"
	}
	return s
}

func shownAssociation(as *plan.Association) string {
	s := fmt.Sprintf("%s %s %s", as.Op, as.Kind, as.State)
	if as.ID() != 0 {
		s += fmt.Sprintf(" #%d", as.ID())
	}
	if as.Key() != "" {
		s += " key=" + as.Key()
	}
	if as.Written() != "" {
		s += " written=" + as.Written()
	}
	if as.Reason() != "" {
		s += ": " + as.Reason()
	}
	if as.Drift != 0 {
		s += " (from the " + as.Drift.String() + ")"
	}
	return s
}

// scenes plans each case and gives all of them as one golden.
func scenes(t *testing.T, file string, cases []struct {
	name  string
	scene scene
}) {
	t.Helper()
	a := golden.Read(t, filepath.Join("testdata", file))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { a.Check(t, c.name, shown(c.scene.plan(t)), "") })
	}
}
