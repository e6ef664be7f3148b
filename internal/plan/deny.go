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
	d := denial{owners: owners}
	for _, o := range p.Objects {
		why := ""
		if o.State == New && o.Kind == intel.KindIndicator {
			why = d.lacks(o.Owner, "permIndicator", "the API user may not create indicators in %s (%s is %s)")
		}
		d.objects = append(d.objects, why)
	}
	denied := map[string]bool{}
	for _, a := range p.Actions {
		if !a.Verb.Writes() {
			continue
		}
		why := d.of(a)
		if why == "" {
			continue
		}
		if !slices.Contains(p.Denied, why) {
			p.Denied = append(p.Denied, why)
		}
		if a.Verb == Create {
			denied[a.Key] = true
		}
		a.Verb, a.Reason, a.Order = Conflict, why, 0
		a.Associations = slices.DeleteFunc(a.Associations, func(as *Association) bool { return as.Op == Remove })
	}
	if len(denied) > 0 {
		p.withoutEnds(denied)
	}
}

// withoutEnds leaves out associations with new groups that are not made.
func (p *Plan) withoutEnds(denied map[string]bool) {
	for _, a := range p.Actions {
		if !a.Verb.Writes() {
			continue
		}
		sends := len(a.Changes) > 0
		for _, as := range a.Associations {
			if as.State == New && denied[as.Key] {
				as.State, as.Reason = Missing, "it is in conflict"
			}
			sends = sends || as.State != Missing
		}
		if a.Verb == Update && !sends {
			a.Verb = Unchanged
		}
	}
}

// denial knows what the API user may not write.
type denial struct {
	owners  []intel.Owner
	objects []string // why an object of the plan may not be made
}

// of says why not all of an action may be written, "" if it may.
func (d *denial) of(a *Action) string {
	if why := d.lacks(a.Owner, "permGroup", "the API user may not write groups in %s (%s is %s)"); why != "" {
		return why
	}
	if slices.ContainsFunc(a.Changes, func(c Change) bool { return strings.HasPrefix(c.Field, "attribute:") }) {
		if why := d.lacks(a.Owner, "permAttribute", "the API user may not write attributes in %s (%s is %s)"); why != "" {
			return why
		}
	}
	for _, as := range a.Associations {
		if as.Object > 0 && as.State == New && d.objects[as.Object-1] != "" {
			return d.objects[as.Object-1] + "; --missing-indicators skip leaves out new indicators"
		}
	}
	return ""
}

// lacks says why something may not be done in an owner, "" if it may, or if the
// instance does not say.
func (d *denial) lacks(owner, permission, format string) string {
	i := slices.IndexFunc(d.owners, func(o intel.Owner) bool { return o.Name == owner })
	if i < 0 {
		return ""
	}
	switch level := strings.ToUpper(d.owners[i].Permissions[permission]); level {
	case "NONE", "READ":
		return fmt.Sprintf(format, message.Quote(owner), permission, level)
	}
	return ""
}
