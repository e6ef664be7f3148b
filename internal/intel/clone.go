package intel

import "slices"

// Clone is a copy of g that can be completed without changing g; the associations
// are shared, up to their number.
func (g *Group) Clone() *Group {
	c := *g
	c.Fields = slices.Clone(g.Fields)
	c.Tags = slices.Clone(g.Tags)
	c.SecurityLabels = slices.Clone(g.SecurityLabels)
	c.LabelPos = slices.Clone(g.LabelPos)
	c.Attributes = cloneAttributes(g.Attributes)
	c.Refs = slices.Clip(g.Refs)
	return &c
}

// Clone is a copy of o that can be completed without changing o.
func (o *Object) Clone() *Object {
	c := *o
	if d := o.Details; d != nil {
		c.Details = &Details{
			Values:         slices.Clone(d.Values),
			Fields:         slices.Clone(d.Fields),
			Tags:           slices.Clone(d.Tags),
			SecurityLabels: slices.Clone(d.SecurityLabels),
			Attributes:     cloneAttributes(d.Attributes),
		}
	}
	return &c
}

// Clone is a copy of at that can be completed without changing at.
func (at Attribute) Clone() Attribute {
	at.SecurityLabels = slices.Clone(at.SecurityLabels)
	return at
}

func cloneAttributes(list []Attribute) []Attribute {
	list = slices.Clone(list)
	for i := range list {
		list[i] = list[i].Clone()
	}
	return list
}
