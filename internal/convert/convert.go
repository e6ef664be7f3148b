// Package convert has what all converters share: the groups and indicators that come of
// a source, and a ledger of what does not.
//
// A converter reads objects of its format. It counts each in the Ledger as read, and
// ends it there exactly once: carried or left out. What it carries becomes a part of a
// Manifest, which checks it by the rules of package intel: what is in a Manifest is valid
// when it is written.
package convert

import (
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"

	"tcimport/internal/intel"
)

// Manifest is what a converter makes. The zero Manifest is empty.
type Manifest struct {
	groups     []group
	byKey      map[string]int
	indicators indicators
	written    map[*Indicator]bool // those that a group names, once Groups is read
	checker    *intel.Checker
}

// group is a group with its associations. Each is kept at one of its ends only: at the
// group that comes first.
type group struct {
	*intel.Group
	others     []int32
	indicators []*Indicator
}

// check is the checker of everything in m.
func (m *Manifest) check() *intel.Checker {
	if m.checker == nil {
		m.checker = intel.NewChecker(nil)
		m.byKey = map[string]int{}
	}
	return m.checker
}

// Add adds a group. The order of these calls is the order of the manifest. An error says
// why the group cannot be part of one.
func (m *Manifest) Add(g *intel.Group) error {
	var ps intel.Problems
	m.check().Group(g, &ps)
	if err := firstError(ps); err != nil {
		return err
	}
	m.byKey[g.Key] = len(m.groups)
	m.groups = append(m.groups, group{Group: g})
	return nil
}

// Associate associates two groups. It reports whether both are in the manifest.
func (m *Manifest) Associate(a, b string) bool {
	i, okA := m.byKey[a]
	j, okB := m.byKey[b]
	if okA && okB && i != j {
		first := &m.groups[min(i, j)]
		first.others = append(first.others, int32(max(i, j)))
	}
	return okA && okB
}

// Indicate associates a group with an indicator. It reports whether the group is in the
// manifest.
func (m *Manifest) Indicate(key string, i *Indicator) bool {
	at, ok := m.byKey[key]
	if ok {
		m.groups[at].indicators = append(m.groups[at].indicators, i)
	}
	return ok
}

// NoGroup is the reason why a value is left out that nobody calls an indicator.
const NoGroup = "no group refers to it"

// Groups are the groups with their associations. It can be read once.
func (m *Manifest) Groups() iter.Seq[*intel.Group] {
	return func(yield func(*intel.Group) bool) {
		m.written = map[*Indicator]bool{}
		for i := range m.groups {
			g := &m.groups[i]
			slices.Sort(g.others)
			for _, other := range slices.Compact(g.others) {
				g.Refs = append(g.Refs, intel.Ref{Kind: intel.KindGroup, Text: m.groups[other].Key})
			}
			for _, indicator := range sorted(g.indicators) {
				g.Refs = append(g.Refs, indicator.ref(m.written))
			}
			done := yield(g.Group)
			*g = group{}
			if !done {
				return
			}
		}
	}
}

// Alone are the indicators that no group names. It is read after Groups.
func (m *Manifest) Alone() []intel.Ref {
	var out []intel.Ref
	for _, i := range m.distinct() {
		if !m.written[i] {
			out = append(out, i.ref(m.written))
		}
	}
	return out
}

// distinct are the indicators of the manifest, in order.
func (m *Manifest) distinct() []*Indicator { return sorted(slices.Collect(maps.Values(m.indicators))) }

// Count is how many groups, associations and indicators the manifest has.
func (m *Manifest) Count() (groups, associations, inds int) {
	for i := range m.groups {
		g := &m.groups[i]
		slices.Sort(g.others)
		g.others = slices.Compact(g.others)
		g.indicators = sorted(g.indicators)
		associations += len(g.others) + len(g.indicators)
	}
	return len(m.groups), associations, len(m.distinct())
}

// sorted are indicators in order, each once.
func sorted(list []*Indicator) []*Indicator {
	for i := range list {
		list[i] = list[i].whole()
	}
	slices.SortFunc(list, func(a, b *Indicator) int {
		return strings.Compare(a.object.Type+"\x00"+a.object.Summary, b.object.Type+"\x00"+b.object.Summary)
	})
	return slices.Compact(list)
}

func firstError(ps intel.Problems) error {
	for _, p := range ps {
		if !p.Warning {
			return errors.New(p.Message)
		}
	}
	return nil
}
