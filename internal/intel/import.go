package intel

// Import is the content of all manifests of a run, put together.
type Import struct {
	Namespace string
	Groups    []*Group  // those the manifests define in the order of their first definition, then References
	Objects   []*Object // everything that is not a group, in the order of the first mention
	Edges     []Edge    // each association once, in the order of the first mention

	written map[int32]string // see Written
}

// Defined is the groups that the manifests define, without references.
func (im *Import) Defined() []*Group {
	for i, g := range im.Groups {
		if g.Reference {
			return im.Groups[:i]
		}
	}
	return im.Groups
}

// Invalid is the number of groups whose definitions have errors, and how many of these
// have no key that can be read.
func (im *Import) Invalid() (n, unnamed int) {
	for _, g := range im.Defined() {
		if g.Invalid == "" {
			continue
		}
		n++
		if g.Key == g.Pos.Source() {
			unnamed++
		}
	}
	return n, unnamed
}

// note keeps how the other end of an edge is written.
func (im *Import) note(edge int, written string) {
	if im.written == nil {
		im.written = map[int32]string{}
	}
	im.written[int32(edge)] = written
}

// Edge is one association. Group is an index into Import.Groups; Other one
// into Import.Groups (KindGroup) or Import.Objects.
type Edge struct {
	Pos   Pos
	Group int32
	Other int32
	Kind  Kind
}

// Written is the other end of an edge as the manifest writes it there. Most are
// written as the group's key, or as where the object is mentioned first: only the
// others are kept.
func (im *Import) Written(edge int) string {
	if text, ok := im.written[int32(edge)]; ok {
		return text
	}
	return im.usually(&im.Edges[edge])
}

// usually is how most edges with the other end of e are written.
func (im *Import) usually(e *Edge) string {
	if e.Kind == KindGroup {
		return im.Groups[e.Other].Key
	}
	return im.Objects[e.Other].Written
}
