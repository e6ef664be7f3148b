package report

import (
	"cmp"
	"slices"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// Results are the rows of the report of a run. They are made from its ledger each
// time that they are asked for: a ledger of very many groups is not copied.
type Results struct {
	Counts Counts

	ledger *apply.Ledger
	plan   *plan.Plan
	meta   Meta
	byKey  map[string]*apply.Result
	acted  map[refKey]*apply.Result // results of references that are written
}

// refKey is what a reference and its action have in common.
type refKey struct {
	written, owner string
	id             int64
}

// NewResults are the results of a run.
func NewResults(l *apply.Ledger, meta Meta) *Results {
	rs := &Results{ledger: l, plan: l.Plan, meta: meta, byKey: make(map[string]*apply.Result, len(l.Results)), acted: map[refKey]*apply.Result{}}
	for _, r := range l.Results {
		a := r.Action
		if a.Reference {
			rs.acted[refKey{a.Key, a.Owner, a.ID}] = r
		} else {
			rs.byKey[a.Key] = r
		}
	}
	rs.Counts, _ = Count(rs.Outcomes()) // a ledger is no file: its rows have no errors
	return rs
}

// Rows are one row for each object that the manifests name, groups first, in the
// order of the manifests, then groups of the id-map that the manifests no longer
// name; then one for each pruned group; then one for each association that was not
// made or removed. A row is good until the next one.
func (rs *Results) Rows() Rows { return rs.seq(true) }

// Outcomes are the rows without what earlier runs and this one have left on
// groups, which takes most of the time.
func (rs *Results) Outcomes() Rows { return rs.seq(false) }

func (rs *Results) seq(baselines bool) Rows {
	return func(yield func(*Row, error) bool) {
		b := &rowMaker{Results: rs, baselines: baselines, yield: yield, done: map[string]bool{}}
		steps := []func(){b.defined, b.references, b.carriedOn}
		for _, k := range intel.ObjectKinds {
			steps = append(steps, func() { b.objects(k) })
		}
		for _, step := range append(steps, b.pruned, b.associations) {
			if step(); b.ended {
				return
			}
		}
	}
}

// rowMaker makes the rows once.
type rowMaker struct {
	*Results
	baselines bool
	yield     func(*Row, error) bool
	row       Row             // the last one
	ended     bool            // no more rows are wanted
	done      map[string]bool // keys of earlier runs that have a row, but no action
	skipped   []bool          // objects that only groups name which a flag leaves out; nil until they are needed
}

// add yields a row, unless no more are wanted.
func (b *rowMaker) add(r Row) {
	r.Instance, r.Namespace = b.meta.Instance, b.meta.Namespace
	b.row = r
	b.ended = b.ended || !b.yield(&b.row, nil)
}

// earlier is what earlier runs know of the group of a key. A run that died before
// its report knows more than the id-map.
func (b *rowMaker) earlier(key string) baseline.Group {
	if g, ok := b.meta.Left[key]; ok {
		return g
	}
	return b.plan.IDMap[key]
}

// defined are the groups that the manifests define, pruned those that were to be
// deleted.
func (b *rowMaker) defined() {
	b.results(func(a *plan.Action) bool { return !a.Reference && !a.Leftover() })
}
func (b *rowMaker) pruned() { b.results((*plan.Action).Leftover) }

func (b *rowMaker) results(which func(*plan.Action) bool) {
	for _, r := range b.ledger.Results {
		if which(r.Action) {
			b.add(b.ofResult(r))
		}
	}
}

// of is a row of a group as earlier runs know it.
func (r Row) of(g baseline.Group) Row {
	r.ID, r.Type, r.Name, r.Owner, r.XID, r.WebLink = g.ID, g.Type, g.Name, g.Owner, g.XID, g.WebLink.String()
	r.Baseline, r.Rewritten = g.Baseline, g.Rewritten
	return r
}

// ofResult makes the row of an action.
func (b *rowMaker) ofResult(r *apply.Result) Row {
	a := r.Action
	row := Row{Kind: kindGroup, Key: a.Key, Type: a.Type, Name: a.Name, Owner: a.Owner, XID: r.XID, ID: r.ID,
		WebLink: r.WebLink.String(), Action: actionOf(a), Status: r.Status, Error: r.Error, Source: a.Source.String(), Rewritten: r.Rewritten}
	if status, why := refusedWhole(r); status != apply.OK {
		row.Status, row.Error = status, why
	}
	old := b.earlier(a.Key)
	if (a.Verb == plan.Conflict || a.Verb == plan.Skip) && r.ID == 0 && old.ID != 0 {
		// The run has not decided which group it is, or keeps it deleted. Until that
		// changes, the row stays as the id-map has it.
		return row.of(old)
	}
	if r.Status != apply.OK {
		row.Name = cmp.Or(r.Name, a.NameBefore())
	} else if a.Called() != "" {
		row.Name = a.Called()
	}
	switch {
	case !b.baselines:
	case r.Baseline != nil, r.Status == apply.OK && a.Verb != plan.Skip && a.Verb != plan.Delete:
		row.Baseline = r.WholeBaseline(b.idOf)
	case old.ID == r.ID:
		// Nothing has changed as far as is known: the next run compares with what the
		// run before has left.
		row.Baseline = old.Baseline
	}
	if old.ID == r.ID {
		row.Rewritten = old.Rewritten.With(r.Rewritten) // this run knows only the tags that it sent
	}
	if len(row.Baseline) == 0 {
		row.Baseline = nil
	}
	return row
}

// refusedWhole is the outcome of a group for which the plan has only associations, if
// none of them was added or removed: then the group is not updated.
func refusedWhole(r *apply.Result) (apply.Status, string) {
	a := r.Action
	if a.Verb != plan.Update || r.Status != apply.OK || len(a.Changes) > 0 {
		return r.Status, r.Error
	}
	lost := make(map[*plan.Association]apply.Missed, len(r.Missed))
	for _, l := range r.Lost() {
		lost[l.Association] = l
	}
	status, why := apply.OK, ""
	for i := range a.Associations {
		as := &a.Associations[i]
		l, ok := lost[as]
		switch {
		case as.State == plan.Missing:
			continue
		case !ok || l.Status == apply.OK:
			return r.Status, r.Error
		}
		if status == apply.OK || l.Status == apply.InDoubt {
			status, why = l.Status, l.Error
		}
	}
	return status, why
}

// actionOf is the action of a row: the run has skipped conflicts.
func actionOf(a *plan.Action) plan.Verb {
	if a.Verb == plan.Conflict {
		return plan.Skip
	}
	return a.Verb
}

// idOf is the ID of the other end of an association, 0 if it is not known.
func (b *rowMaker) idOf(as *plan.Association) int64 {
	if as.Object() > 0 {
		return b.ledger.Objects[as.Object()-1].ID
	}
	if other := b.byKey[as.Key()]; other != nil {
		return other.ID
	}
	return 0
}

// references are the groups that are only pointed at. If a separate list of
// associations adds one to such a group, the group has an action of its own.
func (b *rowMaker) references() {
	for i, o := range b.plan.Objects {
		if o.Kind != intel.KindGroup {
			continue
		}
		if r := b.acted[refKey{o.Written(), o.Owner(), o.ID()}]; r != nil && r.Action.Verb != plan.Conflict {
			row := b.ofResult(r)
			row.Baseline = nil // no manifest defines it
			b.add(b.remember(row))
			continue
		}
		b.add(b.remember(b.ofObject(b.ledger.Objects[i])))
	}
}

// remember adds to the row of a group what the id-map knows about it: a later
// manifest may define the group again.
func (b *rowMaker) remember(row Row) Row {
	if old := b.earlier(row.Key); old.ID == row.ID && !b.done[row.Key] {
		row.Baseline, row.Rewritten = old.Baseline, old.Rewritten
		b.done[row.Key] = true
	}
	return row
}

// carriedOn are the groups of the id-map that the manifests no longer define. A
// group that they point at by another name than its key stays, too.
func (b *rowMaker) carriedOn() {
	named := map[int64]bool{}
	for _, o := range b.plan.Objects {
		if o.Kind == intel.KindGroup && o.ID() != 0 {
			named[o.ID()] = true
		}
	}
	for _, o := range b.plan.CarriedOn {
		b.add(b.remember(b.ofObject(&apply.ObjectResult{Object: o, Status: apply.OK, ID: o.ID()})))
	}
	for _, key := range b.notInPlan(named) {
		k := b.earlier(key)
		b.add(Row{Kind: kindGroup, Key: key, Action: actionReference, Status: apply.OK, Source: cmp.Or(k.Source, k.Row)}.of(k))
	}
}

// notInPlan are the keys that earlier runs know and that have no row yet. A group
// of the id-map that the plan does not carry on is gone, unless the manifests point
// at it: named are the groups that they point at.
func (b *rowMaker) notInPlan(named map[int64]bool) []string {
	var keys []string
	for key := range b.meta.Left {
		if _, had := b.plan.IDMap[key]; !had && b.byKey[key] == nil && !b.done[key] {
			keys = append(keys, key)
		}
	}
	for key := range b.plan.IDMap {
		if b.byKey[key] == nil && !b.done[key] && named[b.earlier(key).ID] {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
