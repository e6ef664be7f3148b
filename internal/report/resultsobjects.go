package report

import (
	"cmp"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// objects are the objects of one kind.
func (b *rowMaker) objects(k intel.Kind) {
	for i, o := range b.plan.Objects {
		if o.Kind != k {
			continue
		}
		res := b.ledger.Objects[i]
		row := b.ofObject(res)
		switch {
		case o.State == plan.New && res.Status == apply.NotAttempted && !res.Made && b.onlySkipped(i):
			row.Action, row.Status, row.Error = plan.Skip, apply.OK, "used only by groups that a flag leaves out"
		case o.State == plan.New && o.Exists():
			row.Action = plan.Update
		case o.State == plan.New && res.Status == apply.OK && !res.Made: // somebody else has made it since
		case o.State == plan.New || res.Made:
			row.Action = plan.Create
		case o.State == plan.ToDelete:
			row.Action = plan.Delete
		case o.State == plan.Missing && res.Status == apply.OK:
			row.Action = plan.Skip
		}
		b.add(row)
	}
}

// ofObject is the row of an object that is only pointed at.
func (b *rowMaker) ofObject(res *apply.ObjectResult) Row {
	o := res.Object
	return Row{Kind: KindOf(o.Kind), Key: o.Written(), Type: o.Type(), Name: o.Name(), Owner: o.Owner(), XID: o.XID(), ID: res.ID,
		WebLink: cmp.Or(res.WebLink, o.WebLink()).String(), Action: actionReference, Status: res.Status, Error: res.Error, Source: o.Source().String()}
}

// onlySkipped reports whether only groups name an object which a flag leaves out:
// nobody asked for that object.
func (b *rowMaker) onlySkipped(i int) bool {
	if b.skipped == nil {
		b.skipped = b.namedBySkips()
	}
	return b.skipped[i]
}

// namedBySkips marks the objects that only groups name which a flag leaves out.
func (b *rowMaker) namedBySkips() []bool {
	skipped := make([]bool, len(b.plan.Objects))
	other := make([]bool, len(b.plan.Objects))
	for _, a := range b.plan.Actions {
		named := other
		if a.Verb == plan.Skip {
			named = skipped
		}
		for _, as := range a.Associations {
			if as.Object() > 0 {
				named[as.Object()-1] = true
			}
		}
	}
	for i := range skipped {
		skipped[i] = skipped[i] && !other[i]
	}
	return skipped
}

// associations are those that could not be made or removed, or that a flag leaves
// out.
func (b *rowMaker) associations() {
	for _, r := range b.ledger.Results {
		for _, l := range r.Lost() {
			as := l.Association
			row := Row{Kind: kindAssociation, Key: r.Action.Key, Type: as.Type(), Name: otherEnd(as), Owner: as.Owner(), ID: as.ID(),
				Action: actionOf(r.Action), Status: l.Status, Error: l.Error, Source: r.Action.Source.String()}
			if l.Status == apply.OK {
				row.Action = plan.Skip
			}
			b.add(row)
		}
	}
}

// otherEnd is the other end of an association as the manifests write it, or as
// they would write it.
func otherEnd(as *plan.Association) string {
	switch {
	case as.Written() != "":
		return as.Written()
	case as.Name() != "":
		return as.Kind.Written(as.Type(), as.Name())
	}
	return "#" + formatID(as.ID())
}
