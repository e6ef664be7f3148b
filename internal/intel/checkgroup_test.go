package intel

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/golden"
)

// at is a place on line n of the test's manifest.
func at(n int) Pos { return At("m.yaml", n, 5) }

func testInstance() *Instance {
	return &Instance{
		SecurityLabels: []string{"TLP:RED", "TLP:AMBER", "Internal Only"},
		AttributeTypes: []AttributeType{
			{Name: "Description", MaxSize: 20, AppliesTo: map[string]bool{"Incident": true, "Event": true, "Report": false}},
			{Name: "Source"},
			{Name: "Severity", Rule: ValidationRule{Type: "SelectOne", Text: "Low;High;"}, MaxCount: 1},
			{Name: "Score", Rule: ValidationRule{Type: "Integer", Text: "1:10"}},
			{Name: "CVE", Rule: ValidationRule{Type: "Regex", Text: `^CVE-\d+-\d+$`}},
			{Name: "Odd", Rule: ValidationRule{Type: "Regex", Text: `(?<=x)y`}},
			{Name: "Seen", Rule: ValidationRule{Type: "Date"}},
			{Name: "Twice", MaxSize: 3},
			{Name: "Twice", MaxSize: 6},
		},
		EventTypes:     []string{"Breach", "Our Own"},
		SignatureTypes: []string{"YARA", "Carbon Black"},
		ArtifactTypes:  []string{"Email Address", "Tape"},
		IndicatorTypes: testCustom,
		NameMax:        30,
	}
}

var groupCases = []struct {
	name     string
	instance bool
	group    Group
}{
	{"plain", false, Group{Type: "incident", Name: " Bad Incident ", Key: " k ", XID: " CVE-1 "}},
	{"no type, no name", false, Group{}},
	{"unknown type", false, Group{Type: "Incidnt", Name: "x", Fields: Fields{{"status", "New", at(2)}, {"colour", "red", at(3)}}}},
	{"indicator as group", false, Group{Type: "host", Name: "x"}},
	{"fields", false, Group{Type: "INCIDENT", Name: "x", Fields: Fields{
		{"status", "Opne", at(2)}, {"eventDate", "11/03/2021", at(3)}, {"firstSeen", "2021-11-03", at(4)},
		{"fileText", "rule", at(5)}, {"stauts", "New", at(6)}, {"lastSeen", "  ", at(7)}}}},
	{"signature needs", false, Group{Type: "Signature", Name: "x", Fields: Fields{{"fileName", "a.yar", at(2)}}}},
	{"signature", false, Group{Type: "Signature", Name: "x", Fields: Fields{
		{"fileName", "a.yar", at(2)}, {"fileText", "rule a {}", at(3)}, {"fileType", "Carbon Black", at(4)}}}},
	{"signature, instance", true, Group{Type: "Signature", Name: "x", Fields: Fields{
		{"fileName", "a.yar", at(2)}, {"fileText", "rule a {}", at(3)}, {"fileType", "carbon black", at(4)}}}},
	{"event type", false, Group{Type: "Event", Name: "x", Fields: Fields{{"eventType", "Braech", at(2)}}}},
	{"event type, instance", true, Group{Type: "Event", Name: "x", Fields: Fields{{"eventType", "OUR OWN", at(2)}}}},
	{"event type the instance lacks", true, Group{Type: "Event", Name: "x", Fields: Fields{{"eventType", "Exercise", at(2)}}}},
	{"password", false, Group{Type: "Document", Name: "x", Fields: Fields{{"password", "infected", at(2)}}}},
	{"password and malware", false, Group{Type: "Document", Name: "x", Fields: Fields{{"password", "infected", at(2)}, {"malware", "True", at(3)}}}},
	{"malware without password", false, Group{Type: "Document", Name: "x", Fields: Fields{{"malware", "TRUE", at(2)}}}},
	{"no malware", false, Group{Type: "Document", Name: "x", Fields: Fields{{"malware", "false", at(2)}}}},
	{"type of another system", false, Group{Type: "Threat Actor", Name: "x"}},
	{"long name", false, Group{Type: "Threat", Name: strings.Repeat("ü", 201)}},
	{"longish name", false, Group{Type: "Threat", Name: strings.Repeat("ü", 101)}},
	{"name beyond the instance's limit", true, Group{Type: "Threat", Name: strings.Repeat("ü", 31)}},
	{"control in name", false, Group{Type: "Threat", Name: "a\x1b[31mb"}},
	{"xid of digits", false, Group{Type: "Threat", Name: "x", XID: "12345"}},
	{"xid to escape", false, Group{Type: "Threat", Name: "x", XID: "a/b c"}},
	{"xid too long", false, Group{Type: "Threat", Name: "x", XID: strings.Repeat("x", 101)}},
	{"xid as folder", false, Group{Type: "Threat", Name: "x", XID: ".."}},
	{"tags", false, Group{Type: "Threat", Name: "x", Tags: []Tag{
		{Name: " APT ", Pos: at(2)}, {Name: "apt", Pos: at(3)}, {Pos: at(4)}, {TechniqueID: "t1566.001", Pos: at(5)},
		{TechniqueID: "T1566.001"}, {TechniqueID: "TA0001", Pos: at(6)}, {Name: strings.Repeat("t", 129), Pos: at(7)},
		{Name: "x", TechniqueID: "T1566", Pos: at(8)}}}},
	{"many tags", false, Group{Type: "Threat", Name: "x", Tags: slices.Repeat([]Tag{{Name: "a"}, {Name: "A"}, {Name: "b"}}, 10)}},
	{"labels", false, Group{Type: "Threat", Name: "x", SecurityLabels: []string{"TLP:AMBER", "TLP: AMBER", " tlp:red ", "", "Internal Only", "TLP:AMBR"}}},
	{"labels, instance", true, Group{Type: "Threat", Name: "x", SecurityLabels: []string{"TLP: AMBER", "tlp:red", "internal only", "TLP:GREEN", "TLP:AMBR"}}},
	{"one description", false, Group{Type: "Threat", Name: "x", Attributes: []Attribute{
		{Type: "description", Value: "d"}, {Type: "description", Value: "d"}, {Type: "Source", Value: "a"}, {Type: "Source", Value: "b"}}}},
	{"description that says otherwise", false, Group{Type: "Threat", Name: "x", Attributes: []Attribute{{Type: "Description", Value: "d", Default: No}}}},
	{"two defaults", false, Group{Type: "Threat", Name: "x", Attributes: []Attribute{
		{Type: "Description", Value: "d", Default: Yes, Pos: at(2)}, {Type: "Description", Value: "e", Default: Yes, Pos: at(3)}}}},
	{"attributes without", false, Group{Type: "Threat", Name: "x", Attributes: []Attribute{{Type: "Source", Pos: at(2)}, {Value: "v", Pos: at(3)}, {Type: "Descripton", Value: "d", Pos: at(4)}}}},
	{"attributes, instance", true, Group{Type: "Incident", Name: "x", Attributes: []Attribute{
		{Type: "DESCRIPTION", Value: "short"}, {Type: "Description", Value: strings.Repeat("d", 21), Pos: at(2)},
		{Type: "Nope", Value: "v", Pos: at(3)}, {Type: "Sevrity", Value: "v", Pos: at(4)},
		{Type: "Severity", Value: "high"}, {Type: "Severity", Value: "Hihg", Pos: at(5)}, {Type: "Severity", Value: "Low", Pos: at(6)},
		{Type: "Score", Value: "10"}, {Type: "Score", Value: "11", Pos: at(7)}, {Type: "Score", Value: "0", Pos: at(8)}, {Type: "Score", Value: "x", Pos: at(9)},
		{Type: "CVE", Value: "CVE-1-2"}, {Type: "CVE", Value: "1-2", Pos: at(10)}, {Type: "Odd", Value: "anything"},
		{Type: "Seen", Value: "2021-11-03"}, {Type: "Seen", Value: "yesterday", Pos: at(11)},
		{Type: "Twice", Value: "12345"}, {Type: "Twice", Value: "1234567", Pos: at(12)}}}},
	{"attribute for another type", true, Group{Type: "Report", Name: "x", Attributes: []Attribute{{Type: "Description", Value: "d", Pos: at(2)}}}},
	{"reference", false, Group{Reference: true, Type: "adversary", Name: " Bad Guy "}},
	{"reference by id", false, Group{Reference: true, ID: 7}},
	{"reference by digits", false, Group{Reference: true, XID: "123"}},
	{"reference of no type", false, Group{Reference: true, Type: "Advesary", Name: "x"}},
}

