package intel

import (
	"slices"
	"testing"
)

// TestEqualAgreesWithKeys: two things are equal exactly if their keys are.
func TestEqualAgreesWithKeys(t *testing.T) {
	text := &FieldSpec{Name: "body"}
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"a\r\nb", "a\nb", true}, {"a\rb", "a\nb", true}, {" a\n", "a", true}, {"a", "A", false}, {"a\n\nb", "a\nb", false},
	} {
		if got := SameText(tt.a, tt.b); got != tt.same {
			t.Errorf("SameText(%q, %q) = %t", tt.a, tt.b, got)
		}
		if got := text.Equal(tt.a, tt.b); got != tt.same {
			t.Errorf("a field has %q for %q: %t", tt.a, tt.b, got)
		}
		x, y := Attribute{Type: "Source", Value: tt.a}, Attribute{Type: "source", Value: tt.b}
		if got := x.Key() == y.Key(); got != tt.same {
			t.Errorf("attributes with %q and %q: %t", tt.a, tt.b, got)
		}
	}
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"TLP:AMBER", "tlp: amber", true}, {"TLP:  AMBER", "TLP:AMBER", true}, {" TLP:RED ", "TLP:RED", true},
		{"Team: Blue", "Team:Blue", false}, {"TLP:RED", "TLP:RED2", false},
	} {
		if got := SameLabel(tt.a, tt.b); got != tt.same {
			t.Errorf("SameLabel(%q, %q) = %t", tt.a, tt.b, got)
		}
		if got := LabelKey(tt.a) == LabelKey(tt.b); got != tt.same {
			t.Errorf("the keys of labels %q and %q: %t", tt.a, tt.b, got)
		}
		if got := len(distinctLabels([]string{tt.a, tt.b})) == 1; got != tt.same {
			t.Errorf("labels %q and %q in one list: %t", tt.a, tt.b, got)
		}
	}
	for _, s := range []string{"Phishing", "techniqueId:T1566"} {
		if got := ParseTag(s).String(); got != s {
			t.Errorf("tag %q is written as %q", s, got)
		}
	}
}

// TestMissingAttributes: what the instance may have rewritten stands for one wanted
// attribute, and for none if another one is wanted exactly so.
func TestMissingAttributes(t *testing.T) {
	for _, c := range []struct {
		want, have []string
		missing    []int
	}{
		{[]string{"a  b", "R&D", "🔴 p"}, []string{"p", "R&amp;D", "a b"}, nil},
		{[]string{"🔴 p", "🟢 p"}, []string{"🔴 p"}, []int{1}},
		{[]string{"🟢 p", "🔴 p"}, []string{"🔴 p"}, []int{0}},
		{[]string{"🟢 p", "🔴 p"}, []string{"p"}, []int{1}},
		{[]string{"🟢 p", "🔴 p"}, []string{"p", "p"}, nil},
		{[]string{"✔ p"}, []string{"✘ p"}, []int{0}},
		{[]string{"▲"}, []string{"●"}, []int{0}},
	} {
		var want []Attribute
		for _, v := range c.want {
			want = append(want, Attribute{Type: "Aliases", Value: v})
		}
		var have []RemoteAttribute
		for _, v := range c.have {
			have = append(have, RemoteAttribute{Attribute: Attribute{Type: "aliases", Value: v}})
		}
		if got := MissingAttributes(have, want, nil); !slices.Equal(got, c.missing) || LacksAttribute(have, want) != (len(c.missing) > 0) {
			t.Errorf("%q among %q: missing are %v, want %v", c.want, c.have, got, c.missing)
		}
	}
}

// TestCloneSharesNothing changes every list of a copy in place.
func TestCloneSharesNothing(t *testing.T) {
	attributes := func() []Attribute { return []Attribute{{Type: "Source", SecurityLabels: []string{"TLP:RED"}}} }
	o := &Object{Details: &Details{Values: []string{"v"}, Fields: Fields{{Name: "f"}}, Tags: []Tag{{Name: "t"}}, SecurityLabels: []string{"l"}, Attributes: attributes()}}
	c := o.Clone()
	c.Values()[0], c.Fields()[0].Name, c.Tags()[0].Name, c.SecurityLabels()[0], c.Attributes()[0].SecurityLabels[0] = "x", "x", "x", "x", "x"
	if o.Values()[0] != "v" || o.Fields()[0].Name != "f" || o.Tags()[0].Name != "t" || o.SecurityLabels()[0] != "l" || o.Attributes()[0].SecurityLabels[0] != "TLP:RED" {
		t.Errorf("an object shares lists with its copy: %+v", o)
	}
	g := &Group{Fields: Fields{{Name: "f"}}, Tags: []Tag{{Name: "t"}}, SecurityLabels: []string{"l"}, LabelPos: []Pos{At("", 1, 0)}, Attributes: attributes()}
	d := g.Clone()
	d.Fields[0].Name, d.Tags[0].Name, d.SecurityLabels[0], d.LabelPos[0], d.Attributes[0].SecurityLabels[0] = "x", "x", "x", At("", 2, 0), "x"
	if g.Fields[0].Name != "f" || g.Tags[0].Name != "t" || g.SecurityLabels[0] != "l" || g.LabelPos[0].Line() != 1 || g.Attributes[0].SecurityLabels[0] != "TLP:RED" {
		t.Errorf("a group shares lists with its copy: %+v", g)
	}
}
