package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/state"
)

// lockAll locks owners and the journal, which says what earlier runs have left undone, and
// the owners that only an unfinished run has written to: what the manifests have dropped
// since may be pruned there.
func (r *applying) lockAll(owners []string, namespace string) error {
	if err := r.lock(owners); err != nil {
		return err
	}
	if err := r.readJournal(namespace); err != nil {
		return err
	}
	more := distinct(slices.Collect(maps.Keys(r.resume.Owners())))
	return r.lock(slices.DeleteFunc(more, func(owner string) bool { return slices.Contains(owners, owner) }))
}

// readJournal locks the journal and reads what earlier runs have left undone.
func (r *applying) readJournal(namespace string) error {
	var err error
	r.journal, r.resume, err = state.Open(r.o.stateDir, r.scope(namespace))
	r.known = r.resume
	return err
}

// closeJournal gives the journal back as it was, where nothing was written.
func (r *applying) closeJournal() {
	if r.journal == nil {
		return
	}
	if err := r.journal.Close(false); err != nil {
		r.logger().Warn(err.Error())
	}
}

// beginJournal begins the journal of the run, and says which run it resumes.
func (r *applying) beginJournal() error {
	if r.plan.ID == "" {
		r.plan.ID = newPlanID()
	}
	var err error
	if r.resume, err = r.journal.Begin(r.plan.ID); err != nil {
		return err
	}
	if r.resume != nil && r.plan.Undoes == "" && !r.global.quiet {
		fmt.Fprintln(r.stderr, r.resume.Summary())
	}
	return r.journal.Record(r.plan, r.o.report, r.connection.now(), r.o.keepRuns)
}

// newPlanID names a plan that was not saved. No other plan was made at the same moment, so
// none has the same content. The digest of that would tell nothing more, and delay the first
// write.
func newPlanID() string {
	id := make([]byte, 8)
	_, _ = rand.Read(id) // it never fails
	return hex.EncodeToString(id)
}

// keysOfImport are the groups that an import defines.
func keysOfImport(im *intel.Import) state.Keys {
	keys := state.Keys{Namespace: im.Namespace, Owners: map[string]string{}}
	for _, g := range im.Defined() {
		keys.Owners[g.Key] = g.Owner
	}
	return keys
}

// keysOfPlan are the groups that the import of a plan defines.
func keysOfPlan(pn *plan.Plan) state.Keys {
	keys := state.Keys{Namespace: pn.Namespace, Owners: map[string]string{}}
	for _, a := range pn.Actions {
		if !a.Reference {
			keys.Owners[a.Key] = a.Owner
		}
	}
	return keys
}
