package tcsim

import (
	"slices"
	"strings"
)

// filesWith are the Files of an owner that have one of the hashes, oldest first.
func (t *tx) filesWith(owner *Owner, v [3]string) (files set) {
	for i, h := range v {
		if h == "" {
			continue
		}
		for _, o := range t.st.tables[kIndicator].byValue[i].find(fold(h)) {
			if o.typ == "File" && o.owner == owner {
				files.add(o)
			}
		}
	}
	return files
}

// collide says that two Files have different hashes of one kind.
func collide(a, b [3]string) bool {
	for i := range a {
		if a[i] != "" && b[i] != "" && !strings.EqualFold(a[i], b[i]) {
			return true
		}
	}
	return false
}

func hashesOf(o *object) [3]string { return [3]string{o.value(0), o.value(1), o.value(2)} }

// sameFiles are the Files that an incoming one is to be written to, after what
// fileMergeMode and hashCollisionMode have them do; none, with the hashes of a new
// one, which may have no hash left.
func (it *item) sameFiles(typ *indicatorType, v [3]string) ([]*object, [3]string) {
	files := it.filesWith(it.j.owner, v)
	among, incoming := false, false
	for i, f := range files {
		incoming = incoming || collide(v, hashesOf(f))
		for _, g := range files[:i] {
			among = among || collide(hashesOf(f), hashesOf(g))
		}
	}
	switch {
	case len(files) == 0:
		return nil, v
	case len(files) > 1 && it.j.merge == "Distribute":
		return files, v
	case !among && !incoming:
		return []*object{it.merge(typ, files, v, true)}, v
	}
	switch it.j.collision {
	case "IgnoreIncoming":
		panic(refusal(0, jobHashes, "The hashes of the File are those of other File indicators."))
	case "Split":
		return files, v
	case "IgnoreExisting":
		return nil, it.ignoreExisting(files, v, among)
	}
	return []*object{it.merge(typ, files, v, it.j.collision == "FavorIncoming")}, v
}

// ignoreExisting deletes Files that are in conflict with each other, or takes the
// hashes of the existing ones from the incoming one.
func (it *item) ignoreExisting(files set, v [3]string, among bool) [3]string {
	for _, f := range slices.Clone(files) {
		if among {
			it.remove(f)
			continue
		}
		for i := range v {
			if strings.EqualFold(v[i], f.value(i)) {
				v[i] = ""
			}
		}
	}
	return v
}

// merge makes one File of several: of the one that was modified last. It gets all
// hashes; where they differ, those of the incoming one, or its own.
func (it *item) merge(typ *indicatorType, files set, v [3]string, favorIncoming bool) *object {
	primary := slices.MaxFunc(files, func(a, b *object) int { return int(a.edited - b.edited) })
	others := slices.DeleteFunc(slices.Clone(files), func(o *object) bool { return o == primary })
	order := [][3]string{hashesOf(primary)}
	for _, o := range others {
		order = append(order, hashesOf(o))
	}
	if favorIncoming {
		order = slices.Insert(order, 0, v)
	} else {
		order = append(order, v)
	}
	var merged [3]string
	for i := range merged {
		for _, hashes := range order {
			if merged[i] == "" {
				merged[i] = hashes[i]
			}
		}
	}
	for _, o := range others {
		it.absorb(primary, o)
	}
	if merged != hashesOf(primary) {
		it.rekey(primary, func() { primary.setValues(typ, merged) })
	}
	return primary
}

// absorb gives primary what another File has, and removes that one. Attributes are
// appended, the same ones too.
func (it *item) absorb(primary, o *object) {
	for _, other := range slices.Clone(o.links) {
		switch {
		case other.parent == o:
			a := &object{kind: other.kind, parent: primary, owner: primary.owner, typ: other.typ, name: other.name, fields: slices.Clone(other.fields)}
			it.add(a)
			for _, l := range other.linked(kLabel) {
				it.link(a, l)
			}
		case other != primary:
			it.link(primary, other)
		}
	}
	it.remove(o)
}
