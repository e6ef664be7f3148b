package intel

import (
	"encoding/json"
	"testing"
)

// TestFlagsInJSON: a flag is true or false, or left out, and is read back. null says
// nothing.
func TestFlagsInJSON(t *testing.T) {
	for want, f := range map[string]Flag{`{"type":"","value":""}`: Unsaid, `{"type":"","value":"","default":false}`: No, `{"type":"","value":"","default":true}`: Yes} {
		text, err := json.Marshal(Attribute{Default: f})
		if err != nil || string(text) != want {
			t.Errorf("%s, %v, want %s", text, err, want)
		}
		var back Attribute
		if err := json.Unmarshal(text, &back); err != nil || back.Default != f {
			t.Errorf("%s is read as %s, %v", text, back.Default, err)
		}
	}
	f := Yes
	if err := json.Unmarshal([]byte("null"), &f); err != nil || f != Unsaid {
		t.Errorf("null is %s, %v", f, err)
	}
	if err := json.Unmarshal([]byte("7"), &f); err == nil {
		t.Error("a number is a flag")
	}
}
