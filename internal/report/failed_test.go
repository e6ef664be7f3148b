package report

import (
	"strings"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/reader"
)

// checkManifest reads a manifest as a later import does.
func checkManifest(t *testing.T, text string) *intel.Manifest {
	t.Helper()
	m, problems := reader.Read([]string{"-"}, reader.Options{InputFormat: "yaml", Stdin: strings.NewReader(text)})
	for _, p := range problems {
		if !p.Warning {
			t.Errorf("the manifest of what failed cannot be read: %v\n%s", p, text)
		}
	}
	_, problems = intel.Assemble(m, intel.Options{DefaultOwner: "Demo Community"})
	for _, p := range problems {
		if !p.Warning {
			t.Errorf("the manifest of what failed does not fit together: %v\n%s", p, text)
		}
	}
	return m
}
