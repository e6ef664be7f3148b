package intel

import (
	"cmp"
	"fmt"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// indexGroups indexes the groups by the names that references can use, and
// reports duplicates.
func (a *assembler) indexGroups() {
	a.sameName = map[int]int{}
	for i, g := range a.im.Groups {
		if g.XID != "" {
			if j := a.claim(a.xid(g), i); j != i {
				from := len(a.problems)
				a.problems.Errorf(g.Pos, "xid %s is also used by %q at %s: give each group its own xid",
					message.Quote(g.XID), a.im.Groups[j].Key, a.im.Groups[j].Pos)
				g.Blame(a.problems[from:])
				a.im.Groups[j].Blame(a.problems[from:]) // none of the two is more likely to be right
			}
		}
		if g.Type == "" || g.Name == "" {
			continue
		}
		if j := a.claim(a.name(g), i); j != i {
			first := a.im.Groups[j]
			a.problems.Warnf(g.Pos, "%s %s has the key %q here and %q at %s: these are two groups with the same name",
				g.Type, message.Quote(g.Name), g.Key, first.Key, first.Pos)
			a.sameName[j] = i
		}
	}
}

// name is a name that a reference can use for a group.
type name struct {
	of   *table // of all names of its sort
	hash uint64
	is   func(g *Group) bool
}

func (a *assembler) id(id int64) name {
	return name{&a.byID, mixed(uint64(id)), func(h *Group) bool { return h.ID == id }}
}

func (a *assembler) xid(g *Group) name {
	return name{&a.byXID, hashOf(g.Owner, g.XID), func(h *Group) bool { return h.Owner == g.Owner && h.XID == g.XID }}
}

func (a *assembler) name(g *Group) name {
	return name{&a.byName, hashOf(g.Owner, g.Type, g.Name), func(h *Group) bool {
		return h.Owner == g.Owner && h.Type == g.Type && h.Name == g.Name
	}}
}

// claimed is the group that a reference means by a name.
func (a *assembler) claimed(n name) (int, bool) {
	return n.of.find(n.hash, func(i int) bool { return n.is(a.im.Groups[i]) })
}

// claim is the group that a reference means by a name: group i, if no other has the name.
func (a *assembler) claim(n name, i int) int {
	if first, ok := a.claimed(n); ok {
		return first
	}
	n.of.add(n.hash, i)
	return i
}

// group returns the group that ref names. It adds a reference if that group is
// not one of the import. A type and name are looked up in the owner home.
func (a *assembler) group(ref *Ref, home string) (int, bool) {
	if ref.Text != "" {
		if i, ok := a.keyed(ref.Text); ok {
			return i, true
		}
	}
	owner := ref.Owner()
	if owner == "" {
		owner = home
	} else {
		a.owner(ref.Pos, &owner)
	}
	g := &Group{Pos: ref.Pos, Key: ref.Written(), Owner: owner, Reference: true}
	var named name
	switch {
	case ref.Text != "":
		if a.opt.IDMap != nil {
			if r, ok := a.opt.IDMap(ref.Text); ok {
				g.Key, g.ID, g.Type, g.Name, g.Owner, g.XID = ref.Text, r.ID, r.Type, r.Name, r.Owner, r.XID
				return a.reference(a.id(r.ID), g), true
			}
		}
		if a.incomplete {
			return 0, false // what has lost the group was reported
		}
		a.problems.Errorf(ref.Pos, "no group of this import has the key %s%s", message.Quote(ref.Text),
			cmp.Or(a.suggestKey(ref.Text), ": correct it, or also give the file that defines it"))
		return 0, false
	case ref.ID() != 0:
		g.ID = ref.ID()
		if ref.Owner() == "" {
			g.Owner = "" // whichever the group is in
		}
		named = a.id(ref.ID())
	case ref.Group().XID != "":
		g.XID = ref.Group().XID
		named = a.xid(g)
	default:
		g.Type, g.Name = ref.Group().Type, ref.Group().Name
		a.checker.Group(g, &a.problems)
		named = a.name(g)
		first, claimed := a.claimed(named)
		if other, ok := a.sameName[first]; ok && claimed {
			a.problems.Errorf(ref.Pos, "%s %s is the name of several groups of this import (%q, %q): use the key of the right one",
				g.Type, message.Quote(g.Name), a.im.Groups[first].Key, a.im.Groups[other].Key)
			return 0, false
		}
	}
	return a.reference(named, g), true
}

func (a *assembler) reference(n name, g *Group) int {
	if i := a.claim(n, len(a.im.Groups)); i < len(a.im.Groups) {
		return i
	}
	g.Key = a.unusedKey(g)
	a.refKeys[g.Key] = true
	a.im.Groups = append(a.im.Groups, g)
	return len(a.im.Groups) - 1
}

// unusedKey is a key for the reference g that no other group has. Default keys
// look like references, and two owners can have a group of one type and name.
// The id-map also counts: it can have another group under that key, which a
// run may delete.
func (a *assembler) unusedKey(g *Group) string {
	key := g.Key
	for n := 1; ; n++ {
		if _, taken := a.keyed(key); !taken && !a.refKeys[key] && !a.knownAsAnother(key, g) {
			return key
		}
		if n == 1 && g.Owner != "" {
			key = g.Key + " in " + g.Owner
		} else {
			key = fmt.Sprintf("%s (%d)", g.Key, n)
		}
	}
}

// knownAsAnother reports whether the id-map has another group than g under key.
func (a *assembler) knownAsAnother(key string, g *Group) bool {
	if a.opt.IDMap == nil {
		return false
	}
	r, ok := a.opt.IDMap(key)
	switch {
	case !ok:
		return false
	case g.ID != 0:
		return r.ID != g.ID
	case r.Owner != g.Owner:
		return true
	case g.XID != "":
		return r.XID != g.XID
	}
	return r.Type != g.Type || r.Name != g.Name
}

// suggestKey suggests the key of a group of this import.
func (a *assembler) suggestKey(key string) string {
	if a.keys == nil {
		keys := make([]string, 0, len(a.im.Groups))
		for _, g := range a.im.Defined() {
			keys = append(keys, g.Key)
		}
		a.keys = spelling.NewSpeller(keys)
	}
	return message.DidYouMean(a.keys.Nearest(key))
}
