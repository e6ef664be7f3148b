package apply_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// shape is a manifest of groups, and what it has to leave on the instance.
type shape struct {
	name       string
	n          int // new groups
	text       string
	edges      int // associations
	indicators int
	more       int // writes beyond one for each new group, because a request holds 500 entries of a list
	existing   int // groups that are there, with the IDs 1, 2, …; those that name others first are written, too
}

// graph is a shape in which group i is associated with others, after it or before it.
func graph(name string, n int, others func(i int) []int) shape {
	pairs := map[[2]int]bool{}
	return shape{name: name, n: n, text: groups(n, func(i int) string {
		js := others(i)
		for _, j := range js {
			pairs[[2]int{min(i, j), max(i, j)}] = true
		}
		if len(js) == 0 {
			return ""
		}
		return keys(js...)
	}), edges: len(pairs)}
}

func shapes() []shape {
	const n = 60
	chain := func(i int) []int {
		if i == n-1 {
			return nil
		}
		return []int{i + 1}
	}
	upTo := func(from, to int) (out []int) {
		for j := from; j < to; j++ {
			out = append(out, j)
		}
		return out
	}
	rng := rand.New(rand.NewPCG(1, 2))
	indicators := func(name string, n int, links func(i int) string, edges, indicators int) shape {
		return shape{name: name, n: n, text: groups(n, links), edges: edges, indicators: indicators}
	}
	return []shape{
		graph("chain", n, chain),
		graph("ring", n, func(i int) []int { return []int{(i + 1) % n} }),
		graph("mutual pairs", n, func(i int) []int { return []int{i ^ 1} }),
		graph("star", n, func(i int) []int { return upTo(0, min(i, 1)) }),
		graph("star, named by the hub", 700, func(i int) []int {
			if i > 0 {
				return nil
			}
			return upTo(1, 700)
		}),
		graph("grid", n, func(i int) (out []int) {
			if i%10 < 9 {
				out = append(out, i+1)
			}
			if i+10 < n {
				out = append(out, i+10)
			}
			return out
		}),
		graph("random", n, func(i int) []int {
			return []int{(i + 1 + rng.IntN(19)) % n, (i + 20 + rng.IntN(19)) % n, (i + 40 + rng.IntN(19)) % n}
		}),
		graph("tree", n, func(i int) []int {
			if i == 0 {
				return nil
			}
			return []int{(i - 1) / 3}
		}),
		graph("complete", n, func(i int) []int { return upTo(i+1, n) }),
		graph("complete bipartite", n, func(i int) []int {
			if i >= n/2 {
				return nil
			}
			return upTo(n/2, n)
		}),
		graph("no associations", n, func(int) []int { return nil }),
		indicators("new indicators of their own", n, func(i int) string {
			return fmt.Sprintf("associatedIndicators: [Host:a%d.example, Host:b%d.example]", i, i)
		}, 2*n, 2*n),
		indicators("a thousand share one new indicator", 1000, func(int) string { return "associatedIndicators: [Host:x.example]" }, 1000, 1),
		indicators("each shares a new indicator with the next", n, func(i int) string {
			return fmt.Sprintf("associatedIndicators: [Host:x%d.example, Host:x%d.example]", i, (i+1)%n)
		}, 2*n, n),
		indicators("chain that shares, too", n, func(i int) string {
			return strings.TrimPrefix(keys(chain(i)...)+", ", ", ") + "associatedIndicators: [Host:x.example, Host:y.example]"
		}, n-1+2*n, 2),
		indicators("a case, an artifact and an asset for all", n, func(int) string {
			return `associatedCases: [{name: Phishing, severity: Low, status: Open}], associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}],
				associatedVictimAssets: [{type: EmailAddress, address: a@b.example, victimId: 2}]`
		}, 3*n, 0),
		{name: "lists above 500", n: 2, edges: 1201 + 501, indicators: 1201, more: 2 + 1, text: groups(2, func(i int) string {
			return "associatedIndicators: [" + strings.Join(hosts(1201-700*i), ", ") + "]"
		})},
		{name: "several lists above 500", n: 1, edges: 1201, indicators: 1201, more: 2, text: groups(1, func(int) string {
			return "tags: [" + strings.Join(hosts(700), ", ") + "], associatedIndicators: [" + strings.Join(hosts(1201), ", ") + "]"
		})},
		{name: "new groups with those that exist", n: n, existing: n, edges: n, text: groups(n, func(i int) string {
			return fmt.Sprintf("associatedGroups: [{id: %d}]", i+1)
		})},
		{name: "references only, a chain", existing: n, edges: n - 1, more: n - 1, text: "associations:\n" + listed(n-1, func(i int) (int, int) { return i + 1, i + 2 })},
		{name: "references only, a star", existing: n, edges: n - 1, more: 1, text: "associations:\n" + listed(n-1, func(i int) (int, int) { return 1, i + 2 })},
		{name: "references only, a star of 701", existing: 701, edges: 700, more: 2, text: "associations:\n" + listed(700, func(i int) (int, int) { return 1, i + 2 })},
	}
}

// hosts are n indicators. They are tags, too.
func hosts(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("Host:h%d.example", i))
	}
	return out
}

// listed are n associations of groups that exist, in YAML.
func listed(n int, ids func(i int) (group, other int)) string {
	var b strings.Builder
	for i := range n {
		group, other := ids(i)
		fmt.Fprintf(&b, "  - {group: {id: %d}, associatedGroup: {id: %d}}\n", group, other)
	}
	return b.String()
}

// TestFewestWrites counts: N new groups are N writes and no read, whatever hangs
// together, and each object is made once. A list of more than 500 takes a write for each
// 500 of them.
func TestFewestWrites(t *testing.T) {
	for _, c := range shapes() {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, tcsim.Config{})
			b.sim.AddCase(tcsim.Case{ID: 1, Name: "There", Owner: tcsim.DemoOrganization})
			b.sim.AddVictim(tcsim.Victim{ID: 2, Name: "Victim", Owner: tcsim.DemoOrganization})
			for i := range c.existing {
				b.sim.AddGroup(tcsim.Group{ID: int64(i + 1), Type: "Report", Name: fmt.Sprint("Older ", i), Owner: tcsim.DemoOrganization})
			}
			p := b.plan(b.read(c.text), nil, plan.DefaultPolicy())
			b.sim.ResetStats()
			b.completes(p)
			if st, want := b.sim.Stats(), c.n+c.more; st.Writes != want || p.Summary.Requests != want || st.Reads != 0 {
				t.Errorf("%d writes and %d reads, %d planned, want %d", st.Writes, st.Reads, p.Summary.Requests, want)
			}
			s := b.sim.Snapshot()
			if len(s.Groups) != c.n+c.existing || len(s.Indicators) != c.indicators || len(s.Cases) > 2 || len(s.Artifacts) > 1 || len(s.VictimAssets) > 1 {
				t.Errorf("%d groups, %d indicators, %d cases, %d artifacts, %d assets", len(s.Groups), len(s.Indicators), len(s.Cases), len(s.Artifacts), len(s.VictimAssets))
			}
			ends := 0
			for _, g := range s.Groups {
				ends += len(g.AssociatedGroups) + 2*(len(g.AssociatedIndicators)+len(g.AssociatedCases)+len(g.AssociatedArtifacts)+len(g.AssociatedVictimAssets))
			}
			if ends != 2*c.edges || p.Summary.Associations != c.edges {
				t.Errorf("%d associations on the server, %d planned, want %d", ends/2, p.Summary.Associations, c.edges)
			}
			b.settled(b.read(c.text), nil)
		})
	}
}
