package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// An instance, or a proxy in front of it, can answer with an ID that another group
// has. Such an answer is not believed: the xid decides which group has the ID.

// idOwner is the group that has an ID.
type idOwner struct {
	action int  // of the plan
	proven bool // by the xid, and not only by the answer to a create
}

// idOwners are the groups that exist before the run, by ID.
func idOwners(p *plan.Plan, done map[string]Result) map[int64]idOwner {
	out := make(map[int64]idOwner, len(p.Actions))
	for i, a := range p.Actions {
		if id := max(a.ID, done[a.Key].ID); id != 0 {
			out[id] = idOwner{i, true}
		}
	}
	return out
}

// checkIdentity says why the group in the answer to a create cannot be the group that
// was sent, nil if it can.
func (w *writing) checkIdentity(r *intel.Remote) error {
	if xid := w.action.XID; xid != "" && r.XID != "" && !strings.EqualFold(r.XID, xid) {
		return fmt.Errorf("the instance answered with group %d, which has the xid %s instead of %s", r.ID, message.Quote(r.XID), message.Quote(xid))
	}
	return w.takeID(r.ID, false)
}

// takeID notes the ID of the group, unless another group has it. An ID that was found
// by the xid is proven and replaces one that is not.
func (w *writing) takeID(id int64, proven bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	mine := w.nodes[w.node].index
	had, taken := w.idOwners[id]
	if !taken || had.action == mine {
		w.idOwners[id] = idOwner{mine, proven || had.proven}
		return nil
	}
	if proven || !had.proven {
		w.disputed[had.action] = id
	}
	if proven && !had.proven {
		w.idOwners[id] = idOwner{mine, true}
		return nil
	}
	return fmt.Errorf("the instance answered with group %d, but this is the ID of %q", id, w.plan.Actions[had.action].Key)
}

// confirm looks up, by the xid, the groups whose ID the instance has also given to
// other groups. The first group had the ID without a look.
func (e *engine) confirm(ctx context.Context) error {
	for _, i := range slices.Sorted(maps.Keys(e.disputed)) {
		id, r := e.disputed[i], e.ledger.Results[i]
		if r == nil || r.Status == InDoubt || r.Action.Verb != plan.Create {
			continue
		}
		found, err := e.store.GroupByXID(ctx, r.Action.Owner, r.XID, 0)
		if err == nil && found.ID == id && e.idOwners[id] == (idOwner{action: i}) {
			continue
		}
		r.Status, r.Error = InDoubt, fmt.Sprintf("the instance answered with group %d for this and for other groups: check on the instance which group it is", id)
		r.ID, r.WebLink, r.Baseline = 0, intel.WebLink{}, nil
		if err := e.opt.Journal.Outcome(r); err != nil {
			return err
		}
	}
	return nil
}
