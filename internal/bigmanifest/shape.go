package bigmanifest

import (
	"math"
	"math/rand/v2"
)

// Shape is how the groups of a manifest hang together.
type Shape string

// The shapes. In all but the first and the last, each group has an indicator of its
// own.
const (
	Reports Shape = "reports" // the proportions of published reports
	Chain   Shape = "chain"   // each group with the next one
	Star    Shape = "star"    // all with the first one
	Grid    Shape = "grid"    // each with the next one, and with the one below
	Random  Shape = "random"  // each with three others
	Shared  Shape = "shared"  // none with another group, all with one indicator
)

// Shapes are all of them.
var Shapes = []Shape{Reports, Chain, Star, Grid, Random, Shared}

// neighbours are the groups that group i of n names.
func (s Shape) neighbours(r *rand.Rand, i, n int) []int {
	var out []int
	name := func(j int) {
		if j < n && j != i {
			out = append(out, j)
		}
	}
	switch s {
	case Reports:
		return ofReport(r, i, n)
	case Chain:
		name(i + 1)
	case Star:
		name(0)
	case Grid:
		width := int(math.Sqrt(float64(n)))
		if (i+1)%width > 0 {
			name(i + 1)
		}
		name(i + width)
	case Random:
		for range 3 {
			name(r.IntN(n))
		}
	}
	return out
}

// ofReport are the groups that a report names, each pair of groups once: the next
// one, a hub, and one far away; a hub names other hubs.
func ofReport(r *rand.Rand, i, n int) []int {
	hubs := (n + hubEvery - 1) / hubEvery
	if n < 8*hubEvery {
		return nil // too few for pairs that differ
	}
	if isHub(i) {
		h := i / hubEvery
		return []int{(h + 1) % hubs * hubEvery, (h + 2) % hubs * hubEvery, (h + 3) % hubs * hubEvery}
	}
	next, far := (i+1)%n, (i+n/2-hubEvery+r.IntN(hubEvery/2))%n
	if isHub(far) {
		far++
	}
	hub := r.IntN(hubs)
	if hub*hubEvery == next {
		hub = (hub + 1) % hubs
	}
	return []int{next, hub * hubEvery, far % n}
}

// indicators are the indicators that group i of n names.
func (s Shape) indicators(i, n int) []int {
	switch s {
	case Shared:
		return []int{0}
	case Reports:
		var out []int
		for k := i * 18 / 10; k < (i+1)*18/10; k++ {
			out = append(out, k)
		}
		if all := n * 18 / 10; i%10 == 5 {
			out = append(out, (i*18/10+all/2)%all)
		}
		return out
	}
	return []int{i}
}
