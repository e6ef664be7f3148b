package intel

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tcimport/internal/canonical"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

const tagMax = 128

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
	case longerThan(t.Name, tagMax):
		k.errorf(t.Pos, "tag %s has %d characters: at most %d are accepted", message.Quote(t.Name), utf8.RuneCountInString(t.Name), tagMax)
	case !utf8.ValidString(t.Name):
		k.errorf(t.Pos, "tag %s is not valid UTF-8", message.Quote(t.Name))
	}
}

// isTechniqueID reports whether s looks like T1566 or T1566.001.
func isTechniqueID(s string) bool {
	if len(s) != 5 && len(s) != 9 || s[0] != 'T' || !canonical.IsDigits(s[1:5]) {
		return false
	}
	return len(s) == 5 || s[5] == '.' && canonical.IsDigits(s[6:])
}

// tlpLabels are the labels of the Traffic Light Protocol 1.0 and 2.0. Nearly
// every instance has those of one of the two.
var tlpLabels = []string{"TLP:RED", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:GREEN", "TLP:WHITE", "TLP:CLEAR"}

// securityLabels brings labels into the instance's spelling and removes empty
// ones and duplicates. pos returns the place of label i.
func (k *check) securityLabels(names []string, pos func(i int) Pos) []string {
	kept := names[:0]
	for i, name := range names {
		if name = strings.TrimSpace(name); name != "" {
			kept = append(kept, k.securityLabel(name, pos(i)))
		}
	}
	return distinctLabels(kept)
}

// placedLabels is securityLabels for a group, whose labels have places of their
// own.
func (k *check) placedLabels(g *Group) ([]string, []Pos) {
	if len(g.LabelPos) == 0 {
		return k.securityLabels(g.SecurityLabels, samePos(g.Pos)), nil
	}
	type placed struct {
		name string
		pos  Pos
	}
	at := g.labelPlaces()
	var labels []placed
	for i, name := range g.SecurityLabels {
		if name = strings.TrimSpace(name); name != "" {
			labels = append(labels, placed{k.securityLabel(name, at[i]), at[i]})
		}
	}
	labels = distinct(labels, func(a, b *placed) bool { return SameLabel(a.name, b.name) }, func(p *placed) string { return LabelKey(p.name) })
	names, places := g.SecurityLabels[:0], at[:0]
	for _, l := range labels {
		names, places = append(names, l.name), append(places, l.pos)
	}
	return names, places
}

// samePos is the place of all entries of a list whose entries have no places.
func samePos(pos Pos) func(int) Pos { return func(int) Pos { return pos } }

func (k *check) securityLabel(name string, pos Pos) string {
	if k.labels == nil {
		if _, known := spelling.Find(name, tlpLabels); !known && !slices.Contains(tlpLabels, strings.ToUpper(LabelKey(name))) {
			k.warnOnce(pos, "securityLabels", name, "security label %s is not built in; plan checks whether your instance has it%s",
				message.Quote(name), k.didYouMean(name, tlpLabels))
		}
		return name
	}
	if known, ok := k.labels[name]; ok {
		return known
	}
	if known, ok := k.labels[LabelKey(name)]; ok {
		return known
	}
	k.errorf(pos, "security label %s does not exist on the instance, which has %s%s",
		message.Quote(name), message.List(k.in.SecurityLabels), orAdd(k.didYouMean(name, k.in.SecurityLabels)))
	return name
}
