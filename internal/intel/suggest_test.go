package intel

import (
	"fmt"
	"testing"
)

// TestSpellerIsBounded: misspelt names cost a bounded number of comparisons,
// however many there are, and another spelling is found even then.
func TestSpellerIsBounded(t *testing.T) {
	var keys []string
	for i := range 5000 {
		keys = append(keys, fmt.Sprintf("campaign-%05d", i))
	}
	s := NewSpeller(keys)
	if got := s.Nearest("campain-00017"); got != "campaign-00017" {
		t.Errorf("got %q", got)
	}
	for i := range 5000 {
		s.Nearest(fmt.Sprintf("zampaign-%05d-xyz", i))
	}
	if s.comparisons < 0 || s.looks < 0 || maxComparisons-s.comparisons == 0 {
		t.Errorf("%d looks and %d comparisons are left", s.looks, s.comparisons)
	}
	s.comparisons, s.looks = 0, 0
	if got := s.Nearest("Campaign_00017"); got != "campaign-00017" {
		t.Errorf("without comparisons, got %q", got)
	}
	if got := s.Nearest("camapign-00017"); got != "" {
		t.Errorf("without comparisons, got %q", got)
	}
}

// TestSpellerRemembers: a name that is asked for again is not compared again.
func TestSpellerRemembers(t *testing.T) {
	c := NewChecker(&Instance{AttributeTypes: []AttributeType{{Name: "Description"}, {Name: "Confidence"}, {Name: "Source"}}})
	var ps Problems
	left := 0
	for i := range 1000 {
		c.Group(&Group{Type: "Threat", Name: "T", Attributes: []Attribute{{Type: "Discription", Value: "v"}}}, &ps)
		speller := c.spellers[&c.attributeNames[0]]
		if i == 0 {
			left = speller.comparisons
		} else if speller.comparisons != left {
			t.Fatalf("compared again: %d comparisons are left, %d were", speller.comparisons, left)
		}
	}
	if len(ps) != 1000 || left == maxComparisons {
		t.Errorf("%d problems, %d comparisons left", len(ps), left)
	}
}
