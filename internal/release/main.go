// Command release builds what is given to users: for each platform an archive with the
// program, its documents, man pages and completions, and a bill of materials; and the
// checksums of all. The same commit gives the same bytes, in whatever folder it is built.
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// timestamp is how times are written.
const timestamp = "2006-01-02T15:04:05Z"

func main() {
	out := flag.String("out", "dist", "folder to write; it is emptied first")
	list := flag.String("targets", "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64", "platforms")
	version := flag.String("version", "", "version (default: the tag of the commit, else one made of its date and name)")
	flag.Parse()
	if err := run(*out, *list, *version); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// release is the commit that is released.
type release struct {
	version, commit string
	date            time.Time // of the commit, in UTC
}

func run(out, list, version string) error {
	platforms, err := targets(list)
	if err != nil {
		return err
	}
	r, err := describe(version)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "tcimport-release")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	common, err := r.common(work)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, t := range platforms {
		if err := r.pack(t, common, work, out); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	return sums(out)
}

// describe finds out what is released. Changes that no commit has are refused: nobody
// could build the same again.
func describe(version string) (release, error) {
	git := func(args ...string) (string, error) {
		out, err := output(exec.Command("git", args...))
		return strings.TrimSpace(string(out)), err
	}
	changed, err := git("status", "--porcelain")
	if err != nil {
		return release{}, err
	}
	if changed != "" {
		return release{}, fmt.Errorf("there are changes that are not in a commit: commit them first\n%s", changed)
	}
	commit, err := git("rev-parse", "HEAD")
	if err != nil {
		return release{}, err
	}
	when, err := git("log", "-1", "--format=%cI")
	if err != nil {
		return release{}, err
	}
	date, err := time.Parse(time.RFC3339, when)
	if err != nil {
		return release{}, err
	}
	r := release{version: version, commit: commit, date: date.UTC()}
	if r.version == "" {
		// As Go calls a commit without a tag.
		r.version = fmt.Sprintf("v0.0.0-%s-%.12s", r.date.Format("20060102150405"), commit)
		if tag, err := git("describe", "--tags", "--exact-match", "--match", "v[0-9]*"); err == nil {
			r.version = tag
		}
	}
	return r, nil
}

// shipped are the files of the repository that an archive has; those that there are.
var shipped = []string{"README.md", "CHANGELOG.md", "LICENSE", "docs", "samples"}

// common is what the archives of all platforms have: files of the repository, and what
// the program itself writes.
func (r release) common(work string) (tree, error) {
	out := tree{}
	for _, path := range shipped {
		if err := out.add(path, path); err != nil {
			return nil, err
		}
	}
	program, err := r.build(target{runtime.GOOS, runtime.GOARCH}, work)
	if err != nil {
		return nil, err
	}
	// Nothing of the one who builds may have a say in what is written.
	env := []string{"HOME=" + work}
	man := exec.Command(program, "man", filepath.Join(work, "man1"))
	man.Env = env
	if _, err := output(man); err != nil {
		return nil, err
	}
	if err := out.add(filepath.Join(work, "man1"), "man/man1"); err != nil {
		return nil, err
	}
	for shell, name := range map[string]string{"bash": "tcimport.bash", "zsh": "_tcimport", "fish": "tcimport.fish", "powershell": "tcimport.ps1"} {
		completion := exec.Command(program, "completion", shell)
		completion.Env = env
		script, err := output(completion)
		if err != nil {
			return nil, err
		}
		out["completions/"+name] = entry{data: script}
	}
	return out, nil
}

// add adds a file, or the files of a folder, under another name. What there is not is
// left out.
func (t tree) add(from, name string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if path == from && os.IsNotExist(err) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, path)
		t[filepath.ToSlash(filepath.Join(name, below))] = entry{data: data, executable: strings.HasSuffix(path, ".sh")}
		return err
	})
}

// pack builds the program for a platform, and writes its archive and its bill of
// materials.
func (r release) pack(t target, common tree, work, out string) error {
	program, err := r.build(t, work)
	if err != nil {
		return err
	}
	binary, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	foreign, err := licenses(program)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("tcimport_%s_%s_%s", strings.TrimPrefix(r.version, "v"), t.os, t.arch)
	all := tree{
		name + "/" + t.program():           {data: binary, executable: true},
		name + "/THIRD-PARTY-LICENSES.txt": {data: foreign},
	}
	for path, e := range common {
		all[name+"/"+path] = e
	}
	archive, suffix := tree.tarball, ".tar.gz"
	if t.os == "windows" {
		archive, suffix = tree.zipped, ".zip"
	}
	packed, err := archive(all, r.date)
	if err != nil {
		return err
	}
	bill, err := sbom(program, r, t)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, name+suffix), packed, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, name+".cdx.json"), bill, 0o644)
}

// sums writes the checksums of the files in a folder, as sha256sum -c reads them.
func sums(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "%x  %s\n", sha256.Sum256(data), f.Name())
	}
	fmt.Print(out.String())
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(out.String()), 0o644)
}
