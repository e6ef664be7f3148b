package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"tcimport/internal/plan"
)

// addEngineFlag adds the flag of commands that make or carry out a plan.
func addEngineFlag(f *pflag.FlagSet, e *plan.Engine) {
	*e = plan.EngineV3
	choose(f, e, "engine", "how to write: a request for each group (v3), jobs of the v2 Batch API for what they can carry (batch), or batch where it saves requests (auto)",
		plan.Engines...)
}

// chooseEngine is what carries out a plan. If there is a choice, it says why.
func (p *program) chooseEngine(pn *plan.Plan, asked plan.Engine) plan.Engine {
	engine, why := plan.EngineV3, ""
	if asked != plan.EngineV3 { // a forecast of a large plan takes a while
		engine, why = asked.Choose(pn.Forecast(0))
	}
	if why != "" && !p.global.quiet {
		p.note(fmt.Sprintf("Engine %s: %s.", engine, why))
	}
	return engine
}
