package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestProgressWithoutATerminal: where nobody looks there is a line every 30
// seconds, whether CI is set or not, as the log has it; --quiet stays silent.
func TestProgressWithoutATerminal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		env    map[string]string
		errTTY bool
		global globalOptions
		want   string
	}{
		{name: "cron", want: "Looking up: 1 of 4 requests, about 2 min left\n"},
		{name: "CI", env: map[string]string{"CI": "true"}, want: "Looking up: 1 of 4 requests, about 2 min left\n"},
		{name: "a dumb terminal", env: map[string]string{"TERM": "dumb"}, errTTY: true, want: "Looking up: 1 of 4 requests, about 2 min left\n"},
		{name: "a log", global: globalOptions{logFormat: "json"}, want: `"level":"INFO","msg":"Looking up: 1 of 4 requests, about 2 min left"}` + "\n"},
		{name: "quiet", global: globalOptions{quiet: true}},
		{name: "quiet in CI", env: map[string]string{"CI": "true"}, global: globalOptions{quiet: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var errs bytes.Buffer
				p := &program{stderr: &errs, errTTY: c.errTTY, global: c.global, lookupEnv: func(name string) (string, bool) { v, ok := c.env[name]; return v, ok }}
				p.openTerminal()
				p.showProgress()
				end := p.progress.Begin("Looking up")
				p.progress.Expect(4)
				time.Sleep(29 * time.Second)
				if errs.Len() > 0 {
					t.Errorf("within 30 seconds it says %q", errs.String())
				}
				p.progress.Answered()
				time.Sleep(1500 * time.Millisecond)
				end()
				time.Sleep(time.Minute)
				if got := errs.String(); !strings.HasSuffix(got, c.want) || strings.Count(got, "\n") > 1 || c.want == "" && got != "" {
					t.Errorf("it says %q, not %q", got, c.want)
				}
			})
		})
	}
}
