package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestScheduledSamples holds the flags of the samples for cron, systemd and
// Kubernetes to those that apply has.
func TestScheduledSamples(t *testing.T) {
	flags := (&program{lookupEnv: os.LookupEnv}).newApply().Flags()
	global := (&program{lookupEnv: os.LookupEnv}).newRoot().PersistentFlags()
	flag := regexp.MustCompile(`--([a-z-]+)`)
	for _, name := range []string{"crontab", "tcimport.service", "cronjob.yaml"} {
		b, err := os.ReadFile(filepath.Join("../../samples/cron", name))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(b)) {
			if strings.HasPrefix(strings.TrimSpace(line), "#") {
				continue
			}
			for _, m := range flag.FindAllStringSubmatch(line, -1) {
				n++
				if flags.Lookup(m[1]) == nil && global.Lookup(m[1]) == nil {
					t.Errorf("%s: apply has no flag --%s", name, m[1])
				}
			}
		}
		if n < 8 {
			t.Errorf("%s names %d flags of apply: the sample does not show what it is for", name, n)
		}
	}
}
