package compare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// replace sets every list policy.
func replace(p *plan.Policy) {
	p.Tags, p.Attributes, p.Labels, p.Associations = plan.Replace, plan.Replace, plan.Replace, plan.Replace
}

// with is a manifest of one group, a Threat unless more says otherwise, and the
// group of the instance.
func with(typ, more string, options ...option) scene {
	return scene{manifest: "groups: [{key: a, type: " + typ + ", name: One, " + more + "}]",
		groups: []*intel.Remote{group(1, typ, "One", append(options, ours("a"))...)}}
}

func (s scene) replaced() scene { s.policy = replace; return s }

func TestScalars(t *testing.T) {
	const signature = "fileName: a.yar, fileType: YARA, fileText: "
	signed := []option{field("fileName", "a.yar"), field("fileType", "YARA")}
	scenes(t, "scalars.txtar", cases{
		{"of a new group", scene{manifest: `groups: [{key: a, type: Task, name: One, status: Deferred, dueDate: 2021-11-03}]`}},
		{"the same", with("Incident", "status: New, eventDate: 2021-11-03", field("status", "New"), field("eventDate", "2021-11-03T00:00:00Z"))},
		{"another", with("Incident", "status: Open, eventDate: 2021-11-04", field("status", "New"), field("eventDate", "2021-11-03T00:00:00Z"))},
		{"not there yet", with("Incident", "status: Open, eventDate: 2021-11-04")},
		{"not named", with("Incident", "tags: []", field("status", "New"))},
		{"null and empty do not clear", with("Incident", `status: null, eventDate: ""`, field("status", "New"), field("eventDate", "2021-11-03T00:00:00Z"))},
		{"choices in another case", with("Event", "eventType: Breach", field("eventType", "BREACH"))},
		{"dates with fractions and blanks", with("Incident", "eventDate: 2021-11-03", field("eventDate", "2021-11-03T00:00:00.000Z "))},
		{"text with other line ends", with("Signature", signature+`"rule a {\n}\n"`, append(signed, field("fileText", "rule a {\r\n}"))...)},
		{"text with other blanks inside", with("Signature", signature+`"rule a {}"`, append(signed, field("fileText", "rule a  {}"))...)},
		{"bool", with("Document", "fileName: a.doc, malware: true, password: x", field("fileName", "a.doc"), field("malware", "false"))},
		{"bool that is false by default", with("Document", "malware: false")},
		{"only on create", with("Task", "status: Deferred, assignments: []", field("status", "Completed"))},
		{"common dates", with("Threat", "firstSeen: 2021-11-03, lastSeen: 2021-11-04", field("firstSeen", "2021-11-03T00:00:00Z"))},
		{"name with blanks around", scene{manifest: one, groups: []*intel.Remote{group(1, "Threat", " One ", ours("a"))}}},
		{"name in another case", scene{manifest: one, groups: []*intel.Remote{group(1, "Threat", "ONE", ours("a"))}}},
	})
}

func TestTagsAndLabels(t *testing.T) {
	rewritten := with("Threat", "tags: [Old, Kept]", tags("Main", "Kept")).replaced()
	rewritten.ids = baseline.IDMap{"a": {ID: 1, Type: "Threat", Name: "One", Owner: org, Rewritten: map[string]string{"Old": "Main"}}}
	scenes(t, "tags.txtar", cases{
		{"in another case", with("Threat", "tags: [apt]", tags("APT"))},
		{"append", with("Threat", "tags: [apt, new]", tags("apt", "theirs"))},
		{"replace", with("Threat", "tags: [apt, new]", tags("apt", "theirs")).replaced()},
		{"absent, replace", with("Threat", "securityLabels: []", tags("theirs")).replaced()},
		{"empty, append", with("Threat", "tags: []", tags("theirs"))},
		{"empty, replace", with("Threat", "tags: []", tags("theirs")).replaced()},
		{"null, replace", with("Threat", "tags: null", tags("theirs")).replaced()},
		{"technique by ID", with("Threat", "tags: [{techniqueId: T1566}]", tags("T1566 - Phishing"))},
		{"technique by name", with("Threat", "tags: [Phishing]", tags("T1566 - Phishing")).replaced()},
		{"technique by full name", with("Threat", `tags: ["T1566 - Phishing"]`, tags("T1566 - Phishing")).replaced()},
		{"technique by ID as a name", with("Threat", `tags: [T1566]`, tags("T1566 - Phishing")).replaced()},
		{"another technique", with("Threat", "tags: [{techniqueId: T1566.001}]", tags("T1566 - Phishing")).replaced()},
		{"technique of an instance that has none", with("Threat", "tags: [{techniqueId: T1566}]", tags("T1566"))},
		{"technique by full name, stored without its ID", func() scene {
			s := with("Threat", `tags: ["T1566 - Phishing"]`, tags("Phishing")).replaced()
			s.groups[0].Tags[0].TechniqueID = "T1566"
			return s
		}()},
		{"a dash behind what begins like an ID is no technique", with("Threat", "tags: [Group]", tags("T0 ops - Group", "t0psecret - Group"))},
		{"a dash is no technique", with("Threat", "tags: [Group]", tags("APT - Group"))},
		{"rewritten by the instance", rewritten},
		{"labels", with("Threat", `securityLabels: ["TLP: amber", Mine]`, labels("TLP:AMBER", "Theirs"))},
		{"labels, replace", with("Threat", `securityLabels: ["TLP: amber", Mine]`, labels("TLP:AMBER", "Theirs")).replaced()},
		{"labels, empty, replace", with("Threat", `securityLabels: []`, labels("Theirs")).replaced()},
	})
}

