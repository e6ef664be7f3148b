package plan

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/jsonwriter"
)

// asJSON is v as encoding/json writes it.
func asJSON(v any, html bool) string {
	w := jsonwriter.Writer{HTML: html}
	w.Any(v)
	return string(w.Bytes())
}

// TestActionsAreEncodedAsByEncodingJSON: an action with every field, and one with none.
func TestActionsAreEncodedAsByEncodingJSON(t *testing.T) {
	other := &Action{Verb: Create, Key: "other", Type: "Tool", Name: "Other", Owner: "O"}
	object := FullObject{Kind: intel.KindIndicator, Written: "Host: A.example", Type: "Host", Name: "a.example", Owner: "O", ID: 5}.Object()
	full := FullAction{Verb: Update, Key: "k", Type: "Incident", Name: "<N> & é\n", Owner: "O", ID: 7, Source: SourceAt("m.yaml:3"),
		Changes: Changes(
			FullChange{Field: "name", Op: Set, Old: "A", New: "B", Drift: FromServer},
			FullChange{Field: "tags", Op: Remove, Old: "t"},
			FullChange{Field: "attribute:Description", Op: Add, New: "d", Drift: FromManifest, Attribute: &AttributeDetail{ID: 3, Source: "s",
				Default: intel.Yes, Pinned: intel.Yes, SecurityLabels: []string{"L"}, Replaces: baseline.Parse("name=000000000001")}}),
		Associations: []Association{
			WithGroup(other, New, "other", ""),
			WithObject(object, 2, Existing, "Host:A.EXAMPLE", ""),
			FullAssociation{Kind: intel.KindCase, Type: "T", Name: "N", Owner: "O", ID: 9, State: Existing, Op: Remove, Drift: FromServer}.Association(),
		},
		Reason: "r", Candidates: []Candidate{{ID: 1, Type: "T", Name: "N", Owner: "O"}}, Notes: []Note{{Kind: EditKept, Detail: "x"}},
		XID: "x", OwnXID: true, WebLink: intel.WebLinkOf("https://x/?a=1&b=2"), Deleted: true, Called: "c", Order: 4, State: "s",
		Compared: Compared{Fields: []string{"status", "x"}, Lists: 3, Paged: 1}, Baseline: baseline.Parse("name=000000000001"),
		HadTags: []string{"a", "b"}, Wanted: &Wanted{XID: "x", Tags: []string{"t"}, Associations: []Association{WithGroup(other, New, "other", "")}},
		Dropped: true, Invalid: true, Reference: true}.Action()
	for v, i := reflect.ValueOf(*full), 0; i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("the action of this test has no %s", v.Type().Field(i).Name)
		}
	}
	for _, a := range []*Action{full, {Verb: Create}} {
		for _, html := range []bool{false, true} {
			e := encoder{Writer: jsonwriter.Writer{HTML: html}}
			e.action(a)
			got := string(e.Bytes())
			if diff := cmp.Diff(asJSON(a.Full(), html), got); diff != "" {
				t.Errorf("-encoding/json +ours:\n%s", diff)
			}
			var back Action
			if err := json.Unmarshal(e.Bytes(), &back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, asJSON(&back, html)); diff != "" {
				t.Errorf("-written +read:\n%s", diff)
			}
		}
	}
}

// TestObjectsAreEncodedAsByEncodingJSON: an object with every field, one that says what its
// definition says, and those that have no definition, or an empty one.
func TestObjectsAreEncodedAsByEncodingJSON(t *testing.T) {
	definition := &intel.Object{Kind: intel.KindIndicator, Type: "Host", Summary: "a.example", Owner: "O", Written: "Host: <a>.example & é"}
	definition.SetDetails(intel.Details{Tags: []intel.Tag{{Name: "<t>"}}, SecurityLabels: []string{"L"}, Attributes: []intel.Attribute{{Type: "A", Value: "v"}},
		Fields: []intel.Field{{Name: "confidence", Value: "7"}, {Name: "dnsActive", Value: "true"}, {Name: "rating", Value: "3.0"}}})
	full := FullObject{Kind: intel.KindIndicator, Written: "Host: <a>.example & é", Type: "Host", Name: "b.example", Owner: "O", ID: 7, XID: "x", WebLink: intel.WebLinkOf("https://x/?a=1&b=2"),
		State: New, Own: true, Source: SourceAt("m.yaml:3"), Notes: []string{"n"}, Reason: "r", Definition: definition}
	for v, i := reflect.ValueOf(full), 0; i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("the object of this test has no %s", v.Type().Field(i).Name)
		}
	}
	for _, o := range []*Object{full.Object(), PlainObject(intel.KindIndicator, "Host", "a.example", "O"), {Kind: intel.KindCase}, {Kind: intel.KindCase, Definition: &intel.Object{Kind: intel.KindCase}}} {
		for _, html := range []bool{false, true} {
			for _, short := range []bool{false, true} {
				e := encoder{Writer: jsonwriter.Writer{HTML: html}, short: short}
				e.object(o)
				if diff := cmp.Diff(asJSON(o.saved(short), html), string(e.Bytes())); diff != "" {
					t.Errorf("short %t: -encoding/json +ours:\n%s", short, diff)
				}
			}
		}
	}
}
