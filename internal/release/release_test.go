package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var when = time.Date(2026, 11, 22, 4, 5, 6, 0, time.UTC)

// TestArchivesAreReproducible: the same files give the same bytes, whenever and by
// whomever they were written, and an archive has them as users need them.
func TestArchivesAreReproducible(t *testing.T) {
	read := func(mode os.FileMode, at time.Time) tree {
		dir := t.TempDir()
		for _, name := range []string{"b.md", "a.md", "run.sh"} {
			path := filepath.Join(dir, "docs", name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(name), mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
		out := tree{"tcimport": {data: []byte("program"), executable: true}}
		for _, path := range []string{"docs", "LICENSE"} { // there is no LICENSE
			if err := out.add(filepath.Join(dir, path), path); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	one, two := read(0o600, when), read(0o644, when.Add(time.Hour))
	for name, pack := range map[string]func(tree) ([]byte, error){
		"tar": func(t tree) ([]byte, error) { return t.tarball(when) },
		"zip": func(t tree) ([]byte, error) { return t.zipped(when) },
	} {
		a, err := pack(one)
		if err != nil {
			t.Fatal(err)
		}
		b, err := pack(two)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("two archives of %s differ", name)
		}
		if got, want := listed(t, name, a), "docs/a.md 644\ndocs/b.md 644\ndocs/run.sh 755\ntcimport 755\n"; got != want {
			t.Errorf("%s has\n%snot\n%s", name, got, want)
		}
	}
}

// listed are the files of an archive with their modes.
func listed(t *testing.T, kind string, archive []byte) string {
	t.Helper()
	var out strings.Builder
	line := func(h os.FileInfo, name string) {
		if !h.ModTime().Equal(when) {
			t.Errorf("%s is of %s", name, h.ModTime())
		}
		out.WriteString(name + " " + map[bool]string{true: "755", false: "644"}[h.Mode().Perm() == 0o755] + "\n")
	}
	if kind == "zip" {
		r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			line(f.FileInfo(), f.Name)
		}
		return out.String()
	}
	packed, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(packed); ; {
		h, err := r.Next()
		if err == io.EOF {
			return out.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" {
			t.Errorf("%s belongs to somebody", h.Name)
		}
		line(h.FileInfo(), h.Name)
	}
}

// TestBillOfMaterials: the bill of a program names every module that Go has noted in it,
// and says the same twice; and each has a license that goes with the program. The
// program is this test.
func TestBillOfMaterials(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	noted, err := output(exec.Command("go", "version", "-m", program))
	if err != nil {
		t.Fatal(err)
	}
	r := release{version: "v1.2.0", commit: "0123456789", date: when}
	bill, err := sbom(program, r, target{"linux", "amd64"})
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		BOMFormat   string `json:"bomFormat"`
		SpecVersion string `json:"specVersion"`
		Metadata    struct{ Timestamp string }
		Components  []struct{ Name, Version, PURL string }
	}
	if err := json.Unmarshal(bill, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.BOMFormat != "CycloneDX" || doc.SpecVersion != "1.6" || doc.Metadata.Timestamp != "2026-11-22T04:05:06Z" {
		t.Errorf("the bill is a %s of %s", doc.BOMFormat, doc.Metadata.Timestamp)
	}
	named := map[string]bool{}
	for _, c := range doc.Components {
		named[c.PURL] = c.PURL == "pkg:golang/"+c.Name+"@"+c.Version
	}
	texts, err := licenses(program)
	if err != nil {
		t.Fatal(err)
	}
	deps := 0
	for line := range strings.Lines(string(noted)) {
		words := strings.Fields(line)
		if len(words) < 3 || words[0] != "dep" {
			continue
		}
		deps++
		if !named["pkg:golang/"+words[1]+"@"+words[2]] {
			t.Errorf("the bill lacks %s", line)
		}
		if !strings.Contains(string(texts), "\n"+words[1]+" "+words[2]+": LICENSE") {
			t.Errorf("the licenses lack that of %s", line)
		}
	}
	if deps == 0 || len(doc.Components) != deps+1 {
		t.Errorf("the bill has %d parts, for %d modules and Go's library", len(doc.Components), deps)
	}
	again, err := sbom(program, r, target{"linux", "amd64"})
	if err != nil || !bytes.Equal(again, bill) {
		t.Errorf("the bill says something else the second time (%v)", err)
	}
}
