package main

import (
	"errors"
	"strings"

	"tcimport/internal/plan"
)

// preflight is the error of a plan of which the API user may not write all, as the
// owners say. What may be written is left where these groups are left out.
func preflight(pn *plan.Plan, skipConflicts bool) error {
	if len(pn.Denied) == 0 || skipConflicts && pn.Summary.Pending() {
		return nil
	}
	text := strings.Join(pn.Denied, "; ") + "; tcimport check shows the permissions"
	if pn.Summary.Pending() {
		text += "; --skip-conflicts leaves these groups out"
	}
	return &exitError{code: codeDenied, err: errors.New(text)}
}
