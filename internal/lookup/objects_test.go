package lookup_test

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/lookup"
	"tcimport/internal/tcsim"
)

// Two Files that one mention matches are both found: that is a conflict, and
// nobody guesses.
func TestTwoFiles(t *testing.T) {
	e := start(t)
	const md5, sha1 = "905AD8176A569A36421BF54C04BA7F95", "A52B6986D68CDFAC53AA740566CBEADE4452124E"
	a := e.sim.AddIndicator(tcsim.Indicator{Type: "File", Values: []string{md5, "", ""}, Owner: tcsim.DemoOrganization})
	b := e.sim.AddIndicator(tcsim.Indicator{Type: "File", Values: []string{"", sha1, ""}, Owner: tcsim.DemoOrganization})
	text := `groups: [{key: a, type: Threat, name: One, associatedIndicators: [{type: File, md5: ` + md5 + `, sha1: ` + sha1 + `}]}]`
	for _, links := range [][]int64{nil, {a}, {a, b}} {
		if links != nil {
			e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "One", XID: fmt.Sprint("x", len(links)), Owner: tcsim.DemoOrganization, Associations: tcsim.Associations{AssociatedIndicators: links}})
		}
		inv := e.find(lookup.OfImport(e.manifest(text), nil, nil))
		sameIDs(t, fmt.Sprint("linked to ", links), inv.Objects[0], []int64{a, b})
	}
}

// Files that share a hash are two, also where a nested list shows both.
func TestFilesOfOneHash(t *testing.T) {
	e := start(t)
	const md5 = "905AD8176A569A36421BF54C04BA7F95"
	var ids []int64
	for _, sha1 := range []string{"", "A52B6986D68CDFAC53AA740566CBEADE4452124E"} {
		ids = append(ids, e.sim.AddIndicator(tcsim.Indicator{Type: "File", Values: []string{md5, sha1, ""}, Owner: tcsim.DemoOrganization}))
	}
	e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "One", Owner: tcsim.DemoOrganization, Associations: tcsim.Associations{AssociatedIndicators: ids}})
	inv := e.find(lookup.OfImport(e.manifest(`groups: [{key: a, type: Threat, name: One, associatedIndicators: [{type: File, md5: `+md5+`}]}]`), nil, nil))
	sameIDs(t, "files", inv.Objects[0], ids)
}

// No query can hold a control character: such an artifact is found all the same.
func TestArtifactThatCannotBeAskedFor(t *testing.T) {
	e := start(t)
	kase := e.sim.AddCase(tcsim.Case{Name: "Phishing", Owner: tcsim.DemoOrganization})
	e.sim.AddArtifact(tcsim.Artifact{CaseID: kase, Type: "Email Body", Summary: "other"})
	artifact := e.sim.AddArtifact(tcsim.Artifact{CaseID: kase, Type: "Email Body", Summary: "a\tb\nc"})
	inv := e.find(lookup.OfImport(e.manifest(fmt.Sprintf(`groups: [{key: a, type: Threat, name: One, associatedArtifacts: [{caseId: %d, type: Email Body, summary: "a\tb\nc"}]}]`, kase)), nil, nil))
	if len(inv.Objects[0]) != 1 || inv.Objects[0][0].ID != artifact {
		t.Errorf("found %v", inv.Objects[0])
	}
}

// Each character that TQL gives a meaning reaches the instance escaped: the strict
// simulator refuses a query where one is not.
func TestQueriesEscapeWhatTQLGivesAMeaning(t *testing.T) {
	for _, subject := range []string{`it's late`, `say "now"`, "a ` b", `C:\temp\`, `%_like`, `x") or (id > 0`} {
		e := start(t)
		want := e.sim.AddIndicator(tcsim.Indicator{Type: "Email Subject", Summary: subject, Owner: tcsim.DemoOrganization})
		for i := range 200 { // so many that nobody reads them all
			e.sim.AddIndicator(tcsim.Indicator{Type: "Email Subject", Summary: fmt.Sprint("other ", i), Owner: tcsim.DemoOrganization})
		}
		quoted := "'" + strings.ReplaceAll(subject, "'", "''") + "'"
		inv := e.find(lookup.OfImport(e.manifest(`groups: [{key: a, type: Threat, name: `+quoted+`, associatedIndicators: [{type: Email Subject, Subject: `+quoted+`}]}]`), nil, nil))
		if len(inv.Objects[0]) != 1 || inv.Objects[0][0].ID != want {
			t.Errorf("%s: found %v", subject, inv.Objects[0])
		}
	}
}

// TestCaseThatOnlyTheInstanceKnows: an indicator whose case may not matter is the one that
// a list shows in another case, whichever of the two is folded; if there are two of it,
// the one in the same case.
func TestCaseThatOnlyTheInstanceKnows(t *testing.T) {
	for _, tt := range []struct {
		has    []string
		wanted string
		found  string
	}{
		{[]string{"HELLO"}, "hello", "HELLO"},
		{[]string{"hello"}, "HELLO", "hello"},
		{[]string{"Hello"}, "hELLO", "Hello"},
		{[]string{"HELLO", "hello"}, "hello", "hello"},
		{[]string{"HELLO", "hello"}, "Hello", ""},
	} {
		e := start(t)
		var ids []int64
		for _, s := range tt.has {
			ids = append(ids, e.sim.AddIndicator(tcsim.Indicator{Type: "Email Subject", Summary: s, Owner: tcsim.DemoOrganization}))
		}
		e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "One", Owner: tcsim.DemoOrganization, Associations: tcsim.Associations{AssociatedIndicators: ids}})
		inv := e.find(lookup.OfImport(e.manifest(`groups: [{key: a, type: Threat, name: One, associatedIndicators: ["Email Subject:`+tt.wanted+`"]}]`), nil, nil))
		got := ""
		for _, r := range inv.Objects[0] {
			got += r.Name
		}
		if got != tt.found {
			t.Errorf("%v: %s is %q, want %q", tt.has, tt.wanted, got, tt.found)
		}
	}
}
