package baseline

import (
	"maps"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/spelling"
)

// IDMap is what the report of an earlier run says about groups, by their keys.
type IDMap map[string]Group

// Keys are the keys of groups by their IDs.
func (ids IDMap) Keys() map[int64]string {
	keys := make(map[int64]string, len(ids))
	for key, g := range ids {
		keys[g.ID] = key
	}
	return keys
}

// With are the groups of both; where both have a key that of more counts.
func (ids IDMap) With(more IDMap) IDMap { return with(ids, more) }

func with[M ~map[string]V, V any](m, more M) M {
	switch {
	case len(m) == 0:
		return more
	case len(more) == 0:
		return m
	}
	m = maps.Clone(m)
	maps.Copy(m, more)
	return m
}

// Group is what earlier runs know of a group: a row of an id-map.
type Group struct {
	ID        int64         `json:"id"`
	Type      string        `json:"type,omitempty"`
	Name      string        `json:"name,omitempty"`
	Owner     string        `json:"owner,omitempty"`
	XID       string        `json:"xid,omitempty"`
	WebLink   intel.WebLink `json:"webLink,omitzero"`
	Row       string        `json:"row,omitempty"`     // file:line of the row
	Source    string        `json:"source,omitempty"`  // file:line at which a manifest has defined it, as the row says
	Baseline  Baseline      `json:"applied,omitempty"` // of the last run
	Rewritten Rewritten     `json:"rewrittenTags,omitempty"`
}

// OwnKey reports whether key, of a row for g, is that of a group which an import
// has defined: others go by what references to them say.
func (g Group) OwnKey(key, namespace string) bool {
	if g.XID != "" && g.XID == intel.DerivedXID(namespace, g.Owner, key) {
		return true
	}
	_, byXID := intel.XIDOf(key)
	return !byXID && !strings.HasPrefix(key, "#") && key != g.Type+"/"+g.Name
}

// Rewritten are the tags that the instance has stored under other names: each as it
// was sent, with its names there, joined by line breaks.
type Rewritten map[string]string

// IsTag reports whether the instance's tag h is t, or was made of it.
func (rw Rewritten) IsTag(t intel.Tag, h intel.RemoteTag) bool {
	return intel.SameTag(t, h) || stored(rw[t.String()], h)
}

func stored(names string, h intel.RemoteTag) bool {
	if names == "" {
		return false
	}
	for name := range strings.SplitSeq(names, "\n") {
		if spelling.Fold(name) == spelling.Fold(h.Name) {
			return true
		}
	}
	return false
}

// Tag are the facts that can stand for a tag of the instance: under its name, its
// technique's ID, and as a run has sent it.
func (rw Rewritten) Tag(h intel.RemoteTag) []Fact {
	out := []Fact{Tag(intel.Tag{Name: h.Name})}
	if h.TechniqueID != "" {
		out = append(out, Tag(intel.Tag{TechniqueID: h.TechniqueID}))
	}
	if _, name, ok := intel.SplitTechniqueName(h.Name, h.TechniqueID); ok {
		out = append(out, Tag(intel.Tag{Name: name}))
	}
	for sent, names := range rw {
		if stored(names, h) {
			out = append(out, Tag(intel.ParseTag(sent)))
		}
	}
	return out
}

// With are the rewritten tags of both; where both have a tag that of more counts.
func (rw Rewritten) With(more Rewritten) Rewritten { return with(rw, more) }
