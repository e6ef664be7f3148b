package main

import (
	"runtime"
	"runtime/debug"
	gometrics "runtime/metrics"
	"sync/atomic"
)

// The heap grows by so many percent of what is in use before its garbage is collected.
// Go's own 100 takes a sixth more memory for a large import than 50, at which a plan takes
// an eighth more CPU time. A million groups need less than 4 GB.
const (
	garbage        = 60
	garbageOfLarge = 40
)

// growth is the one of the two that holds.
var growth atomic.Int64

// smallHeap is how large the heap becomes before any garbage is collected. Most imports
// need no more, and begin to write earlier.
const smallHeap = 64 << 20

// leastHeap is the heap before the first collection if it may grow by 100 %.
const leastHeap = 4 << 20

// largeImport is the heap, with its garbage, that the manifests of a large import have.
const largeImport = 1 << 30

// collectGarbage says when garbage is collected.
func collectGarbage() {
	growth.Store(garbage)
	debug.SetGCPercent(100 * smallHeap / leastHeap)
	afterCollection()
}

// afterCollection says after each collection when the next one comes: nobody holds what is
// cleaned up.
func afterCollection() {
	runtime.AddCleanup(new(*int), func(int) {
		live := []gometrics.Sample{{Name: "/gc/heap/live:bytes"}}
		gometrics.Read(live)
		used := int64(live[0].Value.Uint64())
		debug.SetGCPercent(int(max(growth.Load(), 100*(smallHeap-used)/max(used, 1))))
		afterCollection()
	}, 0)
}

// saveMemory makes the garbage of a large import be collected earlier.
func saveMemory() {
	var heap runtime.MemStats
	runtime.ReadMemStats(&heap)
	if heap.NextGC > largeImport {
		growth.Store(garbageOfLarge)
		debug.SetGCPercent(garbageOfLarge)
	}
}
