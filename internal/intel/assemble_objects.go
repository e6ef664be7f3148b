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
		o := &Object{Pos: ref.Pos, Kind: ref.Kind, ID: ref.ID(), Owner: ref.Owner(), Written: ref.Written()}
		return a.addObject(o), true
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
	return a.addObject(o), true
}

// identity is one of the names that make two mentions one object. A File has several:
// any of its hashes names it.
type identity struct {
	hash uint64
	is   func(p *Object) bool
}

func (a *assembler) identities(o *Object) []identity {
	if o.ID != 0 {
		return []identity{{mixed(uint64(o.ID)<<8 | uint64(o.Kind)), func(p *Object) bool { return p.Kind == o.Kind && p.ID == o.ID }}}
	}
	keys, in := o.keys(a.custom), o.within()
	out := make([]identity, len(keys))
	for i, k := range keys {
		out[i] = identity{hashOf(in.owner, in.parents, in.typ, k), func(p *Object) bool {
			return p.ID == 0 && p.within() == in && slices.Contains(p.keys(a.custom), k)
		}}
	}
	return out
}

// within is where the keys of an object name it, and no other.
type within struct {
	kind                Kind
	typ, owner, parents string
}

func (o *Object) within() within {
	spec := o.Kind.Spec()
	in := within{kind: o.Kind, owner: o.Owner}
	if !spec.Untyped {
		in.typ = spelling.Fold(o.Type)
	}
	for _, name := range spec.identifying() {
		v, _ := o.Fields().Get(name)
		in.parents += v + "\x00"
	}
	return in
}

func (a *assembler) objectOf(id identity) (int, bool) {
	return a.objects.find(id.hash, func(i int) bool { return id.is(a.im.Objects[i]) })
}

// addObject merges o into the object that has one of its identities, or adds it.
func (a *assembler) addObject(o *Object) int {
	found := -1
	identities := a.identities(o)
	for _, id := range identities {
		at, ok := a.objectOf(id)
		if !ok {
			continue
		}
		i := a.root(at)
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
	for _, id := range identities {
		if _, ok := a.objectOf(id); !ok {
			a.objects.add(id.hash, found)
		}
	}
	return found
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
	values, others := o.Values(), more.Values()
	if t, ok := IndicatorTypeNamed(o.Type, a.custom); ok && len(values) == len(others) && len(values) > 1 {
		for i, v := range others {
			switch {
			case values[i] == "":
				values[i] = v
			case v != "" && spelling.Fold(v) != spelling.Fold(values[i]):
				differ(Pos{}, t.Values[i], v, values[i])
			}
		}
		o.Summary = t.Summary(values)
		o.SetValues(values)
	}
	if more.Details == nil {
		return
	}
	d := o.More()
	for _, f := range more.Fields() {
		if have, ok := d.Fields.Get(f.Name); !ok {
			d.Fields = append(d.Fields, f)
		} else if have != f.Value {
			differ(f.Pos, f.Name, f.Value, have)
		}
	}
	d.Tags = distinctTags(append(d.Tags, more.Tags()...))
	d.SecurityLabels = distinctLabels(append(d.SecurityLabels, more.SecurityLabels()...))
	for _, at := range more.Attributes() {
		if !slices.ContainsFunc(d.Attributes, func(b Attribute) bool { return b.Key() == at.Key() }) {
			d.Attributes = append(d.Attributes, at)
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
