package intel

import (
	"slices"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// object returns the object that ref names, or adds it. home is the owner of
// the group that names it.
func (a *assembler) object(ref *Ref, home string) (int, bool) {
	o := ref.NewObject()
	if o == nil {
		o := &Object{Pos: ref.Pos, Kind: ref.Kind, ID: ref.ID, Owner: ref.Owner(), Written: ref.Written()}
		return a.addObject(o, []string{ref.Kind.String() + IDText(ref.ID)})
	}
	before := len(a.problems)
	if o.Kind.Spec().Owned {
		if o.Owner == "" {
			o.Owner = home
		}
		a.owner(o.Pos, &o.Owner)
	}
	a.checker.Object(o, &a.problems)
	if a.problems[before:].Errors() > 0 {
		return 0, false
	}
	return a.addObject(o, o.identity(a.custom))
}

// identity is what makes two mentions one object: several keys for a File,
// which any of its hashes names.
func (o *Object) identity(custom []IndicatorType) []string {
	prefix := o.Kind.String() + "\x00" + o.Owner + "\x00"
	for _, name := range o.Kind.Spec().identifying() {
		v, _ := o.Fields.Get(name)
		prefix += v + "\x00"
	}
	keys, _ := o.Keys(custom)
	for i, k := range keys {
		keys[i] = prefix + k
	}
	return keys
}

// addObject merges o into the object that has one of its keys, or adds it.
func (a *assembler) addObject(o *Object, keys []string) (int, bool) {
	found := -1
	for _, k := range keys {
		at, ok := a.objects[digestOf(k)]
		if !ok {
			continue
		}
		i := a.root(int(at))
		switch {
		case found < 0:
			found = i
			a.mergeObject(a.im.Objects[i], o)
		case found != i:
			// o is what shows that two objects are one: a File named by one hash
			// here, by another there, and by both now.
			first, second := min(found, i), max(found, i)
			a.mergeObject(a.im.Objects[first], a.im.Objects[second])
			if a.merged == nil {
				a.merged = map[int]int{}
			}
			a.merged[second] = first
			found = first
		}
	}
	if found < 0 {
		found = len(a.im.Objects)
		a.im.Objects = append(a.im.Objects, o)
	}
	for _, k := range keys {
		a.objects[digestOf(k)] = int32(found)
	}
	return found, true
}

func (a *assembler) root(i int) int {
	for {
		j, ok := a.merged[i]
		if !ok {
			return i
		}
		i = j
	}
}

// mergeObject adds another mention of an object to o.
func (a *assembler) mergeObject(o, more *Object) {
	differ := func(pos Pos, field, here, there string) {
		if pos == (Pos{}) {
			pos = more.Pos
		}
		a.problems.Errorf(pos, "%s of %s is %s here and %s at %s: it is one %s",
			field, o.label(), message.Quote(here), message.Quote(there), o.Pos, o.Kind)
	}
	if t, ok := IndicatorTypeNamed(o.Type, a.custom); ok && len(o.Values) == len(more.Values) && len(o.Values) > 1 {
		for i, v := range more.Values {
			switch {
			case o.Values[i] == "":
				o.Values[i] = v
			case v != "" && spelling.Fold(v) != spelling.Fold(o.Values[i]):
				differ(Pos{}, t.Values[i], v, o.Values[i])
			}
		}
		o.Summary = t.Summary(o.Values)
	}
	for _, f := range more.Fields {
		if have, ok := o.Fields.Get(f.Name); !ok {
			o.Fields = append(o.Fields, f)
		} else if have != f.Value {
			differ(f.Pos, f.Name, f.Value, have)
		}
	}
	o.Tags = distinctTags(append(o.Tags, more.Tags...))
	o.SecurityLabels = distinctLabels(append(o.SecurityLabels, more.SecurityLabels...))
	for _, at := range more.Attributes {
		if !slices.ContainsFunc(o.Attributes, func(b Attribute) bool { return b.Key() == at.Key() }) {
			o.Attributes = append(o.Attributes, at)
		}
	}
}

// label names the object in a message.
func (o *Object) label() string {
	if o.Type == "" {
		return o.Kind.String() + " " + message.Quote(o.Summary)
	}
	return o.Type + " " + message.Quote(o.Summary)
}
