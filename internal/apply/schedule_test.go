package apply_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// slow is a Store that takes its time. It knows nothing but what it has made,
// and finds fault with an association of a group that is not there.
type slow struct {
	latency time.Duration

	mu       sync.Mutex
	next     int64
	made     map[int64]bool
	hosts    map[string]int
	problems []string
	refuse   func(intel.GroupWrite) error

	inFlight, most int
}

func (s *slow) CreateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, _ ...string) (*intel.Remote, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight++
	s.most = max(s.most, s.inFlight)
	defer func() { s.inFlight-- }()
	s.mu.Unlock()
	time.Sleep(s.latency)
	s.mu.Lock()
	if s.refuse != nil {
		if err := s.refuse(w); err != nil {
			return nil, err
		}
	}
	s.next++
	r := &intel.Remote{Kind: intel.KindGroup, ID: s.next, Type: w.Type, Name: w.Name, XID: w.XID, Owner: w.Owner, Lists: lists}
	for _, l := range w.Links {
		switch {
		case l.Kind == intel.KindGroup && !s.made[l.ID]:
			s.problems = append(s.problems, fmt.Sprintf("%s names group %d, which is not there", w.Name, l.ID))
		case l.New != nil:
			s.hosts[l.New.Summary]++
			s.next++
			r.Links = append(r.Links, &intel.Remote{Kind: l.Kind, ID: s.next, Type: l.New.Type, Name: l.New.Summary, Owner: l.New.Owner})
		}
	}
	s.made[r.ID] = true
	return r, nil
}

var errNo = errors.New("no")

func (s *slow) UpdateGroup(context.Context, intel.GroupWrite, intel.List, ...string) (*intel.Remote, error) {
	return nil, errNo
}
func (s *slow) UpdateGroupAttribute(context.Context, int64, intel.Attribute) (intel.RemoteAttribute, error) {
	return intel.RemoteAttribute{}, errNo
}
func (s *slow) Delete(context.Context, intel.Kind, int64) error             { return errNo }
func (s *slow) UpdateIndicator(context.Context, int64, *intel.Object) error { return errNo }

func (s *slow) Indicator(context.Context, *intel.Object, int64) (*intel.Remote, error) {
	return nil, nil
}
func (s *slow) CreateIndicator(context.Context, *intel.Object) (*intel.Remote, error) {
	return nil, errNo
}
func (s *slow) Group(context.Context, int64, intel.List, ...string) (*intel.Remote, error) {
	return nil, errNo
}
func (s *slow) IndicatorAttributes(context.Context, int64) ([]intel.RemoteAttribute, error) {
	return nil, nil
}

func (s *slow) GroupAttributes(context.Context, int64) ([]intel.RemoteAttribute, error) {
	return nil, nil
}

func (s *slow) GroupByXID(context.Context, string, string, intel.List, ...string) (*intel.Remote, error) {
	return nil, errGone
}

var errGone = &tc.Error{Op: "get group", Cause: tc.ErrNotFound}

// newGroups plans n groups that are all new. other gives the neighbours that
// group i names, host the new indicator, "" for none.
func newGroups(t testing.TB, n int, other func(i int) []int, host func(i int) string) *plan.Plan {
	t.Helper()
	m := &intel.Manifest{}
	for i := range n {
		g := &intel.Group{Key: fmt.Sprint("k", i), Type: "Threat", Name: fmt.Sprint("Threat ", i)}
		for _, j := range other(i) {
			if j != i && j >= 0 && j < n {
				g.Refs = append(g.Refs, intel.Ref{Kind: intel.KindGroup, Text: fmt.Sprint("k", j)})
			}
		}
		if h := host(i); h != "" {
			g.Refs = append(g.Refs, intel.Ref{Kind: intel.KindIndicator, End: &intel.End{Object: &intel.Object{Kind: intel.KindIndicator, Type: "Host", Summary: h}}})
		}
		m.Groups = append(m.Groups, g)
	}
	im, problems := intel.Assemble(m, intel.Options{DefaultOwner: "Demo Organization"})
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	return compare.Make(compare.Input{Import: im, Policy: plan.DefaultPolicy(), Found: &inventory.Inventory{Objects: make([][]*intel.Remote, len(im.Objects))}})
}

// TestFullWorkers measures in virtual time: whatever the shape, the workers are
// busy to the end, there are no waves to wait for.
func TestFullWorkers(t *testing.T) {
	const n, workers, latency = 1200, 16, 100 * time.Millisecond
	rng := rand.New(rand.NewPCG(3, 4))
	none := func(int) string { return "" }
	perm := rng.Perm(n)
	for _, c := range []struct {
		name  string
		n     int
		other func(i int) []int
		host  func(i int) string
		steps int // that would do
	}{
		{"no associations", n, func(int) []int { return nil }, none, n / workers},
		{"chain", n, func(i int) []int { return []int{i + 1} }, none, n / workers},
		{"chain in any order", n, func(i int) []int {
			if i+1 == n {
				return nil
			}
			return []int{perm[(indexOf(perm, i)+1)%n]}
		}, none, n / workers},
		{"star", n, func(int) []int { return []int{n - 1} }, none, n/workers + 1},
		{"grid", n, func(i int) []int { return []int{i + 1, i + 40} }, none, n / workers},
		{"random", n, func(int) []int { return []int{rng.IntN(n), rng.IntN(n), rng.IntN(n)} }, none, n / workers},
		{"all share one", n, func(int) []int { return nil }, func(int) string { return "x.example" }, n/workers + 1},
		{"random, and share fifty", n, func(int) []int { return []int{rng.IntN(n)} }, func(i int) string { return fmt.Sprintf("h%d.example", i%50) }, n / workers},
		{"one clique", 60, func(i int) []int { return ascending(i) }, none, 60},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newGroups(t, c.n, c.other, c.host)
			synctest.Test(t, func(t *testing.T) {
				s := &slow{latency: latency, made: map[int64]bool{}, hosts: map[string]int{}}
				start := time.Now()
				l, err := apply.Run(t.Context(), p, s, apply.Options{Workers: workers})
				if err != nil {
					t.Fatal(err)
				}
				complete(t, l)
				if took, most := time.Since(start), time.Duration(c.steps+c.steps/20+2)*latency; took > most {
					t.Errorf("%v, want %v at most (%v would do)", took, most, time.Duration(c.steps)*latency)
				}
				for h, times := range s.hosts {
					if times != 1 {
						t.Errorf("%s was made %d times", h, times)
					}
				}
				if len(s.problems) > 0 {
					t.Error(s.problems)
				}
			})
		})
	}
}

