package apply

import (
	"slices"

	"tcimport/internal/intel"
)

// readWith names the lists and fields that show whether entries have arrived.
func readWith(typ string, entries []*entry) (lists intel.List, fields []string) {
	t, ok := intel.GroupTypeNamed(typ)
	for _, e := range entries {
		lists |= e.List()
		if !ok || e.List() != 0 {
			continue
		}
		if spec, ok := t.Field(e.Name()); ok && spec.ReadWith != "" && !slices.Contains(fields, spec.ReadWith) {
			fields = append(fields, spec.ReadWith)
		}
	}
	return lists, fields
}

// answerWith names the lists and fields that the answer to a write has to show: fields,
// tags and attributes as the instance stores them, and the new objects.
func answerWith(typ string, entries []*entry) (lists intel.List, fields []string) {
	scalars, _ := split(entries, isScalar)
	_, fields = readWith(typ, scalars)
	field := func(name string, wanted bool) {
		if wanted && !slices.Contains(fields, name) {
			fields = append(fields, name)
		}
	}
	for _, e := range entries {
		switch def := e.end.New; {
		case e.List() == intel.ListTags:
			lists |= intel.ListTags
		case e.List() == intel.ListAttributes && !e.Removes():
			lists |= intel.ListAttributes
		case def != nil:
			lists |= e.List()
			isIndicator := def.Kind == intel.KindIndicator
			field("associatedIndicators.tags", isIndicator && len(def.Tags()) > 0)
			field("associatedIndicators.attributes", isIndicator && len(def.Attributes()) > 0)
		}
	}
	return lists, fields
}

// body groups entries by list. The result is an update; a create adds the xid and
// the owner.
func body(id int64, typ string, entries []*entry) intel.GroupWrite {
	w := intel.GroupWrite{ID: id, Type: typ}
	for _, e := range entries {
		mode := intel.ModeAppend
		if e.Removes() {
			mode = intel.ModeDelete
		}
		switch list := e.List(); {
		case e.Association != nil:
			if w.LinkModes == nil {
				w.LinkModes = map[intel.Kind]intel.Mode{}
			}
			w.Links, w.LinkModes[e.end.Kind] = append(w.Links, e.end), mode
		case list == intel.ListTags:
			w.Tags, w.TagMode = append(w.Tags, e.Tag()), mode
		case list == intel.ListSecurityLabels:
			w.SecurityLabels, w.LabelMode = append(w.SecurityLabels, e.Name()), mode
		case list == intel.ListAttributes:
			w.Attributes, w.AttributeMode = append(w.Attributes, e.Attribute()), mode
		case e.Name() == "name":
			w.Name = e.Change.New()
		default:
			w.Fields = append(w.Fields, intel.Field{Name: e.Name(), Value: e.Change.New()})
		}
	}
	return w
}
