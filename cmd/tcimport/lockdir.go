package main

import (
	"errors"
	"path/filepath"
	"runtime"
)

// lockDir is the folder of the locks: one for all runs of a user, so that those
// that are started in different folders exclude each other, too.
func (p *program) lockDir() (string, error) {
	// The specification of XDG has relative paths ignored.
	if dir := p.env("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "tcimport"), nil
	}
	if dir := p.env("LOCALAPPDATA"); runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "tcimport"), nil
	}
	if dir := p.env("HOME"); dir != "" {
		return filepath.Join(dir, ".local", "state", "tcimport"), nil
	}
	return "", errors.New("there is no folder for the lock: neither XDG_STATE_HOME nor HOME is set; set one of them, or give --state-dir")
}
