package intel

import (
	"slices"
	"testing"
)

// A group is for jobs if a file has a place for each of its scalars, and all that the file needs.
func TestGroupInJob(t *testing.T) {
	for _, tt := range []struct {
		typ    string
		fields []string
		want   bool
	}{
		{"Threat", nil, true},
		{"Threat", []string{"firstSeen", "externalDateAdded"}, true},
		{"Incident", []string{"eventDate", "status"}, true},
		{"Report", []string{"fileName", "publishDate"}, true},
		{"Document", []string{"fileName", "malware"}, true},
		{"Document", []string{"fileName", "malware", "password"}, false},
		{"Email", []string{"subject", "header", "body", "from"}, true},
		{"Email", []string{"subject", "header"}, false},
		{"Email", nil, false},
		{"Signature", []string{"fileName", "fileText", "fileType"}, true},
		{"Signature", []string{"fileName", "fileType"}, false},
		{"Task", nil, false},
		{"Task", []string{"dueDate"}, false},
	} {
		typ, _ := GroupTypeNamed(tt.typ)
		if got := typ.InJob(func(field string) bool { return slices.Contains(tt.fields, field) }); got != tt.want {
			t.Errorf("%s with %q: %v", tt.typ, tt.fields, got)
		}
	}
}

// An indicator is for jobs if its summary says which values it has, and a file has a place
// for the rest.
func TestObjectInJob(t *testing.T) {
	md5, sha256 := "d41d8cd98f00b204e9800998ecf8427e", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	for name, tt := range map[string]struct {
		o    Object
		want bool
	}{
		"host":                  {Object{Kind: KindIndicator, Type: "Host", Summary: "a.example", Split: true}, true},
		"file with a gap":       {Object{Kind: KindIndicator, Type: "File", Summary: md5 + " : " + sha256, Split: true}, true},
		"registry key":          {Object{Kind: KindIndicator, Type: "Registry Key", Summary: `HKEY\X : N : REG_SZ`, Details: &Details{Values: []string{`HKEY\X`, "N", "REG_SZ"}}}, true},
		"registry key, a gap":   {Object{Kind: KindIndicator, Type: "Registry Key", Summary: `HKEY\X : REG_SZ`, Details: &Details{Values: []string{`HKEY\X`, "", "REG_SZ"}}}, false},
		"type of the instance":  {Object{Kind: KindIndicator, Type: "Own", Summary: "a : b", Details: &Details{Values: []string{"a", "b"}}}, true},
		"the same, with a gap":  {Object{Kind: KindIndicator, Type: "Own", Summary: "a : c", Details: &Details{Values: []string{"a", "", "c"}}}, false},
		"rating":                {Object{Kind: KindIndicator, Type: "Host", Summary: "a", Details: &Details{Fields: Fields{{Name: "rating", Value: "3"}}}}, true},
		"observations":          {Object{Kind: KindIndicator, Type: "Host", Summary: "a", Details: &Details{Fields: Fields{{Name: "observations", Value: "3"}}}}, false},
		"tag":                   {Object{Kind: KindIndicator, Type: "Host", Summary: "a", Details: &Details{Tags: []Tag{{Name: "x"}}}}, true},
		"technique":             {Object{Kind: KindIndicator, Type: "Host", Summary: "a", Details: &Details{Tags: []Tag{{TechniqueID: "T1566"}}}}, false},
		"no value":              {Object{Kind: KindIndicator, Type: "Host"}, false},
		"artifact":              {Object{Kind: KindArtifact, Type: "Host", Summary: "a.example"}, false},
		"a group is no object":  {Object{Kind: KindGroup, Type: "Threat", Summary: "a"}, false},
		"of an ID, and no more": {Object{Kind: KindIndicator, ID: 5}, false},
	} {
		if got := tt.o.InJob(); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
