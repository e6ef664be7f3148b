package undo

import (
	"strings"
	"testing"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
)

// host is an indicator that the run was to make, and made is how it is now.
func host(change ...func(*intel.Remote)) (*plan.Object, Made) {
	r := &intel.Remote{Kind: intel.KindIndicator, Active: true, ID: 7, Type: "Host", Name: "a.example", Owner: "O", Added: began.Add(time.Minute),
		Lists: intel.KindIndicator.Spec().Nested}
	for _, f := range change {
		f(r)
	}
	return plan.PlainObject(intel.KindIndicator, "Host", "a.example", "O"), Made{Remote: r, Found: 1}
}

func addedAt(at time.Time) func(*intel.Remote) { return func(r *intel.Remote) { r.Added = at } }

// TestOnlyOwnObjectsGo: an object is deleted if the run has made it, nobody has edited it,
// and all that is associated with it goes, too. Otherwise it stays, with the reason.
func TestOnlyOwnObjectsGo(t *testing.T) {
	groups := []*Group{created(1, baseline.Link(intel.KindIndicator, 7)), changed(2), associating(3, plan.FullAssociation{Kind: intel.KindIndicator, ID: 7, Op: plan.Add})}
	now := []*intel.Remote{there(1, linked(intel.KindIndicator, 7)), there(2), there(3, linked(intel.KindIndicator, 7))}
	tests := []struct {
		name   string
		change []func(*intel.Remote)
		want   string // the reason, "" if it goes
	}{
		{"as made", nil, ""},
		{"with what instances give", []func(*intel.Remote){fields("active", "true", "rating", "0", "privateFlag", "false", "firstSeen", began.Add(time.Minute).Format(time.RFC3339))}, ""},
		{"of a deleted group", []func(*intel.Remote){linked(intel.KindGroup, 1)}, ""},
		{"older", []func(*intel.Remote){addedAt(began.Add(-time.Hour))}, "older than the run"},
		{"only planned", []func(*intel.Remote){func(r *intel.Remote) { r.ID = 8 }}, "not known that the run has made it"},
		{"without a date", []func(*intel.Remote){addedAt(time.Time{})}, "does not say when it was added"},
		{"tagged", []func(*intel.Remote){tags("mine")}, "edited it since the run: tags"},
		{"labelled", []func(*intel.Remote){labels("TLP:RED")}, "edited it since the run: securityLabels"},
		{"described", []func(*intel.Remote){attribute(1, "d")}, "edited it since the run: attributes"},
		{"rated", []func(*intel.Remote){fields("rating", "4")}, "edited it since the run: rating"},
		{"not active", []func(*intel.Remote){fields("active", "false"), tags("mine")}, "tags"},
		{"seen", []func(*intel.Remote){fields("lastSeen", began.Add(time.Hour).Format(time.RFC3339))}, "lastSeen"},
		{"of an older group that loses it", []func(*intel.Remote){linked(intel.KindGroup, 3)}, ""},
		{"with another group", []func(*intel.Remote){linked(intel.KindGroup, 1, 2)}, `Incident "N2" is associated with it`},
		{"with another indicator", []func(*intel.Remote){linked(intel.KindIndicator, 8)}, `Host "N8" is associated with it`},
		{"with itself", []func(*intel.Remote){linked(intel.KindIndicator, 7)}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, made := host(tt.change...)
			p := Make(Input{Run: &Run{ID: "run", Began: began, Groups: groups, New: []*plan.Object{o}}, Made: []Made{made}, Now: began.Add(time.Hour),
				Found: &inventory.Inventory{Groups: now, Paged: map[int64]intel.List{}}})
			if len(p.Objects) != 1 {
				t.Fatalf("%d objects", len(p.Objects))
			}
			got := p.Objects[0]
			if state := map[bool]plan.State{true: plan.ToDelete, false: plan.Existing}[tt.want == ""]; got.State != state || !strings.Contains(got.Reason(), tt.want) ||
				tt.want == "" && got.Reason() != "" || p.Summary.Objects+p.MadeObjects[intel.KindIndicator] != 1 {
				t.Errorf("%s: %q, want %s: %q; %d to delete, %v kept", got.State, got.Reason(), state, tt.want, p.Summary.Objects, p.MadeObjects)
			}
		})
	}
}

// TestObjectsAsDefined: what a manifest says of an object is no edit, and any other value is.
func TestObjectsAsDefined(t *testing.T) {
	for now, want := range map[string]string{"4": "", "5": "somebody has edited it since the run: rating"} {
		o, made := host(fields("rating", now), tags("T"))
		o.Definition.More().Fields, o.Definition.More().Tags = intel.Fields{{Name: "rating", Value: "4.0"}}, []intel.Tag{{Name: "t"}}
		if got := Edited(o.Definition, &made); got != want {
			t.Errorf("rated %s: %q, want %q", now, got, want)
		}
	}
}

