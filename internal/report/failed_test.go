package report

import (
	"bufio"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

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

// FuzzStr proves that any text comes back from YAML as it went in.
func FuzzStr(f *testing.F) {
	for _, s := range []string{"", "no", "007", "1e3", "~", "null", "<<", "=", "- a", "a: b", "# c", " lead", "trail ", "a\nb", "a\nb\n",
		"\n a", "a\n\n b", "a\r\nb", "tab\tin", "\u2028", "\u0085x\ny", "\x00", "\x1b[31m", "---\nx", "é", "\U0001F600\nx", "%x", "@a", "`b`",
		"'", `"`, "a\n# not a comment", "a \nb", "{a}", "[a]", "*a", "&a", "!a", "!!str a", "|", ">", "a\n\tb", "2023-01-01", "\ufeffx\ny"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.ToValidUTF8(s, "\uFFFD")
		w := &failedWriter{}
		var b strings.Builder
		w.w = bufio.NewWriter(&b)
		w.w.WriteString("list:\n")
		w.encode("  ", list(mapping("value", str(s), "other", list(str(s)))))
		w.w.Flush()
		if w.err != nil {
			t.Fatal(w.err)
		}
		var got struct {
			List []struct {
				Value yaml.Node
				Other []yaml.Node
			}
		}
		if err := yaml.Unmarshal([]byte(b.String()), &got); err != nil {
			t.Fatalf("%v:\n%s", err, b.String())
		}
		for _, n := range []yaml.Node{got.List[0].Value, got.List[0].Other[0]} {
			if n.Value != want || n.Tag != "!!str" {
				t.Errorf("%q came back as %q (%s):\n%s", want, n.Value, n.Tag, b.String())
			}
		}
	})
}
