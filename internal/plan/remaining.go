package plan

import (
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/intel"
)

// The functions of this file look at a request after it was sent: what of it
// has arrived, and which part of it is at fault.

// Remaining is what of req is not yet so in r, which was read with
// WrittenLists; nil if all of it is.
func Remaining(req *Request, r *intel.Remote, custom []intel.IndicatorType) *Request {
	w := *req.Write
	out := Request{Write: &w}
	if w.ID == 0 && (w.Name == r.Name || w.Name == "") {
		w.Name = ""
	}
	w.Type, w.XID, w.Owner = req.Write.Type, "", ""
	if strings.TrimSpace(r.Name) == w.Name {
		w.Name = ""
	}
	w.Fields = remainingFields(req.Write, r)
	deletes := func(m intel.Mode) bool { return m == intel.ModeDelete }
	w.Tags = keep(w.Tags, func(t intel.Tag) bool {
		return slices.ContainsFunc(r.Tags, func(h intel.RemoteTag) bool { return intel.SameTag(t, h) }) == deletes(w.TagMode)
	})
	w.SecurityLabels = keep(w.SecurityLabels, func(l string) bool {
		return slices.ContainsFunc(r.SecurityLabels, func(h intel.RemoteLabel) bool { return intel.SameLabel(l, h.Name) }) == deletes(w.LabelMode)
	})
	w.Attributes = keep(w.Attributes, func(at intel.RemoteAttribute) bool {
		if deletes(w.AttributeMode) {
			return slices.ContainsFunc(r.Attributes, func(h intel.RemoteAttribute) bool { return h.ID == at.ID })
		}
		return !hasAttribute(at.Attribute, r.Attributes)
	})
	w.TagMode, w.LabelMode, w.AttributeMode = orAppend(w.TagMode), orAppend(w.LabelMode), orAppend(w.AttributeMode)
	w.Links, w.LinkModes = nil, nil
	links := NewLinkIndex(r.Links, custom)
	for i, link := range req.Write.Links {
		mode := req.Write.LinkModes[link.Kind]
		if links.has(link) == deletes(mode) {
			out.addLinks(link.Kind, orAppend(mode), []linkOf{{link, req.Links[i]}})
		}
	}
	if out.empty() {
		return nil
	}
	return &out
}

func orAppend(m intel.Mode) intel.Mode {
	if m == "" {
		return intel.ModeAppend
	}
	return m
}

func keep[T any](list []T, f func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return !f(x) })
}

// remainingFields leaves out what r says already, and what cannot be sent any
// more once the group exists.
func remainingFields(w *intel.GroupWrite, r *intel.Remote) intel.Fields {
	typ, ok := intel.GroupTypeNamed(w.Type)
	if !ok {
		return nil
	}
	return keep(w.Fields, func(f intel.Field) bool {
		spec, ok := typ.Field(f.Name)
		if !ok || spec.CreateOnly {
			return false
		}
		have, has := r.Fields.Get(f.Name)
		return !has || !spec.Equal(f.Value, have)
	})
}

// LacksAttribute reports whether any of want is not in have.
func LacksAttribute(want []intel.Attribute, have []intel.RemoteAttribute) bool {
	return slices.ContainsFunc(want, func(at intel.Attribute) bool { return !hasAttribute(at, have) })
}

func hasAttribute(at intel.Attribute, have []intel.RemoteAttribute) bool {
	ofType := keep(have, func(h intel.RemoteAttribute) bool { return intel.Fold(h.Type) == intel.Fold(at.Type) })
	return pairAttribute(at, ofType) >= 0
}

// SaysAttribute reports whether h is as w, which was sent to take its place. An
// answer need not tell the labels of an attribute.
func SaysAttribute(h intel.RemoteAttribute, w intel.Attribute) bool {
	if !intel.SameText(w.Value, h.Value) || differsBeside(w, h) {
		return false
	}
	if len(w.SecurityLabels) == 0 || h.SecurityLabels == nil {
		return true
	}
	return !slices.ContainsFunc(w.SecurityLabels, func(l string) bool { return !intel.HasLabel(h.SecurityLabels, l) }) &&
		!slices.ContainsFunc(h.SecurityLabels, func(l string) bool { return !intel.HasLabel(w.SecurityLabels, l) })
}

// WrittenLists are the lists that w touches.
func WrittenLists(w *intel.GroupWrite) intel.List {
	l := intel.MetadataLists(w.Tags, w.SecurityLabels, w.Attributes)
	for _, link := range w.Links {
		l |= link.Kind.List()
	}
	return l
}

// WrittenFields are the values of the fields parameter that make an answer
// hold the scalars which w touches.
func WrittenFields(w *intel.GroupWrite) []string {
	typ, ok := intel.GroupTypeNamed(w.Type)
	if !ok {
		return nil
	}
	var out []string
	for _, f := range w.Fields {
		if spec, ok := typ.Field(f.Name); ok && spec.ReadWith != "" && !slices.Contains(out, spec.ReadWith) {
			out = append(out, spec.ReadWith)
		}
	}
	return out
}

