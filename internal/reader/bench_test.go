package reader

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

const benchRows = 20_000

func benchmark(b *testing.B, name string, text []byte, more ...string) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
		b.Fatal(err)
	}
	for i := 0; i+1 < len(more); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, more[i]), []byte(more[i+1]), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	arg := filepath.Join(dir, name)
	if len(more) > 0 {
		arg = filepath.Join(dir, more[0])
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		m, problems := Read([]string{arg}, Options{})
		if len(problems) > 0 || len(m.Groups) != benchRows {
			b.Fatalf("%d groups, problems: %v", len(m.Groups), problems[:min(3, len(problems))])
		}
	}
}

func benchCSV() []byte {
	var t bytes.Buffer
	t.WriteString("key,type,name,eventDate,status,tags,securityLabels,attribute:Description,associatedIndicators\n")
	for i := range benchRows {
		fmt.Fprintf(&t, "k%d,Incident,Incident number %d,2021-11-03,New,phishing|apt,TLP:AMBER,\"What happened, in some \"\"words\"\"\",Host:h%d.example|Address:10.0.0.1\n", i, i, i)
	}
	return t.Bytes()
}

func BenchmarkCSV(b *testing.B) { benchmark(b, "groups.csv", benchCSV()) }

func BenchmarkYAML(b *testing.B) {
	var t bytes.Buffer
	t.WriteString("defaults: {tags: [Imported], status: New}\ngroups:\n")
	for i := range benchRows {
		fmt.Fprintf(&t, `  - key: k%d
    type: Incident
    name: Incident number %d
    eventDate: 2021-11-03
    tags: [phishing, apt]
    attributes:
      - {type: Description, value: "What happened, in some words"}
    associatedIndicators:
      - Host:h%d.example
      - {type: Address, ip: 10.0.0.1, rating: 3}
`, i, i, i)
	}
	benchmark(b, "groups.yaml", t.Bytes())
}

func BenchmarkSources(b *testing.B) {
	benchmark(b, "groups.csv", benchCSV(), "a.yaml", `
sources:
  - csv: groups.csv
    columns:
      key: "{{ .key }}"
      type: Incident
      name: "{{ .name | trim | upper }}"
      eventDate: '{{ isoDate "2006-01-02" .eventDate }}'
      tags: "{{ .tags }}|x"
      attribute:Description: '{{ index . "attribute:Description" }}'
`)
}
