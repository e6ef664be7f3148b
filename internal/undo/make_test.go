package undo

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
)

var began = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

const allLists = intel.ListTags | intel.ListSecurityLabels | intel.ListAttributes | intel.ListAssociations

// there is a group of the instance, added after the run began.
func there(id int64, change ...func(*intel.Remote)) *intel.Remote {
	r := &intel.Remote{Kind: intel.KindGroup, ID: id, XID: fmt.Sprint("x", id), Type: "Incident", Name: fmt.Sprint("G", id), Owner: "O",
		Added: began.Add(time.Minute), Lists: allLists}
	for _, f := range change {
		f(r)
	}
	return r
}

func fields(pairs ...string) func(*intel.Remote) {
	return func(r *intel.Remote) {
		for i := 0; i < len(pairs); i += 2 {
			r.Fields = append(r.Fields, intel.Field{Name: pairs[i], Value: pairs[i+1]})
		}
	}
}

func tags(names ...string) func(*intel.Remote) {
	return func(r *intel.Remote) {
		for _, name := range names {
			r.Tags = append(r.Tags, intel.RemoteTag{Name: name})
		}
	}
}

func labels(names ...string) func(*intel.Remote) {
	return func(r *intel.Remote) {
		for _, name := range names {
			r.SecurityLabels = append(r.SecurityLabels, intel.RemoteLabel{Name: name})
		}
	}
}

func attribute(id int64, value string, change ...func(*intel.Attribute)) func(*intel.Remote) {
	at := intel.Attribute{Type: "Description", Value: value, SecurityLabels: []string{}}
	for _, f := range change {
		f(&at)
	}
	return func(r *intel.Remote) {
		r.Attributes = append(r.Attributes, intel.RemoteAttribute{ID: id, Attribute: at})
	}
}

func pinned(at *intel.Attribute)    { at.Pinned = intel.Yes }
func isDefault(at *intel.Attribute) { at.Default = intel.Yes }
func sourced(at *intel.Attribute)   { at.Source = "feed" }
func labelled(at *intel.Attribute)  { at.SecurityLabels = []string{"TLP:RED"} }

func linked(k intel.Kind, ids ...int64) func(*intel.Remote) {
	return func(r *intel.Remote) {
		for _, id := range ids {
			r.Links = append(r.Links, &intel.Remote{Kind: k, ID: id, Type: map[bool]string{true: "Incident", false: "Host"}[k == intel.KindGroup],
				Name: fmt.Sprint("N", id), Owner: "O"})
		}
	}
}

// created is a group that the run has created, with what it left beside the name.
func created(id int64, facts ...baseline.Fact) *Group {
	return &Group{Verb: plan.Create, Key: fmt.Sprint("k", id), Type: "Incident", Name: fmt.Sprint("G", id), Owner: "O", XID: fmt.Sprint("x", id), ID: id,
		Answered: true, Left: baseline.New(append(facts, baseline.Name(fmt.Sprint("G", id)))...)}
}

// ofJob is a group that a job carries, and of which the run has noted no outcome.
func ofJob(facts ...baseline.Fact) *Group {
	g := created(1, facts...)
	g.Answered, g.ByJob, g.Left = false, true, baseline.New(baseline.As(baseline.MaybeThere, g.Left)...)
	return g
}

// changed is a group that the run has changed.
func changed(id int64, changes ...plan.FullChange) *Group {
	a := &plan.Action{Verb: plan.Update, Key: fmt.Sprint("k", id), Type: "Incident", Name: fmt.Sprint("G", id), Owner: "O", ID: id, Changes: plan.Changes(changes...)}
	return &Group{Verb: plan.Update, Key: a.Key, Type: a.Type, Name: a.Name, Owner: a.Owner, ID: id, Answered: true, Planned: a}
}

// associating is a group whose associations the run has changed.
func associating(id int64, full ...plan.FullAssociation) *Group {
	g := changed(id)
	for _, f := range full {
		f.Type = map[bool]string{true: "Incident", false: "Host"}[f.Kind == intel.KindGroup]
		f.Owner, f.State = "O", plan.Existing
		if f.Name == "" {
			f.Name = fmt.Sprint("N", f.ID)
		}
		g.Planned.Associations = append(g.Planned.Associations, f.Association())
	}
	return g
}

func makePlan(groups []*Group, remotes []*intel.Remote, objects ...*intel.Remote) *plan.Plan {
	found := &inventory.Inventory{Groups: remotes, Paged: map[int64]intel.List{}}
	for _, o := range objects {
		found.Objects = append(found.Objects, []*intel.Remote{o})
	}
	return Make(Input{Run: &Run{ID: "run", Began: began, Groups: groups}, Found: found, Now: began.Add(time.Hour)})
}

