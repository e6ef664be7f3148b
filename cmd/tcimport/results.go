package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tcimport/internal/baseline"
	"tcimport/internal/message"
	"tcimport/internal/report"
	"tcimport/internal/state"
)

// writeResults writes the report and what failed, ends the journal, and returns the
// error that the run ends with. If a file cannot be written, the others are.
func (r *applying) writeResults(res *runResult, journal *state.Journal) error {
	res.Report = r.o.report
	end := res.outcome(r.program)
	unwritten := r.writeReport(res, r.o.report, end)
	if unwritten != nil {
		unwritten = r.copyReport(res, journal, unwritten, end)
		end = res.outcome(r.program)
	}
	lost := []error{unwritten, r.writeFailed(res, journal)}
	if unwritten != nil {
		lost = append(lost, journal.Abandon())
	} else {
		lost = append(lost, journal.Close(res.Counts.Total().Complete()))
	}
	if err := journal.Unkept(); err != nil {
		r.logger().Warn(fmt.Sprintf("undo cannot take back all that was written: %v", err))
	}
	if err := errors.Join(lost...); err != nil {
		end = &exitError{code: withError(codeOf(end)), err: errors.Join(end, err)}
	}
	if end == nil {
		return nil
	}
	res.Next = r.nextStep(res)
	exit := r.exitOf(end)
	exit.next = res.Next
	return exit
}

// writeReport writes the ID mapping. The rows of keys that the run does not have
// stay, unless the id-map is the report: then the plan has decided about them.
func (r *applying) writeReport(res *runResult, path string, end error) error {
	res.content.Earlier = report.Earlier{}
	if !r.o.reportThisRun && (r.o.idMap == "" || !sameFile(r.o.idMap, r.o.report)) {
		var err error
		if res.content.Earlier, err = report.RowsThatStay(res.Rows, replaced(path, r.meta()), r.settled()); err != nil {
			return err
		}
	}
	if err := r.saveReport(path, res.document(r.exitOf(end).failure())); err != nil {
		return err
	}
	if r.plan.Undoes == "" {
		r.sayKept(path, res.content.Earlier.N)
	}
	res.Report = path
	return nil
}

// addReportThisRun adds a flag of commands that write a report.
func addReportThisRun(cmd *cobra.Command, only *bool) {
	cmd.Flags().BoolVar(only, "report-this-run", false, "write only the rows of this run to the report")
}

// saveReport writes a report: JSON if its name says so, else CSV.
func (p *program) saveReport(path string, doc *report.Document) error {
	return state.WriteFile(path, state.Private, func(w io.Writer) error {
		if isJSON(path) {
			return doc.Write(w)
		}
		return doc.Report.WriteCSV(w)
	})
}

// sayKept says how many rows of earlier runs a report keeps.
func (p *program) sayKept(path string, n int) {
	if n > 0 && !p.global.quiet {
		fmt.Fprintf(p.stderr, "%s keeps %s of earlier runs (--report-this-run leaves them out).\n", path, message.Plural(n, "row"))
	}
}

func isJSON(path string) bool { return strings.EqualFold(filepath.Ext(path), ".json") }

// copyReport writes the report beside the journal, which is known to be writable,
// and tells why it is not in its place.
func (r *applying) copyReport(res *runResult, journal *state.Journal, why, end error) error {
	path := beside(journal, ".report.csv")
	if isJSON(r.o.report) {
		path = beside(journal, ".report.json")
	}
	where := "it is in " + path
	if err := r.writeReport(res, path, end); err != nil {
		res.Report = ""
		where = "nor could a copy be written: " + err.Error()
	}
	return fmt.Errorf("%w; %s. The journal %s has all that was done: run the same command again once %s can be written",
		why, where, journal.Path(), r.o.report)
}

// beside is a file that belongs to the journal of a run.
func beside(journal *state.Journal, suffix string) string {
	return strings.TrimSuffix(journal.Path(), filepath.Ext(journal.Path())) + suffix
}

// errNothingFailed keeps a manifest without entries from being written.
var errNothingFailed = errors.New("nothing failed")

// writeFailed writes what failed as a manifest. Where nothing has, it removes what
// an earlier run wrote.
func (r *applying) writeFailed(res *runResult, journal *state.Journal) error {
	if r.o.failed == "" {
		return nil
	}
	write := func(w io.Writer) error {
		n, err := res.results.WriteFailed(w)
		if err == nil && n == 0 {
			return errNothingFailed
		}
		return err
	}
	asked := r.o.failed
	path, err := r.failedPath()
	if err == nil {
		err = state.WriteFile(path, state.Private, write)
	}
	switch {
	case errors.Is(err, errNothingFailed):
		return r.removeFailed()
	case err != nil:
		at := beside(journal, ".failed.yaml")
		if cerr := state.WriteFile(at, state.Private, write); cerr == nil {
			res.failed = at
			return fmt.Errorf("%w; what failed is in %s", err, at)
		}
		return err
	}
	res.failed = path
	if path != asked {
		fmt.Fprintf(r.stderr, "%s was edited after tcimport wrote it, and is kept. What failed now is in %s.\n", asked, path)
	}
	return nil
}

// failedState is the kind of the file at a path that --failed could write.
type failedState int

const (
	failedNone   failedState = iota // there is no file
	failedOwn                       // an earlier run of this import wrote it
	failedEdited                    // the same, but somebody has edited it
	failedOther                     // any other file
)

func failedAt(path string, meta report.Meta) (failedState, error) {
	at := failedNone
	err := output{"--failed", path, func(r io.ReadSeeker) error {
		edited, err := report.CheckFailed(r, meta)
		if at = failedOwn; edited {
			at = failedEdited
		}
		return err
	}}.check()
	if err != nil {
		return failedOther, err
	}
	return at, nil
}

// failedFiles are the files that --failed can write, and what is there: the named one, and
// further ones up to the first that does not exist.
func (r *applying) failedFiles(yield func(string, failedState) bool) {
	ext := filepath.Ext(r.o.failed)
	for n := 1; n < 100; n++ {
		path := r.o.failed
		if n > 1 {
			path = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(path, ext), n, ext)
		}
		at, _ := failedAt(path, r.meta())
		if !yield(path, at) || at == failedNone {
			return
		}
	}
}

// failedPath is the first file that can be written without losing an edit.
func (r *applying) failedPath() (string, error) {
	for path, at := range r.failedFiles {
		if at == failedNone || at == failedOwn {
			return path, nil
		}
	}
	return "", fmt.Errorf("--failed %s: there are too many edited files of that name: move them away", r.o.failed)
}

// removeFailed removes the manifests of earlier runs: nothing has failed now.
func (r *applying) removeFailed() error {
	var errs []error
	for path, at := range r.failedFiles {
		if at == failedOwn {
			errs = append(errs, state.Remove(path))
		}
		if at == failedEdited && !r.global.quiet {
			fmt.Fprintf(r.stderr, "Nothing failed. %s was edited after tcimport wrote it, and is kept.\n", path)
		}
	}
	return errors.Join(errs...)
}

// settled are the groups about whose rows the plan has decided: a saved one contains the
// id-map that it was made with, one that takes a run back the groups of that run.
func (r *applying) settled() baseline.IDMap {
	if r.o.plan == "" && r.plan.Undoes == "" {
		return nil
	}
	return r.plan.IDMap
}
