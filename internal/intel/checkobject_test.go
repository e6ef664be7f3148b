package intel

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/golden"
)

const (
	testMD5    = "d41d8cd98f00b204e9800998ecf8427e"
	testSHA1   = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
	testSHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

var objectCases = []struct {
	name   string
	custom []IndicatorType
	object Object
}{
	{"short form", nil, Object{Kind: KindIndicator, Type: "host", Summary: "BadGuy.com."}},
	{"value field", nil, Object{Kind: KindIndicator, Type: "Address", Details: &Details{Fields: Fields{{"ip", "2001:DB8::1", at(2)}}}}},
	{"hostname", nil, Object{Kind: KindIndicator, Type: "Host", Details: &Details{Fields: Fields{{"hostname", "a.b", at(2)}, {"dnsActive", "TRUE", at(3)}}}}},
	{"value1", nil, Object{Kind: KindIndicator, Type: "Host", Details: &Details{Fields: Fields{{"value1", "A.b", at(2)}}}}},
	{"summary and field agree", nil, Object{Kind: KindIndicator, Type: "Host", Summary: "A.B", Details: &Details{Fields: Fields{{"hostName", "a.b", at(2)}}}}},
	{"summary and field differ", nil, Object{Kind: KindIndicator, Type: "Host", Summary: "A.B", Details: &Details{Fields: Fields{{"hostName", "a.c", at(2)}}}}},
	{"field twice", nil, Object{Kind: KindIndicator, Type: "Host", Details: &Details{Fields: Fields{{"hostName", "a.c", at(2)}, {"value1", "a.d", at(3)}}}}},
	{"file by fields", nil, Object{Kind: KindIndicator, Type: "File", Details: &Details{Fields: Fields{{"sha256", testSHA256, at(2)}, {"md5", testMD5, at(3)}, {"rating", "4.0", at(4)}, {"size", "12", at(5)}}}}},
	{"file by both", nil, Object{Kind: KindIndicator, Type: "File", Summary: testMD5, Details: &Details{Fields: Fields{{"sha1", testSHA1, at(2)}}}}},
	{"file that disagrees", nil, Object{Kind: KindIndicator, Type: "File", Summary: testMD5, Details: &Details{Fields: Fields{{"md5", strings.Repeat("0", 32), at(2)}}}}},
	{"hash in the wrong field", nil, Object{Kind: KindIndicator, Type: "File", Details: &Details{Fields: Fields{{"md5", testSHA1, at(2)}, {"sha256", "xyz", at(3)}}}}},
	{"size of a host", nil, Object{Kind: KindIndicator, Type: "Host", Summary: "a.b", Details: &Details{Fields: Fields{{"size", "12", at(2)}}}}},
	{"field of another type", nil, Object{Kind: KindIndicator, Type: "Host", Details: &Details{Fields: Fields{{"ip", "1.2.3.4", at(2)}}}}},
	{"unknown field", nil, Object{Kind: KindIndicator, Type: "Host", Summary: "a.b", Details: &Details{Fields: Fields{{"ratng", "4", at(2)}, {"zzz", "1", at(3)}}}}},
	{"bad scalars", nil, Object{Kind: KindIndicator, Type: "Host", Summary: "a.b", Details: &Details{Fields: Fields{{"rating", "6", at(2)}, {"confidence", "high", at(3)}, {"active", "no", at(4)}}}}},
	{"registry by fields", nil, Object{Kind: KindIndicator, Type: "registry key", Details: &Details{Fields: Fields{{"Key Name", `HKLM\a : b`, at(2)}, {"Value Type", "reg_sz", at(3)}}}}},
	{"registry without type", nil, Object{Kind: KindIndicator, Type: "Registry Key", Details: &Details{Fields: Fields{{"Key Name", `HKLM\a`, at(2)}, {"Value Name", " ", at(3)}}}}},
	{"registry summary without type", nil, Object{Kind: KindIndicator, Type: "Registry Key", Summary: `HKLM\a : b`}},
	{"nothing", nil, Object{Kind: KindIndicator, Type: "File"}},
	{"no type", nil, Object{Kind: KindIndicator, Summary: "a.b"}},
	{"public suffix", nil, Object{Kind: KindIndicator, Type: "Host", Summary: "co.uk"}},
	{"unknown type", nil, Object{Kind: KindIndicator, Type: "Hsot", Summary: " a "}},
	{"unknown type with fields", nil, Object{Kind: KindIndicator, Type: "Custom", Details: &Details{Fields: Fields{{"Two", "b", at(2)}, {"One", "a", at(3)}, {"rating", "3.0", at(4)}}}}},
	{"type the instance lacks", testCustom, Object{Kind: KindIndicator, Type: "Costum", Summary: "a"}},
	{"custom type", testCustom, Object{Kind: KindIndicator, Type: "custom", Summary: "a : b"}},
	{"custom type by fields", testCustom, Object{Kind: KindIndicator, Type: "Custom", Details: &Details{Fields: Fields{{"Two", "b", at(2)}, {"One", "a", at(3)}}}}},
	{"custom type with a wrong field", testCustom, Object{Kind: KindIndicator, Type: "Custom", Details: &Details{Fields: Fields{{"Three", "b", at(2)}, {"value3", "b", at(3)}}}}},
	{"metadata", nil, Object{Kind: KindIndicator, Type: "Host", Summary: "a.b", Details: &Details{Tags: []Tag{{Name: "a"}, {Name: "a"}}, SecurityLabels: []string{"TLP:RED"},
		Attributes: []Attribute{{Type: "Description", Value: "d"}, {Type: "Source", Pos: at(2)}}}}},
	{"artifact", nil, Object{Kind: KindArtifact, Type: "email address", Summary: " badguy@bad.com ", Details: &Details{Fields: Fields{{"caseId", "01", at(2)}}}}},
	{"artifact that is a file", nil, Object{Kind: KindArtifact, Type: "log file", Summary: "a.log", Details: &Details{Fields: Fields{{"caseId", "1", at(2)}}}}},
	{"artifact that is a file, with it", nil, Object{Kind: KindArtifact, Type: "Log File", Summary: "a.log", Details: &Details{Fields: Fields{{"caseId", "1", at(2)}, {"fileData", "eA==", at(3)}}}}},
	{"artifact that is named after a file", nil, Object{Kind: KindArtifact, Type: "Image file hash", Summary: "a", Details: &Details{Fields: Fields{{"caseId", "1", at(2)}}}}},
	{"artifact without", nil, Object{Kind: KindArtifact}},
	{"artifact of two cases", nil, Object{Kind: KindArtifact, Type: "EmailAddress", Summary: "a", Details: &Details{Fields: Fields{{"caseId", "1", at(2)}, {"caseXid", "x", at(3)}}}}},
	{"artifact of an unknown type", nil, Object{Kind: KindArtifact, Type: "Tape", Summary: strings.Repeat("a", 501), Owner: "Demo", Details: &Details{Fields: Fields{{"caseXid", "x", at(3)}, {"sorce", "x", at(4)}}}}},
	{"artifact with tags", nil, Object{Kind: KindArtifact, Type: "Host", Summary: "a", Details: &Details{Fields: Fields{{"caseId", "1", at(2)}}, Tags: []Tag{{Name: "a"}}}}},
	{"case", nil, Object{Kind: KindCase, Summary: "Phishing", Details: &Details{Fields: Fields{{"severity", "low", at(2)}, {"status", "OPEN", at(3)}}}}},
	{"case without status", nil, Object{Kind: KindCase, Summary: "Phishing", Details: &Details{Fields: Fields{{"severity", "Lo", at(2)}}}}},
	{"case without a name", nil, Object{Kind: KindCase, Type: "Case", Details: &Details{Fields: Fields{{"severity", "Low", at(2)}, {"status", "Open", at(3)}}}}},
	{"victim asset", nil, Object{Kind: KindVictimAsset, Type: "emailaddress", Details: &Details{Fields: Fields{{"address", "a@b.example", at(2)}, {"victimId", "12", at(3)}}}}},
	{"victim asset by summary", nil, Object{Kind: KindVictimAsset, Type: "WebSite", Summary: "b.example", Details: &Details{Fields: Fields{{"victimId", "12", at(3)}}}}},
	{"victim asset without", nil, Object{Kind: KindVictimAsset, Type: "Phone"}},
	{"victim asset of another value", nil, Object{Kind: KindVictimAsset, Type: "Phone", Details: &Details{Fields: Fields{{"address", "1", at(2)}, {"victimId", "12", at(3)}}}}},
	{"account without network", nil, Object{Kind: KindVictimAsset, Type: "NetworkAccount", Details: &Details{Fields: Fields{{"accountName", "x", at(2)}, {"victimId", "12", at(3)}}}}},
	{"account of another network", nil, Object{Kind: KindVictimAsset, Type: "NetworkAccount", Details: &Details{Fields: Fields{{"accountName", "x", at(2)}, {"victimId", "12", at(3)}, {"socialNetwork", "x", at(4)}}}}},
	{"victim asset of no type", nil, Object{Kind: KindVictimAsset, Type: "Fone"}},
}

func TestObjectsBecomeCanonical(t *testing.T) {
	var b strings.Builder
	for _, tt := range objectCases {
		fmt.Fprintf(&b, "== %s\n", tt.name)
		o := tt.object
		o.Pos = at(1)
		o.More().Fields, o.More().Tags, o.More().Attributes = slices.Clone(o.Fields()), slices.Clone(o.Tags()), slices.Clone(o.Attributes())
		o.More().SecurityLabels = slices.Clone(o.SecurityLabels())
		var ps Problems
		NewChecker(&Instance{IndicatorTypes: tt.custom}).Object(&o, &ps)
		writeProblems(&b, ps)
		fmt.Fprintf(&b, "%s %s %q %q\n", o.Kind, o.Type, short(o.Summary), o.Values())
		writeLists(&b, o.Fields(), o.Tags(), o.SecurityLabels(), o.Attributes())
	}
	golden.File(t, "objects.txt", b.String())
}

func TestCheckerWarnsOnce(t *testing.T) {
	c := NewChecker(nil)
	var ps Problems
	for i := range 3 {
		g := Group{Pos: at(i + 1), Type: "Event", Name: "x", Fields: Fields{{"eventType", "Our Own", at(i + 1)}},
			SecurityLabels: []string{"Ours"}, Attributes: []Attribute{{Type: "Our Attribute", Value: "v"}}}
		c.Group(&g, &ps)
		c.Object(&Object{Pos: at(i + 1), Kind: KindIndicator, Type: "Our Type", Summary: "x"}, &ps)
	}
	if len(ps) != 4 || ps.Errors() != 0 {
		t.Errorf("%v", ps)
	}
}

func TestCheckerKnowsArtifactTypes(t *testing.T) {
	c := NewChecker(testInstance())
	var ps Problems
	o := Object{Pos: at(1), Kind: KindArtifact, Type: "tape", Summary: "x", Details: &Details{Fields: Fields{{"caseId", "1", at(1)}}}}
	c.Object(&o, &ps)
	if o.Type != "Tape" || len(ps) != 0 {
		t.Errorf("%+v %v", o, ps)
	}
	o.Type = "Tap"
	c.Object(&o, &ps)
	if len(ps) != 1 || !strings.HasSuffix(ps[0].Message, `did you mean "Tape"?`) {
		t.Errorf("%v", ps)
	}
}

func TestRefFieldNames(t *testing.T) {
	for _, tt := range []struct {
		kind Kind
		typ  string
		has  []string
	}{
		{KindIndicator, "", []string{"summary", "ip", "md5", "Key Name", "hostName", "hostname", "value1", "value3", "rating", "size"}},
		{KindIndicator, "host", []string{"summary", "hostName"}},
		{KindArtifact, "", []string{"summary", "caseId", "caseXid"}},
		{KindCase, "", []string{"name", "severity", "status"}},
		{KindVictimAsset, "", []string{"summary", "address", "accountName", "phone", "website", "victimId", "networkType"}},
	} {
		got := RefFieldNames(tt.kind, tt.typ)
		for _, name := range tt.has {
			if !slices.Contains(got, name) {
				t.Errorf("%s %s: no %s in %q", tt.kind, tt.typ, name, got)
			}
		}
		for i, name := range got {
			if slices.Contains(got[:i], name) {
				t.Errorf("%s: %s twice in %q", tt.kind, name, got)
			}
		}
	}
	if got := RefFieldNames(KindIndicator, "Our Type"); got != nil {
		t.Errorf("a type that is not built in has %q", got)
	}
}
