package stix

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"tcimport/internal/testkit"
)

// bigBundle is a bundle of about a number of bytes, made as it is read: of ten objects,
// one becomes a group, seven are relationships, and two are left out.
func bigBundle(size int) io.Reader {
	r, w := io.Pipe()
	go func() {
		prose := strings.Repeat("An actor that does what actors do. ", 30)
		written, _ := io.WriteString(w, `{"type":"bundle","id":"bundle--1","objects":[`)
		for i := 0; written < size; i++ {
			group := i / 10
			text := ""
			switch i % 10 {
			case 0:
				text = sdo("malware", group, fmt.Sprintf(`"description":%q,"labels":["malware"],"modified":"2026-01-01T00:00:00Z"`, prose))
			case 1, 2:
				text = sdo("x-mitre-analytic", i, fmt.Sprintf(`"description":%q`, prose))
			default:
				text = fmt.Sprintf(`{"type":"relationship","id":"relationship--%08d-0000-4000-8000-000000000000","relationship_type":"uses","source_ref":"malware--%d","target_ref":"malware--%d","description":%q}`,
					i, group, group/2, prose)
			}
			n, err := io.WriteString(w, text+",\n")
			if err != nil {
				return
			}
			written += n
		}
		_, _ = io.WriteString(w, sdo("tool", 0, "")+"]}")
		w.Close()
	}()
	return r
}

// TestLargeBundle: the memory of a conversion depends on what is kept, not on the size of
// the input.
func TestLargeBundle(t *testing.T) {
	testkit.SkipUnderRace(t)
	const size = 40 << 20
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	c := New(Options{})
	if err := c.Read(bigBundle(size)); err != nil {
		t.Fatal(err)
	}
	kept := heap() - before
	m, l := c.Finish()
	if err := l.Check(); err != nil {
		t.Error(err)
	}
	groups, associations, _ := m.Count()
	total := l.Total()
	t.Logf("%d objects, %d groups, %d associations: %d MB are kept of %d", total.In, groups, associations, kept>>20, size>>20)
	if groups == 0 || kept > size*2/5 {
		t.Errorf("%d bytes are kept of %d", kept, size)
	}
}
