package intel

import (
	"slices"
	"strings"
	"testing"
)

// TestValues: an indicator has the values that it was given, and keeps in memory only
// those that its summary does not show.
func TestValues(t *testing.T) {
	sha1 := strings.Repeat("a", 40)
	for _, c := range []struct {
		typ, summary string
		values       []string
		kept         bool
	}{
		{"Host", "a.example", []string{"a.example"}, false},
		{"URL", "http://a.example/x : y", []string{"http://a.example/x : y"}, false},
		{"File", sha1, []string{"", sha1, ""}, false},
		{"File", strings.Repeat("b", 32) + " : " + sha1, []string{strings.Repeat("b", 32), sha1, ""}, false},
		{"File", "no hash", []string{"no hash", "", ""}, true},
		{"Registry Key", "HKLM : a : REG_SZ", []string{"HKLM", "a", "REG_SZ"}, true},
		{"Own Type", "a", []string{"a"}, false},
		{"Own Type", "a : c", []string{"a", "", "c"}, true},
		{"Host", "", []string{"a.example"}, true},
	} {
		o := &Object{Kind: KindIndicator, Type: c.typ, Summary: c.summary}
		if o.Values() != nil {
			t.Errorf("%s %s has values before it is checked: %q", c.typ, c.summary, o.Values())
		}
		o.SetValues(slices.Clone(c.values))
		if got, kept := o.Values(), o.Details != nil; !slices.Equal(got, c.values) || kept != c.kept {
			t.Errorf("%s %s: %q, kept %v, want %q, kept %v", c.typ, c.summary, got, kept, c.values, c.kept)
		}
	}
	o := &Object{Kind: KindIndicator, Type: "Host", Summary: "a.example", Details: &Details{Tags: []Tag{{Name: "t"}}}}
	if o.SetValues([]string{"a.example"}); len(o.Tags()) != 1 || o.Details.Values != nil {
		t.Errorf("the other details are %+v", o.Details)
	}
}
