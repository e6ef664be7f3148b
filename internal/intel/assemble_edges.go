package intel

// finishEdges removes the objects that turned out to be others, points edges at those
// that remain, and keeps one edge of each association.
func (a *assembler) finishEdges() {
	a.byKey, a.byID, a.byXID, a.byName, a.objects = table{}, table{}, table{}, table{}, table{} // seen takes as much as these
	before := a.im
	objects, index := a.remaining()
	a.im.Edges, a.im.Objects, a.im.written = before.Edges[:0], objects, nil
	seen := newTable(len(before.Edges))
	for i, e := range before.Edges {
		written := before.Written(i)
		if e.Kind != KindGroup {
			e.Other = int32(index(int(e.Other)))
		}
		hash := e.hash()
		if _, repeated := seen.find(hash, func(j int) bool { return e.same(a.im.Edges[j]) }); repeated {
			continue
		}
		seen.add(hash, len(a.im.Edges))
		if written != a.im.usually(&e) {
			a.im.note(len(a.im.Edges), written)
		}
		a.im.Edges = append(a.im.Edges, e)
	}
}

// remaining are the objects that are not others, and the index in them of each object
// as it was numbered before.
func (a *assembler) remaining() (objects []*Object, index func(i int) int) {
	if a.merged == nil {
		return a.im.Objects, func(i int) int { return i }
	}
	now := make([]int, len(a.im.Objects))
	for i, o := range a.im.Objects {
		if _, gone := a.merged[i]; !gone {
			now[i] = len(objects)
			objects = append(objects, o)
		}
	}
	return objects, func(i int) int { return now[a.root(i)] }
}

// same reports whether two edges are one association. It has no direction between
// groups.
func (e Edge) same(f Edge) bool {
	switch {
	case e.Kind != f.Kind:
		return false
	case e.Group == f.Group && e.Other == f.Other:
		return true
	}
	return e.Kind == KindGroup && e.Group == f.Other && e.Other == f.Group
}

// hash is equal for edges that are the same.
func (e Edge) hash() uint64 {
	a, b := uint64(e.Group), uint64(e.Other)
	if e.Kind == KindGroup {
		a, b = min(a, b), max(a, b)
	}
	return mixed(mixed(uint64(e.Kind)<<32|a) ^ b)
}
