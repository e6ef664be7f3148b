package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/report"
	"tcimport/internal/state"
)

// refusedLimit is how many groups are listed of those for which a plan is refused.
const refusedLimit = 20

// refuse says why the plan is not carried out, nil if it is, and chooses what carries it out.
func (r *applying) refuse(ctx context.Context) error {
	err := whyRefused(r.plan, r.o.skipConflicts)
	if codeOf(err) == codeRefused {
		return errors.Join(r.showRefused(), err)
	}
	if err != nil {
		return err
	}
	r.engine = r.connection.chooseEngine(ctx, r.plan, r.o.engine)
	return r.engine.refused()
}

// showRefused shows what the plan is refused for.
func (r *applying) showRefused() error {
	show := r.shown()
	if r.o.show.limit.n == nil {
		show.Limit = refusedLimit
	}
	if show.Only = []plan.Verb{plan.Conflict}; r.plan.PruneRefused != "" {
		show.Only = append(show.Only, plan.Delete)
	}
	return report.Text(r.stderr, report.PlanView(r.plan, show), r.errScreen())
}

// shown is how much of the plan is printed on stderr.
func (r *applying) shown() report.Show {
	return r.engine.on(r.o.show.show(r.program, r.errTTY, r.o.conn.effectiveRate(r.connection)))
}

// makeReportFolder makes the folder of the report, in which the journal lies, too.
func (r *applying) makeReportFolder() error {
	dir := filepath.Dir(r.o.report)
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("--report %s: %w", r.o.report, err)
	}
	if !r.global.quiet {
		fmt.Fprintf(r.stderr, "Made the folder %s for the report.\n", dir)
	}
	return nil
}

// prove makes sure that files can be written; "" is none.
func prove(paths ...string) error {
	for _, path := range paths {
		if path == "" {
			continue
		}
		if err := state.Probe(path); err != nil {
			return err
		}
	}
	return nil
}

// meta is what the rows of the report have in common.
func (r *applying) meta() report.Meta {
	return report.Meta{Instance: r.connection.name(), Namespace: r.plan.Namespace}
}

// confirm asks whether to go on.
func (r *applying) confirm(ctx context.Context) (bool, error) {
	if r.o.yes {
		return true, nil
	}
	if !r.inTTY || !r.errTTY {
		return false, errors.New("there is no terminal to ask on: give --yes to apply without a question")
	}
	if err := report.Text(r.stderr, report.PlanView(r.plan, r.shown()), r.errScreen()); err != nil {
		return false, err
	}
	fmt.Fprint(r.stderr, "\n"+question(r.plan, r.connection.url))
	answered := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(r.stdin).ReadString('\n') // the end of input is an answer, too
		answered <- line
	}()
	var answer string
	select {
	case answer = <-answered:
	case <-ctx.Done():
		fmt.Fprintln(r.stderr)
		return false, ctx.Err()
	}
	if strings.TrimSpace(answer) != "yes" {
		fmt.Fprintln(r.stderr, "Nothing was written.")
		return false, nil
	}
	return true, nil
}

// question names what a person is asked to agree to.
func question(pn *plan.Plan, url string) string {
	var what []string
	for _, c := range []struct {
		verb string
		n    int
	}{{"create", pn.Summary.Create}, {"update", pn.Summary.Update}, {"delete", pn.Summary.Delete}} {
		switch {
		case c.n == 0:
		case len(what) == 0:
			what = append(what, strings.ToUpper(c.verb[:1])+c.verb[1:]+" "+message.Plural(c.n, "group"))
		default:
			what = append(what, fmt.Sprintf("%s %d", c.verb, c.n))
		}
	}
	for _, c := range []struct {
		verb string
		n    int
	}{{"create", pn.Summary.Alone}, {"complete", pn.Summary.Complete}} {
		verb := c.verb
		if what == nil {
			verb = strings.ToUpper(verb[:1]) + verb[1:]
		}
		if c.n > 0 {
			what = append(what, verb+" "+message.Plural(c.n, intel.KindIndicator.Spec().Name))
		}
	}
	var owners []string
	for _, a := range pn.Actions {
		if a.Verb.Writes() {
			owners = append(owners, a.Owner)
		}
	}
	for _, o := range slices.Concat(pn.Alone(), pn.Completed()) {
		owners = append(owners, o.Owner())
	}
	owners = distinct(owners)
	where := message.Join(owners, "and")
	if len(owners) > 3 {
		where = message.Plural(len(owners), "owner")
	}
	return message.Escaped(fmt.Sprintf("%s in %s on %s? Type yes: ", message.Join(what, "and"), where, url))
}

// sayStopping says what the first signal does while the run writes, and what the
// next one will do.
func (r *applying) sayStopping(again string) {
	n := r.connection.client.InFlight()
	if n == 0 {
		r.note("Stopping: no request is in flight.")
		return
	}
	r.note(fmt.Sprintf("Stopping: finishing %s (up to %s). %s quits now and leaves the outcome unknown.",
		message.Plural(n, "request"), strconv.FormatFloat(r.o.conn.timeout.Seconds(), 'f', -1, 64)+" s", again))
}
