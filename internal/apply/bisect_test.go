package apply_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
)

// partial is a store that refuses the first update, and carries the part of it
// out that keep leaves.
type partial struct {
	apply.Store
	keep    func(w *intel.GroupWrite)
	refused bool
}

func (s *partial) UpdateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, fields ...string) (*intel.Remote, error) {
	if s.refused {
		return s.Store.UpdateGroup(ctx, w, lists, fields...)
	}
	s.refused = true
	w.Links = slices.Clone(w.Links)
	s.keep(&w)
	if _, err := s.Store.UpdateGroup(ctx, w, lists, fields...); err != nil {
		return nil, err
	}
	return nil, &tc.Error{Op: "update group", Cause: tc.ErrRefused, Message: "not all of it"}
}

// apart is an update of group a with an attribute and four artifacts.
func apart(b *bench) *plan.Plan {
	b.apply(`groups: [{key: a, type: Threat, name: A}, {key: b, type: Threat, name: B}]`)
	return b.plan(b.read(`
groups:
  - {key: a, type: Threat, name: A, attributes: [{type: Aliases, value: p}], associatedGroups: [b], associatedArtifacts: [
      {caseId: 1, type: Email Address, summary: a1@b.example}, {caseId: 1, type: Email Address, summary: a2@b.example},
      {caseId: 1, type: Email Address, summary: a3@b.example}, {caseId: 1, type: Email Address, summary: a4@b.example}]}
  - {key: b, type: Threat, name: B}
`), nil, plan.DefaultPolicy())
}

// TestRefusedUpdateKeepsWhatArrived: entries of a refused update that have taken effect
// are recognized. They are neither sent again nor reported as missing.
func TestRefusedUpdateKeepsWhatArrived(t *testing.T) {
	for _, c := range []struct {
		name string
		keep func(w *intel.GroupWrite)
		find func(context.Context, []*intel.Object) ([][]*intel.Remote, error)
		lost int
	}{
		{"an artifact was made", func(w *intel.GroupWrite) {
			w.Attributes = nil
			w.Links = slices.DeleteFunc(w.Links, func(l intel.LinkWrite) bool { return l.New == nil || l.New.Summary != "a1@b.example" })
		}, nil, 0},
		{"an artifact was made of which no association tells", func(w *intel.GroupWrite) {
			w.Attributes = nil
			w.Links = slices.DeleteFunc(w.Links, func(l intel.LinkWrite) bool { return l.New == nil || l.New.Summary != "a4@b.example" })
		}, nil, 0},
		{"an association was made, and objects cannot be looked up", func(w *intel.GroupWrite) {
			w.Attributes = nil
			w.Links = slices.DeleteFunc(w.Links, func(l intel.LinkWrite) bool { return l.Kind != intel.KindGroup })
		}, func(context.Context, []*intel.Object) ([][]*intel.Remote, error) { return nil, errors.New("no answer") }, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := richBench(t)
			p := apart(b)
			find := c.find
			if find == nil {
				find = b.find
			}
			l, err := apply.Run(t.Context(), p, &partial{Store: b.c, keep: c.keep}, apply.Options{Find: find, Settle: time.Millisecond})
			addsUp(t, p, l)
			r, lost := outcome(l, "a")
			if err != nil || len(r.Lost()) != c.lost {
				t.Errorf("%v, %s %s, lost %s", err, r.Status, r.Error, lost)
			}
			w := newTruth(b, p, l)
			w.check()
			w.brought()
			if c.lost == 0 {
				complete(t, l)
			}
		})
	}
}

// TestRefusedIndicatorIsSentOnce: an indicator that the instance refuses fails for all
// groups that name it, and is sent only until this is known.
func TestRefusedIndicatorIsSentOnce(t *testing.T) {
	b := refusing(t)
	p, l := b.apply(groups(5, func(int) string { return "associatedIndicators: [Host:good.example, Host:excluded.example]" }))
	for _, r := range l.Results {
		if _, lost := outcome(l, r.Action.Key); r.Status != apply.OK || lost != "Host:excluded.example (failed)" {
			t.Errorf("%s: %s %s, lost %s", r.Action.Key, r.Status, r.Error, lost)
		}
	}
	newTruth(b, p, l).check()
	if st := b.sim.Stats(); st.Writes > 9 {
		t.Errorf("%d writes", st.Writes)
	}
}

// Credentials that are gone end the run for all workers: what the others have in
// flight is finished, and nothing is taken up after it.
func TestDeniedEndsAllWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, tcsim.Config{})
		p := b.plan(b.read(groups(60, func(int) string { return "" })), nil, plan.DefaultPolicy())
		s := &deniedOnce{Store: b.c, name: p.Writers()[3].Name}
		l, err := apply.Run(t.Context(), p, s, apply.Options{Workers: 3, Find: b.find, Settle: time.Millisecond})
		addsUp(t, p, l)
		if tally := tallyOf(l); !errors.Is(err, tc.ErrUnauthorized) || tally.Failed != 1 || tally.Created > 10 {
			t.Errorf("%v, %+v", err, tally)
		}
	})
}

// deniedOnce is a store that denies one group, and takes a second to make each of the
// others.
type deniedOnce struct {
	apply.Store
	name string
}

func (s *deniedOnce) CreateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, fields ...string) (*intel.Remote, error) {
	if w.Name == s.name {
		return nil, &tc.Error{Op: "create group", Cause: tc.ErrUnauthorized}
	}
	time.Sleep(time.Second)
	return s.Store.CreateGroup(ctx, w, lists, fields...)
}
