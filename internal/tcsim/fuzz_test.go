package tcsim

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// FuzzState proves that a state file is refused with an error, or loads and is saved as a
// state that loads again.
func FuzzState(f *testing.F) {
	full := New(Config{})
	full.AddGroup(Group{Type: "Incident", Name: "A", Tags: []string{"t"}, SecurityLabels: []string{"TLP:AMBER"}, Attributes: []Attribute{{Type: "Description", Value: "d"}}})
	full.AddIndicator(Indicator{Type: "Host", Summary: "a.example"})
	full.Associate(Ref{Kind: KindGroup, ID: 1}, Ref{Kind: KindIndicator, ID: 1})
	full.AddArtifact(Artifact{CaseID: full.AddCase(Case{Name: "C"}), Type: "Host", Summary: "b.example"})
	var saved bytes.Buffer
	if err := full.Save(&saved); err != nil {
		f.Fatal(err)
	}
	f.Add(saved.Bytes())
	f.Add([]byte(`{"version":1}`))
	f.Add([]byte(`{"version":1,"groups":[{"id":1,"type":"Adversary","name":"A","associatedGroups":[1,2]}]}`))
	f.Add([]byte(`{"version":1,"users":[{"token":"t"}],"owners":[{"name":"O"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := New(Config{})
		if err := s.Load(bytes.NewReader(data)); err != nil {
			return
		}
		var first, second bytes.Buffer
		if err := s.Save(&first); err != nil {
			t.Fatal(err)
		}
		again := New(Config{})
		if err := again.Load(bytes.NewReader(first.Bytes())); err != nil {
			t.Fatalf("what was saved does not load: %v\n%s", err, first.String())
		}
		if err := again.Save(&second); err != nil || second.String() != first.String() {
			t.Errorf("saved again, it is another state (%v):\n%s\n%s", err, first.String(), second.String())
		}
	})
}

// FuzzFaultRules proves that rules are refused with an error, or can be carried out.
func FuzzFaultRules(f *testing.F) {
	rehearsal, err := os.ReadFile("../../samples/rehearsal/faults.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(rehearsal))
	f.Add(`{"rules":[{"on":"GET /v3/groups","fault":"hang","seconds":1e300}]}`)
	f.Add(`{"rules":[{"on":"WRITE","every":1,"fault":"cut","bytes":-1}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		s := New(Config{})
		rules, err := s.ReadFaultRules(strings.NewReader(text))
		if err != nil {
			return
		}
		s.SetFaultRules(rules)
	})
}