func TestAttributes(t *testing.T) {
	d := func(value, more string) string { return "attributes: [{type: Aliases, value: " + value + more + "}]" }
	two := "attributes: [{type: Aliases, value: x}, {type: Aliases, value: y}]"
	scenes(t, "attributes.txtar", cases{
		{"the same", with("Threat", d("x", ""), attribute(11, "Aliases", "x"))},
		{"type in another case", with("Threat", d("x", ""), attribute(11, "aliases", "x"))},
		{"other line ends", with("Threat", d(`"x\ny"`, ""), attribute(11, "Aliases", "x\r\ny "))},
		{"in place", with("Threat", d("y", ""), attribute(11, "Aliases", "x"), attribute(12, "Topic", "y"))},
		{"in place, replace", with("Threat", d("y", ""), attribute(11, "Aliases", "x"), attribute(12, "Topic", "y")).replaced()},
		{"new", with("Threat", d("x", ", source: s"), attribute(12, "Topic", "y"))},
		{"one more", with("Threat", two, attribute(11, "Aliases", "x"))},
		{"one of two in place", with("Threat", two, attribute(11, "Aliases", "x"), attribute(12, "Aliases", "z"))},
		{"two left, append", with("Threat", two, attribute(11, "Aliases", "p"), attribute(12, "Aliases", "q"))},
		{"two left, replace", with("Threat", two, attribute(11, "Aliases", "p"), attribute(12, "Aliases", "q")).replaced()},
		{"two there, one wanted, append", with("Threat", d("x", ""), attribute(11, "Aliases", "p"), attribute(12, "Aliases", "q"))},
		{"two there, one of them wanted, append", with("Threat", d("q", ""), attribute(11, "Aliases", "p"), attribute(12, "Aliases", "q"))},
		{"two there, one of them wanted, replace", with("Threat", d("q", ""), attribute(11, "Aliases", "p"), attribute(12, "Aliases", "q"), attribute(13, "Topic", "stays")).replaced()},
		{"one value twice", with("Threat", "attributes: [{type: Aliases, value: x, source: p}, {type: Aliases, value: x, source: q}]", attribute(11, "Aliases", "x", "q"))},
		{"source, none wanted", with("Threat", d("x", ""), attribute(11, "Aliases", "x", "theirs"))},
		{"source, another", with("Threat", d("x", ", source: mine"), attribute(11, "Aliases", "x", "theirs"))},
		{"source tells them apart", with("Threat", d("x", ", source: mine"), attribute(11, "Aliases", "x", "theirs"), attribute(12, "Aliases", "x", "mine")).replaced()},
		{"default flag", with("Threat", "attributes: [{type: Description, value: d}]", attribute(11, "Description", "d"))},
		{"default flag there", with("Threat", "attributes: [{type: Description, value: d}]", attribute(11, "Description", "d", "default"))},
		{"no default flag wanted", with("Threat", "attributes: [{type: Description, value: d, default: false}]", attribute(11, "Description", "d", "default"))},
		{"empty, append", with("Threat", "attributes: []", attribute(11, "Aliases", "x"))},
		{"empty, replace", with("Threat", "attributes: []", attribute(11, "Aliases", "x"), attribute(12, "Topic", "y")).replaced()},
		{"absent, replace", with("Threat", "tags: []", attribute(11, "Aliases", "x")).replaced()},
	})
}

// Labels of an attribute follow the policy for labels: what is sent takes the
// place of all that the attribute has.
func TestAttributeLabels(t *testing.T) {
	for _, c := range []struct {
		name       string
		have, want []string
		policy     plan.ListPolicy
		sent       []string // nil: no change
	}{
		{"there", []string{"TLP: amber"}, []string{"TLP:AMBER"}, plan.Append, nil},
		{"none there", []string{}, []string{"TLP:AMBER"}, plan.Append, []string{"TLP:AMBER"}},
		{"another there", []string{"Internal"}, []string{"TLP:AMBER"}, plan.Append, []string{"TLP:AMBER", "Internal"}},
		{"another there, replace", []string{"Internal"}, []string{"TLP:AMBER"}, plan.Replace, []string{"TLP:AMBER"}},
		{"one more there", []string{"TLP:AMBER", "Internal"}, []string{"TLP:AMBER"}, plan.Append, nil},
		{"one more there, replace", []string{"TLP:AMBER", "Internal"}, []string{"TLP:AMBER"}, plan.Replace, []string{"TLP:AMBER"}},
		{"none wanted, replace", []string{"Internal"}, nil, plan.Replace, nil},
		{"not told", nil, []string{"TLP:AMBER"}, plan.Append, nil},
	} {
		s := with("Threat", fmt.Sprintf("attributes: [{type: Aliases, value: x, securityLabels: [%s]}]", strings.Join(c.want, ", ")), attribute(11, "Aliases", "x"))
		s.groups[0].Attributes[0].SecurityLabels = c.have
		s.policy = func(p *plan.Policy) { p.Labels = c.policy }
		p := s.plan(t)
		var sent []string
		for _, change := range p.Actions[0].Changes {
			sent = change.Attribute().SecurityLabels
		}
		if !slices.Equal(sent, c.sent) {
			t.Errorf("%s: sent %v, want %v", c.name, sent, c.sent)
		}
	}
}
