package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/intel"
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

func entry(field, value string) string {
	sum := sha256.Sum256([]byte(value))
	return strings.ReplaceAll(field, " ", "_") + "=" + hex.EncodeToString(sum[:6])
}

func scalarEntry(spec *intel.FieldSpec, value string) string {
	switch {
	case spec == nil || spec.Kind == intel.Text && spec.Values == nil:
		value = plainText(value)
	case spec.Kind == intel.Text:
		value = intel.Fold(plainText(value))
	case spec.Kind == intel.Decimal && strings.Contains(value, "."):
		value = strings.TrimSuffix(strings.TrimRight(value, "0"), ".")
	}
	name := "name"
	if spec != nil {
		name = spec.Name
	}
	return entry(name, value)
}

func tagEntry(t intel.Tag) string { return entry("tags", intel.Fold(t.String())) }

// remoteTagEntries are the entries that can stand for a tag of the instance.
func remoteTagEntries(h intel.RemoteTag) []string {
	out := []string{tagEntry(intel.Tag{Name: h.Name})}
	if h.TechniqueID != "" {
		out = append(out, tagEntry(intel.Tag{TechniqueID: h.TechniqueID}))
	}
	if _, name, ok := cutTechnique(h.Name, h.TechniqueID); ok {
		out = append(out, tagEntry(intel.Tag{Name: name}))
	}
	return out
}

func labelEntry(name string) string { return entry("securityLabels", squeezeLabel(name)) }

func attributeEntry(typ, value string) string {
	return entry("attribute:"+intel.Fold(typ), plainText(value))
}

func linkEntry(k intel.Kind, id int64) string { return fmt.Sprintf("%s=#%d", k.AssociationField(), id) }

// Where a difference comes from.
const (
	fromManifest = "manifest"
	fromServer   = "server"
)

// origin tells where a difference comes from: the server if something is gone
// that was applied (missing), or if something is there that was not (present).
func (es entries) origin(missing, present string, alternatives ...string) string {
	switch {
	case es == nil:
		return ""
	case missing != "" && es[missing]:
		return fromServer
	case present != "" && !es[present] && !slices.ContainsFunc(alternatives, func(a string) bool { return es[a] }):
		return fromServer
	}
	return fromManifest
}

// edited is origin for a value that differs in place. That the last run had
// nothing to do with the field leaves only the manifest.
func (es entries) edited(field, present string) string {
	if es != nil && len(es.ofField(field)) == 0 {
		return fromManifest
	}
	return es.origin("", present)
}

// ofField lists what was applied to a field.
func (es entries) ofField(field string) []string {
	var out []string
	for e := range es {
		if strings.HasPrefix(e, strings.ReplaceAll(field, " ", "_")+"=") {
			out = append(out, e)
		}
	}
	slices.Sort(out)
	return out
}

// settleDrift applies the drift policy to a group that was compared: edits on
// the server are overwritten, kept, or make a conflict.
func (m *maker) settleDrift(a *Action, es entries) {
	var drifted []string
	for _, c := range a.Changes {
		if c.Drift == fromServer {
			drifted = append(drifted, c.Field)
		}
	}
	for _, as := range a.Associations {
		if as.Drift == fromServer {
			drifted = append(drifted, as.Kind.AssociationField())
		}
	}
	if len(drifted) == 0 {
		return
	}
	slices.Sort(drifted)
	what := strings.Join(slices.Compact(drifted), ", ")
	switch m.Policy.OnDrift {
	case DriftKeep:
		m.keepDrift(a, es)
		a.Notes = append(a.Notes, "edited on the server since the last run, and kept so: "+what)
	case DriftFail:
		a.Verb, a.Reason = Conflict, "edited on the server since the last run (--on-drift fail): "+what
	default:
		a.Notes = append(a.Notes, "edited on the server since the last run, and overwritten: "+what)
	}
}

// keepDrift takes the edits on the server out of the plan, and remembers what
// was applied before them, so that they are recognised the next time, too.
func (m *maker) keepDrift(a *Action, es entries) {
	a.Changes = slices.DeleteFunc(a.Changes, func(c Change) bool {
		if c.Drift != fromServer {
			return false
		}
		a.Applied = append(a.Applied, keptEntries(c, es)...)
		return true
	})
	a.Associations = slices.DeleteFunc(a.Associations, func(as *Association) bool {
		if as.Drift != fromServer {
			return false
		}
		if as.Op == Add { // it was applied here or at its other end
			a.Applied = append(a.Applied, linkEntry(as.Kind, as.ID))
		}
		return true
	})
	slices.Sort(a.Applied)
	a.Applied = slices.Compact(a.Applied)
}

func keptEntries(c Change, es entries) []string {
	switch {
	case c.Field == "tags" && c.Op == Add:
		return []string{tagEntry(ParseTag(c.New))}
	case c.Field == "securityLabels" && c.Op == Add:
		return []string{labelEntry(c.New)}
	case c.Op == Remove:
		return nil
	}
	return es.ofField(entryField(c.Field))
}

// entryField is what entries call the field of a change.
func entryField(field string) string {
	if typ, ok := strings.CutPrefix(field, "attribute:"); ok {
		return "attribute:" + intel.Fold(typ)
	}
	return field
}

// AppliedAfter is what is on the group after an action was carried out: what
// was there as wanted before, and what was added. idOf gives the ID of the other
// end of an association, 0 if it was not made.
func (a *Action) AppliedAfter(idOf func(*Association) int64) Applied {
	out := slices.Clone(a.Applied)
	typ, _ := intel.GroupTypeNamed(a.Type)
	for _, c := range a.Changes {
		if c.Op == Remove {
			continue
		}
		attr, isAttribute := strings.CutPrefix(c.Field, "attribute:")
		switch {
		case c.Field == "tags":
			out = append(out, tagEntry(ParseTag(c.New)))
		case c.Field == "securityLabels":
			out = append(out, labelEntry(c.New))
		case isAttribute:
			out = append(out, attributeEntry(attr, c.New))
		case c.Field == "name":
			out = append(out, scalarEntry(nil, c.New))
		case typ != nil:
			if spec, ok := typ.Field(c.Field); ok && !spec.CreateOnly {
				out = append(out, scalarEntry(spec, c.New))
			}
		}
	}
	if a.Verb == Create {
		out = append(out, scalarEntry(nil, a.Name))
	}
	for _, as := range a.Associations {
		if id := idOf(as); as.Op == Add && id != 0 {
			out = append(out, linkEntry(as.Kind, id))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
