package intel

import "testing"

// TestCheckerHasOneSpellerForEachList: what is misspelt in one group is misspelt
// in many, and a Speller remembers its answers.
func TestCheckerHasOneSpellerForEachList(t *testing.T) {
	c := NewChecker(&Instance{AttributeTypes: []AttributeType{{Name: "Description"}, {Name: "Confidence"}, {Name: "Source"}}})
	var ps Problems
	for range 1000 {
		c.Group(&Group{Type: "Threat", Name: "T", Attributes: []Attribute{{Type: "Discription", Value: "v"}}}, &ps)
	}
	if len(ps) != 1000 || len(c.spellers) != 1 {
		t.Errorf("%d problems, %d spellers", len(ps), len(c.spellers))
	}
}
