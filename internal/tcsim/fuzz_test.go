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

// FuzzJob proves that any file of a job is worked off to the end: its items are
// counted, once each, and the state that it leaves can be saved and loaded.
func FuzzJob(f *testing.F) {
	for _, file := range []string{
		`{"group":[{"type":"Incident","name":"a","xid":"x","attribute":[{"type":"Description","value":"d","displayed":true,"securityLabel":[{"name":"TLP:RED"}]}],"tag":[{"name":"t"}],
			"securityLabel":[{"name":"L","color":"FF0000","description":"d"}],"associatedGroupXid":["y","x"],"associatedIndicators":[{"summary":"a.example","indicatorType":"Host"}]},
			{"type":"Email","name":"y","xid":"y","subject":"s","header":"h","body":"b"}],
			"indicator":[{"type":"Host","summary":"a.example","rating":3,"description":"d","associatedGroups":[{"groupXid":"x"}]},{"type":"File","md5":"` + strings.Repeat("a", 32) + `"},
			{"type":"File","summary":"` + strings.Repeat("a", 32) + ` : ` + strings.Repeat("b", 40) + `"},{"type":"URL","summary":"http://a.example","associatedIndicators":[{"summary":"a.example","indicatorType":"Host","associationType":"URL Host"}]}],
			"association":[{"ref_1":"x","ref_2":"a.example","type_2":"Host"},{"id_1":1,"id_2":2}]}`,
		`{"association":[{"id_1":1.5,"ref_2":null}],"group":["name",{}]}`,
		`{"group":[{"type":"Threat","name":"a","xid":"x"},{"type":"Threat","name":"b","xid":"x","attribute":[{"type":"Source","value":1}],"tag":[{"name":{}}]}]}`,
		`{"indicator":[{"type":"Registry Key","summary":"HKEY_USERS : a"},{"type":"Host","hostName":["x"]}],"group":{}}`,
		`{"group":[`,
	} {
		f.Add(file, uint8(0))
		f.Add(file, uint8(255))
	}
	f.Fuzz(func(t *testing.T, file string, odd uint8) {
		pick := func(bit int, value string) string { // the value, if the bit is set
			if odd>>bit&1 == 1 {
				return value
			}
			return ""
		}
		s := New(Config{Switches: Switches{Strict: pick(0, "off"), BatchLinks: pick(1, "with-item"), BatchPartial: pick(2, "kept"), BatchMissingIndicator: pick(3, "created"), BatchTwice: odd>>4&1 == 1}})
		in := &instance{s, t, DemoToken}
		action := "Create"
		if odd>>5&1 == 1 {
			action = "Delete"
		}
		id := in.job(settings("action", action, "attributeWriteType", []string{"Append", "Replace", "Singleton", "Static"}[odd>>6]), file)
		j := s.st.jobs[0]
		in.batchStatus(id).equal("data.batchStatus.status", "Completed")
		for part, n := range j.count {
			if n.items < n.success+n.failed || n.success < 0 {
				t.Errorf("%s: %+v", partNames[part].key, n)
			}
		}
		if n := j.total(); n.failed > 0 && len(j.errors) == 0 {
			t.Errorf("%+v, and no error is listed", n)
		}
		again := New(Config{})
		var first, second bytes.Buffer
		if err := s.Save(&first); err != nil {
			t.Fatal(err)
		}
		if err := again.Load(bytes.NewReader(first.Bytes())); err != nil {
			t.Fatalf("what a job has made does not load: %v\n%s", err, first.String())
		}
		if err := again.Save(&second); err != nil || first.String() != second.String() {
			t.Errorf("saved again, it is another state (%v):\n%s\n%s", err, first.String(), second.String())
		}
	})
}
