package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/report"
)

// addEngineFlag adds the flag of commands that make or carry out a plan.
func addEngineFlag(f *pflag.FlagSet, e *plan.Engine) {
	*e = plan.EngineV3
	choose(f, e, "engine", "how to write: a request for each group (v3), jobs of the v2 Batch API for what they can carry (batch), or batch where it saves requests (auto)",
		plan.Engines...)
}

// engine is what carries out a plan.
type engine struct {
	asked, is plan.Engine
	why       string // it is this one; "" if there was nothing to choose
	noJobs    error  // why the instance takes no jobs that it was to get, as far as is known without creating one
}

// chooseEngine finds out what carries out a plan.
func (c *connection) chooseEngine(ctx context.Context, pn *plan.Plan, asked plan.Engine) engine {
	e := engine{asked: asked, is: plan.EngineV3}
	if asked == plan.EngineV3 || asked == "" { // a forecast of a large plan takes a while
		return e
	}
	f := pn.Forecast(0)
	if e.is, e.why = asked.Choose(f); e.is != plan.EngineBatch {
		return e
	}
	if e.noJobs = c.noJobs(ctx, f.JobOwners); e.noJobs != nil {
		e.is, e.why = plan.EngineV3, e.noJobs.Error()
	}
	return e
}

// refused is the error of a run that was to use jobs, and cannot; nil if it may go on.
func (e engine) refused() error {
	if e.asked == plan.EngineBatch && e.noJobs != nil {
		return fmt.Errorf("--engine batch: %w", e.noJobs)
	}
	return nil
}

// say says which engine it is, if there was a choice.
func (e engine) say(p *program) {
	if e.why != "" && !p.global.quiet {
		p.note(fmt.Sprintf("Engine %s: %s.", e.is, clause(e.why)))
	}
}

// clause is what an instance says, within a sentence.
func clause(s string) string { return strings.TrimRight(s, ".; ") }

// forecast is what each engine would cost.
func (e engine) forecast(pn *plan.Plan, rate float64) plan.Forecast {
	f := pn.Forecast(rate)
	if e.noJobs != nil {
		f.NoJobs = e.noJobs.Error()
	}
	return f
}

// on is how a plan is shown if somebody has asked for an engine.
func (e engine) on(show report.Show) report.Show {
	show.Engine = e.asked
	if e.noJobs != nil {
		show.NoJobs = e.noJobs.Error()
	}
	return show
}

// noJobs says why jobs cannot write to some owners, nil if they can, as far as is known without creating one.
func (c *connection) noJobs(ctx context.Context, owners []string) error {
	if err := c.client.TakesJobs(ctx); err != nil {
		return err
	}
	for _, name := range owners {
		if o, ok := c.instance.Owner(name); ok && o.NoJobs() != "" {
			return &exitError{code: codeDenied, err: fmt.Errorf("no jobs for %s: %s", nameOf(o), o.NoJobs())}
		}
	}
	return nil
}

// nameOf is how messages call an owner.
func nameOf(o intel.Owner) string { return strings.ToLower(o.Type) + " " + message.Quote(o.Name) }
