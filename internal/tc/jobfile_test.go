package tc

import (
	"encoding/json"
	"strings"
	"testing"

	"tcimport/internal/golden"
	"tcimport/internal/intel"
)

// forJobs is a group with something of everything that a file can carry.
func forJobs() intel.GroupWrite {
	w := full()
	w.Links, w.Tags = nil, []intel.Tag{{Name: "Targeted Attack"}, {Name: "T1566 - Phishing", TechniqueID: "T1566"}}
	return w
}

func host(summary string) *intel.Object {
	return &intel.Object{Kind: intel.KindIndicator, Type: "Host", Summary: summary}
}

// What a file looks like. For people, the golden has a line break before each object.
func TestJobFile(t *testing.T) {
	var f JobFile
	add := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	add(f.AddGroup(forJobs(), []JobLink{
		{Kind: intel.KindGroup, XID: "tcimport-2"},
		{Kind: intel.KindGroup, ID: 12345},
		{Kind: intel.KindIndicator, Type: "Host", Summary: "a.example"},
		{Kind: intel.KindIndicator, Type: "Address", ID: 54321},
		{Kind: intel.KindGroup, XID: "tcimport-3", ID: 9}, // the xid names it
	}))
	add(f.AddGroup(intel.GroupWrite{Type: "email", Name: "E", XID: "tcimport-2", Fields: intel.Fields{
		{Name: "subject", Value: "s"}, {Name: "header", Value: "From: a\r\nTo: b"}, {Name: "body", Value: "b"}, {Name: "from", Value: "a@b.example"},
	}}, nil))
	add(f.AddGroup(intel.GroupWrite{Type: "Document", Name: "D", XID: "tcimport-3", Fields: intel.Fields{{Name: "fileName", Value: "a.pdf"}, {Name: "malware", Value: "false"}}}, nil))
	add(f.AddIndicator(host("a.example")))
	add(f.AddIndicator(&intel.Object{
		Kind: intel.KindIndicator, Type: "File", Summary: "d41d8cd98f00b204e9800998ecf8427e : e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Split: true,
		Details: &intel.Details{
			Fields: intel.Fields{{Name: "rating", Value: "4.5"}, {Name: "confidence", Value: "80"}, {Name: "active", Value: "false"}, {Name: "size", Value: "0"}},
			Tags:   []intel.Tag{{Name: "dropper"}}, SecurityLabels: []string{"TLP:GREEN"}, Attributes: []intel.Attribute{{Type: "Description", Value: "stays out"}},
		},
	}))
	add(f.AddAssociation(JobLink{Kind: intel.KindGroup, ID: 100}, JobLink{Kind: intel.KindGroup, ID: 200}))
	add(f.AddAssociation(JobLink{Kind: intel.KindIndicator, Type: "Host", Summary: "a.example"}, JobLink{Kind: intel.KindGroup, XID: "tcimport-2"}))
	golden.File(t, "jobfile.golden", strings.ReplaceAll(string(f.Bytes())+"\n", ",{", ",\n{"))
}

// A file has as many bytes as it says, whatever is in it, and is valid JSON.
func TestJobFileLen(t *testing.T) {
	var f JobFile
	check := func() {
		t.Helper()
		if b := f.Bytes(); f.Len() != len(b) || !json.Valid(b) {
			t.Errorf("Len %d of %d bytes: %s", f.Len(), len(b), b)
		}
	}
	check()
	empty := f.Mark()
	for _, xid := range []string{"xid-a", "xid-\u2028\"<&>"} {
		if err := f.AddGroup(intel.GroupWrite{Type: "Threat", Name: "ü", XID: xid}, []JobLink{{Kind: intel.KindGroup, ID: 5}}); err != nil {
			t.Fatal(err)
		}
		check()
	}
	groups := f.Bytes()
	mark := f.Mark()
	if err := f.AddIndicator(host("a.example")); err != nil {
		t.Fatal(err)
	}
	check()
	if f.Back(mark); string(f.Bytes()) != string(groups) {
		t.Errorf("%s after going back", f.Bytes())
	}
	f.Back(empty)
	check()
	if got := string(f.Bytes()); got != "{}" {
		t.Errorf("%s is left", got)
	}
}

