package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"tcimport/internal/report"
	"tcimport/internal/state"
)

// refuse shows the plan and says why nothing is done.
func (r *applying) refuse() error {
	if err := report.Text(r.stderr, r.plan, r.textOptions(r.o.conn.effectiveRate(r.connection))); err != nil {
		return err
	}
	if why := r.plan.PruneRefused; why != "" {
		return refused("nothing was deleted or written: %s", why)
	}
	return refused("%d of the groups are in conflict; nothing was written. Settle them, or leave them out with --skip-conflicts", r.plan.Summary.Conflict)
}

// prove makes sure that report and journal can be written, before anything is
// sent that writes.
func (r *applying) prove() (*state.Journal, error) {
	if err := r.ownReport(); err != nil {
		return nil, err
	}
	for _, path := range []string{r.o.report, r.o.failed} {
		if path == "" {
			continue
		}
		if err := state.Probe(path); err != nil {
			return nil, err
		}
	}
	var journal *state.Journal
	var err error
	journal, r.left, err = state.Open(r.o.stateDir, r.scope(r.plan.Namespace), r.plan.ID)
	if err == nil && r.left != nil && !r.global.quiet {
		fmt.Fprintln(r.stderr, r.left.Summary())
	}
	return journal, err
}

// ownReport refuses to overwrite the report of another import.
func (r *applying) ownReport() error {
	f, err := os.Open(r.o.report)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return err
	}
	return report.CheckReplace(f, r.o.report, r.meta())
}

// meta is what the rows of the report have in common.
func (r *applying) meta() report.Meta {
	m := report.Meta{Instance: r.connection.host(), Namespace: r.plan.Namespace}
	m.Earlier = append(r.ids.earlier(), report.KnownRows(r.left.Known(), m)...)
	return m
}

// confirm asks whether to go on.
func (r *applying) confirm() (bool, error) {
	if r.o.yes {
		return true, nil
	}
	if !r.inTTY || !r.errTTY {
		return false, errors.New("there is no terminal to ask on: give --yes to apply without a question")
	}
	if err := report.Text(r.stderr, r.plan, r.textOptions(r.o.conn.effectiveRate(r.connection))); err != nil {
		return false, err
	}
	fmt.Fprint(r.stderr, "\nApply this to "+r.connection.url+"? Only \"yes\" will do: ")
	answer, err := bufio.NewReader(r.stdin).ReadString('\n')
	if err != nil && err != io.EOF {
		return false, err
	}
	if strings.TrimSpace(answer) != "yes" {
		fmt.Fprintln(r.stderr, "Nothing was written.")
		return false, nil
	}
	return true, nil
}
