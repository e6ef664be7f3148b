package main

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// target is a platform that there is a program for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

// program is the name of the program there.
func (t target) program() string {
	if t.os == "windows" {
		return "tcimport.exe"
	}
	return "tcimport"
}

// targets are those of a list such as linux/amd64,windows/arm64.
func targets(list string) ([]target, error) {
	var out []target
	for word := range strings.SplitSeq(list, ",") {
		os, arch, ok := strings.Cut(strings.TrimSpace(word), "/")
		if !ok {
			return nil, fmt.Errorf("%q is no platform: write it like linux/amd64", word)
		}
		out = append(out, target{os, arch})
	}
	return out, nil
}

// build builds the program for a target into a folder, and returns its path. It needs
// no library of the system, and has no path of this machine.
func (r release) build(t target, dir string) (string, error) {
	path := filepath.Join(dir, t.os+"-"+t.arch, t.program())
	flags := fmt.Sprintf("-s -w -X main.buildVersion=%s -X main.buildCommit=%s -X main.buildDate=%s", r.version, r.commit, r.date.Format(timestamp))
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=true", "-ldflags="+flags, "-o", path, "./cmd/tcimport")
	// What a developer has set for other builds must not change this one.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch, "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0")
	_, err := output(cmd)
	return path, err
}

// output runs a command; its error has what it has printed.
func output(cmd *exec.Cmd) ([]byte, error) {
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, errs.Bytes())
	}
	return out, nil
}

// licenseFiles are what modules call the files that must be passed on with a program.
var licenseFiles = []string{"LICENSE*", "LICENCE*", "COPYING*", "NOTICE*", "PATENTS*"}

// licenses are the licenses of everything that a program is made of.
func licenses(program string) ([]byte, error) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return nil, err
	}
	root, err := output(exec.Command("go", "env", "GOROOT"))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString("tcimport contains the Go standard library and the modules below, under these licenses.\n")
	if err := appendLicenses(&out, "Go "+info.GoVersion, strings.TrimSpace(string(root))); err != nil {
		return nil, err
	}
	for _, m := range info.Deps {
		dir, err := output(exec.Command("go", "list", "-m", "-f", "{{.Dir}}", m.Path))
		if err != nil {
			return nil, err
		}
		if err := appendLicenses(&out, m.Path+" "+m.Version, strings.TrimSpace(string(dir))); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

func appendLicenses(out *bytes.Buffer, name, dir string) error {
	found := 0
	for _, pattern := range licenseFiles {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "\n%s\n%s: %s\n\n%s\n", strings.Repeat("=", 72), name, filepath.Base(path), bytes.TrimSpace(text))
			found++
		}
	}
	if found == 0 {
		return fmt.Errorf("%s has no license in %s", name, dir)
	}
	return nil
}
