package reader

import (
	"path/filepath"
	"slices"
	"testing"
)

func TestReads(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write(t, at("m.yaml"), `groups:
  - {key: a, type: Adversary, name: A, attributes: [{type: Description, valueFrom: missing.txt}]}
sources:
  - {csv: foreign.csv, columns: {type: Adversary, name: "{{ .id }}"}}
`)
	write(t, at("foreign.csv"), "id\nF\n")
	write(t, at("ids.csv"), "kind,key,type,name,owner,xid,id,webLink,action,status,error,source\n")
	var read, skipped []string
	Read([]string{dir, "-"}, Options{InputFormat: "csv", Reads: func(path string, skip bool) {
		if skip {
			skipped = append(skipped, path)
		} else {
			read = append(read, path)
		}
	}})
	slices.Sort(read)
	read = slices.Compact(read)
	if want := []string{at("foreign.csv"), at("m.yaml"), at("missing.txt")}; !slices.Equal(read, want) {
		t.Errorf("read: got %q, want %q", read, want)
	}
	if want := []string{at("ids.csv")}; !slices.Equal(skipped, want) {
		t.Errorf("skipped: got %q, want %q", skipped, want)
	}
}
