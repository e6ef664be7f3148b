package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/report"
	"tcimport/internal/state"
	"tcimport/internal/tc"
	"tcimport/internal/undo"
)

// undoing is what leads to a plan that takes back a run.
type undoing struct {
	*program
	o    *undoOptions
	path string // of the report

	connection *connection
	ids        *idMap // the report; nil if there is none yet
	head       state.RunHead
	known      bool // the run has a record
	run        *undo.Run
}

// begin reads the report, prepares the connection, and finds out which run is meant.
func (u *undoing) begin(activityLog bool) error {
	var err error
	if u.ids, err = u.readReport(); err != nil {
		return err
	}
	if u.connection, err = u.connect(&u.o.conn, activityLog); err != nil {
		return err
	}
	if err := u.choose(); err != nil {
		return err
	}
	if u.ids == nil || u.ids.meta.Instance == "" {
		return nil
	}
	switch meta := u.ids.meta; {
	case meta.Instance != u.connection.name():
		return refused("%s is the report of an import into %s, but this instance is %s: set TC_API_PATH", u.path, meta.Instance, u.connection.name())
	case u.known && meta.Namespace != u.head.Namespace:
		return refused("%s is the report of another namespace than the run %s", u.path, u.head.Plan)
	}
	return nil
}

// readReport reads the report. A run that was killed has written none.
func (u *undoing) readReport() (*idMap, error) {
	f, err := state.OpenRegular(u.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m := &idMap{path: u.path}
	m.ids, m.meta, err = report.ReadIDMap(f, u.path)
	return m, err
}

// choose finds the record of the run: the newest one of the report, or the one that is
// asked for.
func (u *undoing) choose() error {
	runs, unreadable, err := state.Runs(u.o.stateDir, u.connection.name(), u.path)
	if err != nil {
		return err
	}
	at := 0
	if u.o.run != "" {
		at = slices.IndexFunc(runs, func(h state.RunHead) bool { return h.Plan == u.o.run })
	}
	for _, un := range unreadable {
		if u.o.run == "" && (len(runs) == 0 || un.Since.After(runs[0].At)) {
			return fmt.Errorf("this can be the record of the last run of %s%s: %w", u.path, others("; --run ID takes back an older one: ", runs), un.Err)
		}
		u.logger().Warn(un.Err.Error())
	}
	switch {
	case at < 0:
		return fmt.Errorf("--run %s: there is no record of this run of %s in %s%s", u.o.run, u.path, u.o.stateDir, others(": it has ", runs))
	case len(runs) > 0:
		u.head, u.known = runs[at], true
		if !u.global.quiet {
			u.note("Taking back the run " + runName(u.head) + ".")
			if older := runs[at+1:]; len(older) > 0 {
				u.note(fmt.Sprintf("Older runs of %s: %s. --run ID takes back one of them.", u.path, others("", older)))
			}
		}
		return nil
	case u.ids == nil:
		return fmt.Errorf("there is neither a report %s nor the record of a run that was to write it in %s: give the report of the run; --state-dir says where its record is",
			u.path, u.o.stateDir)
	}
	u.head = state.RunHead{Instance: u.connection.name(), Namespace: u.ids.meta.Namespace}
	u.logger().Warn(fmt.Sprintf("there is no record of the run in %s: only groups that it has created can be taken back", u.o.stateDir))
	return nil
}

// others names some runs.
func others(before string, runs []state.RunHead) string {
	const most = 5
	var names []string
	for i, h := range runs {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(runs)-most))
			break
		}
		names = append(names, runName(h))
	}
	if names == nil {
		return ""
	}
	return before + strings.Join(names, ", ")
}

// describe reads what the plan needs of the instance's description.
func (u *undoing) describe(ctx context.Context) error {
	parts := tc.PartOwners
	for _, o := range u.run.New {
		if _, ok := intel.IndicatorTypeNamed(o.Type(), nil); !ok && o.Kind == intel.KindIndicator {
			parts |= tc.PartIndicatorTypes
		}
	}
	_, err := u.connection.describe(ctx, parts)
	return err
}

// read reads what is known of the run.
func (u *undoing) read() error {
	var err error
	if u.known {
		u.run, err = state.ReadRun(u.o.stateDir, u.head)
	} else {
		u.run, err = u.ofRows()
	}
	return err
}

// ofRows is what the report says of a run without a record: which groups it has created.
// Of others it says that they were changed, but not what.
func (u *undoing) ofRows() (*undo.Run, error) {
	run := &undo.Run{Namespace: u.head.Namespace}
	for row, err := range u.ids.rows {
		if err != nil {
			return nil, err
		}
		if row.Kind != report.KindOf(intel.KindGroup) || row.Earlier || row.ID == 0 || !row.Action.Writes() {
			continue
		}
		run.Groups = append(run.Groups, &undo.Group{Verb: row.Action, Key: row.Key, Type: row.Type, Name: row.Name, Owner: row.Owner, XID: row.XID,
			ID: row.ID, WebLink: intel.WebLinkOf(row.WebLink), Source: row.Source, Answered: true, Left: row.Baseline, Rewritten: row.Rewritten})
	}
	return run, nil
}

// owners are those that the plan can write to.
func (u *undoing) owners() []string {
	var owners []string
	for _, g := range u.run.Groups {
		owners = append(owners, g.Owner)
	}
	for _, o := range u.run.New {
		if u.o.objects && o.Owner() != "" {
			owners = append(owners, o.Owner())
		}
	}
	return distinct(owners)
}

// make looks up what the run has written, and makes the plan.
func (u *undoing) make(ctx context.Context, journal *state.Resume) (*plan.Plan, error) {
	if err := u.awaitJobs(ctx, u.connection, journal, u.o.settle); err != nil {
		return nil, err
	}
	instance := u.connection.instance
	how := lookup.Options{Workers: u.o.conn.workers, Custom: instance.IndicatorTypes, Log: u.logger(), Expect: u.progress.Expect}
	found, err := lookup.OfRun(ctx, u.connection.client, u.run, how)
	if err != nil {
		return nil, err
	}
	var made []undo.Made
	if u.o.objects {
		if made, err = lookup.Made(ctx, u.connection.client, u.run.New, how); err != nil {
			return nil, err
		}
	}
	keys := state.Keys{Namespace: u.head.Namespace, Owners: map[string]string{}}
	for _, g := range u.run.Groups {
		keys.Owners[g.Key] = g.Owner
	}
	ids := baseline.IDMap(u.ids.groups())
	return undo.Make(undo.Input{Run: u.run, Found: found, Made: made, IDMap: ids.With(journal.Rows(ids, keys)), Target: plan.Target{URL: u.connection.url},
		Custom: instance.IndicatorTypes, Owners: instance.Owners, Now: time.Now()}), nil
}
