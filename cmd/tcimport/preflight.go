package main

import (
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// preflight is the error of a plan of which the API user may write nothing, as
// the owners say. It warns where that holds for some owners only: the rest can
// be written.
func (p *program) preflight(pn *plan.Plan, owners []intel.Owner) error {
	denied, all := deniedOwners(pn, owners)
	if len(denied) > 0 && all {
		return &exitError{code: codeDenied, err: fmt.Errorf("%s; tcimport check shows the permissions", strings.Join(denied, "; "))}
	}
	for _, d := range denied {
		p.logger().Warn(d)
	}
	return nil
}

// deniedOwners says why groups of a plan may not be written, by owner, and
// whether that holds for every owner that the plan writes to.
func deniedOwners(pn *plan.Plan, owners []intel.Owner) (denied []string, all bool) {
	all = true
	seen := map[string]bool{}
	for _, a := range pn.Actions {
		if !a.Verb.Writes() || seen[a.Owner] {
			continue
		}
		seen[a.Owner] = true
		i := slices.IndexFunc(owners, func(o intel.Owner) bool { return o.Name == a.Owner })
		if i < 0 {
			all = false
			continue
		}
		if why := denial(&owners[i]); why != "" {
			denied = append(denied, why)
		} else {
			all = false
		}
	}
	return denied, all
}

// denial says why no groups may be written in an owner, "" if they may.
func denial(o *intel.Owner) string {
	switch level := o.Permissions["permGroup"]; level {
	case "NONE", "READ":
		return fmt.Sprintf("the API user may not write groups in %s (permGroup is %s)", intel.Quote(o.Name), level)
	}
	return ""
}
