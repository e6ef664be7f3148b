package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/state"
)

// findLeft takes hold of the journal and finds what an earlier run has left.
func (r *applying) findLeft(namespace string) error {
	var err error
	r.journal, r.left, err = state.Open(r.o.stateDir, r.scope(namespace))
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

// openJournal begins the journal of the run, and says what the one before has
// left.
func (r *applying) openJournal() error {
	var err error
	if r.left, err = r.journal.Begin(r.plan.ID); err != nil {
		return err
	}
	if r.left != nil && !r.global.quiet {
		fmt.Fprintln(r.stderr, r.left.Summary())
	}
	return nil
}

// doubtful are the keys that earlier runs may have written without a result to
// show for it, with the time when what has no answer can have been sent last.
func (r *applying) doubtful(done map[string]apply.Result) map[string]time.Time {
	keys := map[string]time.Time{}
	for key := range r.left.Tried(r.plan) {
		keys[key] = time.Time{}
	}
	if r.left != nil {
		sent := r.left.LastSent(time.Now())
		for _, w := range r.left.Doubtful {
			keys[w.Key] = sent
		}
	}
	for key := range done {
		delete(keys, key)
	}
	return keys
}

// lockLeft takes the locks of the owners that only an unfinished run has written
// to: what the manifests have dropped since may be pruned there.
func (r *applying) lockLeft(locked []string) error {
	more := ownerSet{}
	for _, row := range r.left.Known() {
		if !slices.Contains(locked, row.Owner) {
			more.add(row.Owner)
		}
	}
	return r.lock(more.sorted())
}

// carryOn brings the id-map up to what a run that did not come to its end has
// written: it is newer than any report, the names, too.
func carryOn(ids baseline.IDMap, im *intel.Import, left *state.Left) baseline.IDMap {
	owner := map[string]string{}
	for _, g := range im.Defined() {
		owner[g.Key] = g.Owner
	}
	rows := leftRows(left, ids, im.Namespace, owner)
	if ids == nil {
		return rows
	}
	maps.Copy(ids, rows)
	return ids
}

// definedBy are the owners of the groups that a plan is about, by key.
func definedBy(pn *plan.Plan) map[string]string {
	owner := map[string]string{}
	for _, a := range pn.Actions {
		if !a.Reference {
			owner[a.Key] = a.Owner
		}
	}
	return owner
}

// leftRows are the rows of an id-map that an unfinished run has changed or
// added. owner tells the owners of the groups of this import, by key. What that
// run has written under the same key to another owner is no part of it; what the
// manifests have dropped since is, but for what was only pointed at.
func leftRows(left *state.Left, ids baseline.IDMap, namespace string, owner map[string]string) baseline.IDMap {
	rows := left.CarryOn(ids)
	maps.DeleteFunc(rows, func(key string, row baseline.Group) bool {
		if is, defined := owner[key]; defined {
			return is != row.Owner
		}
		known, ok := ids[key]
		return ok && known.ID != row.ID || !ok && !row.OwnKey(key, namespace)
	})
	return rows
}
