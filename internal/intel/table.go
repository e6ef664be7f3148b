package intel

import "hash/maphash"

// table finds the entries of a list, such as the groups of an import, by what they
// have in common with what is looked for. It holds their indexes alone: the keys of
// millions of entries would take more memory than the entries.
type table struct {
	slots []slot // as many as a power of two
	used  int
}

// slot is an entry: its index, from 1 on, and a part of its hash. An index of 0 is a
// free slot.
type slot struct {
	hash  uint32
	index int32
}

// newTable is a table with room for n entries.
func newTable(n int) table {
	size := 8
	for size*3 < n*4 {
		size *= 2
	}
	return table{slots: make([]slot, size)}
}

// find is the first entry of a hash that is what is looked for.
func (t *table) find(hash uint64, is func(i int) bool) (int, bool) {
	if t.used == 0 {
		return 0, false
	}
	mask := len(t.slots) - 1
	for at := int(uint32(hash)) & mask; t.slots[at].index != 0; at = (at + 1) & mask {
		if s := t.slots[at]; s.hash == uint32(hash) && is(int(s.index-1)) {
			return int(s.index - 1), true
		}
	}
	return 0, false
}

// add adds entry i.
func (t *table) add(hash uint64, i int) {
	if t.used*4 >= len(t.slots)*3 {
		old := t.slots
		*t = newTable(2 * max(t.used, 8))
		for _, s := range old {
			if s.index != 0 {
				t.put(s)
			}
		}
	}
	t.put(slot{uint32(hash), int32(i + 1)})
}

func (t *table) put(s slot) {
	mask := len(t.slots) - 1
	at := int(s.hash) & mask
	for t.slots[at].index != 0 {
		at = (at + 1) & mask
	}
	t.slots[at] = s
	t.used++
}

var seed = maphash.MakeSeed()

// hashOf is the hash of some texts.
func hashOf(texts ...string) uint64 {
	var h uint64
	for _, t := range texts {
		h = mixed(h ^ maphash.String(seed, t))
	}
	return h
}

// mixed spreads what a number has over all of its bits.
func mixed(h uint64) uint64 {
	h *= 0x9e3779b97f4a7c15
	return h ^ h>>32
}
