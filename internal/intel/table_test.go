package intel

import (
	"fmt"
	"testing"
)

// TestTable: a table finds each of its entries, also among those of the same hash,
// and nothing else.
func TestTable(t *testing.T) {
	for name, hash := range map[string]func(s string) uint64{
		"hashes":     func(s string) uint64 { return hashOf(s) },
		"one hash":   func(string) uint64 { return 7 },
		"few hashes": func(s string) uint64 { return uint64(len(s)) << 31 },
	} {
		var table table
		var list []string
		at := func(s string) (int, bool) {
			return table.find(hash(s), func(i int) bool { return list[i] == s })
		}
		for i := range 1000 {
			s := fmt.Sprint("entry ", i)
			if j, ok := at(s); ok {
				t.Fatalf("%s: %q is found before it is added: %d", name, s, j)
			}
			table.add(hash(s), i)
			list = append(list, s)
		}
		for i, s := range list {
			if j, ok := at(s); !ok || j != i {
				t.Errorf("%s: %q is entry %d, %v, want %d", name, s, j, ok, i)
			}
		}
	}
	if hashOf("a", "bc") == hashOf("ab", "c") || hashOf("a", "b") == hashOf("b", "a") {
		t.Error("texts that are cut or ordered in another way have the same hash")
	}
}