// told is what a plan does, in words.
func told(p *plan.Plan) string {
	var out []string
	for _, a := range p.Actions {
		line := fmt.Sprintf("%s %d", a.Verb, a.ID)
		for i := range a.Changes {
			c := a.Changes[i].Full()
			line += fmt.Sprintf(", %s %s %q→%q", c.Op, c.Field, c.Old, c.New)
			if d := c.Attribute; d != nil && (d.Default != intel.Unsaid || d.Source != "") {
				line += fmt.Sprintf(" [%d source %q default %t]", d.ID, d.Source, d.Default == intel.Yes)
			}
			if d := c.Attribute; d != nil && d.Pinned != intel.Unsaid {
				line += " pinned " + d.Pinned.String()
			}
		}
		for i := range a.Associations {
			line += fmt.Sprintf(", %s %s %d", a.Associations[i].Op, a.Associations[i].Kind, a.Associations[i].ID())
		}
		if a.Reason() != "" {
			line += ": " + a.Reason()
		}
		for _, n := range a.Notes() {
			line += ": " + n.String()
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func changedFrom(field, old, now string) plan.FullChange {
	return plan.FullChange{Field: field, Op: plan.Set, Old: old, New: now}
}

func added(field, now string) plan.FullChange {
	return plan.FullChange{Field: field, Op: plan.Add, New: now}
}

func removed(field, old string) plan.FullChange {
	return plan.FullChange{Field: field, Op: plan.Remove, Old: old}
}

// with is a change of an attribute.
func with(c plan.FullChange, d plan.AttributeDetail) plan.FullChange {
	c.Field, c.Attribute = "attribute:Description", &d
	return c
}

// TestCreated: a group that the run has created is deleted if it is as the run has left it.
func TestCreated(t *testing.T) {
	host, status := baseline.Link(intel.KindIndicator, 50), baseline.Scalar(intel.KindGroup.Scalars("Incident")["status"], "Open")
	whole := baseline.AttributeWith("Description", "v", baseline.Parts(&intel.Attribute{Source: "feed", Default: intel.Yes, Pinned: intel.Yes, SecurityLabels: []string{"TLP:RED"}}))
	for _, c := range []struct {
		name  string
		group *Group
		now   *intel.Remote
		want  string
	}{
		{"as it was left", created(1), there(1), "delete 1"},
		{"with all that it was left with", created(1, baseline.Tag(intel.Tag{Name: "T"}), host, baseline.Attribute("Description", "v")),
			there(1, tags("t"), linked(intel.KindIndicator, 50), attribute(9, "v")), "delete 1"},
		{"gone", created(1), nil, ""},
		{"renamed", created(1), there(1, func(r *intel.Remote) { r.Name = "Other" }), "skip 1: somebody has edited it since the run: name"},
		{"tagged", created(1), there(1, tags("T")), "skip 1: somebody has edited it since the run: tags"},
		{"tag removed", created(1, baseline.Tag(intel.Tag{Name: "T"})), there(1), "skip 1: somebody has edited it since the run: tags"},
		{"labelled", created(1), there(1, labels("TLP:RED")), "skip 1: somebody has edited it since the run: securityLabels"},
		{"attribute added", created(1), there(1, attribute(9, "v")), "skip 1: somebody has edited it since the run: attributes"},
		{"attribute removed", created(1, baseline.Attribute("Description", "v")), there(1), "skip 1: somebody has edited it since the run: attributes"},
		{"attribute pinned", created(1, baseline.Attribute("Description", "v")), there(1, attribute(9, "v", pinned)), "skip 1: somebody has edited it since the run: attributes"},
		{"attribute made the default one", created(1, baseline.Attribute("Description", "v")), there(1, attribute(9, "v", isDefault)), "delete 1"},
		{"attribute with all that it was left with", created(1, whole...), there(1, attribute(9, "v", isDefault, pinned, sourced, labelled)), "delete 1"},
		{"attribute that is not the default one any more", created(1, whole...), there(1, attribute(9, "v", pinned, sourced, labelled)), "delete 1"},
		{"attribute unpinned", created(1, whole...), there(1, attribute(9, "v", isDefault, sourced, labelled)), "skip 1: somebody has edited it since the run: attributes"},
		{"attribute without its source", created(1, whole...), there(1, attribute(9, "v", isDefault, pinned, labelled)), "skip 1: somebody has edited it since the run: attributes"},
		{"attribute without its label", created(1, whole...), there(1, attribute(9, "v", isDefault, pinned, sourced)), "skip 1: somebody has edited it since the run: attributes"},
		{"attribute whose labels are not shown", created(1, whole...),
			there(1, attribute(9, "v", isDefault, pinned, sourced, func(at *intel.Attribute) { at.SecurityLabels = nil })), "delete 1"},
		{"associated", created(1), there(1, linked(intel.KindIndicator, 50)), "skip 1: somebody has edited it since the run: associatedIndicators"},
		{"association gone", created(1, host), there(1), "delete 1"},
		{"a field set that the run has not written", created(1), there(1, fields("lastSeen", "2026-01-01T00:00:00Z")), "skip 1: somebody has edited it since the run: lastSeen"},
		{"fields that instances set", created(1), there(1, fields("status", "New", "eventDate", "2026-05-01T12:01:01Z")), "delete 1"},
		{"a field as the run has written it", created(1, status), there(1, fields("status", "Open")), "delete 1"},
		{"a field edited", created(1, status), there(1, fields("status", "Closed")), "skip 1: somebody has edited it since the run: status"},
		{"older than the run", created(1), there(1, func(r *intel.Remote) { r.Added = began.Add(-time.Minute) }), "skip 1: it is older than the run"},
		{"of unknown age", created(1), there(1, func(r *intel.Remote) { r.Added = time.Time{} }), "skip 1: the instance does not say when it was added: it may be older than the run"},
		{"another group under its ID", created(1), there(1, func(r *intel.Remote) { r.XID = "other" }), "skip 1: it is another group now"},
		{"nothing is known of it", &Group{Verb: plan.Create, Key: "k", Type: "Incident", XID: "x1", ID: 1, Answered: true}, there(1), "skip 1: it is not known what the run has left on it"},
		{"in doubt, and there", &Group{Verb: plan.Create, Key: "k", Type: "Incident", Owner: "O", XID: "x1", Left: baseline.New(baseline.Name("G1").As(baseline.MaybeThere))},
			there(1), "delete 1"},
		{"in doubt, there and edited", &Group{Verb: plan.Create, Key: "k", Type: "Incident", Owner: "O", XID: "x1", Left: baseline.New(baseline.Name("G1").As(baseline.MaybeThere))},
			there(1, tags("T")), "skip 1: somebody has edited it since the run: tags"},
		{"in doubt, there without its tag", &Group{Verb: plan.Create, Key: "k", Type: "Incident", Owner: "O", XID: "x1", Left: baseline.New(baseline.As(baseline.MaybeThere, []baseline.Fact{
			baseline.Name("G1"), baseline.Tag(intel.Tag{Name: "T"})})...)}, there(1), "skip 1: somebody has edited it since the run: tags"},
		{"in doubt, and not there", &Group{Verb: plan.Create, Key: "k", Type: "Incident", Owner: "O", XID: "x1"}, nil, ""},
		{"failed, and somebody has made it", &Group{Verb: plan.Create, Key: "k", Type: "Incident", Owner: "O", XID: "x1", Answered: true}, there(1), ""},
		{"of a job, there without what v3 was to add", ofJob(baseline.Tag(intel.Tag{Name: "T"}), baseline.Attribute("Description", "v")), there(1), "delete 1"},
		{"of a job, there with all", ofJob(baseline.Tag(intel.Tag{Name: "T"})), there(1, tags("T")), "delete 1"},
		{"of a job, there and edited", ofJob(), there(1, tags("T")), "skip 1: somebody has edited it since the run: tags"},
		{"of a job, there with another value", ofJob(status), there(1, fields("status", "Closed")), "skip 1: somebody has edited it since the run: status"},
	} {
		t.Run(c.name, func(t *testing.T) {
			remotes := slices.DeleteFunc([]*intel.Remote{c.now}, func(r *intel.Remote) bool { return r == nil })
			if got := told(makePlan([]*Group{c.group}, remotes)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestAssociationsOfCreatedGroups: an association that the run has not made, as far as is
// known, keeps the group.
func TestAssociationsOfCreatedGroups(t *testing.T) {
	const edited = "somebody has edited it since the run: "
	doubtful := &Group{Verb: plan.Create, Key: "k2", Type: "Incident", Owner: "O", XID: "x2", Left: baseline.New(baseline.Name("G2").As(baseline.MaybeThere))}
	made := plan.PlainObject(intel.KindIndicator, "Host", "N50", "O") // by its name, an answer need not show its ID
	host := baseline.Link(intel.KindIndicator, 50)
	both := []*intel.Remote{there(1, linked(intel.KindGroup, 2)), there(2, linked(intel.KindGroup, 1))}
	for _, c := range []struct {
		name   string
		groups []*Group
		now    []*intel.Remote
		want   string
		hosts  int // that the run has made
	}{
		{"with an older group", []*Group{created(1)}, []*intel.Remote{there(1, linked(intel.KindGroup, 9))}, "skip 1: " + edited + "associatedGroups", 0},
		{"of two groups of the run, by somebody", []*Group{created(1), created(2)}, both, "skip 1: " + edited + "associatedGroups\nskip 2: " + edited + "associatedGroups", 0},
		{"of two groups of the run, one of them in doubt", []*Group{created(1), doubtful}, both, "delete 1\ndelete 2", 0},
		{"with an object that the run was to make", []*Group{created(1)}, []*intel.Remote{there(1, linked(intel.KindIndicator, 50))}, "delete 1", 1},
		{"with an object that the run has made with another group", []*Group{created(1), created(2, host)},
			[]*intel.Remote{there(1, linked(intel.KindIndicator, 50)), there(2, linked(intel.KindIndicator, 50))}, "skip 1: " + edited + "associatedIndicators\ndelete 2", 1},
		{"with an object of which the run knows nothing", []*Group{created(1)}, []*intel.Remote{there(1, linked(intel.KindIndicator, 51))}, "skip 1: " + edited + "associatedIndicators", 0},
	} {
		p := Make(Input{Run: &Run{ID: "run", Began: began, Groups: c.groups, New: []*plan.Object{made}}, Found: &inventory.Inventory{Groups: c.now, Paged: map[int64]intel.List{}}, Now: began})
		if got := told(p); got != c.want || p.MadeObjects[intel.KindIndicator] != c.hosts {
			t.Errorf("%s: got\n%s\nwant\n%s\n%v are kept, want %d", c.name, got, c.want, p.MadeObjects, c.hosts)
		}
	}
}

// TestChanges: each value is taken back if it is the one that the run has left, is nothing
// to do if it is back, and is kept otherwise.
func TestChanges(t *testing.T) {
	was := &plan.AttributeDetail{Source: "old source", Default: intel.Yes}
	changedAttribute := with(changedFrom("", "old", "new"), plan.AttributeDetail{ID: 9, Source: "feed", Default: intel.No, Was: was})
	changedSource := with(changedFrom("", "old", "new"), plan.AttributeDetail{ID: 9, Source: "feed", Was: &plan.AttributeDetail{Source: "old source"}})
	changedLabels := func(was ...string) plan.FullChange {
		return with(changedFrom("", "old", "new"), plan.AttributeDetail{ID: 9, SecurityLabels: []string{"TLP:RED"}, Was: &plan.AttributeDetail{SecurityLabels: was}})
	}
	for _, c := range []struct {
		name   string
		change plan.FullChange
		now    func(*intel.Remote)
		want   string
	}{
		{"name", changedFrom("name", "Before", "G1"), tags(), `update 1, change name "G1"→"Before"`},
		{"name, back already", changedFrom("name", "G1", "Other"), tags(), "unchanged 1"},
		{"name, edited", changedFrom("name", "Before", "Left"), tags(), `skip 1: name is "G1" now, and the run has left "Left"`},
		{"field", changedFrom("status", "New", "Open"), fields("status", "Open"), `update 1, change status "Open"→"New"`},
		{"field, back already", changedFrom("status", "New", "Open"), fields("status", "New"), "unchanged 1"},
		{"field, edited", changedFrom("status", "New", "Open"), fields("status", "Closed"), `skip 1: status is "Closed" now, and the run has left "Open"`},
		{"field that was empty", added("status", "Open"), fields("status", "Open"), "skip 1: status was empty before, and the API cannot clear it"},
		{"field that was empty, and is again", added("status", "Open"), tags(), "unchanged 1"},
		{"date that was empty, and is again", added("lastSeen", "2026-01-01T00:00:00Z"), tags(), "unchanged 1"},
		{"flag that was not set", added("malware", "true"), document("malware", "true"), `update 1, change malware "true"→"false"`},
		{"flag that was not set, and is not again", added("malware", "true"), document(), "unchanged 1"},
		{"flag that was set, and is not shown now", changedFrom("malware", "true", "false"), document(), `update 1, change malware "false"→"true"`},
		{"tag added", added("tags", "T"), tags("t", "U"), `update 1, remove tags "t"→""`},
		{"tag added, gone", added("tags", "T"), tags("U"), "unchanged 1"},
		{"tag removed", removed("tags", "T"), tags("U"), `update 1, add tags ""→"T"`},
		{"tag removed, back already", removed("tags", "T"), tags("T"), "unchanged 1"},
		{"label added", added("securityLabels", "TLP: RED"), labels("TLP:RED"), `update 1, remove securityLabels "TLP:RED"→""`},
		{"label removed", removed("securityLabels", "TLP:RED"), labels(), `update 1, add securityLabels ""→"TLP:RED"`},
		{"label removed, back already", removed("securityLabels", "TLP:RED"), labels("TLP:RED"), "unchanged 1"},
		{"attribute added", with(added("", "v"), plan.AttributeDetail{Source: "feed"}), attribute(9, "v", sourced),
			`update 1, remove attribute:Description "v"→"" [9 source "feed" default false]`},
		{"attribute added, of another source", with(added("", "v"), plan.AttributeDetail{Source: "feed"}), attribute(9, "v"), "unchanged 1"},
		{"attribute added with its source, and pinned since", with(added("", "v"), plan.AttributeDetail{Source: "feed"}), attribute(9, "v", sourced, pinned),
			`skip 1: attribute Description "v" was changed since`},
		{"attribute added with its source, and labelled since", with(added("", "v"), plan.AttributeDetail{Source: "feed"}), attribute(9, "v", sourced, labelled),
			`skip 1: attribute Description "v" was changed since`},
		{"attribute added with its label", with(added("", "v"), plan.AttributeDetail{SecurityLabels: []string{"TLP:RED"}}), attribute(9, "v", labelled),
			`update 1, remove attribute:Description "v"→""`},
		{"attribute added with nothing else", added("attribute:Description", "v"), attribute(9, "v"), `update 1, remove attribute:Description "v"→""`},
		{"attribute added with nothing else, and pinned since", added("attribute:Description", "v"), attribute(9, "v", pinned), `skip 1: attribute Description "v" was changed since`},
		{"attribute added with nothing else, and labelled since", added("attribute:Description", "v"), attribute(9, "v", labelled), `skip 1: attribute Description "v" was changed since`},
		{"attribute added, beside an equal one that is pinned", with(added("", "v"), plan.AttributeDetail{Pinned: intel.No}),
			func(r *intel.Remote) { attribute(9, "v")(r); attribute(10, "v", pinned)(r) }, `update 1, remove attribute:Description "v"→""`},
		{"attribute added, and pinned since", with(added("", "v"), plan.AttributeDetail{Pinned: intel.No}), attribute(9, "v", pinned),
			`skip 1: attribute Description "v" was changed since`},
		{"attribute removed", with(removed("", "v"), plan.AttributeDetail{ID: 9, Was: was}), tags(),
			`update 1, add attribute:Description ""→"v" [0 source "old source" default true]`},
		{"attribute removed, with flags that were not set", with(removed("", "v"), plan.AttributeDetail{ID: 9, Was: &plan.AttributeDetail{Default: intel.No, Pinned: intel.No}}), tags(),
			`update 1, add attribute:Description ""→"v"`},
		{"attribute removed by a plan without what was before", with(removed("", "v"), plan.AttributeDetail{ID: 9, Source: "feed"}), tags(),
			`update 1, add attribute:Description ""→"v" [0 source "feed" default false]`},
		{"attribute removed, back already", with(removed("", "v"), plan.AttributeDetail{ID: 9, Was: &plan.AttributeDetail{}}), attribute(10, "v"), "unchanged 1"},
		{"attribute changed in its value, and labelled, pinned and sourced since", with(changedFrom("", "old", "new"), plan.AttributeDetail{ID: 9, Was: was}),
			attribute(9, "new", labelled, pinned, sourced), `update 1, change attribute:Description "new"→"old"`},
		{"attribute changed", changedAttribute, attribute(9, "new", sourced), `update 1, change attribute:Description "new"→"old" [9 source "old source" default true]`},
		{"attribute changed, and edited", changedAttribute, attribute(9, "newer"), `skip 1: attribute Description is "newer" now, and the run has left "new"`},
		{"attribute changed, and gone", changedAttribute, attribute(10, "new"), `skip 1: attribute Description, which the run has changed from "old", is gone`},
		{"attribute changed, back already", changedAttribute, attribute(9, "old", isDefault, func(at *intel.Attribute) { at.Source = "old source" }), "unchanged 1"},
		{"attribute changed with its source", changedSource, attribute(9, "new", sourced), `update 1, change attribute:Description "new"→"old" [9 source "old source" default false]`},
		{"attribute changed with its source, only the value is back", changedSource, attribute(9, "old", sourced), `skip 1: attribute Description is "old" now, and the run has left "new"`},
		{"attribute changed with its labels", changedLabels("TLP:GREEN"), attribute(9, "new", labelled), `update 1, change attribute:Description "new"→"old"`},
		{"attribute that had no labels", changedLabels(), attribute(9, "new", labelled),
			`update 1, change attribute:Description "new"→"old": not taken back: attribute Description had no security labels before, and the API cannot clear them`},
		{"attribute that had no source", with(changedFrom("", "old", "new"), plan.AttributeDetail{ID: 9, Source: "feed", Was: &plan.AttributeDetail{}}), attribute(9, "new", sourced),
			`update 1, change attribute:Description "new"→"old": not taken back: attribute Description had no source before, and the API cannot clear it`},
		{"attribute of a plan without what was before", with(changedFrom("", "old", "new"), plan.AttributeDetail{ID: 9}), attribute(9, "new"),
			"skip 1: attribute Description: the plan does not say what it was before"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(makePlan([]*Group{changed(1, c.change)}, []*intel.Remote{there(1, c.now)})); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestLooksAlike: values that an instance may store alike are still several ones. What is
// taken back is the run's own, and it is back when it is the very value from before.
func TestLooksAlike(t *testing.T) {
	red, green := "🔴 high", "🟢 high"
	attributes := func(list ...func(*intel.Remote)) func(*intel.Remote) {
		return func(r *intel.Remote) {
			for _, f := range list {
				f(r)
			}
		}
	}
	storedAs := func(sent, stored string) []baseline.Fact {
		return baseline.Stored(baseline.Attribute("Description", sent), baseline.Attribute("Description", stored))
	}
	inPlace := func(old, now string) plan.FullChange {
		return with(changedFrom("", old, now), plan.AttributeDetail{ID: 5, Was: &plan.AttributeDetail{}})
	}
	add := func(value string) plan.FullChange { return added("attribute:Description", value) }
	gone := with(removed("", red), plan.AttributeDetail{ID: 5, Was: &plan.AttributeDetail{}})
	for _, c := range []struct {
		name    string
		left    []baseline.Fact
		changes []plan.FullChange
		now     func(*intel.Remote)
		want    string
		ids     string
	}{
		{"added beside an older one", nil, []plan.FullChange{add(green)}, attributes(attribute(5, red), attribute(9, green)), `update 1, remove attribute:Description "🟢 high"→""`, "9"},
		{"added beside an older one, pinned since", nil, []plan.FullChange{add(green)}, attributes(attribute(5, red), attribute(9, green, pinned)),
			`skip 1: attribute Description "🟢 high" was changed since`, ""},
		{"added and stored like an older one", storedAs("B", "A"), []plan.FullChange{add("B")}, attributes(attribute(5, "A"), attribute(9, "B")), `update 1, remove attribute:Description "B"→""`, "9"},
		{"added and stored as an older one", storedAs("B", "A"), []plan.FullChange{add("B")}, attributes(attribute(9, "A"), attribute(5, "A")), `update 1, remove attribute:Description "A"→""`, "9"},
		{"two that are stored alike", append(storedAs(red, "high"), storedAs(green, "high")...), []plan.FullChange{add(red), add(green)}, attributes(attribute(8, "high"), attribute(9, "high")),
			`update 1, remove attribute:Description "high"→"", remove attribute:Description "high"→""`, "9 8"},
		{"two, one of them gone, beside an older one", nil, []plan.FullChange{add(red), add(green)}, attributes(attribute(9, green)), `update 1, remove attribute:Description "🟢 high"→""`, "9"},
		{"changed in place", nil, []plan.FullChange{inPlace(red, green)}, attribute(5, green), `update 1, change attribute:Description "🟢 high"→"🔴 high"`, "5"},
		{"blanks changed in place", nil, []plan.FullChange{inPlace("a  b", "a b")}, attribute(5, "a b"), `update 1, change attribute:Description "a b"→"a  b"`, "5"},
		{"changed in place, back already", nil, []plan.FullChange{inPlace(red, green)}, attribute(5, red), "unchanged 1", ""},
		{"removed, and another one added", nil, []plan.FullChange{gone, add(green)}, attribute(9, green),
			`update 1, add attribute:Description ""→"🔴 high", remove attribute:Description "🟢 high"→""`, "0 9"},
		{"removed, and another one added, back already", nil, []plan.FullChange{gone, add(green)}, attribute(10, red), "unchanged 1", ""},
		{"name", nil, []plan.FullChange{changedFrom("name", "🔴 X", "🟢 X")}, func(r *intel.Remote) { r.Name = "🟢 X" }, `update 1, change name "🟢 X"→"🔴 X"`, ""},
		{"name, back already", nil, []plan.FullChange{changedFrom("name", "🔴 X", "🟢 X")}, func(r *intel.Remote) { r.Name = "🔴 X" }, "unchanged 1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := changed(1, c.changes...)
			g.Left = baseline.New(c.left...)
			p := makePlan([]*Group{g}, []*intel.Remote{there(1, c.now)})
			var ids []string
			for i := range p.Actions[0].Changes {
				if d := p.Actions[0].Changes[i].Attribute(); d != nil {
					ids = append(ids, fmt.Sprint(d.ID))
				}
			}
			if got := told(p); got != c.want || strings.Join(ids, " ") != c.ids {
				t.Errorf("got  %s of %q\nwant %s of %q", got, ids, c.want, c.ids)
			}
		})
	}
}

// document makes a group a Document with some fields.
func document(pairs ...string) func(*intel.Remote) {
	return func(r *intel.Remote) {
		r.Type = "Document"
		fields(pairs...)(r)
	}
}

// TestEntriesThatDidNotArrive are not taken back: they are somebody else's.
func TestEntriesThatDidNotArrive(t *testing.T) {
	g := changed(1, added("tags", "T"), added("tags", "U"))
	g.Lacking = map[int]bool{0: true}
	if got := told(makePlan([]*Group{g}, []*intel.Remote{there(1, tags("T", "U"))})); got != `update 1, remove tags "U"→""` {
		t.Errorf("got %s", got)
	}
}

// TestRewrittenTags: the instance has stored a tag under another name. What was there before
// under that name stays.
func TestRewrittenTags(t *testing.T) {
	for _, had := range []string{"", "Main"} {
		g := changed(1, added("tags", "Old"))
		g.Rewritten = baseline.Rewritten{"Old": "Main"}
		g.Planned.Rare().HadTags = []string{had}
		want := map[string]string{"": `update 1, remove tags "Main"→""`, "Main": "unchanged 1"}[had]
		if got := told(makePlan([]*Group{g}, []*intel.Remote{there(1, tags("Main"))})); got != want {
			t.Errorf("had %q: got %s, want %s", had, got, want)
		}
	}
	g := changed(1, added("tags", "Old"), added("tags", "Main"))
	g.Rewritten = baseline.Rewritten{"Old": "Main"}
	if got := told(makePlan([]*Group{g}, []*intel.Remote{there(1, tags("Main"))})); got != `update 1, remove tags "Main"→""` {
		t.Errorf("the run has added it under both names: %s", got)
	}
}

// TestDisplacedDefault: an attribute that the run's new one has displaced is the default one
// of its type again, unless somebody has chosen another one.
func TestDisplacedDefault(t *testing.T) {
	g := changed(1, with(added("", "new"), plan.AttributeDetail{Default: intel.Yes, Displaces: 8}))
	for _, c := range []struct {
		now  []func(*intel.Remote)
		want string
	}{
		{[]func(*intel.Remote){attribute(8, "old"), attribute(9, "new", isDefault)},
			`update 1, remove attribute:Description "new"→"", change attribute:Description "old"→"old" [8 source "" default true]`},
		{[]func(*intel.Remote){attribute(8, "old"), attribute(9, "new"), attribute(10, "chosen", isDefault)}, `update 1, remove attribute:Description "new"→""`},
	} {
		if got := told(makePlan([]*Group{g}, []*intel.Remote{there(1, c.now...)})); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	// One that was changed in place, too, is changed back once.
	g = changed(1, with(changedFrom("", "a", "b"), plan.AttributeDetail{ID: 8, Was: &plan.AttributeDetail{Default: intel.Yes}}),
		with(changedFrom("", "c", "c"), plan.AttributeDetail{ID: 9, Default: intel.Yes, Displaces: 8, Was: &plan.AttributeDetail{Default: intel.No}}))
	want := `update 1, change attribute:Description "b"→"a" [8 source "" default true], change attribute:Description "c"→"c" [9 source "" default false]`
	if got := told(makePlan([]*Group{g}, []*intel.Remote{there(1, attribute(8, "b"), attribute(9, "c", isDefault))})); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestAssociations: those that the run has made go, and those that it has removed come back.
func TestAssociations(t *testing.T) {
	with := func(op plan.Op, k intel.Kind, id int64) plan.FullAssociation {
		return plan.FullAssociation{Kind: k, ID: id, Op: op}
	}
	host := &intel.Remote{Kind: intel.KindIndicator, ID: 50}
	for _, c := range []struct {
		name    string
		groups  []*Group
		now     []*intel.Remote
		objects []*intel.Remote
		want    string
	}{
		{"added", []*Group{associating(1, with(plan.Add, intel.KindIndicator, 50))}, []*intel.Remote{there(1, linked(intel.KindIndicator, 50))}, nil, "update 1, remove indicator 50"},
		{"added, gone", []*Group{associating(1, with(plan.Add, intel.KindIndicator, 50))}, []*intel.Remote{there(1)}, nil, "unchanged 1"},
		{"removed", []*Group{associating(1, with(plan.Remove, intel.KindIndicator, 50))}, []*intel.Remote{there(1)}, []*intel.Remote{host}, "update 1, add indicator 50"},
		{"removed, back already", []*Group{associating(1, with(plan.Remove, intel.KindIndicator, 50))}, []*intel.Remote{there(1, linked(intel.KindIndicator, 50))}, nil, "unchanged 1"},
		{"removed, other end gone", []*Group{associating(1, with(plan.Remove, intel.KindIndicator, 50))}, []*intel.Remote{there(1)}, nil,
			`skip 1: the association with indicator "N50" is not added again: the other end is gone`},
		{"of two older groups, shown by the other one", []*Group{associating(1, with(plan.Add, intel.KindGroup, 2))}, []*intel.Remote{there(1), there(2, linked(intel.KindGroup, 1))}, nil,
			"update 1, remove group 2"},
		{"removed between two groups of the run", []*Group{associating(1, with(plan.Remove, intel.KindGroup, 2)), changed(2)}, []*intel.Remote{there(1), there(2)}, nil,
			"update 1, add group 2\nunchanged 2"},
		{"of a new group that is deleted", []*Group{changed(1), created(2, baseline.Link(intel.KindGroup, 1))},
			[]*intel.Remote{there(1, linked(intel.KindGroup, 2)), there(2, linked(intel.KindGroup, 1))}, nil, "unchanged 1\ndelete 2"},
		{"of a new group that is kept", []*Group{created(2, baseline.Link(intel.KindGroup, 1), baseline.Link(intel.KindGroup, 3)), created(3)},
			[]*intel.Remote{there(1), there(2, tags("T"), linked(intel.KindGroup, 1, 3)), there(3, tags("T"), linked(intel.KindGroup, 2))}, nil,
			"update 2, remove group 1: not taken back: somebody has edited it since the run: tags\nskip 3: somebody has edited it since the run: tags"},
		{"of two new groups, one of them kept", []*Group{created(2, baseline.Link(intel.KindGroup, 3)), created(3)},
			[]*intel.Remote{there(2, tags("T"), linked(intel.KindGroup, 3)), there(3, linked(intel.KindGroup, 2))}, nil, "skip 2: somebody has edited it since the run: tags\ndelete 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(makePlan(c.groups, c.now, c.objects...)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestEndsThatAreAlike: an association with something that the run was to make is taken back,
// and none with something older that has the same type and name.
func TestEndsThatAreAlike(t *testing.T) {
	for _, c := range []struct {
		name string
		left []baseline.Fact
		want string
	}{
		{"one is left by the run", []baseline.Fact{baseline.Link(intel.KindArtifact, 61)}, "update 1, remove artifact 61"},
		{"both are", []baseline.Fact{baseline.Link(intel.KindArtifact, 60), baseline.Link(intel.KindArtifact, 61)},
			`skip 1: the associations with artifact "x": it is not known which one the run has made`},
		{"no answer has shown any", nil, `skip 1: the associations with artifact "x": it is not known which one the run has made`},
	} {
		g, now := changed(1), there(1)
		g.Left = baseline.New(c.left...)
		g.Planned.Associations = []plan.Association{plan.FullAssociation{Kind: intel.KindArtifact, Type: "Host", Name: "x", State: plan.New, Op: plan.Add}.Association()}
		for id := int64(60); id <= 61; id++ { // of two cases
			now.Links = append(now.Links, &intel.Remote{Kind: intel.KindArtifact, ID: id, Type: "Host", Name: "x"})
		}
		if got := told(makePlan([]*Group{g}, []*intel.Remote{now})); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// TestEnds: what the run has removed from groups is looked up, each end once.
func TestEnds(t *testing.T) {
	with := func(op plan.Op, k intel.Kind, id int64) plan.FullAssociation {
		return plan.FullAssociation{Kind: k, ID: id, Op: op}
	}
	run := Run{Groups: []*Group{created(3), associating(1, with(plan.Remove, intel.KindIndicator, 50), with(plan.Remove, intel.KindGroup, 9), with(plan.Add, intel.KindIndicator, 51)),
		associating(2, with(plan.Remove, intel.KindIndicator, 50), with(plan.Remove, intel.KindCase, 50))}}
	groups, objects := run.Ends()
	var got []string
	for _, o := range objects {
		got = append(got, fmt.Sprint(o.Kind, " ", o.ID))
	}
	if !slices.Equal(groups, []int64{9}) || !slices.Equal(got, []string{"indicator 50", "case 50"}) {
		t.Errorf("got groups %v, and %q", groups, got)
	}
}

// TestDeletedAndUnknown: what cannot be taken back is listed.
func TestDeletedAndUnknown(t *testing.T) {
	gone, unknown, missing := changed(1), changed(2), changed(3)
	gone.Verb, unknown.Planned = plan.Delete, nil
	p := makePlan([]*Group{gone, unknown, missing}, []*intel.Remote{there(2)})
	want := "skip 0: the run has deleted it, and a deleted group cannot be brought back\n" +
		"skip 2: it is not known what the run has changed: there is no record of it\n" +
		"skip 0: it is not there any more, or the API user cannot read it"
	if got := told(p); got != want || p.Summary.Pending() {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestFactsAfterwards: the next run knows what is on a group after changes were taken back.
func TestFactsAfterwards(t *testing.T) {
	host, status := baseline.Link(intel.KindIndicator, 50), baseline.Scalar(intel.KindGroup.Scalars("Incident")["status"], "New")
	facts := baseline.New(baseline.Name("G1"), status, host, baseline.Tag(intel.Tag{Name: "T"}), baseline.Tag(intel.Tag{Name: "U"}))
	g := changed(1, added("tags", "T"), removed("tags", "V"), changedFrom("name", "Before", "G1"))
	g.Planned.Associations = associating(1, plan.FullAssociation{Kind: intel.KindIndicator, ID: 50, Op: plan.Add}).Planned.Associations
	in := Input{Run: &Run{ID: "run", Began: began, Groups: []*Group{g}},
		Found: &inventory.Inventory{Groups: []*intel.Remote{there(1, tags("T", "U"), linked(intel.KindIndicator, 50))}},
		IDMap: baseline.IDMap{"k1": {ID: 1, Baseline: facts}, "other": {ID: 2}}}
	p := Make(in)
	a := p.Actions[0]
	if had := a.HadTags(); !slices.Equal(had, []string{"T", "U"}) || a.Name != "Before" {
		t.Errorf("it is called %q, the tags that it had are %q", a.Name, had)
	}
	after := a.BaselineAfter(facts, plan.Ending{Became: func(plan.Entry) plan.Arrival { return plan.Arrived }})
	if want := baseline.New(baseline.Name("Before"), status, baseline.Tag(intel.Tag{Name: "U"}), baseline.Tag(intel.Tag{Name: "V"})); !after.Equal(want) {
		t.Errorf("got %s, want %s", after, want)
	}
	if len(p.IDMap) != 1 {
		t.Errorf("the plan has rows that it does not touch: %v", p.IDMap)
	}
	in.IDMap = baseline.IDMap{"k1": {ID: 7}}
	if known := Make(in).IDMap["k1"]; known.ID != 1 {
		t.Errorf("the row of another group is taken for its: %+v", known)
	}
}
