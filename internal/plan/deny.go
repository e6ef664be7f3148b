package plan

import (
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// Deny makes a conflict of each action that the API user may not write as a whole, as
// far as owners say: what a plan counts is what will be done. It may be called
// again for a saved plan, since permissions change.
func (p *Plan) Deny(owners []intel.Owner) {
	denied := map[string]bool{}
	for _, a := range p.Actions {
		if !a.Verb.Writes() {
			continue
		}
		why := a.denied(owners)
		if why == "" {
			continue
		}
		p.deny(why)
		if a.Verb == Create {
			denied[a.Key] = true
		}
		a.Verb, a.Order, a.Rare().Reason = Conflict, 0, why
		a.Associations = slices.DeleteFunc(a.Associations, func(as Association) bool { return as.Op == Remove })
	}
	for _, o := range p.Objects {
		switch {
		case o.State == ToDelete && o.Kind == intel.KindIndicator:
			if why := lacks(owners, o.Owner(), "permIndicator", "delete indicators"); why != "" {
				o.Leave(Existing, why)
			}
		case o.State == New && o.Own:
			if why := deniedIndicator(owners, o.Owner()); why != "" {
				p.deny(why)
				o.Leave(Missing, why)
			}
		}
	}
	if len(denied) > 0 {
		p.withoutEnds(denied)
	}
}

func (p *Plan) deny(why string) {
	if !slices.Contains(p.Denied, why) {
		p.Denied = append(p.Denied, why)
	}
}

// withoutEnds leaves out associations with new groups that are not made.
func (p *Plan) withoutEnds(denied map[string]bool) {
	for _, a := range p.Actions {
		if !a.Verb.Writes() {
			continue
		}
		sends := len(a.Changes) > 0
		for i := range a.Associations {
			as := &a.Associations[i]
			if as.State == New && denied[as.Key()] {
				as.miss("it is in conflict")
			}
			sends = sends || as.State != Missing
		}
		if a.Verb == Update && !sends {
			a.Verb = Unchanged
		}
	}
}

// denied says why not all of the action may be written, "" if it may.
func (a *Action) denied(owners []intel.Owner) string {
	if why := lacks(owners, a.Owner, "permGroup", "write groups"); why != "" {
		return why
	}
	if slices.ContainsFunc(a.Changes, func(c Change) bool { return c.list() == intel.ListAttributes }) {
		if why := lacks(owners, a.Owner, "permAttribute", "write attributes"); why != "" {
			return why
		}
	}
	for _, as := range a.Associations {
		if as.Kind != intel.KindIndicator || as.State != New {
			continue
		}
		if why := deniedIndicator(owners, as.Owner()); why != "" {
			return why
		}
	}
	return ""
}

// deniedIndicator says why no indicator may be made in an owner, "" if it may.
func deniedIndicator(owners []intel.Owner, owner string) string {
	why := lacks(owners, owner, "permIndicator", "create indicators")
	if why != "" {
		why += "; --missing-indicators skip leaves out new indicators"
	}
	return why
}

// lacks says why something may not be done in an owner, "" if it may, or if the
// instance does not say.
func lacks(owners []intel.Owner, owner, permission, what string) string {
	i := slices.IndexFunc(owners, func(o intel.Owner) bool { return o.Name == owner })
	if i < 0 {
		return ""
	}
	switch level := strings.ToUpper(owners[i].Permissions[permission]); level {
	case "NONE", "READ":
		return fmt.Sprintf("the API user may not %s in %s (%s is %s)", what, message.Quote(owner), permission, level)
	}
	return ""
}
