package state

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"
)

// LockedError says that another run is at work.
type LockedError struct {
	Path   string // of the lock
	What   string // what is locked, for people
	Holder Holder
}

// Holder is the run that has a lock. All is zero where it could not be read.
type Holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

func (e *LockedError) Error() string {
	if e.Holder.PID == 0 {
		return fmt.Sprintf("another run is working on %s (lock %s): wait for it to end", e.What, e.Path)
	}
	return fmt.Sprintf("another run is working on %s: process %d on %s, since %s (lock %s); wait for it to end",
		e.What, e.Holder.PID, e.Holder.Host, e.Holder.Since.Format(time.RFC3339), e.Path)
}

// CorruptError says that a file of the state directory cannot be what this
// program wrote.
type CorruptError struct {
	Path   string
	Line   int // 0 where it is the file as such
	Reason string
}

func (e *CorruptError) Error() string {
	at := e.Path
	if e.Line > 0 {
		at = fmt.Sprintf("%s:%d", e.Path, e.Line)
	}
	without := "tcimport then knows of earlier runs only what the instance shows"
	if filepath.Ext(e.Path) == runSuffix {
		without = "of this run, undo can then only delete what the report says that it has created"
	}
	return at + ": " + e.Reason + "; to continue without it, move the file away: " + without
}

// failed is err with what it was that failed, and what can be done about it.
func failed(doing, path string, err error) error {
	if err == nil {
		return nil
	}
	hint := ""
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		hint = ": free some space, or choose another place"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		hint = ": this user may not write there; choose another place"
	case errors.Is(err, fs.ErrNotExist):
		hint = ": make the folder first, or choose another place"
	}
	return fmt.Errorf("%s %s: %w%s", doing, path, reason(err), hint)
}

// reason is err without the path that it names, which can be that of a temporary
// file.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
