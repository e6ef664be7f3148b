package plan

import (
	"cmp"
	"maps"
	"slices"

	"tcimport/internal/intel"
)

// Entry is one part of a request that an instance can refuse by itself.
type Entry struct {
	List        intel.List   // 0 for a scalar
	Name        string       // of the scalar, the tag, the label, or the type of the attribute
	Association *Association // of an association, else nil
	Deletes     bool
}

// Split divides a request in two: the entries that take wants, and the others.
// Either is nil where it would be empty. What a create cannot do without stays
// in the first.
func (req *Request) Split(take func(Entry) bool) (in, out *Request) {
	w := req.Write
	wa, wb := *w, *w
	in, out = &Request{Write: &wa}, &Request{Write: &wb}
	create := w.ID == 0
	if w.Name != "" && !create && !take(Entry{Name: "name"}) {
		wa.Name = ""
	} else {
		wb.Name = ""
	}
	wa.Fields, wb.Fields = partition(w.Fields, func(f intel.Field) bool { return create || take(Entry{Name: f.Name}) })
	wa.Tags, wb.Tags = partition(w.Tags, func(t intel.Tag) bool {
		return take(Entry{List: intel.ListTags, Name: t.String(), Deletes: w.TagMode == intel.ModeDelete})
	})
	wa.SecurityLabels, wb.SecurityLabels = partition(w.SecurityLabels, func(l string) bool {
		return take(Entry{List: intel.ListSecurityLabels, Name: l, Deletes: w.LabelMode == intel.ModeDelete})
	})
	wa.Attributes, wb.Attributes = partition(w.Attributes, func(at intel.RemoteAttribute) bool {
		return take(Entry{List: intel.ListAttributes, Name: at.Type, Deletes: w.AttributeMode == intel.ModeDelete})
	})
	wa.Links, wb.Links = nil, nil
	for i, link := range w.Links {
		as, part := req.Links[i], out
		if take(Entry{List: link.Kind.List(), Association: as, Deletes: w.LinkModes[link.Kind] == intel.ModeDelete}) {
			part = in
		}
		part.Write.Links, part.Links = append(part.Write.Links, link), append(part.Links, as)
	}
	if create {
		wb.XID, wb.Owner = "", ""
	} else if in.empty() {
		in = nil
	}
	if out.empty() {
		out = nil
	}
	return in, out
}

// Join puts together again what Split has divided; either may be nil.
func Join(a, b *Request) *Request {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	w, v := *a.Write, b.Write
	w.Name = cmp.Or(w.Name, v.Name)
	w.Fields = slices.Concat(w.Fields, v.Fields)
	w.Tags = slices.Concat(w.Tags, v.Tags)
	w.SecurityLabels = slices.Concat(w.SecurityLabels, v.SecurityLabels)
	w.Attributes = slices.Concat(w.Attributes, v.Attributes)
	w.Links = slices.Concat(w.Links, v.Links)
	w.LinkModes = maps.Clone(w.LinkModes)
	if w.LinkModes == nil {
		w.LinkModes = v.LinkModes
	} else {
		maps.Copy(w.LinkModes, v.LinkModes)
	}
	return &Request{Write: &w, Links: slices.Concat(a.Links, b.Links)}
}

// partition divides a list in two, in one pass and in order.
func partition[T any](list []T, take func(T) bool) (in, out []T) {
	for _, x := range list {
		if take(x) {
			in = append(in, x)
		} else {
			out = append(out, x)
		}
	}
	return in, out
}

// Each calls f for each entry of the request that Split would ask for.
func (req *Request) Each(f func(Entry)) {
	req.Split(func(e Entry) bool {
		f(e)
		return true
	})
}
