// Package state keeps what outlives a run: files that are whole or not there,
// the lock of an instance and owner, the journal of what was sent, and which
// plans were applied.
//
// All of it lies in one folder as ordinary files that a person can read. A
// process may end at any instruction: whatever it leaves, the next one reads
// and says what happened.
package state

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
)

// Scope is what a journal is of: the keys of one namespace on one instance.
type Scope struct {
	Instance  string // its host, and its path where that is not the usual one
	Namespace string
}

// name is the path of a file of the state directory: readable parts for people,
// a digest of the exact ones, because different parts can read the same.
func name(dir, suffix string, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	base := "tcimport"
	for _, p := range parts {
		if p = slug(p); p != "" {
			base += "-" + p
		}
	}
	return filepath.Join(dir, base+"-"+hex.EncodeToString(sum[:4])+suffix)
}

// slug is s, cut and reduced to what every file system takes.
func slug(s string) string {
	const most = 40
	s = strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '.':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, s)
	if len(s) > most {
		s = s[:most]
	}
	return strings.Trim(s, "-.")
}
