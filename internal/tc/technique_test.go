package tc

import "testing"

// TestTechniqueOf: a technique is found by its ID, in whatever case, or by the
// name that older instances have it in.
func TestTechniqueOf(t *testing.T) {
	for tag, want := range map[string]string{
		`{"name":"Phishing","techniqueId":"t1566"}`:       "T1566",
		`{"name":"T1566.001 - Spearphishing Attachment"}`: "T1566.001",
		`{"name":"Phishing"}`:                             "PHISHING",
	} {
		if got := techniqueOf(value(tag)); got != want {
			t.Errorf("%s: got %q, want %q", tag, got, want)
		}
	}
}
