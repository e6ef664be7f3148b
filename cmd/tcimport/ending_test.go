package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"tcimport/internal/report"
)

// shown is a result that cannot always be printed.
type shown struct{ err error }

func (s shown) text(p *program, failure *report.Error) error {
	fmt.Fprintf(p.stdout, "result, complete: %t", failure == nil)
	return s.err
}

func (s shown) json(w io.Writer, failure *report.Error) error {
	return writeJSON(w, map[string]any{"error": failure})
}

// ending is what a command ends in.
type ending struct {
	result result
	err    error
}

// TestEveryEndingIsPrintedOnce: a command's result and its error, whichever of them
// there are, become one text or document, one message and one exit code.
func TestEveryEndingIsPrintedOnce(t *testing.T) {
	denied := &exitError{code: codeDenied, err: errors.New("not allowed")}
	inResult := &exitError{code: codeIncomplete, err: errors.New("stopped"), shown: true, next: report.Next{Do: "Then run:", Command: "tcimport apply x"}}
	closed := &fs.PathError{Op: "write", Path: os.Stdout.Name(), Err: syscall.EPIPE}
	for _, tt := range []struct {
		name           string
		end            ending
		signal         int32
		code           int
		out, err, json string // what has to be there; "" for nothing at all
	}{
		{"nothing", ending{}, 0, codeOK, "", "", ""},
		{"a result", ending{result: shown{}}, 0, codeOK, "complete: true", "", "null"},
		{"an error", ending{err: io.EOF}, 0, codeError, "", "tcimport: EOF\n", `"text": "EOF"`},
		{"a wrapped error", ending{err: fmt.Errorf("nothing was written: %w", denied)}, 0, codeDenied, "", "tcimport: nothing was written: not allowed\n", `"nothing was written: not allowed"`},
		{"both", ending{shown{}, denied}, 0, codeDenied, "complete: false", "tcimport: not allowed\n", `"code": 5`},
		{"an error that the result contains", ending{shown{}, inResult}, 0, codeIncomplete, "complete: false", "Then run:\n  tcimport apply x\n", `"next": "tcimport apply x"`},
		{"a code alone", ending{shown{}, &exitError{code: codePending}}, 0, codePending, "complete: true", "", "null"},
		{"a signal", ending{err: context.Canceled}, codeInterrupted, codeInterrupted, "", "tcimport: interrupted; nothing was written\n", `"code": 130`},
		{"a signal after all was done", ending{result: shown{}}, codeInterrupted, codeOK, "complete: true", "", "null"},
		{"a full disk", ending{shown{syscall.ENOSPC}, inResult}, 0, codeError, "complete: false", "tcimport: stopped\ntcimport: no space left on device\nThen run:\n  tcimport apply x\n", `"code": 3`},
		{"a reader that has gone", ending{shown{closed}, denied}, 0, codeDenied, "complete: false", "tcimport: not allowed\n", `"code": 5`},
	} {
		for _, asJSON := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.name, asJSON), func(t *testing.T) {
				t.Parallel()
				var out, errs bytes.Buffer
				p := &program{stdout: &out, stderr: &errs, lookupEnv: func(string) (string, bool) { return "", false }}
				p.openTerminal()
				_, p.signals = newSignals(t.Context())
				p.signals.enter(reading)
				p.signals.code.Store(tt.signal)
				p.global.json = asJSON
				want := tt.out
				code := p.print(tt.end.result, tt.end.err, nil)
				if asJSON {
					want = tt.json
				} else if code != tt.code || errs.String() != tt.err {
					t.Errorf("exit code %d, stderr %q", code, errs.String())
				}
				compact := strings.NewReplacer(": ", ":").Replace
				if !strings.Contains(compact(out.String()), compact(want)) || want == "" && out.Len() > 0 {
					t.Errorf("stdout %q", out.String())
				}
			})
		}
	}
}
