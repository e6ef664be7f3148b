package intel

// Mode is what a write does with a nested list.
type Mode string

// The modes of the API. They go with updates only; a create has none.
const (
	ModeAppend  Mode = "append"
	ModeDelete  Mode = "delete"
	ModeReplace Mode = "replace"
)

// GroupWrite is one request that writes a group: a create if ID is 0, else an
// update of exactly these fields and lists. A list without entries is not
// sent, in any mode. Of an entry to delete only the ID counts, of a tag or
// label the name.
type GroupWrite struct {
	ID    int64
	Type  string // always known, the fields depend on it; sent on create only
	Name  string // "" on an update that does not rename
	XID   string // create only
	Owner string // create only

	Fields Fields

	Tags           []Tag
	TagMode        Mode
	SecurityLabels []string
	LabelMode      Mode
	Attributes     []RemoteAttribute
	AttributeMode  Mode
	Links          []LinkWrite
	LinkModes      map[Kind]Mode // of the kinds that occur in Links
}

// LinkWrite is one entry of a list of associations: an existing object by its
// ID, or one that the instance is to make (indicators: to find or make).
type LinkWrite struct {
	Kind Kind
	ID   int64
	New  *Object
}
