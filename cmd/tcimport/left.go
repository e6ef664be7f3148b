package main

import (
	"context"
	"maps"
	"os"
	"slices"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/state"
)

// settling is how long a request may still be at work on the instance whose
// process was killed. An instance that lets two groups have one xid would have
// both if the group were looked for, and made again, before that.
const settling = 2 * time.Second

// findLeft finds what an earlier run has left. Where that was cut off a moment
// ago, what it had sent gets the time to arrive.
func (r *applying) findLeft(ctx context.Context, namespace string) error {
	var err error
	if r.left, err = state.Peek(r.o.stateDir, r.scope(namespace)); err != nil || r.left == nil || len(r.left.Doubtful) == 0 {
		return err
	}
	info, err := os.Stat(r.left.Path)
	if err != nil {
		return err
	}
	wait := time.Until(info.ModTime().Add(settling))
	if wait <= 0 || wait > settling {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
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
func carryOn(ids plan.IDMap, im *intel.Import, left *state.Left) plan.IDMap {
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
func leftRows(left *state.Left, ids plan.IDMap, namespace string, owner map[string]string) plan.IDMap {
	rows := left.CarryOn(ids)
	maps.DeleteFunc(rows, func(key string, row plan.Known) bool {
		if is, defined := owner[key]; defined {
			return is != row.Owner
		}
		known, ok := ids[key]
		return ok && known.ID != row.ID || !ok && !row.OwnKey(key, namespace)
	})
	return rows
}
