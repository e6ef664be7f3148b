//go:build !linux

package state

import "os"

// syncData puts the content of a file on the disk.
func syncData(f *os.File) error { return f.Sync() }
