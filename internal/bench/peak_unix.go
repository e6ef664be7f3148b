//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peak is the largest resident set of a process, in bytes. Only macOS gives bytes.
func peak(p *os.ProcessState) int64 {
	kept := int64(p.SysUsage().(*syscall.Rusage).Maxrss)
	if runtime.GOOS == "darwin" {
		return kept
	}
	return kept << 10
}
