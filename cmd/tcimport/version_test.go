package main

import (
	"runtime/debug"
	"testing"
)

// TestVersionSays: the version line names what is known of a build and nothing
// that is not, whether make release, go build or go install has made it.
func TestVersionSays(t *testing.T) {
	vcs := []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef0123"}, {Key: "vcs.time", Value: "2026-11-22T04:05:06Z"}, {Key: "vcs.modified", Value: "true"}}
	for _, c := range []struct {
		name  string
		known about
		noted debug.BuildInfo
		want  string
	}{
		{"make release", about{Version: "v1.2.0", Commit: "fedcba9876543210", Date: "2026-10-09T08:07:06Z"}, debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: vcs},
			"tcimport v1.2.0 (commit fedcba987654, 2026-10-09)"},
		{"go build in a clone", about{}, debug.BuildInfo{Main: debug.Module{Version: "v0.0.0-20261122040506-0123456789ab+dirty"}, Settings: vcs},
			"tcimport v0.0.0-20261122040506-0123456789ab+dirty (commit 0123456789ab, 2026-11-22, modified)"},
		{"go install", about{}, debug.BuildInfo{Main: debug.Module{Version: "v1.2.0"}}, "tcimport v1.2.0"},
	} {
		if c.known.complete(&c.noted); c.known.String() != c.want {
			t.Errorf("%s: %q, not %q", c.name, c.known, c.want)
		}
	}
}
