package state

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// tryLock locks f without waiting; errLocked where somebody else has. Locks
// are mandatory here: a byte far behind the end is locked, so that the file
// can still be read.
func tryLock(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, lockedAt())
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return errLocked
	}
	return err
}

func unlock(f *os.File) error {
	return windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, lockedAt())
}

func lockedAt() *windows.Overlapped { return &windows.Overlapped{OffsetHigh: 1 << 30} }
