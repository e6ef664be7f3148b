package apply

import (
	"cmp"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// Altered is a value that the instance stores otherwise than it was sent.
type Altered struct {
	Field  string // as changes of a plan have it
	Sent   string
	Stored string
}

// recordStored notes the values that r, the answer to a write, shows otherwise than they
// were sent. Values that it does not show count as kept.
func (w *writing) recordStored(entries []*entry, r *intel.Remote) {
	typ, _ := intel.GroupTypeNamed(w.action.Type)
	var attributes []*entry
	for _, e := range entries {
		switch list := e.List(); {
		case e.Change == nil, e.Removes():
		case list == intel.ListAttributes:
			attributes = append(attributes, e)
		case list != 0:
		case e.Name() == "name":
			e.setStored(r.Name, intel.SameText)
		default:
			spec, ok := typ.Field(e.Name())
			if have, has := r.Fields.Get(e.Name()); ok && has && !spec.CreateOnly {
				e.setStored(have, spec.Equal)
			}
		}
	}
	if len(attributes) > 0 && r.Lists.Has(intel.ListAttributes) {
		storedAttributes(attributes, r.Attributes, w.action.Verb == plan.Create)
	}
}

// storedAttributes finds out as what the instance stores attributes that were added. Those
// that are there as they were sent pair first, then those that look like it. On a new group,
// the last of the others are those that the instance has made of the rest. On an older one,
// others may have been there before the write, and nothing is known of the rest.
func storedAttributes(added []*entry, have []intel.RemoteAttribute, isNew bool) {
	byType := map[string][]intel.RemoteAttribute{}
	for _, h := range have {
		typ := strings.ToLower(h.Type)
		byType[typ] = append(byType[typ], h)
	}
	for _, equal := range []func(a, b string) bool{intel.SameText, intel.EquivalentText} {
		added = slices.DeleteFunc(slices.Clone(added), func(e *entry) bool {
			at := e.Attribute()
			typ := strings.ToLower(at.Type)
			i := intel.FindAttributeBy(equal, at.Attribute, byType[typ])
			if i < 0 {
				return false
			}
			e.setStored(byType[typ][i].Value, intel.SameText)
			byType[typ] = slices.Delete(byType[typ], i, i+1)
			return true
		})
	}
	if !isNew {
		return
	}
	left := map[string][]*entry{}
	for _, e := range added {
		typ := strings.ToLower(e.Name())
		left[typ] = append(left[typ], e)
	}
	for typ, sent := range left {
		others := byType[typ]
		if len(others) < len(sent) {
			continue // the answer does not show all of them
		}
		slices.SortFunc(others, func(a, b intel.RemoteAttribute) int { return cmp.Compare(a.ID, b.ID) })
		for i, h := range others[len(others)-len(sent):] {
			sent[i].setStored(h.Value, intel.SameText)
		}
	}
}

// setStored notes the value that the instance stores, as an answer has shown it.
func (e *entry) setStored(value string, equal func(a, b string) bool) {
	e.stored, e.shown = "", strings.TrimSpace(value) != ""
	if e.shown && !equal(e.Change.New(), value) {
		e.stored = value
	}
}

// altered are the values of entries that the instance stores otherwise.
func altered(entries []*entry) (out []Altered) {
	for _, e := range entries {
		if e.stored != "" {
			out = append(out, Altered{e.Change.Field(), e.Change.New(), e.stored})
		}
	}
	return out
}
