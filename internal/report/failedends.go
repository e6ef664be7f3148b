package report

import (
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/manifest"
	"tcimport/internal/plan"
)

// end is how the other end of an association is written in the manifest of what
// failed: what exists by its ID, a group of the same file by its key, anything
// else in full. It is nil for a group that a flag has left out.
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
	if xid, ok := strings.CutPrefix(o.Written, "xid:"); ok {
		return manifest.WithOwner(manifest.Mapping("xid", manifest.Text(xid)), o.Owner)
	}
	return manifest.WithOwner(manifest.Mapping("type", manifest.Text(o.Type), "name", manifest.Text(o.Name)), o.Owner)
}

// byID is what exists, with its type and name as a comment.
func byID(id int64, typ, name string) *manifest.Node {
	n := manifest.ByID(id)
	if words := strings.TrimSpace(typ + " " + name); words != "" {
		manifest.WithComment(n, words)
	}
	return n
}