// TestWorkersDoNotWaitForTheJournal: while all workers are busy, the intents of the next
// writes are recorded. No more requests than workers are in flight. If the run ends,
// each intent has an outcome, also those of writes that were not sent.
func TestWorkersDoNotWaitForTheJournal(t *testing.T) {
	const n, workers, latency = 800, 16, 20 * time.Millisecond
	const all = latency * n / workers
	p := newGroups(t, n, func(i int) []int { return []int{i + 1, i + 40} }, func(int) string { return "" })
	for stopAt := all - 3*latency; stopAt < all+2*latency; stopAt += latency / 4 {
		synctest.Test(t, func(t *testing.T) {
			s := &slow{latency: latency, made: map[int64]bool{}, hosts: map[string]int{}}
			j := &slowJournal{open: map[string]bool{}}
			stop := make(chan struct{})
			start := time.Now()
			time.AfterFunc(stopAt, func() { close(stop) })
			l, err := apply.Run(t.Context(), p, s, apply.Options{Workers: workers, Journal: j, Stop: stop})
			created := tallyOf(l).Created
			if took := time.Since(start); took > all*105/100 || s.most != workers {
				t.Errorf("%v with %d requests in flight, want %v with %d", took, s.most, all, workers)
			}
			if errors.Is(err, apply.ErrStopped) != (created < n) || created+j.unsent != j.intents || len(j.open) > 0 {
				t.Errorf("stopped at %v: %v, %d groups created, %d intents, %d not sent, %v without an outcome", stopAt, err, created, j.intents, j.unsent, j.open)
			}
			if stopAt == all-3*latency && j.unsent == 0 {
				t.Error("no write was prepared")
			}
		})
	}
}

// slowJournal takes a while for the intents that come together.
type slowJournal struct {
	mu              sync.Mutex
	open            map[string]bool
	intents, unsent int
}

func (j *slowJournal) Intent(as ...*plan.Action) error {
	time.Sleep(5 * time.Millisecond)
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, a := range as {
		j.open[a.Key] = true
		j.intents++
	}
	return nil
}

func (*slowJournal) Made(*plan.Object, int64) error   { return nil }
func (*slowJournal) Making(...*plan.Object) error     { return nil }
func (*slowJournal) Became(*apply.ObjectResult) error { return nil }

func (j *slowJournal) Outcome(r *apply.Result) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.open, r.Action.Key)
	if r.Status == apply.NotAttempted {
		j.unsent++
	}
	return nil
}

func indexOf(list []int, x int) int {
	for i, y := range list {
		if y == x {
			return i
		}
	}
	return -1
}

func ascending(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// A group that is slow keeps only the one waiting that carries the association
// with it: there is no wave to be finished first.
func TestNoBarrier(t *testing.T) {
	p := newGroups(t, 40, func(i int) []int { return []int{i ^ 1} }, func(int) string { return "" })
	synctest.Test(t, func(t *testing.T) {
		s := &slow{latency: time.Millisecond, made: map[int64]bool{}, hosts: map[string]int{}}
		first, meanwhile := true, 0
		s.refuse = func(intel.GroupWrite) error {
			if first {
				first = false
				s.mu.Unlock()
				time.Sleep(time.Second)
				s.mu.Lock()
				meanwhile = len(s.made)
			}
			return nil
		}
		l, err := apply.Run(t.Context(), p, s, apply.Options{Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		complete(t, l)
		if meanwhile != 38 {
			t.Errorf("%d groups were made meanwhile, want all but the slow one and its neighbour", meanwhile)
		}
	})
}

// Where the first to make a shared object is refused, the next one makes it:
// nobody waits for ever.
func TestSharedObjectOfRefusedGroups(t *testing.T) {
	p := newGroups(t, 20, func(int) []int { return nil }, func(int) string { return "x.example" })
	synctest.Test(t, func(t *testing.T) {
		s := &slow{latency: time.Millisecond, made: map[int64]bool{}, hosts: map[string]int{}}
		refused := 0
		s.refuse = func(w intel.GroupWrite) error {
			if refused < 14 { // each is tried whole, and bare
				refused++
				return errNo
			}
			return nil
		}
		l, err := apply.Run(t.Context(), p, s, apply.Options{Workers: 4})
		if err != nil {
			t.Fatal(err)
		}
		if tally := tallyOf(l); tally.Failed != 7 || tally.Created != 13 || s.hosts["x.example"] != 1 || l.Objects[0].Status != apply.OK {
			t.Errorf("%+v, made %d times, %+v", tally, s.hosts["x.example"], l.Objects[0])
		}
	})
}
