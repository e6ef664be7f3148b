package tcsim

import "slices"

// resolveIndicator handles an entry of associatedIndicators: {"id":..}, or type
// and value, which finds an indicator or creates it (associations.rst).
func resolveIndicator(t *tx, parent *object, entry map[string]any) (*object, *apiError) {
	o, given, err := t.byID(kIndicator, entry)
	if err != nil {
		return nil, err
	}
	if given {
		// TcEx strips the value fields beside an id because the request fails otherwise.
		if it := t.st.types.indicatorType(o.typ); firstString(entry, append([]string{"value1", "value2", "value3"}, it.Labels...)...) != "" {
			return nil, badRequest("An indicator is given either by its id or by its value.")
		}
		return o, pairAllowed(parent, o)
	}
	owner, err := t.nestedOwner(parent, entry)
	if err != nil {
		return nil, err
	}
	it, err := t.c.indicatorTypeOf(entry)
	if err != nil {
		return nil, err
	}
	v, err := t.c.readValues(it, entry)
	if err != nil {
		return nil, err
	}
	if o, err = t.existingIndicator(it, owner, v); err != nil {
		return nil, err
	}
	if o == nil {
		if err := t.c.mayWrite(owner, "permIndicator", nil, false); err != nil {
			return nil, err
		}
		meta := entry
		if t.c.sw.NestedMetadata == "ignored" {
			meta = nil
		}
		if o, err = t.newIndicator(it, owner, v, meta); err != nil {
			return nil, err
		}
	}
	return o, pairAllowed(parent, o)
}

// indicatorPairs are the associations between indicators that are configured
// (indicators/indicatorToIndicatorAssociations.rst).
var indicatorPairs = [][2]string{
	{"ASN", "Address"}, {"ASN", "CIDR"}, {"CIDR", "Address"}, {"Address", "User Agent"}, {"Address", "Host"},
	{"Host", "EmailAddress"}, {"URL", "File"}, {"URL", "Host"}, {"URL", "Address"},
}

func pairAllowed(a, b *object) *apiError {
	if a.kind != kIndicator {
		return nil
	}
	if slices.Contains(indicatorPairs, [2]string{a.typ, b.typ}) || slices.Contains(indicatorPairs, [2]string{b.typ, a.typ}) {
		return nil
	}
	return badRequest("Association cannot be applied to the indicator types.")
}

// writeIndicatorObject prints an indicator in the key order of indicators/create.rst.
func writeIndicatorObject(c *call, e *encoder, o *object, sel selection) {
	c.writeHead(e, o)
	c.writeWebLink(e, o, "indicators", "overview")
	e.str("type", o.typ)
	c.date(e, "lastModified", o.edited)
	for _, k := range []string{"rating", "confidence"} {
		if v, ok := o.fields[k]; ok {
			c.writeValue(e, k, v)
		}
	}
	e.opt("description", c.defaultAttribute(o, "Description"))
	e.opt("source", c.defaultAttribute(o, "Source"))
	e.str("summary", o.name)
	for _, k := range []string{"privateFlag", "active", "activeLocked"} {
		v, _ := o.fields[k].(bool)
		e.bool(k, v)
	}
	it := c.st.types.indicatorType(o.typ)
	c.writeValues(e, o, it, sel)
	for _, k := range indicatorExtras(o.typ) {
		if v, ok := o.fields[k]; ok {
			c.writeValue(e, k, v)
		}
	}
	c.writeChosen(e, o, sel, "sightings", "firstSeen", "lastSeen")
	c.writeChosen(e, o, sel, "externalDates", "externalDateAdded", "externalDateExpires", "externalLastModified")
	c.writeChosen(e, o, sel, "observations", "observations")
	if !c.sw.OldShapes {
		e.str("legacyLink", c.legacyIndicatorLink(o, it))
	}
	c.writeLists(e, o, c.s.byKind[kIndicator].lists, sel)
}

func (c *call) writeChosen(e *encoder, o *object, sel selection, name string, keys ...string) {
	if !sel.has(name) {
		return
	}
	for _, k := range keys {
		if v, ok := o.fields[k]; ok {
			c.writeValue(e, k, v)
		}
	}
}

// writeValues prints the values under their labels, or those of custom types as
// value1..3 on request (TcEx, object_collection_abc.py).
func (c *call) writeValues(e *encoder, o *object, it *indicatorType, sel selection) {
	for i, label := range it.Labels {
		if it.custom && sel.has("genericCustomIndicatorValues") {
			label = "value" + itoa(int64(i+1))
		}
		e.opt(label, o.value(i))
	}
}

func indicatorExtras(typ string) []string {
	switch typ {
	case "Host":
		return []string{"dnsActive", "whoisActive"}
	case "File":
		return []string{"size"}
	}
	return nil
}

// defaultAttribute is the value that the read-only keys description and source
// mirror: the default attribute of that type.
func (c *call) defaultAttribute(o *object, typ string) string {
	for _, id := range c.st.tables[kIndicatorAttribute].byParent[o.id] {
		a := c.st.get(kIndicatorAttribute, id)
		if def, _ := a.fields["default"].(bool); def && a.typ == typ {
			return a.name
		}
	}
	return ""
}
