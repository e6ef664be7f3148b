package manifest

import "tcimport/internal/intel"

// Loss is a part of a group that a CSV cannot hold.
type Loss string

// The losses, as messages name them.
const (
	LostSource  Loss = "the source of an attribute"
	LostDefault Loss = "the mark of the default attribute"
	LostPinned  Loss = "the mark of a pinned attribute"
	LostLabels  Loss = "the security labels of an attribute"
	LostOnly    Loss = "an attribute that is the only one of its type and not its default"
	LostTag     Loss = `a plain tag that begins with "techniqueId:"`
	LostText    Loss = "a text with a NUL character"
)

// attribute puts the value of an attribute into the column of its type. The column
// has no place for anything else. An attribute that is marked as not the default one
// is left out: a reader would make it the default one.
func (r *rows) attribute(at *intel.Attribute) {
	if at.Default == intel.No {
		r.lose(LostOnly)
		return
	}
	for _, part := range []struct {
		has  bool
		loss Loss
	}{
		{at.Default != intel.Unsaid, LostDefault}, {at.Source != "", LostSource},
		{at.Pinned == intel.Yes, LostPinned}, {len(at.SecurityLabels) > 0, LostLabels},
	} {
		if part.has {
			r.lose(part.loss)
		}
	}
	r.put(r.t.attribute(at.Type), at.Value)
}
