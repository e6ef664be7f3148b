package manifest

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
)

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

// ForCSV is g as a CSV can hold it, and what that loses. separate is as for
// NewCSV: without it, objects that Type:summary does not describe go by their
// IDs.
func ForCSV(g *intel.Group, separate bool, ids map[*intel.Object]int64) (*intel.Group, []Loss) {
	var lost []Loss
	c := *g
	c.Fields = slices.DeleteFunc(slices.Clone(g.Fields), func(f intel.Field) bool { return unwritable(f.Value, &lost) })
	c.Tags = nil
	for _, t := range g.Tags {
		switch {
		case t.TechniqueID == "" && intel.ParseTag(t.Name).Name == "":
			lost = append(lost, LostTag)
		case !unwritable(t.Name, &lost):
			c.Tags = append(c.Tags, t)
		}
	}
	c.Attributes = nil
	for _, at := range g.Attributes {
		if at, ok := attributeForCSV(at, &lost); ok {
			c.Attributes = append(c.Attributes, at)
		}
	}
	if !separate {
		c.Refs = slices.Clone(g.Refs)
		for i := range c.Refs {
			if r := &c.Refs[i]; r.Object != nil && !isShort(r.Object) {
				c.Refs[i] = intel.Ref{Kind: r.Kind, ID: ids[r.Object]}
			}
		}
	}
	return &c, lost
}

// unwritable reports whether no cell can hold s.
func unwritable(s string, lost *[]Loss) bool {
	if strings.Contains(s, "\x00") {
		*lost = append(*lost, LostText)
		return true
	}
	return false
}

// attributeForCSV is the type and value of an attribute, which are all that a
// column holds. An attribute that is marked as not the default one cannot be
// written: a reader would make it the default one.
func attributeForCSV(at intel.Attribute, lost *[]Loss) (intel.Attribute, bool) {
	if unwritable(at.Value, lost) {
		return at, false
	}
	if at.Default != nil {
		if !*at.Default {
			*lost = append(*lost, LostOnly)
			return at, false
		}
		*lost = append(*lost, LostDefault)
	}
	if at.Source != "" {
		*lost = append(*lost, LostSource)
	}
	if at.Pinned != nil && *at.Pinned {
		*lost = append(*lost, LostPinned)
	}
	if len(at.SecurityLabels) > 0 {
		*lost = append(*lost, LostLabels)
	}
	return intel.Attribute{Type: at.Type, Value: at.Value}, true
}
