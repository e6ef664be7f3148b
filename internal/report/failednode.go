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
		return manifest.ByID(as.ID)
	}
	r := f.byKey[as.Key]
	switch {
	case r != nil && inFile(r):
		return manifest.Text(as.Key)
	case r != nil && r.ID != 0:
		return manifest.ByID(r.ID)
	case as.ID != 0:
		return manifest.ByID(as.ID)
	}
	return nil
}

func (f *failedWriter) objectEnd(as *plan.Association) *manifest.Node {
	o := f.ledger.Plan.Objects[as.Object-1]
	if id := f.ledger.Objects[as.Object-1].ID; id != 0 {
		return manifest.ByID(id)
	}
	switch {
	case o.ID != 0:
		return manifest.ByID(o.ID)
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
