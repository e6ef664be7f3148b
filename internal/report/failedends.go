package report

import (
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/manifest"
	"tcimport/internal/plan"
)

// end is the other end of an association in the manifest of what failed: the ID of
// an existing object, the key of a group of the same file, the definition of
// anything else. It is nil for a group that a flag has left out.
func (f *failedWriter) end(as *plan.Association) *manifest.Node {
	if as.Object > 0 {
		return f.objectEnd(as)
	}
	if as.Key == "" {
		return byID(as.ID, as.Type, as.Name)
	}
	r := f.byKey[as.Key]
	switch {
	case r != nil && inFile(r):
		return manifest.Text(as.Key)
	case r != nil && r.ID != 0:
		return byID(r.ID, r.Action.Type, r.Action.Name)
	case as.ID != 0:
		return byID(as.ID, as.Type, as.Name)
	}
	return nil
}

func (f *failedWriter) objectEnd(as *plan.Association) *manifest.Node {
	o := f.ledger.Plan.Objects[as.Object-1]
	if id := f.ledger.Objects[as.Object-1].ID; id != 0 {
		return byID(id, o.Type, o.Name)
	}
	switch {
	case o.ID != 0:
		return byID(o.ID, o.Type, o.Name)
	case o.Definition != nil:
		return manifest.Object(o.Definition)
	case o.Kind != intel.KindGroup:
		return nil
	}
	if xid, ok := intel.XIDOf(o.Written); ok {
		return manifest.WithOwner(manifest.Mapping("xid", manifest.Text(xid)), o.Owner)
	}
	return manifest.WithOwner(manifest.Mapping("type", manifest.Text(o.Type), "name", manifest.Text(o.Name)), o.Owner)
}

// byID refers to an existing object, with its type and name as a comment.
func byID(id int64, typ, name string) *manifest.Node {
	n := manifest.ByID(id)
	if words := strings.TrimSpace(typ + " " + name); words != "" {
		manifest.WithComment(n, words)
	}
	return n
}
