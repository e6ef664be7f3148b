package intel

import (
	"slices"
	"strings"

	"tcimport/internal/canonical"
	"tcimport/internal/message"
)

// TagMax is how many characters a tag may have.
const TagMax = 128

// tags checks tags and drops empty ones and doubles; instances compare them
// without regard to case.
func (k *check) tags(tags []Tag) []Tag {
	kept := tags[:0]
	for _, t := range tags {
		t.Name, t.TechniqueID = strings.TrimSpace(t.Name), strings.TrimSpace(t.TechniqueID)
		if t.Name == "" && t.TechniqueID == "" {
			continue
		}
		k.tag(&t)
		kept = append(kept, t)
	}
	return distinctTags(kept)
}

func (k *check) tag(t *Tag) {
	switch {
	case t.Name != "" && t.TechniqueID != "":
		k.errorf(t.Pos, "tag %s also has the techniqueId %s: remove one of them", message.Quote(t.Name), message.Quote(t.TechniqueID))
	case t.TechniqueID != "":
		if !isTechniqueID(t.TechniqueID) {
			upper := strings.ToUpper(t.TechniqueID)
			if !isTechniqueID(upper) {
				k.errorf(t.Pos, "techniqueId %s is not the ID of an ATT&CK technique: write it as T1566 or T1566.001", message.Quote(t.TechniqueID))
				return
			}
			t.TechniqueID = upper
		}
		if k.in.lacks(TechniqueField, t.TechniqueID) {
			k.errorf(t.Pos, "techniqueId %s does not exist on the instance: use another one, or a plain tag", message.Quote(t.TechniqueID))
		}
	default:
		if err := checkText(t.Name, TagMax); err != nil {
			k.errorf(t.Pos, "tag %s %s", message.Quote(t.Name), err)
		}
	}
}

// isTechniqueID reports whether s looks like T1566 or T1566.001.
func isTechniqueID(s string) bool {
	if len(s) != 5 && len(s) != 9 || s[0] != 'T' || !canonical.IsDigits(s[1:5]) {
		return false
	}
	return len(s) == 5 || s[5] == '.' && canonical.IsDigits(s[6:])
}

// TLPLabels are the labels of the Traffic Light Protocol 1.0 and 2.0. Nearly
// every instance has those of one of the two.
var TLPLabels = []string{"TLP:RED", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:GREEN", "TLP:WHITE", "TLP:CLEAR"}

// securityLabels brings labels into the spelling of the instance, and removes empty ones
// and duplicates. at has the places of the first ones, the others are at pos.
func (k *check) securityLabels(names []string, at []Pos, pos Pos) ([]string, []Pos) {
	kept, places := names[:0], at[:0]
	for i, name := range names {
		here := pos
		if i < len(at) {
			here = at[i]
		}
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if name = k.securityLabel(name, here); HasLabel(kept, name) {
			continue
		}
		kept = append(kept, name)
		if i < len(at) {
			places = append(places, here)
		}
	}
	return kept, places
}

func (k *check) securityLabel(name string, pos Pos) string {
	of := openNames{what: "security label %s", builtIn: TLPLabels}
	known := TLPLabels
	if k.in != nil && k.in.SecurityLabels != nil {
		known = k.in.SecurityLabels
		of.instance, of.listed = known, true
	}
	if slices.Contains(known, name) {
		return name
	}
	if i := slices.IndexFunc(known, func(l string) bool { return SameLabel(l, name) }); i >= 0 {
		return known[i]
	}
	return k.openName(pos, name, of)
}
