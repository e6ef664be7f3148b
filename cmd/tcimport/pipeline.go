package main

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/report"
	"tcimport/internal/state"
	"tcimport/internal/tc"
	"tcimport/internal/workers"
)

// planning is what leads to a plan: what is asked for on the command line, and
// what is found out on the way.
type planning struct {
	*program
	o *importOptions

	settle time.Duration // how long what earlier runs have sent may still arrive
	saved  bool          // the plan outlives this process

	ids        *idMap
	replaced   iter.Seq2[string, baseline.Group] // of the report that the run replaces
	reports    []report.Rows                     // of earlier runs: the id-map, and the report that the run replaces
	manifests  *manifestsRead
	owner      string // of groups whose manifest names none
	connection *connection
	notChecked []string // what the instance does not list
}

// begin reads the manifests and the id-map and prepares the connection. What is
// wrong with the manifests is said before anything else, and before anything is
// sent.
func (pl *planning) begin(args []string, activityLog bool) error {
	ids, err := pl.openIDMap(pl.o.idMap)
	if err != nil {
		return err
	}
	reading := workers.New()
	reading.Go(func() (err error) {
		pl.ids, err = readIDMap(ids, pl.o.idMap)
		return err
	})
	pl.manifests, err = pl.o.read.read(pl.program, args, func() baseline.IDMap {
		_ = reading.Wait() // its error is asked for below
		return pl.ids.groups()
	})
	if err := cmp.Or(reading.Wait(), err); err != nil {
		return err
	}
	saveMemory()
	if pl.connection, err = pl.connect(&pl.o.conn, activityLog); err != nil {
		return err
	}
	return pl.ids.check(pl.connection.name(), pl.manifests.offline.Namespace)
}

// check asks the instance what the checks depend on, and checks again.
func (pl *planning) check(ctx context.Context) (*intel.Import, error) {
	opt := pl.o.read.assembleOptions(pl.program, pl.ids.groups())
	if err := pl.describe(ctx, pl.manifests.offline, &opt); err != nil {
		return nil, err
	}
	pl.owner = opt.DefaultOwner
	pl.manifests.offline = &intel.Import{Namespace: pl.manifests.offline.Namespace} // what follows has its own
	opt.Last = true
	im, problems := intel.Assemble(pl.manifests.manifest, opt)
	pl.manifests.manifest = nil // the import has its groups
	// What the instance has settled is no warning any more: they are printed here.
	problems = slices.Concat(pl.manifests.form, problems).Sorted()
	if err := pl.o.read.tolerate(pl.program, im, problems); err != nil {
		return nil, err
	}
	pl.warn(problems.Warnings())
	pl.giveXIDs(im)
	return im, nil
}

// compare looks up what exists of an import and compares the two. journal is what earlier
// runs have left undone.
func (pl *planning) compare(ctx context.Context, im *intel.Import, journal *state.Resume) (*plan.Plan, error) {
	if err := pl.awaitJobs(ctx, pl.connection, journal, pl.settle); err != nil {
		return nil, err
	}
	instance := pl.connection.instance
	earlier := journal.Join(pl.ids.groups(), pl.replaced, keysOfImport(im))
	how := lookup.Options{Workers: pl.o.conn.workers, Custom: instance.IndicatorTypes, Log: pl.logger(), Expect: pl.progress.Expect}
	wanted := lookup.OfImport(im, earlier.IDMap, earlier.Unlisted())
	if pl.o.policy.Attributes == plan.Replace {
		wanted.LabelsOfAttributes()
	}
	leftOn := earlier.LeftOn()
	if !pl.saved {
		wanted.Same = compare.NewSame(earlier.IDMap, leftOn, pl.o.policy).Is
	}
	begun := func(o *intel.Object) bool {
		known, ok := journal.Object(o, time.Time{})
		return ok && !known.Whole
	}
	wanted.Begun, wanted.Unlisted = begun, unlisted(journal, nil, pl.reports...)
	found, err := lookup.Find(ctx, pl.connection.client, wanted, how)
	if err != nil {
		return nil, err
	}
	if err := lookup.Complete(ctx, pl.connection.client, im, found, leftOn, pl.o.policy, how); err != nil {
		return nil, err
	}
	return compare.Make(compare.Input{
		Import: im, Found: found, IDMap: earlier.IDMap, Policy: pl.o.policy,
		Target: plan.Target{URL: pl.connection.url, Owner: pl.owner},
		Custom: instance.IndicatorTypes, Owners: instance.Owners, Now: time.Now(), Begun: begun, Coming: earlier.Coming(time.Now(), pl.settle), Last: true, Unsaved: !pl.saved,
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
