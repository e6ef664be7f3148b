package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/report"
	"tcimport/internal/state"
	"tcimport/internal/tc"
)

// planning is what leads to a plan: what is asked for on the command line, and
// what is found out on the way.
type planning struct {
	*program
	read   *readOptions
	conn   *connectOptions
	policy plan.Policy

	// before is called once it is known what the import is about, and before
	// anything is looked up that the plan depends on: apply takes its locks, and
	// says what an earlier run has left.
	before func(im *intel.Import, owners []string) (*state.Left, error)

	settle time.Duration // how long what an earlier run has sent may still arrive

	ids        *idMap
	lastReport []report.Row // of the report that is to be written anew
	manifests  *manifestsRead
	connection *connection
	notChecked []string // what the instance does not list
}

// begin reads the manifests and the id-map and prepares the connection. What is
// wrong with the manifests is said before anything else, and before anything is
// sent.
func (pl *planning) begin(args []string, idMapPath string, activityLog bool) error {
	var err error
	if pl.ids, err = pl.readIDMap(idMapPath); err != nil {
		return err
	}
	if pl.manifests, err = pl.read.read(pl.program, args, pl.ids.groups()); err != nil {
		return err
	}
	if pl.connection, err = pl.connect(pl.conn, activityLog); err != nil {
		return err
	}
	return pl.ids.check(pl.connection.name(), pl.manifests.offline.Namespace)
}

// run is the way from manifests to a plan: ask the instance what the checks
// depend on, check again, look up what exists, compare.
func (pl *planning) run(ctx context.Context) (*plan.Plan, error) {
	defer pl.progress.Begin("Looking up")()
	opt := pl.read.assembleOptions(pl.program, pl.ids.groups())
	if err := pl.describe(ctx, pl.manifests.offline, &opt); err != nil {
		return nil, err
	}
	instance := pl.connection.instance
	im, problems := intel.Assemble(pl.manifests.manifest, opt)
	// What the instance has settled is no warning any more: they are printed here.
	problems = slices.Concat(pl.manifests.form, problems).Sorted()
	if problems.Errors() > 0 {
		return nil, manifestError(problems)
	}
	pl.warn(problems)
	pl.giveXIDs(im)
	ids := maps.Clone(pl.ids.groups())
	var left *state.Left
	if pl.before != nil {
		var err error
		if left, err = pl.before(im, pl.owners(im)); err != nil {
			return nil, err
		}
		ids = carryOn(ids, im, left)
	}
	how := lookup.Options{Workers: pl.conn.workers, Custom: instance.IndicatorTypes, Log: pl.logger(), Expect: pl.progress.Expect}
	found, err := lookup.Find(ctx, pl.connection.client, lookup.OfImport(im, ids, pl.mayBeThere(left)), how)
	if err != nil {
		return nil, err
	}
	if err := lookup.Complete(ctx, pl.connection.client, im, found, pl.leftOnGroups(ids, left), pl.policy, how); err != nil {
		return nil, err
	}
	return plan.Make(plan.Input{
		Import: im, Found: found, IDMap: ids, Policy: pl.policy,
		Target: plan.Target{URL: pl.connection.url, Owner: opt.DefaultOwner},
		Custom: instance.IndicatorTypes, Owners: instance.Owners, Now: time.Now(), Coming: left.Coming(time.Now(), pl.settle),
	}), nil
}

// writtenXIDs are the xids of groups that an earlier run has created, or may
// have, with their IDs where they are known: lists may not show them yet.
func writtenXIDs(left *state.Left) map[string]int64 {
	xids := map[string]int64{}
	if left == nil {
		return xids
	}
	for _, w := range left.Doubtful {
		xids[w.XID] = w.ID
	}
	for _, o := range left.Outcomes {
		xids[o.XID] = o.ID
	}
	return xids
}

// mayBeThere are the xids of groups that lists may not show yet: what the
// journal of an unfinished run says, and the report of a finished one.
func (pl *planning) mayBeThere(left *state.Left) map[string]int64 {
	xids := writtenXIDs(left)
	for _, row := range pl.lastReport {
		if row.Kind == intel.KindGroup && row.ID != 0 && row.XID != "" {
			xids[row.XID] = cmp.Or(xids[row.XID], row.ID)
		}
	}
	delete(xids, "")
	return xids
}

// leftOnGroups is the id-map with all that is known of what earlier runs have left
// on groups, or may have: nested lists may not show it yet.
func (pl *planning) leftOnGroups(ids baseline.IDMap, left *state.Left) baseline.IDMap {
	known := maps.Clone(ids)
	if known == nil {
		known = baseline.IDMap{}
	}
	add := func(key string, applied baseline.Baseline) {
		k := known[key]
		k.Baseline = slices.Concat(k.Baseline, applied)
		known[key] = k
	}
	for _, row := range pl.lastReport {
		if row.Kind == intel.KindGroup {
			add(row.Key, row.Baseline)
		}
	}
	for key, applied := range left.MayHaveLeft() {
		add(key, applied)
	}
	return known
}

// owners lists the owners that an import can write to.
func (pl *planning) owners(im *intel.Import) []string {
	owners := ownerSet{}
	for _, g := range im.Groups {
		owners.add(g.Owner)
	}
	for _, o := range im.Objects {
		if tc.PartsOfObject(o).Has(tc.PartHome) {
			owners.add(pl.connection.instance.Organization)
		}
		owners.add(o.Owner)
	}
	if pl.policy.Prune {
		for _, row := range pl.ids.groups() {
			owners.add(row.Owner)
		}
	}
	return owners.sorted()
}

// ownerSet is a set of names of owners.
type ownerSet map[string]bool

func (s ownerSet) add(owner string) {
	if owner != "" {
		s[owner] = true
	}
}

func (s ownerSet) sorted() []string { return slices.Sorted(maps.Keys(s)) }
