package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/spelling"
)

// Applied is what a run has left on a group, entry by entry, as the report
// keeps it for the next run: that is what tells a change of the manifest from
// an edit on the server. Values are kept as short digests, associations by ID.
type Applied []string

// String is the form of the report's column.
func (ap Applied) String() string { return strings.Join(ap, " ") }

// ParseApplied reads the report's column.
func ParseApplied(s string) Applied { return strings.Fields(s) }

// entries is an Applied that can be asked; nil if no run has left one.
type entries map[string]bool

func (ap Applied) entries() entries {
	if len(ap) == 0 {
		return nil
	}
	out := make(entries, len(ap))
	for _, e := range ap {
		out[e] = true
	}
	return out
}

// InDoubt are the entries of which it is not known whether they are so.
func (ap Applied) InDoubt() Applied {
	return keep(ap, func(e string) bool { return strings.HasPrefix(e, markThere) || strings.HasPrefix(e, markGone) })
}

// Marks of entries of which nobody knows: a request was sent, and no answer came.
const (
	markThere = "?" // it may be there
	markGone  = "!" // it may be gone
)

// surely reports whether something was applied and not taken away again, as far
// as anybody knows: that it is missing is somebody else's doing.
func (es entries) surely(e string) bool { return es[e] && !es[markGone+e] }

// maybe reports whether something may have been applied: that it is there need
// not be somebody else's doing.
func (es entries) maybe(e string) bool { return es[e] || es[markThere+e] }

func marked(mark string, es []string) []string {
	out := make([]string, len(es))
	for i, e := range es {
		out[i] = mark + e
	}
	return out
}

func entry(field, value string) string {
	sum := sha256.Sum256([]byte(value))
	return strings.ReplaceAll(field, " ", "_") + "=" + hex.EncodeToString(sum[:6])
}

func scalarEntry(spec *intel.FieldSpec, value string) string {
	switch {
	case spec == nil || spec.Kind == intel.Text && spec.Values == nil:
		value = intel.PlainText(value)
	case spec.Kind == intel.Text:
		value = spelling.Fold(intel.PlainText(value))
	case spec.Kind == intel.Decimal && strings.Contains(value, "."):
		value = strings.TrimSuffix(strings.TrimRight(value, "0"), ".")
	}
	name := "name"
	if spec != nil {
		name = spec.Name
	}
	return entry(name, value)
}

func tagEntry(t intel.Tag) string { return entry("tags", spelling.Fold(t.String())) }

// remoteTagEntries are the entries that can stand for a tag of the instance.
func remoteTagEntries(h intel.RemoteTag) []string {
	out := []string{tagEntry(intel.Tag{Name: h.Name})}
	if h.TechniqueID != "" {
		out = append(out, tagEntry(intel.Tag{TechniqueID: h.TechniqueID}))
	}
	if _, name, ok := intel.CutTechnique(h.Name, h.TechniqueID); ok {
		out = append(out, tagEntry(intel.Tag{Name: name}))
	}
	return out
}

func labelEntry(name string) string { return entry("securityLabels", intel.LabelKey(name)) }

func attributeEntry(typ, value string) string {
	return entry("attribute:"+spelling.Fold(typ), intel.PlainText(value))
}

// What an attribute has beside its type and value, each with entries of its own.
const (
	partSource  = "source"
	partDefault = "default"
	partPinned  = "pinned"
	partLabel   = "securityLabels"
)

// partEntry is about a part of the attribute that has a value.
func partEntry(typ, value, part, is string) string {
	return entry("attribute:"+spelling.Fold(typ)+"."+part, intel.PlainText(value)+"\x00"+is)
}

// attributeEntries are the entries of an attribute and of those of its parts
// that are given.
func attributeEntries(at *intel.Attribute) []string {
	out := []string{attributeEntry(at.Type, at.Value)}
	part := func(name, is string) { out = append(out, partEntry(at.Type, at.Value, name, is)) }
	if at.Source != "" {
		part(partSource, intel.PlainText(at.Source))
	}
	if at.Default != nil {
		part(partDefault, strconv.FormatBool(*at.Default))
	}
	if at.Pinned != nil {
		part(partPinned, strconv.FormatBool(*at.Pinned))
	}
	for _, l := range at.SecurityLabels {
		part(partLabel, intel.LabelKey(l))
	}
	return out
}

func linkEntry(k intel.Kind, id int64) string { return fmt.Sprintf("%s=#%d", k.AssociationField(), id) }

