package tc

import (
	"encoding/json"
	"testing"

	"tcimport/internal/intel"
)

// A file has as many bytes as it says, whatever is in it, and is valid JSON.
func TestJobFileLen(t *testing.T) {
	var f JobFile
	check := func() {
		t.Helper()
		if b := f.Bytes(); f.Len() != len(b) || !json.Valid(b) {
			t.Errorf("Len %d of %d bytes: %s", f.Len(), len(b), b)
		}
	}
	check()
	empty := f.Mark()
	for _, name := range []string{"a", "b"} {
		if err := f.AddGroup(intel.GroupWrite{Type: "Threat", Name: name, XID: "xid-" + name}, []JobLink{{Kind: intel.KindGroup, ID: 5}}); err != nil {
			t.Fatal(err)
		}
		check()
	}
	if err := f.AddIndicator(&intel.Object{Kind: intel.KindIndicator, Type: "Host", Summary: "a.example"}); err != nil {
		t.Fatal(err)
	}
	check()
	f.Back(empty)
	check()
	if got := string(f.Bytes()); got != "{}" {
		t.Errorf("%s is left", got)
	}
}