// TestObjectsStayTogether: what is associated with an object that stays, stays, too, however
// long the chain is. Objects that are associated with each other alone all go.
func TestObjectsStayTogether(t *testing.T) {
	chain := func(tagged bool) *plan.Plan {
		in := Input{Run: &Run{ID: "run", Began: began, Groups: []*Group{created(9, baseline.Link(intel.KindIndicator, 1), baseline.Link(intel.KindIndicator, 2),
			baseline.Link(intel.KindIndicator, 3), baseline.Link(intel.KindIndicator, 4))}}, Found: &inventory.Inventory{}, Now: began.Add(time.Hour)}
		for id := int64(1); id <= 4; id++ {
			o, made := host()
			made.ID = id
			for _, other := range []int64{id - 1, id + 1} {
				if 1 <= other && other <= 4 {
					linked(intel.KindIndicator, other)(made.Remote)
				}
			}
			if tagged && id == 4 {
				tags("mine")(made.Remote)
			}
			in.Run.New, in.Made = append(in.Run.New, o), append(in.Made, made)
		}
		return Make(in)
	}
	if p := chain(false); p.Summary.Objects != 4 {
		t.Errorf("%d go, want 4", p.Summary.Objects)
	}
	if p := chain(true); p.Summary.Objects != 0 || p.MadeObjects[intel.KindIndicator] != 4 {
		t.Errorf("%d go, %v stay, want none and 4", p.Summary.Objects, p.MadeObjects)
	}
}

// TestObjectsThatAreNotClear: of several alike, and of a case with notes in it, none goes.
// A victim asset has no date: an answer to the run has to have shown it.
func TestObjectsThatAreNotClear(t *testing.T) {
	victim := &plan.Object{Kind: intel.KindVictimAsset, State: plan.New, Definition: &intel.Object{Kind: intel.KindVictimAsset, Type: "Phone", Summary: "1"}}
	remote := func(kind intel.Kind, name string, at time.Time) *intel.Remote {
		return &intel.Remote{Kind: kind, ID: 9, Name: name, Added: at, Lists: kind.Spec().Nested}
	}
	aCase := &plan.Object{Kind: intel.KindCase, State: plan.New, Definition: &intel.Object{Kind: intel.KindCase, Summary: "C"}}
	at := began.Add(time.Minute)
	withCase := []*Group{created(1, baseline.Link(intel.KindCase, 9))}
	shown := created(1, baseline.Link(intel.KindVictimAsset, 9))
	for _, tt := range []struct {
		name   string
		o      *plan.Object
		made   Made
		groups []*Group
		want   string
	}{
		{"several", aCase, Made{Found: 2}, nil, "2 of them are there"},
		{"notes", aCase, Made{Remote: remote(intel.KindCase, "C", at), Found: 1, Contents: []string{"notes"}}, withCase, "notes"},
		{"renamed", aCase, Made{Remote: remote(intel.KindCase, "D", at), Found: 1}, withCase, "name"},
		{"a case", aCase, Made{Remote: remote(intel.KindCase, "C", at), Found: 1}, withCase, ""},
		{"somebody's", aCase, Made{Remote: remote(intel.KindCase, "C", at), Found: 1}, nil, "not known that the run has made it"},
		{"no date", victim, Made{Remote: remote(intel.KindVictimAsset, "1", time.Time{}), Found: 1}, nil, "not known that the run has made it"},
		{"no date, but shown", victim, Made{Remote: remote(intel.KindVictimAsset, "1", time.Time{}), Found: 1}, []*Group{shown}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := Make(Input{Run: &Run{ID: "run", Began: began, Groups: tt.groups, New: []*plan.Object{tt.o}}, Made: []Made{tt.made}, Found: &inventory.Inventory{}})
			got := p.Objects[0]
			if (got.State == plan.ToDelete) != (tt.want == "") || !strings.Contains(got.Reason(), tt.want) || tt.want == "" && got.Reason() != "" {
				t.Errorf("%s: %q, want %q", got.State, got.Reason(), tt.want)
			}
		})
	}
	p := Make(Input{Run: &Run{ID: "run", Began: began, New: []*plan.Object{aCase}}, Made: []Made{{}}, Found: &inventory.Inventory{}})
	if len(p.Objects) > 0 {
		t.Errorf("an object that is gone is in the plan: %+v", p.Objects[0].Full())
	}
}
