package compare

import (
	"cmp"
	"slices"

	"tcimport/internal/plan"
)

// order numbers the actions that write so that as many as possible can be in flight
// at once. Neighbours must not be: two new groups with an association, and groups
// that share a new object with its first carrier. A greedy colouring, which begins
// with the groups that have most neighbours, gives neighbours different colours. The
// colours are written one after the other. So a hub comes before its neighbours, and
// its associations travel with them, one each.
func (m *maker) order() {
	var nodes []int
	for i, a := range m.actions {
		if a.Verb == plan.Create || a.Verb == plan.Update && (!a.Reference || len(a.Associations) > 0) {
			nodes = append(nodes, i)
		}
	}
	next := make([][]int32, len(m.actions))
	link := func(a, b int) {
		next[a], next[b] = append(next[a], int32(b)), append(next[b], int32(a))
	}
	for _, edge := range m.both {
		e := &m.Import.Edges[edge]
		link(int(e.Group), int(e.Other))
	}
	slices.SortStableFunc(m.sharers, func(a, b sharer) int { return cmp.Compare(a.object, b.object) })
	for rest := m.sharers; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].object == rest[0].object {
			n++
		}
		of := rest[:n]
		if rest = rest[n:]; n == 1 {
			continue
		}
		pivot := slices.MaxFunc(of, func(a, b sharer) int {
			return cmp.Or(cmp.Compare(len(next[a.group]), len(next[b.group])), cmp.Compare(b.group, a.group))
		})
		for _, s := range of {
			if s != pivot {
				link(int(pivot.group), int(s.group))
			}
		}
	}
	colors := colour(nodes, next)
	slices.SortStableFunc(nodes, func(a, b int) int { return cmp.Compare(colors[a], colors[b]) })
	for n, i := range nodes {
		m.actions[i].Order = n + 1
	}
}

// colour gives each node the smallest colour that none of its neighbours has,
// nodes with most neighbours first.
func colour(nodes []int, next [][]int32) []int32 {
	byDegree := slices.Clone(nodes)
	slices.SortStableFunc(byDegree, func(a, b int) int { return cmp.Compare(len(next[b]), len(next[a])) })
	colors := make([]int32, len(next)) // 0: none yet
	taken := []int{}                   // colour -> 1 + the node that has a neighbour of it
	for _, i := range byDegree {
		for _, j := range next[i] {
			c := int(colors[j])
			for len(taken) <= c {
				taken = append(taken, 0)
			}
			taken[c] = i + 1
		}
		c := 1
		for c < len(taken) && taken[c] == i+1 {
			c++
		}
		colors[i] = int32(c)
	}
	return colors
}

// carry gives each association of two new groups to the one that is written later. All
// associations of the plan then lie one behind the other: there are very many, and a list
// that grows has room to spare.
func (m *maker) carry() {
	carrier := func(edge int32) (by, other int, written string) {
		e := &m.Import.Edges[edge]
		i, j := int(e.Group), int(e.Other)
		if m.actions[i].Order < m.actions[j].Order {
			return j, i, m.Import.Groups[i].Key
		}
		return i, j, m.Import.Written(int(edge))
	}
	more, total := make([]int, len(m.actions)), len(m.both)
	for _, edge := range m.both {
		by, _, _ := carrier(edge)
		more[by]++
	}
	for _, a := range m.actions {
		total += len(a.Associations)
	}
	all := make([]plan.Association, 0, total)
	for i, a := range m.actions {
		if len(a.Associations)+more[i] > 0 {
			from := len(all)
			all = append(all, a.Associations...)
			a.Associations = all[from : len(all) : len(all)+more[i]]
			all = all[:len(all)+more[i]]
		}
	}
	for _, edge := range m.both {
		by, other, written := carrier(edge)
		m.actions[by].Associations = append(m.actions[by].Associations, m.toGroup(other, written))
	}
	for _, a := range m.actions {
		sortAssociations(a.Associations)
	}
}

// sortAssociations puts associations by kind; within a kind they stay in the
// order in which the manifest names them.
func sortAssociations(as []plan.Association) {
	slices.SortStableFunc(as, func(x, y plan.Association) int { return cmp.Compare(x.Kind, y.Kind) })
}
