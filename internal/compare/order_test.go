package compare_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
)

// graph is new groups and their associations, and how many groups share an
// object that is new, too.
type graph struct {
	n      int
	edges  [][2]int
	shared int
}

func (g graph) plan(t *testing.T) *plan.Plan {
	t.Helper()
	m := &intel.Manifest{}
	for i := range g.n {
		m.Groups = append(m.Groups, &intel.Group{Key: fmt.Sprint("k", i), Type: "Threat", Name: fmt.Sprint("Threat ", i)})
	}
	for _, e := range g.edges {
		m.Groups[e[0]].Refs = append(m.Groups[e[0]].Refs, intel.Ref{Kind: intel.KindGroup, Text: fmt.Sprint("k", e[1])})
	}
	for i := range g.shared {
		m.Groups[i].Refs = append(m.Groups[i].Refs, intel.Ref{Kind: intel.KindIndicator,
			End: &intel.End{Object: &intel.Object{Kind: intel.KindIndicator, Type: "Host", Summary: "x.example"}}})
	}
	im, problems := intel.Assemble(m, intel.Options{DefaultOwner: org})
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	return compare.Make(compare.Input{Import: im, Policy: plan.DefaultPolicy(),
		Found: &inventory.Inventory{Objects: make([][]*intel.Remote, len(im.Objects))}})
}

func chain(n int, order []int) graph {
	g := graph{n: n}
	for i := range n - 1 {
		g.edges = append(g.edges, [2]int{order[i], order[i+1]})
	}
	return g
}

func ascending(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func star(n, hub int) graph {
	g := graph{n: n}
	for i := range n {
		if i != hub {
			g.edges = append(g.edges, [2]int{hub, i})
		}
	}
	return g
}

func grid(w, h int) graph {
	g := graph{n: w * h}
	for i := range g.n {
		if i%w+1 < w {
			g.edges = append(g.edges, [2]int{i, i + 1})
		}
		if i+w < g.n {
			g.edges = append(g.edges, [2]int{i, i + w})
		}
	}
	return g
}

func cliques(count, size int) graph {
	g := graph{n: count * size}
	for c := range count {
		for i := range size {
			for j := range i {
				g.edges = append(g.edges, [2]int{c*size + i, c*size + j})
			}
		}
	}
	return g
}

func random(rng *rand.Rand, n, m int) graph {
	g := graph{n: n}
	for range m {
		if a, b := rng.IntN(n), rng.IntN(n); a != b {
			g.edges = append(g.edges, [2]int{a, b})
		}
	}
	return g
}

// TestOrder holds the order of writing of many graphs against its promises.
func TestOrder(t *testing.T) {
	const n, workers = 960, 16
	rng := rand.New(rand.NewPCG(1, 2))
	ring := chain(n, ascending(n))
	ring.edges = append(ring.edges, [2]int{n - 1, 0})
	shared := chain(n, ascending(n))
	shared.shared = n
	for _, c := range []struct {
		name string
		graph
		ceiling int // the fewest steps that the graph allows
	}{
		{"no edges", graph{n: n}, n / workers},
		{"chain", chain(n, ascending(n)), n / workers},
		{"chain in any order", chain(n, rng.Perm(n)), n / workers},
		{"ring", ring, n / workers},
		{"star", star(n, 0), n/workers + 1},
		{"star, hub last", star(n, n-1), n/workers + 1},
		{"grid", grid(32, n/32), n / workers},
		{"pairs from both sides", graph{n: n, edges: [][2]int{{0, 1}, {1, 0}, {2, 3}}}, n / workers},
		{"cliques", cliques(n/12, 12), n / workers},
		{"one clique", cliques(1, 60), 60},
		{"sparse", random(rng, n, n), n / workers},
		{"middling", random(rng, n, 3*n), n / workers},
		{"dense", random(rng, n, 10*n), n / workers},
		{"all share a new object", graph{n: n, shared: n}, n/workers + 1},
		{"chain that shares a new object", shared, n/workers + 1},
		{"half share a new object", graph{n: n, shared: n / 2}, n / workers},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := c.graph.plan(t)
			carriers(t, c.graph, p)
			if steps, most := makespan(p, workers), c.ceiling+c.ceiling/10+2; steps > most {
				t.Errorf("%d steps, want %d at most (%d would do)", steps, most, c.ceiling)
			}
			if c.name == "star" || c.name == "star, hub last" {
				for _, a := range p.Actions {
					if len(a.Associations) > 1 {
						t.Errorf("%s carries %d associations: those of a hub travel with its neighbours", a.Key, len(a.Associations))
					}
				}
			}
		})
	}
}

// carriers holds that each edge is carried once, by the end that is written
// later.
func carriers(t *testing.T, g graph, p *plan.Plan) {
	t.Helper()
	order := map[string]int{}
	for _, a := range p.Actions {
		order[a.Key] = a.Order
	}
	orders := make([]int, 0, g.n)
	for _, o := range order {
		orders = append(orders, o)
	}
	slices.Sort(orders)
	for i, o := range orders {
		if o != i+1 {
			t.Fatalf("place %d is %d: the order is not 1, 2, 3, ...", i, o)
		}
	}
	want := map[[2]string]bool{}
	pair := func(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }
	for _, e := range g.edges {
		want[pair(fmt.Sprint("k", e[0]), fmt.Sprint("k", e[1]))] = true
	}
	for _, a := range p.Actions {
		for _, as := range a.Associations {
			if as.Key() == "" {
				continue
			}
			if order[as.Key()] >= a.Order {
				t.Errorf("%s carries an association with %s, which is written after it", a.Key, as.Key())
			}
			if !want[pair(a.Key, as.Key())] {
				t.Errorf("%s with %s: twice, or never asked for", a.Key, as.Key())
			}
			delete(want, pair(a.Key, as.Key()))
		}
	}
	if len(want) > 0 {
		t.Errorf("%d associations are carried by nobody", len(want))
	}
}

// makespan is how many steps workers take that each write one group in a step,
// the first in the order that has nobody to wait for: not for the other end of
// an association that it carries, nor for a new object that another one is
// just making.
func makespan(p *plan.Plan, workers int) int {
	todo := p.Writers()
	done, made, steps := map[string]bool{}, map[int]bool{}, 0
	for len(todo) > 0 {
		var now, later []*plan.Action
		making := map[int]bool{}
		for _, a := range todo {
			if len(now) < workers && free(a, done, made, making) {
				now = append(now, a)
				for _, as := range a.Associations {
					if as.Object() > 0 && !made[as.Object()] {
						making[as.Object()] = true
					}
				}
			} else {
				later = append(later, a)
			}
		}
		for _, a := range now {
			done[a.Key] = true
		}
		for o := range making {
			made[o] = true
		}
		todo = later
		steps++
	}
	return steps
}

func free(a *plan.Action, done map[string]bool, made, making map[int]bool) bool {
	for _, as := range a.Associations {
		if as.Key() != "" && !done[as.Key()] || as.Object() > 0 && making[as.Object()] {
			return false
		}
	}
	return true
}
