package intel

import (
	"slices"
	"strings"
	"testing"

	"tcimport/internal/canonical"
	"tcimport/internal/golden"
	"tcimport/internal/message"
)

func specFor(t testing.TB, name string) *FieldSpec {
	t.Helper()
	of, field, _ := strings.Cut(name, ".")
	if typ, ok := GroupTypeNamed(of); ok {
		if f, ok := typ.Field(field); ok {
			return f
		}
	} else if k, ok := KindNamed(of); ok {
		if f, ok := k.Scalars("")[field]; ok {
			return f
		}
	}
	t.Fatalf("no field %s", name)
	return nil
}

func TestFieldCanonical(t *testing.T) {
	golden.Transcript(t, "fields.txt", func(input string) string {
		name, value, _ := strings.Cut(input, "|")
		spec := specFor(t, name)
		got, err := spec.Canonical(value)
		if !spec.Equal(value, value) {
			t.Errorf("%s: %q is not equal to itself", name, value)
		}
		if err != nil {
			return "error: " + err.Error()
		}
		if again, err := spec.Canonical(got); err != nil || again != got {
			t.Errorf("%s: Canonical(%q) = %q, %v", name, got, again, err)
		}
		if !spec.Equal(got, value) || !spec.Equal(value, got) {
			t.Errorf("%s: %q is not equal to its canonical form %q", name, value, got)
		}
		if spec.Values != nil && !slices.Contains(spec.Values, got) {
			return "= " + got + " (not known)"
		}
		return "= " + message.Quote(got)
	})
}

func TestFieldEqual(t *testing.T) {
	for _, tt := range []struct {
		field, a, b string
		want        bool
	}{
		{"Incident.eventDate", "2021-11-03T00:00:00Z", "2021-11-03", true},
		{"Incident.eventDate", "2021-11-03T14:57:45Z", "2021-11-03T14:57:45.27Z ", true},
		{"Incident.eventDate", "2021-11-03T14:57:45Z", "2021-11-03T14:57:46Z", false},
		{"Incident.eventDate", "2021-11-03T14:57:45Z", "", false},
		{"Incident.status", "New", "NEW", true},
		{"Incident.status", "New", "Open", false},
		{"Event.eventType", "None", "NONE", true},
		{"Event.eventType", "Our Own", "OUR OWN", true},
		{"Email.body", "a\nb", "a\r\nb\r\n", true},
		{"Email.body", "a\r\nb", "a\nb", true},
		{"Email.body", " a", "a", true},
		{"Email.body", "a b", "a  b", false},
		{"Email.subject", "Hello", "hello", false},
		{"Document.malware", "true", "True", true},
		{"Document.malware", "true", "false", false},
		{"indicator.rating", "5", "5.00", true},
		{"indicator.rating", "4.5", "4.50", true},
		{"indicator.rating", "4.5", "4", false},
		{"indicator.rating", "4", "", false},
		{"indicator.confidence", "85", "85.0", true},
		{"Task.assignments", `[{"type":"Assigned","user":{"id":12}}]`, `{"data":[{"user":{"id":12},"type":"ASSIGNED"}]}`, true},
		{"Task.assignments", `[{"type":"Assigned","user":{"id":12}}]`, `[]`, false},
	} {
		spec := specFor(t, tt.field)
		if got := spec.Equal(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: Equal(%q, %q) = %v", tt.field, tt.a, tt.b, got)
		}
		if got := spec.Equal(tt.b, tt.a); got != tt.want {
			t.Errorf("%s: Equal(%q, %q) = %v", tt.field, tt.b, tt.a, got)
		}
	}
}

// TestTables holds the tables to what the rest of the package takes for given.
func TestTables(t *testing.T) {
	check := func(of string, f FieldSpec) {
		for _, v := range f.Values {
			if got, err := f.Canonical(strings.ToUpper(v)); err != nil || got != v {
				t.Errorf("%s.%s: %q becomes %q, %v", of, f.Name, v, got, err)
			}
		}
		if f.Advisory && (f.Values == nil || f.extended == nil) {
			t.Errorf("%s.%s is advisory without a list", of, f.Name)
		}
		if f.Name == "" || f.MinLen > f.MaxLen && f.MaxLen > 0 {
			t.Errorf("%s: %+v", of, f)
		}
	}
	for i := range GroupTypes {
		for _, f := range GroupTypes[i].AllFields() {
			check(GroupTypes[i].Name, f)
		}
		if got, ok := GroupTypeNamed(strings.ToUpper(GroupTypes[i].Name)); !ok || got != &GroupTypes[i] {
			t.Errorf("%s is not found in upper case", GroupTypes[i].Name)
		}
	}
	for _, k := range ObjectKinds {
		for _, f := range k.Spec().Fields {
			check(k.String(), f)
		}
	}
	for i := range IndicatorTypes {
		if got, ok := IndicatorTypeNamed(strings.ToUpper(IndicatorTypes[i].Name), nil); !ok || got != &IndicatorTypes[i] {
			t.Errorf("%s is not found in upper case", IndicatorTypes[i].Name)
		}
	}
}

func FuzzField(f *testing.F) {
	for _, s := range []string{"", "true", "4.50", "2021-11-03", `{"b":1,"a":[1.0]}`, "Assigned:1|", "a\r\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for kind := Text; kind <= JSON; kind++ {
			spec := FieldSpec{Name: "f", Kind: kind}
			if kind == JSON && len(value)%2 == 0 {
				spec.canonical = canonical.Assignments
			}
			if !spec.Equal(value, value) {
				t.Errorf("%d: %q is not equal to itself", kind, value)
			}
			got, err := spec.Canonical(value)
			if err != nil {
				continue
			}
			if again, err := spec.Canonical(got); err != nil || again != got {
				t.Errorf("%d: Canonical(%q) = %q, %v", kind, got, again, err)
			}
			if !spec.Equal(got, value) {
				t.Errorf("%d: %q is not equal to its canonical form %q", kind, value, got)
			}
		}
	})
}
