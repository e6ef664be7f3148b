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

// TestLargeLists: very many entries of one object take no longer than those of many.
func TestLargeLists(t *testing.T) {
	testkit.SkipUnderRace(t)
	const n = 100000
	var aliases, refs, hits []string
	for i := range n {
		aliases = append(aliases, fmt.Sprintf(`"alias %d"`, i))
		refs = append(refs, fmt.Sprintf(`"relationship--%d"`, i))
		hits = append(hits, fmt.Sprintf("domain-name:value LIKE 'x%d'", i))
	}
	list := strings.Join(aliases, ",")
	got := convertAll(t, Options{}, bundle(
		sdo("campaign", 1, `"aliases":[`+list+`],"labels":[`+list+`]`),
		sdo("report", 2, `"object_refs":[`+strings.Join(refs, ",")+`,"indicator--3"]`),
		fmt.Sprintf(`{"type":"indicator","id":"indicator--3","pattern":"[url:value = 'http://a.example/' OR %s]"}`, strings.Join(hits, " OR "))))
	for _, want := range []string{
		"left out: 100000 report.object_refs (what it refers to is not in the input)\n",
		"left out: 100000 indicator.pattern (LIKE is not one value)\n  indicator--3: ",
	} {
		if !strings.Contains(got.left, want) {
			t.Errorf("%.1000s\nlacks %s", got.left, want)
		}
	}
	if strings.Count(got.yaml, "type: Aliases") != n || strings.Count(got.left, "\n") > 10 {
		t.Errorf("%d aliases; left out %.1000s", strings.Count(got.yaml, "type: Aliases"), got.left)
	}
}