// Entries is the number of parts that a request can be taken apart into.
func Entries(req *Request) int {
	w := req.Write
	n := len(w.Tags) + len(w.SecurityLabels) + len(w.Attributes) + len(w.Links)
	if w.ID != 0 {
		n += len(w.Fields)
		if w.Name != "" {
			n++
		}
	}
	return n
}

// SplitBare splits a create into the group with its scalars alone and an
// update with all the rest.
func SplitBare(req *Request) (bare, rest *Request) {
	b, r := *req.Write, *req.Write
	b.Tags, b.SecurityLabels, b.Attributes, b.Links, b.LinkModes = nil, nil, nil, nil, nil
	r.Name, r.XID, r.Owner, r.Fields = "", "", "", nil
	r.TagMode, r.LabelMode, r.AttributeMode = intel.ModeAppend, intel.ModeAppend, intel.ModeAppend
	r.LinkModes = map[intel.Kind]intel.Mode{}
	for _, l := range r.Links {
		r.LinkModes[l.Kind] = intel.ModeAppend
	}
	return &Request{Write: &b}, &Request{Write: &r, Links: req.Links}
}

// Halve splits an update in two.
func Halve(req *Request) (a, b *Request) {
	n := Entries(req) / 2
	return req.Split(func(Entry) bool { n--; return n >= 0 })
}

// DescribeEntry names the only entry of a request for a message.
func DescribeEntry(req *Request) string {
	w := req.Write
	switch {
	case len(w.Tags) > 0:
		return "tag " + intel.Quote(w.Tags[0].String())
	case len(w.SecurityLabels) > 0:
		return "security label " + intel.Quote(w.SecurityLabels[0])
	case len(w.Attributes) > 0:
		return fmt.Sprintf("attribute %s %s", w.Attributes[0].Type, intel.Quote(w.Attributes[0].Value))
	case len(w.Fields) > 0:
		return fmt.Sprintf("%s %s", w.Fields[0].Name, intel.Quote(w.Fields[0].Value))
	case w.Name != "":
		return "its new name " + intel.Quote(w.Name)
	}
	return "what was sent"
}

// RewrittenTags tells which tags the instance stored under other names: those
// that were sent and are not there, each with the names there that nobody sent
// and that were not among those before.
func RewrittenTags(sent []intel.Tag, have []intel.RemoteTag, before []string) map[string]string {
	var out map[string]string
	for _, t := range sent {
		if slices.ContainsFunc(have, func(h intel.RemoteTag) bool { return intel.SameTag(t, h) }) {
			continue
		}
		var names []string
		for _, h := range have {
			if !slices.ContainsFunc(sent, func(u intel.Tag) bool { return intel.SameTag(u, h) }) && !slices.Contains(before, h.Name) {
				names = append(names, h.Name)
			}
		}
		if len(names) == 0 {
			// It was merged into a tag that was sent, too, or that was there.
			for _, h := range have {
				names = append(names, h.Name)
			}
		}
		if out == nil {
			out = map[string]string{}
		}
		out[t.String()] = strings.Join(names, "\n")
	}
	return out
}

// unread are the fields of indicators that answers do not tell.
var unread = []string{"observations", "falsePositiveFlag"}

// LacksMetadata names what o says of a new indicator and r does not have. Lists
// that r was not read with do not count; fields that answers do not tell are
// among what is lacking where anything else is.
func LacksMetadata(o *intel.Object, r *intel.Remote) []string {
	var out, maybe []string
	for _, f := range o.Fields {
		have, has := r.Fields.Get(f.Name)
		switch {
		case slices.Contains(unread, f.Name):
			maybe = append(maybe, f.Name)
		case !has && f.Value == "false", has && sameObjectField(o, f, have):
		default:
			out = append(out, f.Name)
		}
	}
	for _, list := range lackingLists(o, r) {
		// As many tags as were sent are those, under the instance's own names.
		if list != "tags" || len(r.Tags) < len(o.Tags) {
			out = append(out, list)
		}
	}
	if len(out) > 0 {
		out = append(out, maybe...)
	}
	return out
}

// OnlyMetadata is o with nothing but what names say.
func OnlyMetadata(o *intel.Object, names []string) *intel.Object {
	out := &intel.Object{Kind: o.Kind, Type: o.Type, Summary: o.Summary, Owner: o.Owner}
	for _, f := range o.Fields {
		if slices.Contains(names, f.Name) {
			out.Fields = append(out.Fields, f)
		}
	}
	if slices.Contains(names, "tags") {
		out.Tags = o.Tags
	}
	if slices.Contains(names, "securityLabels") {
		out.SecurityLabels = o.SecurityLabels
	}
	if slices.Contains(names, "attributes") {
		out.Attributes = o.Attributes
	}
	return out
}
