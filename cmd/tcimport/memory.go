package main

import (
	"runtime"
	"runtime/debug"
)

// largeImport is the heap, with its garbage, that the manifests of a large import have.
const largeImport = 1 << 30

// saveMemory makes the garbage of a large import be collected long before the heap has grown
// to twice what is in use. A small import has room for that, and saves time.
func saveMemory() {
	var heap runtime.MemStats
	runtime.ReadMemStats(&heap)
	if heap.NextGC > largeImport {
		debug.SetGCPercent(40)
	}
}
