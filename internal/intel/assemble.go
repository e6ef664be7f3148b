package intel

import (
	"slices"
	"strings"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// Options are what Assemble needs beside the manifests.
type Options struct {
	// DefaultOwner is the owner of groups that name none; "" if only the
	// instance knows it.
	DefaultOwner string

	// Namespace is used where the manifests have none.
	Namespace string

	// Instance adds the checks that depend on it; nil offline.
	Instance *Instance

	// IDMap returns the group that an id-map has under key; nil without an
	// id-map.
	IDMap func(key string) (Remote, bool)

	// OwnerOf returns the owner of an existing group that is named by ID: new
	// indicators of that group belong to it. nil offline.
	OwnerOf func(id int64) (string, bool)

	// SkipInvalid keeps groups whose definitions have errors in the import, marked as
	// invalid. Their values are not checked any further, and are good for nothing.
	SkipInvalid bool

	// Last is set if nobody assembles the manifest again: its references are
	// dropped as they are resolved.
	Last bool
}

// Assemble makes one group of all definitions of a key, one object of all
// mentions of any other thing, and one edge of each association. It returns
// every problem; the Import is usable only if none of them is an error, or with SkipInvalid
// if all errors are of single groups. A run
// assembles a manifest offline, and again with the answers of the instance. So
// the groups of the Import are those of the manifest, and keep their Refs until the
// last time.
func Assemble(m *Manifest, opt Options) (*Import, Problems) {
	a := &assembler{
		opt:     opt,
		checker: NewChecker(opt.Instance),
		byKey:   newTable(len(m.Groups)),
		byName:  newTable(len(m.Groups)),
		refKeys: map[string]bool{},
	}
	if opt.Instance != nil {
		a.custom = opt.Instance.IndicatorTypes
	}
	a.incomplete = m.Incomplete && !opt.SkipInvalid // then groups that lack their keys have others
	a.im.Namespace = a.namespace(m.Namespaces)
	a.define(m.Groups)
	m.Groups = a.im.Groups
	for _, g := range a.im.Groups {
		from := len(a.problems)
		a.owner(g.Pos, &g.Owner)
		if !opt.SkipInvalid || g.Invalid == "" {
			a.checker.Group(g, &a.problems)
		}
		g.Blame(a.problems[from:])
	}
	a.indexGroups()
	refs := len(m.Associations)
	for _, g := range m.Groups {
		refs += len(g.Refs)
	}
	a.im.Edges = make([]Edge, 0, refs)
	for i, g := range m.Groups {
		from := len(a.problems)
		for j := range g.Refs {
			a.associate(i, &g.Refs[j])
		}
		g.Blame(a.problems[from:])
		if opt.Last {
			g.Refs, g.LabelPos = nil, nil
		}
	}
	for i := range m.Associations {
		as := &m.Associations[i]
		if i, ok := a.group(&as.Group, a.opt.DefaultOwner); ok {
			from := len(a.problems)
			a.im.Groups[i].Lists |= as.Other.Kind.List()
			a.associate(i, &as.Other)
			if g := a.im.Groups[i]; !g.Reference {
				g.Blame(a.problems[from:])
			}
		}
	}
	for i := range m.Indicators { // they come last: what makes two of them one is one of these, too
		own := &m.Indicators[i]
		if j, ok := a.object(&own.Ref, own.Owner); ok {
			a.im.Objects[j].Own = true
		}
	}
	if opt.Last {
		*m = Manifest{}
	}
	a.finishEdges()
	im := a.im // a pointer into a would keep all its indexes
	return &im, a.problems.Distinct()
}

type assembler struct {
	opt      Options
	checker  *Checker
	custom   []IndicatorType
	im       Import
	problems Problems

	incomplete bool // groups are missing that could not be read

	byKey    table             // groups that are defined
	byID     table             // references
	byXID    table             // groups, by owner and xid
	byName   table             // groups, by owner, type and name
	sameName map[int]int       // first group of a name that several have -> the last one
	refKeys  map[string]bool   // keys of references
	objects  table             // by what identifies them
	merged   map[int]int       // object that turned out to be another one -> that one
	keys     *spelling.Speller // of the defined groups, once it is asked
}

func (a *assembler) namespace(named []Namespace) string {
	if len(named) == 0 {
		return a.opt.Namespace
	}
	for _, n := range named[1:] {
		if n.Name != named[0].Name {
			a.problems.Errorf(n.Pos, "namespace %q differs from %q at %s: one import has one namespace",
				n.Name, named[0].Name, named[0].Pos)
		}
	}
	return named[0].Name
}

// define joins the definitions of each key.
func (a *assembler) define(defs []*Group) {
	a.im.Groups = make([]*Group, 0, len(defs))
	for _, def := range defs {
		key := def.EffectiveKey()
		if key == "" {
			if def.Invalid != "" {
				a.incomplete = a.incomplete || !a.opt.SkipInvalid
			} else { // it lacks its type or its name
				from := len(a.problems)
				a.checker.Group(def, &a.problems)
				def.Blame(a.problems[from:])
			}
			if !a.opt.SkipInvalid {
				continue
			}
			key = def.Pos.Source()
		}
		if i, ok := a.keyed(key); ok {
			from := len(a.problems)
			a.mergeGroup(a.im.Groups[i], def)
			a.im.Groups[i].Blame(a.problems[from:])
			continue
		}
		if def.Key == "" {
			def.Key, def.DefaultKey = key, true
		}
		a.byKey.add(hashOf(key), len(a.im.Groups))
		a.im.Groups = append(a.im.Groups, def)
	}
}

// keyed is the group that is defined under a key.
func (a *assembler) keyed(key string) (int, bool) {
	return a.byKey.find(hashOf(key), func(i int) bool { return a.im.Groups[i].Key == key })
}

// mergeGroup adds another definition to g: scalars must be equal or empty,
// lists are joined.
func (a *assembler) mergeGroup(g, def *Group) {
	same := func(field string, have *string, more string) {
		switch {
		case more == "" || *have == more:
		case *have == "":
			*have = more
		case field == "owner" && g.DefaultKey && def.Key == "":
			a.problems.Errorf(def.Pos, "%q is defined for owner %q here and for owner %q at %s: give each its own key",
				g.Key, more, *have, g.Pos)
		default:
			a.problems.Errorf(def.Pos, "%s of %q is %s here and %s at %s: one key is one group",
				field, g.Key, message.Quote(more), message.Quote(*have), g.Pos)
		}
	}
	if spelling.Fold(def.Type) != spelling.Fold(g.Type) {
		same("type", &g.Type, def.Type)
	}
	same("name", &g.Name, def.Name)
	same("xid", &g.XID, def.XID)
	same("owner", &g.Owner, def.Owner)
	typ, _ := GroupTypeNamed(g.Type)
	for _, f := range def.Fields {
		i := slices.IndexFunc(g.Fields, func(h Field) bool { return h.Name == f.Name })
		if i < 0 {
			g.Fields = append(g.Fields, f)
			continue
		}
		if h := g.Fields[i]; !sameField(typ, h, f) {
			a.problems.Errorf(f.Pos, "%s of %q is %s here and %s at %s: one key is one group",
				f.Name, g.Key, message.Quote(f.Value), message.Quote(h.Value), h.Pos)
		}
	}
	g.Tags = append(g.Tags, def.Tags...)
	g.AddLabels(def.SecurityLabels, def.labelPlaces())
	g.Attributes = append(g.Attributes, def.Attributes...)
	g.Refs = append(g.Refs, def.Refs...)
	g.Lists |= def.Lists
	if def.Invalid != "" {
		g.Invalid = strings.TrimPrefix(g.Invalid+"; "+def.Invalid, "; ")
	}
}

// owner fills in the default owner and the instance's spelling.
func (a *assembler) owner(pos Pos, name *string) {
	if *name == "" {
		*name = a.opt.DefaultOwner
	}
	in := a.opt.Instance
	if in == nil || *name == "" {
		return
	}
	if o, ok := in.Owner(*name); ok {
		*name = o.Name
		return
	}
	names := make([]string, len(in.Owners))
	for i, o := range in.Owners {
		names[i] = o.Name
	}
	a.problems.Deniedf(pos, "the API user cannot see an owner called %s%s (it can see %s)",
		message.Quote(*name), message.DidYouMean(spelling.Nearest(*name, names)), message.List(names))
}

// associate adds the association of group i with what ref means.
func (a *assembler) associate(i int, ref *Ref) {
	g := a.im.Groups[i]
	home := g.Owner
	if g.Reference && home == "" && g.ID != 0 && a.opt.OwnerOf != nil {
		home, _ = a.opt.OwnerOf(g.ID)
	}
	var j int
	var ok bool
	if ref.Kind == KindGroup {
		j, ok = a.group(ref, home)
	} else {
		j, ok = a.object(ref, home)
	}
	switch {
	case !ok:
	case ref.Kind == KindGroup && i == j:
		a.problems.Errorf(ref.Pos, "%q is associated with itself: remove this association", g.Key)
	default:
		e := Edge{Pos: ref.Pos, Group: int32(i), Kind: ref.Kind, Other: int32(j)}
		if written, usually := ref.Written(), a.im.usually(&e); written != usually {
			a.im.note(len(a.im.Edges), written)
		} else if ref.Text != "" {
			ref.Text = usually // the same text, which is in memory once so
		}
		a.im.Edges = append(a.im.Edges, e)
	}
}
