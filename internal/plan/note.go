package plan

import "strings"

// Note is a remark on an action for the reader of a plan. Code asks for its kind;
// JSON has the text.
type Note struct {
	Kind   NoteKind
	Detail string // of a Remark: the whole text
}

// NoteKind says which remark it is.
type NoteKind uint8

// The kinds of notes. All that code does not ask for are a Remark.
const (
	Remark        NoteKind = iota
	AdoptedByName          // the group was found by its name
	EditKept               // somebody has edited the group on the server, and the plan keeps the edit
	NotTakenBack           // a plan that takes back a run leaves this as it is
)

// noteTexts are how notes of a kind begin.
var noteTexts = [...]string{AdoptedByName: "adopted by its name", EditKept: "edited on the server since the last run, and kept",
	NotTakenBack: "not taken back"}

func (n Note) String() string {
	switch text := noteTexts[n.Kind]; {
	case n.Kind == Remark:
		return n.Detail
	case n.Detail == "":
		return text
	default:
		return text + ": " + n.Detail
	}
}

// MarshalText gives the text of the note.
func (n Note) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads what MarshalText gives.
func (n *Note) UnmarshalText(text []byte) error {
	*n = Note{Detail: string(text)}
	for kind, begin := range noteTexts {
		rest, ok := strings.CutPrefix(string(text), begin)
		if detail, more := strings.CutPrefix(rest, ": "); ok && begin != "" && (rest == "" || more && detail != "") {
			*n = Note{NoteKind(kind), detail}
		}
	}
	return nil
}

// Note is the note of a kind that an action has; false if it has none.
func (a *Action) Note(k NoteKind) (Note, bool) {
	for _, n := range a.Notes() {
		if n.Kind == k {
			return n, true
		}
	}
	return Note{}, false
}
