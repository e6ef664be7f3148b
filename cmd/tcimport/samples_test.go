package main

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
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

// TestScheduledSamplesTellOfFailures: a night of which something failed is a
// failure for whatever has run it, and somebody is told.
func TestScheduledSamplesTellOfFailures(t *testing.T) {
	read := func(name string) string {
		t.Helper()
		b, err := os.ReadFile(filepath.Join("../../samples/cron", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	unit, job := read("tcimport.service"), read("cronjob.yaml")
	if strings.Contains(unit, "SuccessExitStatus") || !strings.Contains(unit, "OnFailure=tcimport-failed@%n.service") || !strings.Contains(unit, "--metrics ") {
		t.Errorf("the unit tells nobody of a failure:\n%s", unit)
	}
	if regexp.MustCompile(`[0-9]%(\s|$)`).MatchString(unit) {
		t.Errorf("a percent sign of a unit is written twice:\n%s", unit)
	}
	if !strings.Contains(read("tcimport-failed@.service"), "sendmail") {
		t.Error("the unit of failures sends nothing")
	}
	if !regexp.MustCompile(`(?m)^PATH=.*/usr/local/bin`).MatchString(read("crontab")) {
		t.Error("cron does not find tcimport without a PATH")
	}
	image := regexp.MustCompile(`image: (\S+)`).FindStringSubmatch(job)
	if image == nil || !strings.Contains(document(t, "Dockerfile"), "-t "+image[1]+" .") {
		t.Errorf("nothing builds the image %q", image)
	}
}

// TestImage: what the Dockerfile copies exists, and the image has certificates and is not
// run by root. Nothing here can build it.
func TestImage(t *testing.T) {
	text := document(t, "Dockerfile")
	for _, m := range regexp.MustCompile(`(?m)^COPY ([^-].*) \S+$`).FindAllStringSubmatch(text, -1) {
		for _, name := range strings.Fields(m[1]) {
			if _, err := os.Stat(filepath.Join(repository, name)); err != nil {
				t.Errorf("COPY %s: %v", name, err)
			}
		}
	}
	for _, want := range []string{
		"\nFROM scratch\n", " CGO_ENABLED=0 go build ", " ./cmd/tcimport ", "/etc/ssl/certs/ca-certificates.crt", "\nUSER 65532:65532\n", "\nWORKDIR /data\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the Dockerfile has no %q", want)
		}
	}
	if job := document(t, "samples/cron/cronjob.yaml"); !strings.Contains(job, "runAsUser: 65532") {
		t.Error("cronjob.yaml runs the image as another user")
	}
	gomod, base := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(document(t, "go.mod")), regexp.MustCompile(`FROM golang:(\S+)`).FindStringSubmatch(text)
	if base == nil || base[1] != gomod[1] {
		t.Errorf("the image is built with Go %q, not %s", base, gomod[1])
	}
}

// scheduled are the command lines of the samples for cron, systemd and Kubernetes, as a
// shell runs them in a folder that stands for the folders of the samples.
func scheduled(t *testing.T, dir string) map[string]string {
	t.Helper()
	part := func(name, pattern string) string {
		t.Helper()
		m := regexp.MustCompile(pattern).FindStringSubmatch(document(t, "samples/cron/"+name))
		if m == nil {
			t.Fatalf("%s has no command line", name)
		}
		return m[1]
	}
	arguments := regexp.MustCompile(`(?m)^ +- (.*)$`).FindAllStringSubmatch(part("cronjob.yaml", `args:\n((?: +- .*\n)+)`), -1)
	job := "tcimport"
	for _, a := range arguments {
		job += " " + a[1]
	}
	return map[string]string{
		"crontab": strings.NewReplacer(`\%`, "%", "/srv/tcimport", dir, "/var/lib/node_exporter/textfile", dir).Replace(part("crontab", `(?m)^15 2 \* \* \* (.*)$`)),
		"tcimport.service": "cd " + dir + " && " + strings.NewReplacer("%%", "%", "${STATE_DIRECTORY}", dir, "/usr/local/bin/", "", "/var/lib/node_exporter/textfile", dir).
			Replace(part("tcimport.service", `(?m)^ExecStart=((?:.*\\\n)*.*)$`)),
		"cronjob.yaml": strings.NewReplacer("/manifests", dir+"/nightly", "=/state", "="+dir).Replace(job),
	}
}

// TestScheduledSamplesRun: the command line of each sample for cron, systemd and
// Kubernetes works as it stands, a second time too, and prints nothing in a good night.
func TestScheduledSamplesRun(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	for _, name := range []string{"crontab", "tcimport.service", "cronjob.yaml"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(tcsim.New(tcsim.Config{}))
			defer srv.Close()
			s := newSession(t, srv.URL)
			s.env = append(s.env, "TC_API_PATH="+srv.URL+"/api", "TC_TOKEN="+tcsim.DemoToken, "TCIMPORT_RATE=0")
			if code, out := s.run(t, "cp -R samples/nightly nightly"); code != 0 {
				t.Fatal(out)
			}
			command := scheduled(t, s.dir)[name]
			for range 2 {
				if code, out := s.run(t, command); code != 0 || out != "" {
					t.Fatalf("%s\nexits with %d:\n%s", command, code, out)
				}
			}
			if report, err := os.ReadFile(filepath.Join(s.dir, "ids.csv")); err != nil || strings.Count(string(report), "\ngroup,") != 8 {
				t.Errorf("%s has written no report of the feed: %v\n%s", command, err, report)
			}
		})
	}
}
