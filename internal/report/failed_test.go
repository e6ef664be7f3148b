package report

import (
	"bytes"
	"strings"
	"testing"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/reader"
)

// checkManifest reads a manifest as a later import does.
func checkManifest(t *testing.T, text string) *intel.Manifest {
	t.Helper()
	m, problems := reader.Read([]string{"-"}, reader.Options{InputFormat: "yaml", Stdin: strings.NewReader(text)})
	for _, p := range problems {
		if !p.Warning {
			t.Errorf("the manifest of what failed cannot be read: %v\n%s", p, text)
		}
	}
	_, problems = intel.Assemble(m, intel.Options{DefaultOwner: "Demo Community"})
	for _, p := range problems {
		if !p.Warning {
			t.Errorf("the manifest of what failed does not fit together: %v\n%s", p, text)
		}
	}
	return m
}

// FuzzFailed proves that the manifest of what failed says what the import said,
// whatever texts these are, and that no edit of it goes unseen.
func FuzzFailed(f *testing.F) {
	f.Add("Bad", "x", "a\nb", "refused: # \n- no", "ns", "Good", 40)
	f.Add("=1", "techniqueId:T1", "\x00\u2028", "\x1b[2J", "", "a: b # c", 0)
	f.Add("- {", "~", "|\n  a", "", "\u202e", "\ufeff", 1000)
	f.Fuzz(func(t *testing.T, name, tag, value, why, namespace, other string, at int) {
		for _, s := range []*string{&name, &tag, &value, &namespace} {
			if *s = strings.TrimSpace(strings.ToValidUTF8(*s, "?")); *s == "" {
				*s = "x"
			}
		}
		if id, ok := strings.CutPrefix(tag, "techniqueId:"); ok {
			tag = "techniqueId:T" + strings.TrimSpace(id) // an ID has no blanks around it
		}
		a := plan.FullAction{Verb: plan.Create, Key: name, Type: "Incident", Name: name, Owner: "O", Source: plan.SourceAt("m.yaml:1"),
			Changes:      plan.Changes([]plan.FullChange{{Field: "tags", New: tag}, {Field: "attribute:Description", New: value}}...),
			Associations: []plan.Association{plan.FullAssociation{Kind: intel.KindGroup, Type: "Tool", Name: other, ID: 7, State: plan.Existing}.Association()}}.Action()
		meta := Meta{Instance: "tc.example", Namespace: namespace}
		l := &apply.Ledger{Plan: &plan.Plan{Namespace: namespace}, Results: []*apply.Result{{Action: a, Status: apply.Failed, Error: why}}}
		var b bytes.Buffer
		if n, err := NewResults(l, meta).WriteFailed(&b); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		m, problems := reader.Read([]string{"-"}, reader.Options{InputFormat: "yaml", Stdin: bytes.NewReader(b.Bytes())})
		if problems.Errors() > 0 || len(m.Groups) != 1 || len(m.Namespaces) != 1 {
			t.Fatalf("%v\n%s", problems, b.String())
		}
		g := m.Groups[0]
		wantTag := intel.ParseTag(tag)
		if g.Key != name || g.Name != name || m.Namespaces[0].Name != namespace || len(g.Attributes) != 1 || g.Attributes[0].Value != value ||
			len(g.Tags) != 1 || g.Tags[0].Name != wantTag.Name || g.Tags[0].TechniqueID != wantTag.TechniqueID || len(g.Refs) != 1 || g.Refs[0].ID() != 7 {
			t.Errorf("it came back as %+v\n%s", g, b.String())
		}
		if edited, err := CheckFailed(bytes.NewReader(b.Bytes()), meta); edited || err != nil {
			t.Errorf("as it was written: edited %t, %v", edited, err)
		}
		text := b.Bytes()
		text[((at%len(text))+len(text))%len(text)] ^= 1
		if edited, err := CheckFailed(bytes.NewReader(text), meta); !edited && err == nil {
			t.Errorf("an edit goes unseen:\n%s", text)
		}
	})
}
