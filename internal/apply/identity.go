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

// A group has one ID, and no two groups have the same one. An instance, or what
// stands before it, that answers otherwise is not believed: the xid tells which
// group is which.

// holder is who has an ID.
type holder struct {
	key    string
	proven bool // by a look, and not only by the answer to a create
}

// holders are the groups that exist, by ID.
func holders(p *plan.Plan, done map[string]Result) map[int64]holder {
	out := make(map[int64]holder, len(p.Actions))
	for _, a := range p.Actions {
		if id := max(a.ID, done[a.Key].ID); id != 0 {
			out[id] = holder{a.Key, true}
		}
	}
	return out
}

// recognise reports why the group that a create was answered with cannot be the
// one that was sent.
func (w *writing) recognise(r *intel.Remote) error {
	if xid := w.action.XID; xid != "" && r.XID != "" && !strings.EqualFold(r.XID, xid) {
		return fmt.Errorf("the instance answered with group %d, which has the xid %s, not %s", r.ID, message.Quote(r.XID), message.Quote(xid))
	}
	return w.takeID(r.ID, false)
}

// takeID notes the ID of the group, unless another group has it. One that was
// found by the xid is proven, and counts for more.
func (w *writing) takeID(id int64, proven bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	had, taken := w.holders[id]
	if !taken || had.key == w.action.Key {
		w.holders[id] = holder{w.action.Key, proven || had.proven}
		return nil
	}
	if proven || !had.proven {
		w.contested[had.key] = id
	}
	if proven && !had.proven {
		w.holders[id] = holder{w.action.Key, true}
		return nil
	}
	return fmt.Errorf("the instance answered with group %d, which is %q", id, had.key)
}

// confirm looks at the groups again whose ID the instance has given to others,
// too: who came first was believed until then.
func (e *engine) confirm(ctx context.Context) error {
	for _, key := range slices.Sorted(maps.Keys(e.contested)) {
		id, i := e.contested[key], e.actions[key]
		r := e.ledger.Results[i]
		if r == nil || r.Status == InDoubt || r.Action.Verb != plan.Create {
			continue
		}
		is, err := e.store.GroupByXID(ctx, r.Action.Owner, r.XID, 0)
		if has := e.holders[id]; err == nil && is.ID == id && has.key == key && !has.proven {
			continue
		}
		r.Status, r.Error = InDoubt, fmt.Sprintf("the instance answered with group %d for this and for other groups", id)
		r.ID, r.WebLink, r.Applied = 0, "", nil
		if err := e.opt.Journal.Outcome(r); err != nil {
			return err
		}
	}
	return nil
}
