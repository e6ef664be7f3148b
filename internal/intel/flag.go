package intel

import "encoding/json"

// Flag says whether something is set, or nothing of it. The zero Flag says nothing, and
// JSON leaves it out.
type Flag uint8

// The flags.
const (
	Unsaid Flag = iota
	No
	Yes
)

// FlagOf is the flag that says is.
func FlagOf(is bool) Flag {
	if is {
		return Yes
	}
	return No
}

// Same reports whether an object with f is as one with g: what an answer does not say is
// not set.
func (f Flag) Same(g Flag) bool { return (f == Yes) == (g == Yes) }

func (f Flag) String() string { return [...]string{"", "false", "true"}[f] }

// MarshalJSON writes what the flag says.
func (f Flag) MarshalJSON() ([]byte, error) { return json.Marshal(f == Yes) }

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Flag) UnmarshalJSON(data []byte) error {
	var is *bool
	err := json.Unmarshal(data, &is)
	if *f = Unsaid; is != nil {
		*f = FlagOf(*is)
	}
	return err
}
