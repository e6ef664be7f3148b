//go:build unix

package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestClosedTerminalEndsLikeSIGTERM: a terminal that is closed ends an import as
// SIGTERM does, however many signals it sends.
func TestClosedTerminalEndsLikeSIGTERM(t *testing.T) {
	t.Parallel()
	w := newHundreds(t, 20)
	held, release := w.holdAt(8, isWrite)
	p := w.launch(nil, applyHundreds...)
	p.until("the eighth write", held)
	p.signal(syscall.SIGHUP)
	p.signal(syscall.SIGHUP)
	p.says("Stopping: finishing ")
	release()
	p.ends(codeTerminated)
	if report := w.read("ids.csv"); !strings.Contains(report, "not-attempted") || strings.Contains(report, ",doubt,") {
		t.Errorf("the report is\n%s", report)
	}
}

// TestClosedStdoutEndsNoImport: an import goes on to its end when the reader of its
// output has gone.
func TestClosedStdoutEndsNoImport(t *testing.T) {
	t.Parallel()
	w := newHundreds(t, 10)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	defer write.Close()
	w.env["TCIMPORT_DEBUG"] = "1"
	cmd := w.command(applyHundreds...)
	cmd.Stderr = write
	out, err := cmd.Output()
	if err != nil || !strings.Contains(string(out), "Apply complete: 10 created") {
		t.Errorf("%v: %s", err, out)
	}
	// A reader who has had enough is not told so.
	cmd = w.command("plan", "in.yaml", "--json")
	cmd.Stdout = write
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Run(); err == nil || strings.Contains(errs.String(), "tcimport:") {
		t.Errorf("%v: %s", err, errs.String())
	}
}
