package main

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"tcimport/internal/bigmanifest"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/reader"
	"tcimport/internal/testkit"
)

// heapStages goes the way from a manifest of n groups to a saved plan, step by
// step, and calls at after each with the bytes that are still in use.
func heapStages(t testing.TB, n int, at func(stage string, bytes int)) {
	file := filepath.Join(t.TempDir(), "big.yaml")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := bigmanifest.Write(f, bigmanifest.YAML, n, 1); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	inUse := func() int {
		runtime.GC()
		runtime.GC() // what pools hold is free after the second
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	before := inUse()
	stage := func(name string, keep ...any) {
		at(name, inUse()-before)
		runtime.KeepAlive(keep)
	}
	m, problems := reader.Read([]string{file}, reader.Options{})
	stage("read", m)
	im, more := intel.Assemble(m, intel.Options{})
	stage("assembled", m, im)
	in := &intel.Instance{Organization: "Demo", Owners: []intel.Owner{{ID: 1, Name: "Demo"}}}
	im, again := intel.Assemble(m, intel.Options{DefaultOwner: "Demo", Instance: in, Last: true})
	stage("checked", m, im)
	for _, p := range append(append(problems, more...), again...) {
		t.Fatal(p)
	}
	found := &inventory.Inventory{Objects: make([][]*intel.Remote, len(im.Objects))}
	pn := compare.Make(compare.Input{Import: im, Found: found, Owners: in.Owners, Now: time.Unix(0, 0)})
	im = nil
	stage("planned", pn)
	if err := pn.Write(io.Discard); err != nil {
		t.Fatal(err)
	}
	stage("saved", pn)
}

// BenchmarkHeap prints what a group of a big manifest takes at each stage. Stages
// that a run does not need at the same time are released as a run releases them.
func BenchmarkHeap(b *testing.B) {
	const n = 100_000
	for b.Loop() {
		heapStages(b, n, func(stage string, bytes int) {
			b.ReportMetric(float64(bytes)/n, stage+"-B/group")
		})
	}
}

// TestLargeMemoryOfAGroup: at each stage a group takes no more than a bound, and
// ten times the groups take ten times the memory, within a fifth.
func TestLargeMemoryOfAGroup(t *testing.T) {
	testkit.SkipUnderRace(t)
	bounds := map[string]int{"read": 1100, "assembled": 1450, "checked": 1250, "planned": 1300, "saved": 1300}
	few := map[string]int{}
	heapStages(t, 2_000, func(stage string, bytes int) { few[stage] = bytes / 2_000 })
	heapStages(t, 20_000, func(stage string, bytes int) {
		many := bytes / 20_000
		t.Logf("%s: %d bytes a group of 2,000, %d of 20,000", stage, few[stage], many)
		if many > bounds[stage] {
			t.Errorf("%s: a group takes %d bytes, more than %d", stage, many, bounds[stage])
		}
		if many > few[stage]*6/5 {
			t.Errorf("%s: a group of 20,000 takes %d bytes, one of 2,000 takes %d", stage, many, few[stage])
		}
	})
}
