package spelling

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

// TestSpellerStopsLooking: once it has looked at as many names as it may, only a
// name that is spelt alike is found, and what was found before.
func TestSpellerStopsLooking(t *testing.T) {
	s := NewSpeller([]string{"Adversary", "Incident", "Malware"})
	s.looks = 2*len(s.known) + 1
	for _, c := range [][2]string{{"Adversry", "Adversary"}, {"Incidnt", "Incident"}, {"Malwre", ""}, {"Adversry", "Adversary"}, {"MALWARE", "Malware"}} {
		if got := s.Nearest(c[0]); got != c[1] {
			t.Errorf("Nearest(%q) = %q, want %q", c[0], got, c[1])
		}
	}
}

func TestNearestName(t *testing.T) {
	fields := []string{"eventDate", "eventType", "status", "publishDate", "fileName", "fileText", "fileType"}
	groups := []string{"Adversary", "Intrusion Set", "Incident", "Task", "Threat", "Tool", "Vulnerability"}
	for _, tt := range []struct {
		name  string
		known []string
		want  string
	}{
		{"Opne", []string{"New", "Open", "Stalled"}, "Open"},
		{"event_date", fields, "eventDate"},
		{"Event Date", fields, "eventDate"},
		{"evnetDate", fields, "eventDate"},
		{"stauts", fields, "status"},
		{"filetyp", fields, "fileType"},
		{"colour", fields, ""},
		{"x", []string{"y"}, ""},
		{"", fields, ""},
		{"Vuln", groups, "Vulnerability"},
		{"intrusionset", groups, "Intrusion Set"},
		{"Threat Actor", groups, ""},
		{"Incidents", groups, "Incident"},
		{"Tol", groups, "Tool"},
		{"Ttask", groups, "Task"},
		{"TLP AMBR", []string{"TLP:RED", "TLP:AMBER", "TLP:GREEN"}, "TLP:AMBER"},
	} {
		if got := Nearest(tt.name, tt.known); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestSpellerRemembers: a name that is asked for again is not compared again.
func TestSpellerRemembers(t *testing.T) {
	s := NewSpeller([]string{"Description", "Confidence", "Source"})
	s.Nearest("Discription")
	first := s.comparisons
	if got := s.Nearest("discription"); got != "Description" || s.comparisons != first || first == maxComparisons {
		t.Errorf("got %q, after %d and %d comparisons", got, maxComparisons-first, maxComparisons-s.comparisons)
	}
}
