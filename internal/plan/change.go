package plan

import (
	"encoding/json"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/numbered"
)

// Change is a difference of one field or of one entry of a list. A plan has several for
// each group, so a Change is kept small; FullChange is what it says.
type Change struct {
	text      string  // New; of a removal Old
	old       *string // of a text that takes the place of another one
	attribute *AttributeDetail
	field     uint32 // its number: few fields have many changes
	Op        Op
	Drift     Drift
}

// changed has the names of the fields of changes.
var changed numbered.Texts

// FullChange is all that a change says. Field is the API's name of a scalar, "name",
// "tags", "securityLabels", or "attribute:TYPE".
type FullChange struct {
	Field string `json:"field"`
	Op    Op     `json:"op"`
	Old   string `json:"old,omitempty"`
	New   string `json:"new,omitempty"`

	Attribute *AttributeDetail `json:"attribute,omitempty"`

	// Drift says where the difference comes from, "manifest" or "server", if facts of
	// an earlier run show it.
	Drift Drift `json:"drift,omitempty"`
}

// AttributeDetail is what an attribute has beside its type and value.
type AttributeDetail struct {
	ID             int64      `json:"id,omitempty"` // of the one to change or remove
	Source         string     `json:"source,omitempty"`
	Default        intel.Flag `json:"default,omitzero"`
	Pinned         intel.Flag `json:"pinned,omitzero"`
	SecurityLabels []string   `json:"securityLabels,omitempty"`

	// Replaces are the facts of what earlier runs have left on the attribute that a
	// change in place takes away.
	Replaces baseline.Baseline `json:"replaces,omitempty"`

	// Was is what the attribute had before it is changed in place or removed, as far
	// as answers show it.
	Was *AttributeDetail `json:"was,omitempty"`

	// Displaces is the ID of the attribute that stops being the default one of its
	// type, because this one becomes it.
	Displaces int64 `json:"displaces,omitempty"`
}

// DetailOf is what at has beside its type and value.
func DetailOf(at *intel.Attribute) *AttributeDetail {
	return &AttributeDetail{Source: at.Source, Default: at.Default, Pinned: at.Pinned, SecurityLabels: at.SecurityLabels}
}

// Attribute is the attribute of a type and a value that has d, which may be nil.
func (d *AttributeDetail) Attribute(typ, value string) intel.Attribute {
	at := intel.Attribute{Type: typ, Value: value}
	if d != nil {
		at.Source, at.Default, at.Pinned, at.SecurityLabels = d.Source, d.Default, d.Pinned, d.SecurityLabels
	}
	return at
}

// Change is f as a plan keeps it.
func (f FullChange) Change() Change {
	c := Change{field: changed.Number(f.Field), text: f.New, attribute: f.Attribute, Op: f.Op, Drift: f.Drift}
	switch {
	case f.Op == Remove:
		c.text = f.Old
	case f.Old != "":
		c.old = &f.Old
	}
	return c
}

// Changes are differences as a plan keeps them; nil for none.
func Changes(full ...FullChange) []Change {
	if len(full) == 0 {
		return nil
	}
	out := make([]Change, len(full))
	for i, f := range full {
		out[i] = f.Change()
	}
	return out
}

// Full is all that the change says.
func (c *Change) Full() FullChange {
	return FullChange{Field: c.Field(), Op: c.Op, Old: c.Old(), New: c.New(), Attribute: c.attribute, Drift: c.Drift}
}

// Field is the field that changes, as FullChange has it.
func (c *Change) Field() string { return changed.Text(c.field) }

// Old is the text that is removed or replaced.
func (c *Change) Old() string {
	switch {
	case c.Op == Remove:
		return c.text
	case c.old != nil:
		return *c.old
	}
	return ""
}

// New is the text that is added, or that takes the place of another one.
func (c *Change) New() string {
	if c.Op == Remove {
		return ""
	}
	return c.text
}

// Attribute is what an attribute has beside type and value; nil for nothing.
func (c *Change) Attribute() *AttributeDetail { return c.attribute }

// MarshalJSON writes all that the change says.
func (c Change) MarshalJSON() ([]byte, error) { return marshal(c.Full()) }

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Change) UnmarshalJSON(data []byte) error {
	var f FullChange
	err := json.Unmarshal(data, &f)
	*c = f.Change()
	return err
}
