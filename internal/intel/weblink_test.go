package intel

import (
	"encoding/json"
	"fmt"
	"testing"
)

// TestWebLink: an address is the text that it was made of, whatever that is, by itself and
// in JSON.
func TestWebLink(t *testing.T) {
	texts := []string{"", "w", "7", "https://tc.example/#/details/groups/3/overview", "https://tc.example:8443/#/details/indicators/12/overview?x=007",
		"https://tc.example/g/0", "https://tc.example/g/99999999999999999999", "https://tc.example/g/9223372036854775807/", "ü/١٢/12/\x00", "a1b22c"}
	for i := range 2 * mostArounds {
		texts = append(texts, fmt.Sprintf("https://tc.example/host%d/?owner=%c%d", i, 'a'+i%26, i))
	}
	known := WebLinks{}
	for _, text := range texts {
		w := known.Of(text)
		if w.String() != text || !w.Equal(WebLinkOf(text)) || w.Equal(WebLinkOf(text+"x")) || (w == WebLink{}) != (text == "") {
			t.Errorf("%q has become %q", text, w)
		}
		data, err := json.Marshal(w)
		var back WebLink
		if err == nil {
			err = json.Unmarshal(data, &back)
		}
		if err != nil || !back.Equal(w) {
			t.Errorf("%q: %s has become %q: %v", text, data, back, err)
		}
	}
	if n := len(known); n != mostArounds {
		t.Errorf("%d texts are kept once, want %d", n, mostArounds)
	}
}

// TestWebLinkAround: addresses of one kind have the text around the number in common.
func TestWebLinkAround(t *testing.T) {
	known := WebLinks{}
	a, b := known.Of("https://tc.example/#/details/groups/3/overview"), known.Of("https://tc.example/#/details/groups/4711/overview")
	if a.around != b.around || a.Equal(b) {
		t.Errorf("%q and %q have nothing in common, or are the same", a, b)
	}
}
