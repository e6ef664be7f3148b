package report

import (
	"cmp"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// end is an object that a text can name.
type end struct {
	kind      intel.Kind
	typ, name string
}

// safe is a text in which some objects may be named, as a view shows it. On a terminal, nothing
// leads to an indicator. Other words of the text stay: nobody can say for sure what
// they are.
func (s Show) safe(text string, ends ...end) string {
	if !s.Defang {
		return text
	}
	var pairs [][2]string
	for _, e := range ends {
		for _, name := range []string{e.name, message.Clip(e.name)} { // a message has the second one
			if safe := intel.Defanged(e.kind, e.typ, name); safe != name {
				pairs = append(pairs, [2]string{name, safe})
			}
		}
	}
	// One name can be a part of another one.
	slices.SortStableFunc(pairs, func(a, b [2]string) int { return cmp.Compare(len(b[0]), len(a[0])) })
	var list []string
	for _, p := range pairs {
		list = append(list, p[:]...)
	}
	if list == nil {
		return text
	}
	return strings.NewReplacer(list...).Replace(text)
}

// safeOf is a text about a group, which may name the ends of its associations.
func (s Show) safeOf(a *plan.Action, text string) string {
	if !s.Defang || text == "" {
		return text
	}
	ends := make([]end, len(a.Associations))
	for i := range a.Associations {
		ends[i] = endOf(&a.Associations[i])
	}
	return s.safe(text, ends...)
}

func endOf(as *plan.Association) end { return end{as.Kind, as.Type(), as.Name()} }

// safeIn is a text of a row of a run, which may name what the row is about.
func (s Show) safeIn(p *plan.Plan, r *Row, text string) string {
	switch {
	case !s.Defang:
		return text
	case r.Kind == kindGroup:
		if i := slices.IndexFunc(p.Actions, func(a *plan.Action) bool { return a.Key == r.Key && a.Owner == r.Owner }); i >= 0 {
			return s.safeOf(p.Actions[i], text)
		}
		return text
	case r.Kind == kindAssociation: // its type is that of the other end, which manifests write as type and name
		return s.safe(text, end{intel.KindIndicator, r.Type, strings.TrimPrefix(r.Name, r.Type+":")})
	}
	kind, _ := intel.KindNamed(string(r.Kind))
	return s.safe(text, end{kind, r.Type, r.Name})
}
