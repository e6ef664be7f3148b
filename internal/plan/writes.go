package plan

import (
	"cmp"
	"slices"
	"strings"

	"tcimport/internal/intel"
)

// Request is one request of an action: a Write, or an attribute that is changed
// in place.
type Request struct {
	Write     *intel.GroupWrite
	Links     []*Association         // what Write.Links stand for, one to one
	Attribute *intel.RemoteAttribute // to be changed in place
}

// NameBefore is the name that the group has until the action renames it.
func (a *Action) NameBefore() string {
	for _, c := range a.Changes {
		if c.Field == "name" {
			return c.Old
		}
	}
	return cmp.Or(a.Called, a.Name)
}

// Resolve gives what goes into a request for an association; false leaves it
// out, because its other end does not exist.
type Resolve func(*Association) (intel.LinkWrite, bool)

// Compose makes the requests of a create or an update, in the order in which
// they are sent. A create is one request; only lists above MostEntries entries
// take further ones, which need the ID that the first was answered with. An
// update is one request, a second one where a list both gains and loses
// entries, and one for each attribute that changes in place.
func (a *Action) Compose(resolve Resolve) []Request {
	var first, second composition
	for _, c := range a.Changes {
		switch {
		case c.Field == "tags" && c.Op == Add:
			first.tags = append(first.tags, intel.ParseTag(c.New))
		case c.Field == "tags":
			second.tags = append(second.tags, intel.Tag{Name: c.Old})
		case c.Field == "securityLabels" && c.Op == Add:
			first.labels = append(first.labels, c.New)
		case c.Field == "securityLabels":
			second.labels = append(second.labels, c.Old)
		case strings.HasPrefix(c.Field, "attribute:"):
			at := c.attribute()
			switch c.Op {
			case Add:
				first.attributes = append(first.attributes, at)
			case Remove:
				second.attributes = append(second.attributes, at)
			case Set:
				first.inPlace = append(first.inPlace, at)
			}
		case c.Field == "name":
			first.name = c.New
		default:
			first.fields = append(first.fields, intel.Field{Name: c.Field, Value: c.New})
		}
	}
	for _, as := range a.Associations {
		link, ok := resolve(as)
		if !ok {
			continue
		}
		into := &first
		if as.Op == Remove {
			into = &second
		}
		into.links = append(into.links, linkOf{link, as})
	}
	if a.Verb == Create {
		first.name = a.Name
	}
	return a.requests(first, second)
}

// attribute is the attribute that a change adds, changes or removes.
func (c Change) attribute() intel.RemoteAttribute {
	at := intel.RemoteAttribute{Attribute: intel.Attribute{Type: strings.TrimPrefix(c.Field, "attribute:"), Value: c.New}}
	if d := c.Attribute; d != nil {
		at.ID, at.Source, at.Default, at.Pinned, at.SecurityLabels = d.ID, d.Source, d.Default, d.Pinned, d.SecurityLabels
	}
	return at
}

// composition is what goes into requests of one mode: entries to append, or
// entries to delete.
type composition struct {
	name       string
	fields     intel.Fields
	tags       []intel.Tag
	labels     []string
	attributes []intel.RemoteAttribute
	inPlace    []intel.RemoteAttribute
	links      []linkOf
}

type linkOf struct {
	write intel.LinkWrite
	as    *Association
}

// requests spreads what is to be added and what is to be removed over as few
// requests as the modes and MostEntries allow.
func (a *Action) requests(add, remove composition) []Request {
	base := intel.GroupWrite{ID: a.ID, Type: a.Type}
	head := base
	head.Name, head.Fields = add.name, add.fields
	if a.Verb == Create {
		head.XID, head.Owner = a.XID, a.Owner
	}
	out := []Request{{Write: &head}}
	at := func(n int) *Request {
		for len(out) <= n {
			w := base
			out = append(out, Request{Write: &w})
		}
		return &out[n]
	}
	used := map[string]int{} // list -> requests that hold entries of it
	put := func(list string, total int, entries func(r *Request, from, to int)) {
		for from := 0; from < total; from += MostEntries {
			entries(at(used[list]), from, min(from+MostEntries, total))
			used[list]++
		}
	}
	for _, part := range []struct {
		c    composition
		mode intel.Mode
	}{{add, intel.ModeAppend}, {remove, intel.ModeDelete}} {
		c := part.c
		put("tags", len(c.tags), func(r *Request, from, to int) {
			r.Write.Tags, r.Write.TagMode = c.tags[from:to], part.mode
		})
		put("labels", len(c.labels), func(r *Request, from, to int) {
			r.Write.SecurityLabels, r.Write.LabelMode = c.labels[from:to], part.mode
		})
		put("attributes", len(c.attributes), func(r *Request, from, to int) {
			r.Write.Attributes, r.Write.AttributeMode = c.attributes[from:to], part.mode
		})
		for _, k := range intel.Kinds {
			links := slices.DeleteFunc(slices.Clone(c.links), func(l linkOf) bool { return l.write.Kind != k })
			put(string(k), len(links), func(r *Request, from, to int) { r.addLinks(k, part.mode, links[from:to]) })
		}
	}
	if a.Verb != Create && out[0].empty() {
		out = out[1:]
	}
	for i := range add.inPlace {
		out = append(out, Request{Attribute: &add.inPlace[i]})
	}
	return out
}

func (r *Request) addLinks(k intel.Kind, mode intel.Mode, links []linkOf) {
	if r.Write.LinkModes == nil {
		r.Write.LinkModes = map[intel.Kind]intel.Mode{}
	}
	r.Write.LinkModes[k] = mode
	for _, l := range links {
		r.Write.Links = append(r.Write.Links, l.write)
		r.Links = append(r.Links, l.as)
	}
}

func (r *Request) empty() bool {
	w := r.Write
	return w.Name == "" && len(w.Fields)+len(w.Tags)+len(w.SecurityLabels)+len(w.Attributes)+len(w.Links) == 0
}

// Requests is the number of requests that the action takes.
func (a *Action) Requests() int {
	if a.Verb == Delete {
		return 1
	}
	return len(a.Compose(func(as *Association) (intel.LinkWrite, bool) {
		return intel.LinkWrite{Kind: as.Kind, ID: as.ID}, as.State != Missing
	}))
}
