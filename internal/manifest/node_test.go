package manifest

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// FuzzText proves that any text comes back from YAML as it went in.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "no", "007", "1e3", "~", "null", "<<", "=", "- a", "a: b", "# c", " lead", "trail ", "a\nb", "a\nb\n",
		"\n a", "a\n\n b", "a\r\nb", "tab\tin", "\u2028", "\u0085x\ny", "\x00", "\x1b[31m", "---\nx", "é", "\U0001F600\nx", "%x", "@a", "`b`",
		"'", `"`, "a\n# not a comment", "a \nb", "{a}", "[a]", "*a", "&a", "!a", "!!str a", "|", ">", "a\n\tb", "2023-01-01", "\ufeffx\ny"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.ToValidUTF8(s, "\uFFFD")
		var b strings.Builder
		b.WriteString("list:\n")
		if err := encode(&b, "  ", list(add(add(mapping(), "value", text(s)), "other", list(text(s))))); err != nil {
			t.Fatal(err)
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