// attributeEntries are the entries of the attribute that a change adds, or turns
// another one into.
func (c Change) attributeEntries(typ string) []string {
	at := intel.Attribute{Type: typ, Value: c.New}
	if d := c.Attribute; d != nil {
		at.Source, at.Default, at.Pinned, at.SecurityLabels = d.Source, d.Default, d.Pinned, d.SecurityLabels
	}
	return attributeEntries(&at)
}

// entriesOf are the entries of what a change of a group of type typ leaves; none
// of a removal, and of what is set on creation only.
func (c Change) entriesOf(typ *intel.GroupType) []string {
	attribute, isAttribute := strings.CutPrefix(c.Field, "attribute:")
	switch {
	case c.Op == Remove:
		return nil
	case c.Field == "tags":
		return []string{tagEntry(intel.ParseTag(c.New))}
	case c.Field == "securityLabels":
		return []string{labelEntry(c.New)}
	case isAttribute:
		return c.attributeEntries(attribute)
	case c.Field == "name":
		return []string{scalarEntry(nil, c.New)}
	case typ != nil:
		if spec, ok := typ.Field(c.Field); ok && !spec.CreateOnly {
			return []string{scalarEntry(spec, c.New)}
		}
	}
	return nil
}

// entriesBefore are those of es about what a change would have replaced or
// removed.
func (c Change) entriesBefore(es entries) []string {
	attribute, isAttribute := strings.CutPrefix(c.Field, "attribute:")
	var out []string
	switch {
	case c.Field == "tags":
		out = []string{tagEntry(intel.ParseTag(c.New)), tagEntry(intel.ParseTag(c.Old)), tagEntry(intel.Tag{Name: c.Old})}
	case c.Field == "securityLabels":
		out = []string{labelEntry(c.New), labelEntry(c.Old)}
	case isAttribute:
		field := "attribute:" + spelling.Fold(attribute)
		out = es.ofField(field)
		for _, part := range []string{partSource, partDefault, partPinned, partLabel} {
			out = append(out, es.ofField(field+"."+part)...)
		}
	default:
		out = es.ofField(c.Field)
	}
	return slices.DeleteFunc(out, func(e string) bool { return !es[e] })
}

// AppliedAfter is what is on the group after an action was carried out: what
// was there as wanted before, and what was added. last is what the run before
// had left. unmade are the indices of changes that did not arrive; where that is
// in doubt it is true of them. idOf gives the ID of the other end of an
// association, 0 if it was not made or removed.
func (a *Action) AppliedAfter(last Applied, unmade map[int]bool, idOf func(*Association) int64) Applied {
	out := slices.Clone(a.Applied)
	es := last.entries()
	typ, _ := intel.GroupTypeNamed(a.Type)
	for i, c := range a.Changes {
		doubt, lacks := unmade[i]
		if !lacks {
			out = append(out, c.entriesOf(typ)...)
			continue
		}
		out = append(out, c.entriesBefore(es)...)
		if doubt {
			out = append(out, c.entriesInDoubt(typ)...)
		}
	}
	if a.Verb == Create {
		out = append(out, scalarEntry(nil, a.Name))
	}
	for _, as := range a.Associations {
		id := idOf(as)
		switch e := linkEntry(as.Kind, as.ID); {
		case as.Op == Add && id != 0:
			out = append(out, linkEntry(as.Kind, id))
		case id == 0 && as.ID != 0 && es[e]:
			out = append(out, e)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// entriesInDoubt are the entries of a change of which no answer has come.
func (c Change) entriesInDoubt(typ *intel.GroupType) []string {
	if c.Op != Remove {
		out := marked(markThere, c.entriesOf(typ))
		if c.Attribute != nil {
			out = append(out, marked(markGone, c.Attribute.Replaces)...)
		}
		return out
	}
	attribute, isAttribute := strings.CutPrefix(c.Field, "attribute:")
	switch {
	case c.Field == "tags":
		return marked(markGone, []string{tagEntry(intel.ParseTag(c.Old)), tagEntry(intel.Tag{Name: c.Old})})
	case c.Field == "securityLabels":
		return marked(markGone, []string{labelEntry(c.Old)})
	case isAttribute:
		return marked(markGone, []string{attributeEntry(attribute, c.Old)})
	}
	return nil
}

// Intended are the entries of what an action may have changed, if nothing but its
// being sent is known.
func (a *Action) Intended() Applied {
	typ, _ := intel.GroupTypeNamed(a.Type)
	var out Applied
	for _, c := range a.Changes {
		out = append(out, c.entriesInDoubt(typ)...)
	}
	for _, as := range a.Associations {
		switch {
		case as.ID == 0:
		case as.Op == Add:
			out = append(out, markThere+linkEntry(as.Kind, as.ID))
		default:
			out = append(out, markGone+linkEntry(as.Kind, as.ID))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
