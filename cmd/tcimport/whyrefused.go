package main

import (
	"errors"
	"strings"

	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// whyRefused is why a plan is not applied, nil if it is. If the API user may not write some
// groups, as the owners say, the others can be written without them.
func whyRefused(pn *plan.Plan, skipConflicts bool) error {
	pending := pn.Summary.Pending()
	switch {
	case len(pn.Denied) > 0 && !(skipConflicts && pending):
		text := strings.Join(pn.Denied, "; ") + "; tcimport check shows the permissions"
		if pending {
			text += "; --skip-conflicts leaves these groups out"
		}
		return &exitError{code: codeDenied, err: errors.New(text)}
	case pn.PruneRefused != "":
		return refused("%s", pn.PruneRefused)
	case pn.Summary.Conflict > 0 && !skipConflicts:
		return refused("%s. Resolve the conflicts, or leave these groups out with --skip-conflicts", message.Plural(pn.Summary.Conflict, "conflict"))
	}
	return nil
}