func TestGroupsBecomeCanonical(t *testing.T) {
	var b strings.Builder
	for _, tt := range groupCases {
		fmt.Fprintf(&b, "== %s\n", tt.name)
		g := tt.group
		g.Pos = at(1)
		g.Fields, g.Tags, g.Attributes = slices.Clone(g.Fields), slices.Clone(g.Tags), slices.Clone(g.Attributes)
		g.SecurityLabels = slices.Clone(g.SecurityLabels)
		var in *Instance
		if tt.instance {
			in = testInstance()
		}
		var ps Problems
		NewChecker(in).Group(&g, &ps)
		writeProblems(&b, ps)
		fmt.Fprintf(&b, "%s %q key %q xid %q\n", g.Type, short(g.Name), g.Key, short(g.XID))
		writeLists(&b, g.Fields, g.Tags, g.SecurityLabels, g.Attributes)
		if ps.Errors() > 0 {
			continue
		}
		before := fmt.Sprintf("%+v", g)
		attributes := slices.Clone(g.Attributes)
		NewChecker(in).Group(&g, &ps)
		if !reflect.DeepEqual(attributes, g.Attributes) || ps.Errors() > 0 {
			t.Errorf("%s: a second time makes %+v, %v", tt.name, g, ps)
		}
		if after := fmt.Sprintf("%+v", g); after != before {
			t.Errorf("%s: a second time makes\n%s of\n%s", tt.name, after, before)
		}
	}
	golden.File(t, "groups.txt", b.String())
}

func short(s string) string {
	if r := []rune(s); len(r) > 20 {
		return fmt.Sprintf("%s…(%d)", string(r[:20]), len(r))
	}
	return s
}

func writeProblems(b *strings.Builder, ps Problems) {
	for _, p := range ps.Sorted() {
		fmt.Fprintf(b, "  %s\n", p)
	}
}

func writeLists(b *strings.Builder, fields Fields, tags []Tag, labels []string, attributes []Attribute) {
	for _, f := range fields {
		fmt.Fprintf(b, "%s: %s\n", f.Name, f.Value)
	}
	for _, tag := range tags {
		fmt.Fprintf(b, "tag %s\n", short(tag.String()))
	}
	for _, l := range labels {
		fmt.Fprintf(b, "label %s\n", l)
	}
	for _, at := range attributes {
		what := ""
		if at.Default != Unsaid {
			what = fmt.Sprintf(" default=%v", at.Default)
		}
		fmt.Fprintf(b, "attribute %s=%s%s\n", at.Type, short(at.Value), what)
	}
}