// What a file cannot carry is refused, and leaves nothing in it.
func TestJobFileRefuses(t *testing.T) {
	var f JobFile
	if err := f.AddGroup(forJobs(), nil); err != nil {
		t.Fatal(err)
	}
	before := string(f.Bytes())
	group := func(change func(*intel.GroupWrite), links ...JobLink) error {
		w := forJobs()
		change(&w)
		return f.AddGroup(w, append([]JobLink{{Kind: intel.KindGroup, ID: 5}}, links...))
	}
	same := func(*intel.GroupWrite) {}
	indicator := func(change func(*intel.Object)) error {
		o := host("a.example")
		change(o)
		return f.AddIndicator(o)
	}
	for name, err := range map[string]error{
		"no type":       group(func(w *intel.GroupWrite) { w.Type = "Thing" }),
		"no name":       group(func(w *intel.GroupWrite) { w.Name = "" }),
		"no xid":        group(func(w *intel.GroupWrite) { w.XID = "" }),
		"no such field": group(func(w *intel.GroupWrite) { w.Fields = intel.Fields{{Name: "subject", Value: "x"}} }),
		"no date": group(func(w *intel.GroupWrite) {
			w.Type, w.Fields = "Document", intel.Fields{{Name: "malware", Value: "perhaps"}}
		}),
		"create-only field":   group(func(w *intel.GroupWrite) { w.Type, w.Fields = "Document", intel.Fields{{Name: "password", Value: "x"}} }),
		"e-mail without body": group(func(w *intel.GroupWrite) { w.Type, w.Fields = "Email", intel.Fields{{Name: "subject", Value: "x"}} }),
		"signature": group(func(w *intel.GroupWrite) {
			w.Type, w.Fields = "Signature", intel.Fields{{Name: "fileName", Value: "x"}}
		}),
		"task":             group(func(w *intel.GroupWrite) { w.Type, w.Fields = "Task", nil }),
		"technique":        group(func(w *intel.GroupWrite) { w.Tags = []intel.Tag{{TechniqueID: "T1566"}} }),
		"nobody":           group(same, JobLink{Kind: intel.KindGroup}),
		"negative ID":      group(same, JobLink{Kind: intel.KindGroup, ID: -1}),
		"group by summary": group(same, JobLink{Kind: intel.KindGroup, Summary: "x"}),
		"indicator by xid": group(same, JobLink{Kind: intel.KindIndicator, Type: "Host", XID: "x"}),
		"indicator's type": group(same, JobLink{Kind: intel.KindIndicator, Summary: "a.example"}),
		"ID without type":  group(same, JobLink{Kind: intel.KindIndicator, ID: 5}),
		"case":             group(same, JobLink{Kind: intel.KindCase, ID: 5}),
		"two indicators":   f.AddAssociation(JobLink{Kind: intel.KindIndicator, Type: "Host", ID: 1}, JobLink{Kind: intel.KindIndicator, Type: "Host", ID: 2}),
		"no indicator":     indicator(func(o *intel.Object) { o.Kind = intel.KindArtifact }),
		"no summary":       indicator(func(o *intel.Object) { o.Summary = "" }),
		"field of v3":      indicator(func(o *intel.Object) { o.More().Fields = intel.Fields{{Name: "dnsActive", Value: "true"}} }),
		"no number":        indicator(func(o *intel.Object) { o.More().Fields = intel.Fields{{Name: "rating", Value: "high"}} }),
		"technique of one": indicator(func(o *intel.Object) { o.More().Tags = []intel.Tag{{TechniqueID: "T1566"}} }),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if got := string(f.Bytes()); got != before {
		t.Errorf("the file has changed:\n%s", got)
	}
}
