package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"tcimport/internal/tcsim"
)

// TestClosedTerminalEndsLikeSIGTERM: a terminal that is closed ends an import as
// SIGTERM does, however many signals it sends.
func TestClosedTerminalEndsLikeSIGTERM(t *testing.T) {
	t.Parallel()
	w := newHundreds(t, 200)
	signal, wait := w.start(applyHundreds...)
	w.atWrite(8, tcsim.BeforeHandling, 10*time.Millisecond, func() { // a run that is done before the signal gets to it ends with 0
		signal(syscall.SIGHUP)
		signal(syscall.SIGHUP)
	})
	wait().mustExit(t, codeTerminated)
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
