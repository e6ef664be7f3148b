package apply_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// misled is a store whose answers to creates are changed on the way; so are those
// to looks, if there is something for it.
type misled struct {
	apply.Store
	answer func(r *intel.Remote)
	look   func(r *intel.Remote) error
}

func (s *misled) CreateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, fields ...string) (*intel.Remote, error) {
	r, err := s.Store.CreateGroup(ctx, w, lists, fields...)
	if err == nil {
		s.answer(r)
	}
	return r, err
}

func (s *misled) GroupByXID(ctx context.Context, owner, xid string, lists intel.List, fields ...string) (*intel.Remote, error) {
	r, err := s.Store.GroupByXID(ctx, owner, xid, lists, fields...)
	if err == nil && s.look != nil {
		err = s.look(r)
	}
	return r, err
}

// TestOneIDForTwoGroupsIsNotBelieved: an instance that answers every create with one ID, or with that
// of a group that exists, is not believed: the xid tells which group is which,
// and where it does not the group is in doubt.
func TestOneIDForTwoGroupsIsNotBelieved(t *testing.T) {
	same := func(r *intel.Remote) { r.ID, r.XID = 3, "" }
	for _, c := range []struct {
		name   string
		answer func(r *intel.Remote)
		look   func(r *intel.Remote) error
		doubt  int
	}{
		{"the xid settles it", same, nil, 1},
		{"of a group that exists", func(r *intel.Remote) { r.ID, r.XID = 1, "" }, nil, 0},
		{"looks are wrong, too", same, func(r *intel.Remote) error { r.ID = 3; return nil }, 3},
		{"another xid", func(r *intel.Remote) { r.ID, r.XID = r.ID+100, "somebody-else's" }, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := lateBench(t)
			b.apply("groups: [{key: old, type: Threat, name: Old}]")
			text := groups(3, func(int) string { return "" }) + "  - {key: old, type: Threat, name: Old, tags: [x]}\n"
			p := b.plan(b.read(text), nil, plan.DefaultPolicy())
			l, err := apply.Run(t.Context(), p, &misled{b.c, c.answer, c.look}, apply.Options{Workers: 1, Find: b.find})
			if err != nil {
				t.Fatal(err)
			}
			if tally := tallyOf(l); tally.InDoubt != c.doubt || tally.total()-tally.InDoubt != tally.Created+tally.Updated {
				t.Errorf("%+v\n%s", tally, troubles(l))
			}
			if n := len(b.sim.Snapshot().Groups); n != 4 {
				t.Errorf("%d groups", n)
			}
			newTruth(b, p, l).check()
			seen := map[int64]string{}
			for _, r := range l.Results {
				if r.Status != apply.OK {
					continue
				}
				if seen[r.ID] != "" || r.XID != r.Action.XID {
					t.Errorf("%s and %s have the ID %d, xid %s", seen[r.ID], r.Action.Key, r.ID, r.XID)
				}
				seen[r.ID] = r.Action.Key
			}
		})
	}
}

// TestFirstOfOneIDIsConfirmed: who came first was believed; once another group is
// given the same ID, the first one is looked at again.
func TestFirstOfOneIDIsConfirmed(t *testing.T) {
	for name, look := range map[string]func(r *intel.Remote) error{
		"another": nil,
		"unread":  func(*intel.Remote) error { return fmt.Errorf("no answer") },
	} {
		b := lateBench(t)
		b.apply("groups: [{key: old, type: Threat, name: Old}]")
		p := b.plan(b.read(groups(2, func(int) string { return "" })), nil, plan.DefaultPolicy())
		j := &journal{}
		// Nobody has the ID 77.
		store := &misled{b.c, func(r *intel.Remote) { r.ID, r.XID = 77, "" }, look}
		l, _ := apply.Run(t.Context(), p, store, apply.Options{Workers: 1, Find: b.find, Journal: j})
		r, _ := outcome(l, "k0")
		if r.Status != apply.InDoubt || r.ID != 0 || !strings.Contains(r.Error, "77") {
			t.Errorf("%s: %s %d %s", name, r.Status, r.ID, r.Error)
		}
		if told := strings.Join(j.told, ", "); strings.Count(told, "outcome k0") != 2 {
			t.Errorf("%s: the journal says %s", name, told)
		}
	}
}
