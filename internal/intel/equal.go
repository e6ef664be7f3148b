package intel

import (
	"html"
	"slices"
	"strings"

	"tcimport/internal/spelling"
)

// This file defines equality for texts, labels, tags, attributes and
// whole definitions, in FieldSpec.Equal for scalars, and in IndicatorType.Keys
// for indicators. Two things are the same exactly if their keys are equal.

// TextKey is the text by which texts compare: an instance may store them with
// other line ends, or without the blanks around them.
func TextKey(s string) string {
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return strings.TrimSpace(s)
}

// SameText compares texts.
func SameText(a, b string) bool { return a == b || TextKey(a) == TextKey(b) }

// EquivalentText reports whether a and b differ only in white space, in HTML entities
// and in characters of four bytes, which are emoji as a rule: some instances store texts so.
func EquivalentText(a, b string) bool {
	if SameText(a, b) {
		return true
	}
	loose := looseText(a)
	return loose != "" && loose == looseText(b)
}

func looseText(s string) string {
	for range 3 { // what was escaped on its way in may have been so before
		plain := html.UnescapeString(s)
		if plain == s {
			break
		}
		s = plain
	}
	s = strings.Map(func(r rune) rune {
		if r > 0xFFFF { // a store of three bytes for each character loses these
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// LabelKey is the text by which names of security labels compare: documents
// write TLP: AMBER where instances have TLP:AMBER.
func LabelKey(name string) string {
	key := spelling.Fold(strings.TrimSpace(name))
	if rest, ok := strings.CutPrefix(key, "tlp:"); ok && strings.HasPrefix(rest, " ") {
		return "tlp:" + strings.TrimLeft(rest, " ")
	}
	return key
}

// SameLabel compares names of security labels.
func SameLabel(a, b string) bool { return a == b || LabelKey(a) == LabelKey(b) }

// HasLabel reports whether a security label is in a list.
func HasLabel(labels []string, name string) bool {
	return slices.ContainsFunc(labels, func(l string) bool { return SameLabel(l, name) })
}

// SameLabels reports whether two lists have the same security labels.
func SameLabels(a, b []string) bool {
	lacks := func(have []string) func(string) bool { return func(name string) bool { return !HasLabel(have, name) } }
	return !slices.ContainsFunc(a, lacks(b)) && !slices.ContainsFunc(b, lacks(a))
}

// TechniqueField is the field that makes a tag an ATT&CK tag.
const TechniqueField = "techniqueId"

// String is the tag as one text: its name, or techniqueId: and the ID.
func (t Tag) String() string {
	if t.TechniqueID != "" {
		return TechniqueField + ":" + t.TechniqueID
	}
	return t.Name
}

// ParseTag reads a tag as String writes it; one without a name and an ID is no
// tag.
func ParseTag(s string) Tag {
	s = strings.TrimSpace(s)
	if id, ok := strings.CutPrefix(s, TechniqueField+":"); ok {
		return Tag{TechniqueID: strings.TrimSpace(id)}
	}
	return Tag{Name: s}
}

// key is what tags of manifests compare by.
func (t *Tag) key() Tag { return Tag{Name: spelling.Fold(t.Name), TechniqueID: t.TechniqueID} }

// SameTag reports whether the instance's tag h is t: by technique ID where both
// have one, else by name in any case, where the name of an ATT&CK tag may
// be with or without its ID ("T1566 - Phishing").
func SameTag(t Tag, h RemoteTag) bool {
	name, technique := spelling.Fold(strings.TrimSpace(h.Name)), spelling.Fold(h.TechniqueID)
	id, rest, isTechnique := SplitTechniqueName(name, technique)
	if t.TechniqueID != "" {
		want := spelling.Fold(t.TechniqueID)
		return technique == want || technique == "" && (isTechnique && id == want || name == want)
	}
	want := spelling.Fold(t.Name)
	if name == want || isTechnique && rest == want {
		return true
	}
	id, _, full := SplitTechniqueName(want, technique)
	return technique != "" && (want == technique || full && id == technique)
}

// SplitTechniqueName splits the full name of an ATT&CK tag, "T1566 -
// Phishing", in any case. technique is the ID of the tag as far as known: the
// name of a tag that is no technique may contain a dash, too.
func SplitTechniqueName(name, technique string) (id, rest string, ok bool) {
	id, rest, ok = strings.Cut(name, " - ")
	known := technique != "" && spelling.Fold(id) == spelling.Fold(technique)
	if !ok || !known && !isTechniqueID(strings.ToUpper(id)) {
		return "", "", false
	}
	return id, rest, true
}

// AttributeKey compares attributes without their switches and labels.
type AttributeKey struct{ Type, Value, Source string }

// Key is what the attribute compares by.
func (at *Attribute) Key() AttributeKey {
	return AttributeKey{spelling.Fold(at.Type), TextKey(at.Value), TextKey(at.Source)}
}

// wholeKey is what attributes of one definition compare by: two that differ in
// anything are two.
func (at *Attribute) wholeKey() string {
	return strings.Join(append([]string{at.Type, at.Value, at.Source, at.Default.String(), at.Pinned.String()}, at.SecurityLabels...), "\x00")
}

// distinct keeps of list the first entry of each key, in place.
func distinct[T any, K comparable](list []T, key func(*T) K) []T {
	if len(list) < 2 {
		return list
	}
	kept, seen := list[:0], make(map[K]bool, len(list))
	for i := range list {
		if k := key(&list[i]); !seen[k] {
			seen[k] = true
			kept = append(kept, list[i])
		}
	}
	return kept
}

func distinctTags(list []Tag) []Tag { return distinct(list, (*Tag).key) }

func distinctLabels(list []string) []string {
	return distinct(list, func(s *string) string { return LabelKey(*s) })
}

// Keys are the texts by which o compares with other objects of its kind,
// within its owner, parent or xid. Two objects are the same if they share one.
// loose keys ignore case where only the instance knows whether it matters; elsewhere
// they are the exact ones.
func (o *Object) Keys(custom []IndicatorType) (exact, loose []string) {
	return objectKeys(o.Kind, o.Type, o.Summary, o.Values(), custom)
}

// Keys are those of an object as an instance answers it.
func (r *Remote) Keys(custom []IndicatorType) (exact, loose []string) {
	return objectKeys(r.Kind, r.Type, r.Name, nil, custom)
}

// Contradicts reports whether r has another owner, parent or xid than o, as
// far as both name one. Then it is another object, even if their keys are
// equal.
func (o *Object) Contradicts(r *Remote) bool {
	if r.Owner != "" && o.Owner != "" && r.Owner != o.Owner {
		return true
	}
	return slices.ContainsFunc(o.Kind.Spec().identifying(), func(name string) bool {
		want, _ := o.Fields().Get(name)
		have := r.Scalar(name)
		return want != "" && have != "" && want != have
	})
}

// keys are the exact keys of o, without its type.
func (o *Object) keys(custom []IndicatorType) []string {
	if t, ok := IndicatorTypeNamed(o.Type, custom); ok && o.Kind == KindIndicator {
		return t.Keys(o.Values())
	}
	return []string{TextKey(o.Summary)}
}

func objectKeys(kind Kind, typ, summary string, values []string, custom []IndicatorType) (exact, loose []string) {
	t, ok := IndicatorTypeNamed(typ, custom)
	switch {
	case !ok || kind != KindIndicator:
		exact = []string{TextKey(summary)}
	case values == nil:
		values, exact = t.KeysOfSummary(summary)
	default:
		exact = t.Keys(values)
	}
	switch {
	case kind.Spec().Untyped:
		typ = ""
	case ok:
		typ = t.Name
	default:
		typ = spelling.Fold(typ)
	}
	withType := func(keys []string) []string {
		for i, k := range keys {
			keys[i] = typ + "\x00" + k
		}
		return keys
	}
	if exact = withType(exact); kind == KindIndicator && ok && t.isLoose() {
		return exact, withType(t.LooseKeys(values))
	}
	return exact, exact
}

// EffectiveKey is the key of a definition: its own, else its xid, else its type
// and name; "" if it has none of these.
func (g *Group) EffectiveKey() string {
	switch {
	case g.Key != "":
		return g.Key
	case g.XID != "":
		return g.XID
	case g.Type == "" || g.Name == "":
		return ""
	}
	if t, ok := GroupTypeNamed(g.Type); ok {
		return t.Name + "/" + g.Name
	}
	return g.Type + "/" + g.Name
}

// sameField reports whether two definitions of a group of type typ give a field the
// same value.
func sameField(typ *GroupType, a, b Field) bool {
	if a.Value == b.Value {
		return true
	}
	if typ == nil {
		return false
	}
	spec, ok := typ.Field(a.Name)
	if !ok {
		return false
	}
	x, errX := spec.Canonical(a.Value)
	y, errY := spec.Canonical(b.Value)
	return errX == nil && errY == nil && spec.Equal(x, y)
}
