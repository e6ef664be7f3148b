package plan

import (
	"encoding/json"
	"testing"
)

// TestNoteKeepsItsKind: a saved plan has notes as plain text, and still says after
// it was read which groups were adopted, and of which edits are kept.
func TestNoteKeepsItsKind(t *testing.T) {
	for text, want := range map[string]Note{
		"adopted by its name":                                     {AdoptedByName, ""},
		"adopted by its name: the API":                            {AdoptedByName, "the API"},
		"adopted by its names":                                    {Remark, "adopted by its names"},
		"edited on the server since the last run, and kept: tags": {EditKept, "tags"},
		"renamed: it is called \"x\" on the server":               {Remark, "renamed: it is called \"x\" on the server"},
		"adopted by its name: ":                                   {Remark, "adopted by its name: "},
		"":                                                        {},
	} {
		saved, err := json.Marshal(FullAction{Notes: []Note{want}}.Action())
		if err != nil {
			t.Fatal(err)
		}
		var a Action
		if err := json.Unmarshal(saved, &a); err != nil || a.Notes()[0] != want || want.String() != text {
			t.Errorf("%s: %+v, want %+v, %v", saved, a.Notes(), want, err)
		}
	}
}
