package main

import (
	"context"
	"iter"
	"slices"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/state"
	"tcimport/internal/tc"
)

// planning is what leads to a plan: what is asked for on the command line, and
// what is found out on the way.
type planning struct {
	*program
	o *importOptions

	// before is called once it is known what the import is about, and before
	// anything is looked up that the plan depends on: apply takes its locks, and
	// reads what earlier runs have left undone.
	before func(im *intel.Import, owners []string) (*state.Resume, error)

	settle time.Duration // how long what earlier runs have sent may still arrive

	ids        *idMap
	replaced   iter.Seq2[string, baseline.Group] // of the report that the run replaces
	manifests  *manifestsRead
	connection *connection
	notChecked []string // what the instance does not list
}

// begin reads the manifests and the id-map and prepares the connection. What is
// wrong with the manifests is said before anything else, and before anything is
// sent.
func (pl *planning) begin(args []string, activityLog bool) error {
	var err error
	if pl.ids, err = pl.readIDMap(pl.o.idMap); err != nil {
		return err
	}
	if pl.manifests, err = pl.o.read.read(pl.program, args, pl.ids.groups()); err != nil {
		return err
	}
	if pl.connection, err = pl.connect(&pl.o.conn, activityLog); err != nil {
		return err
	}
	return pl.ids.check(pl.connection.name(), pl.manifests.offline.Namespace)
}

// run is the way from manifests to a plan: ask the instance what the checks
// depend on, check again, look up what exists, compare.
func (pl *planning) run(ctx context.Context) (*plan.Plan, error) {
	defer pl.progress.Begin("Looking up")()
	opt := pl.o.read.assembleOptions(pl.program, pl.ids.groups())
	if err := pl.describe(ctx, pl.manifests.offline, &opt); err != nil {
		return nil, err
	}
	instance := pl.connection.instance
	pl.manifests.offline = &intel.Import{Namespace: pl.manifests.offline.Namespace} // what follows has its own
	opt.Last = true
	im, problems := intel.Assemble(pl.manifests.manifest, opt)
	// What the instance has settled is no warning any more: they are printed here.
	problems = slices.Concat(pl.manifests.form, problems).Sorted()
	if problems.Errors() > 0 {
		return nil, manifestError(problems)
	}
	pl.warn(problems)
	pl.giveXIDs(im)
	var journal *state.Resume
	if pl.before != nil {
		var err error
		if journal, err = pl.before(im, pl.owners(im)); err != nil {
			return nil, err
		}
	}
	earlier := journal.Join(pl.ids.groups(), pl.replaced, keysOfImport(im))
	how := lookup.Options{Workers: pl.o.conn.workers, Custom: instance.IndicatorTypes, Log: pl.logger(), Expect: pl.progress.Expect}
	found, err := lookup.Find(ctx, pl.connection.client, lookup.OfImport(im, earlier.IDMap, earlier.Unlisted()), how)
	if err != nil {
		return nil, err
	}
	if err := lookup.Complete(ctx, pl.connection.client, im, found, earlier.LeftOn(), pl.o.policy, how); err != nil {
		return nil, err
	}
	return compare.Make(compare.Input{
		Import: im, Found: found, IDMap: earlier.IDMap, Policy: pl.o.policy,
		Target: plan.Target{URL: pl.connection.url, Owner: opt.DefaultOwner},
		Custom: instance.IndicatorTypes, Owners: instance.Owners, Now: time.Now(), Coming: earlier.Coming(time.Now(), pl.settle),
	}), nil
}

// owners lists the owners that an import can write to.
func (pl *planning) owners(im *intel.Import) []string {
	var owners []string
	for _, g := range im.Groups {
		owners = append(owners, g.Owner)
	}
	for _, o := range im.Objects {
		if tc.PartsOfObject(o).Has(tc.PartHome) {
			owners = append(owners, pl.connection.instance.Organization)
		}
		owners = append(owners, o.Owner)
	}
	if pl.o.policy.Prune {
		for _, row := range pl.ids.groups() {
			owners = append(owners, row.Owner)
		}
	}
	return distinct(owners)
}

// distinct are the names of a list, in order, each once. "" is no name.
func distinct(names []string) []string {
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}
