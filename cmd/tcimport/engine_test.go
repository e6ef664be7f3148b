package main

import (
	"strings"
	"testing"

	"tcimport/internal/plan"
)

// TestChosenEngineIsSaid: where there is a choice, one line says which engine writes and why; --quiet has none, and no flag needs none.
func TestChosenEngineIsSaid(t *testing.T) {
	pn := &plan.Plan{}
	for range 200 {
		pn.Actions = append(pn.Actions, &plan.Action{Verb: plan.Create, Type: "Incident", Owner: "O", XID: "x"})
	}
	pn.Count()
	for _, tt := range []struct {
		asked plan.Engine
		quiet bool
		want  plan.Engine
		says  string
	}{
		{asked: plan.EngineV3, want: plan.EngineV3},
		{asked: plan.EngineBatch, want: plan.EngineBatch},
		{asked: plan.EngineAuto, want: plan.EngineBatch, says: "Engine batch: 1 job, about 4 requests in place of 200.\n"},
		{asked: plan.EngineAuto, quiet: true, want: plan.EngineBatch},
	} {
		var errs strings.Builder
		p := &program{stderr: &errs, global: globalOptions{quiet: tt.quiet}}
		if got := p.chooseEngine(pn, tt.asked); got != tt.want || errs.String() != tt.says {
			t.Errorf("--engine %s: %s, says %q; want %s, %q", tt.asked, got, errs.String(), tt.want, tt.says)
		}
	}
}
