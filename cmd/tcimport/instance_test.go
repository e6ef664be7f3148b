package main

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/reader"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestQuestionsEndWithTheNetwork: a question that nothing answers, for as long as
// requests are repeated, ends the run: each further one would take as long. One that
// is refused leaves something unchecked, and the run goes on.
func TestQuestionsEndWithTheNetwork(t *testing.T) {
	const text = "groups: [{type: Incident, name: A, tags: [{techniqueId: T1566}], associatedArtifacts: [{caseId: 7, type: URL, summary: 'http://a.example/'}]}]\n"
	for _, tt := range []struct {
		name, path string
		ends       bool
		tried      int64
	}{
		{"cases", "/v3/cases", true, 4},
		{"limits only, which a proxy may swallow", "OPTIONS", false, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt := &testkit.Cut{RoundTripper: testkit.Transport{Handler: tcsim.New(tcsim.Config{})}}
			rt.Cut = func(r *http.Request) bool { return strings.Contains(r.Method+r.URL.Path, tt.path) }
			c, err := tc.New(tc.Config{BaseURL: "http://localhost/api", Credentials: tc.Credentials{Token: tcsim.DemoToken}, Transport: rt,
				Retry: tc.RetryPolicy{Tries: 4, Base: time.Microsecond}})
			if err != nil {
				t.Fatal(err)
			}
			manifest := text
			if tt.path == "OPTIONS" {
				manifest = strings.Replace(text, "name: A", "name: "+strings.Repeat("A", 150), 1)
				manifest = strings.Replace(manifest, ", associatedArtifacts: [{caseId: 7, type: URL, summary: 'http://a.example/'}]", "", 1)
			}
			m, _ := reader.Read([]string{"-"}, reader.Options{InputFormat: "yaml", Stdin: strings.NewReader(manifest)})
			im, problems := intel.Assemble(m, intel.Options{DefaultOwner: tcsim.DemoOrganization})
			if problems.Errors() > 0 {
				t.Fatal(problems)
			}
			p := &program{stderr: io.Discard, lookupEnv: func(string) (string, bool) { return "", false }}
			p.openTerminal()
			pl := &planning{program: p, connection: &connection{client: c, instance: c.Describe()}}
			err = pl.describe(t.Context(), im, &intel.Options{DefaultOwner: tcsim.DemoOrganization})
			if tt.ends != errors.Is(err, tc.ErrNetwork) || !tt.ends && err != nil || rt.Tried.Load() != tt.tried {
				t.Errorf("%v after %d tries; not checked: %v", err, rt.Tried.Load(), pl.notChecked)
			}
		})
	}
}
