package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// sections is the order in which a plan is shown on a terminal: what needs a
// person stands last, where it is still on the screen.
var sections = []plan.Verb{plan.Unchanged, plan.Skip, plan.Create, plan.Update, plan.Delete, plan.Conflict}

// Text shows a plan on a terminal.
func Text(w io.Writer, pl *plan.Plan, opt TextOptions) error {
	p := newPrinter(w, opt)
	p.target(pl)
	byVerb := map[plan.Verb]map[string]int{} // verb -> type -> groups
	for _, a := range pl.Actions {
		if byVerb[a.Verb] == nil {
			byVerb[a.Verb] = map[string]int{}
		}
		byVerb[a.Verb][a.Type]++
	}
	for _, v := range sections {
		if len(byVerb[v]) == 0 || v == plan.Unchanged && !p.Verbose {
			continue
		}
		p.heading(v, byVerb[v])
		for _, a := range pl.Actions {
			if a.Verb == v {
				p.action(pl, a)
			}
		}
	}
	kept := keptEdits(pl)
	if len(kept) > 0 && !p.Verbose { // else they stand among the unchanged ones
		p.line("")
		p.kept(kept)
	}
	p.objectNotes(pl)
	if pl.PruneRefused != "" {
		p.line("")
		p.line("%s nothing is deleted: %s", p.paint(purple, "! refused:"), safe(pl.PruneRefused))
	}
	if len(byVerb) > 0 && (p.Verbose || pl.Summary.Pending() || pl.Summary.Conflict+pl.Summary.Skip+len(kept) > 0) {
		p.line("")
	}
	p.line("%s", p.paint(bold, Tally(pl, p.Rate)))
	return p.flush()
}

func (p *printer) target(pl *plan.Plan) {
	what := safe(pl.Target.URL)
	if pl.Target.Owner != "" {
		what += ", owner " + safe(pl.Target.Owner)
	}
	if pl.Namespace != "" {
		what += ", namespace " + safe(pl.Namespace)
	}
	if what != "" {
		p.line("%s", p.paint(dim, "ThreatConnect "+what))
	}
}

// heading begins a section, with the number of groups of each type.
func (p *printer) heading(v plan.Verb, types map[string]int) {
	total := 0
	names := make([]string, 0, len(types))
	for t, n := range types {
		total += n
		names = append(names, t)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(types[b], types[a]), strings.Compare(a, b)) })
	parts := make([]string, len(names))
	for i, t := range names {
		parts[i] = fmt.Sprintf("%d %s", types[t], safe(t))
	}
	p.line("")
	p.line("%s %s", p.paint(bold, fmt.Sprintf("%s (%d):", verbLooks[v].title, total)), strings.Join(parts, ", "))
}

// action shows what happens to one group.
func (p *printer) action(pl *plan.Plan, a *plan.Action) {
	l := verbLooks[a.Verb]
	p.line("%s %s %s", p.paint(l.style, l.symbol+" "+string(a.Verb)), safe(a.Type), p.paint(bold, quoted(a.Name)))
	p.line("    %s", p.paint(dim, p.about(a)))
	if p.Verbose {
		p.field("xid", a.XID)
		p.field("link", a.WebLink)
	}
	if a.Reason != "" {
		p.line("    %s: %s", p.paint(l.style, "reason"), safe(a.Reason))
	}
	for _, c := range a.Candidates {
		p.candidate(c)
	}
	for i := range a.Changes {
		p.change(&a.Changes[i])
	}
	p.associations(pl, a)
	for _, n := range a.Notes {
		p.line("    note: %s", safe(n))
	}
}

// about is what tells one group from another.
func (p *printer) about(a *plan.Action) string {
	parts := []string{"key " + safe(a.Key)}
	if a.Reference {
		parts[0] = "named " + safe(a.Key)
	}
	if a.Owner != "" {
		parts = append(parts, "owner "+safe(a.Owner))
	}
	if a.ID != 0 {
		parts = append(parts, "id "+formatID(a.ID))
	}
	if a.Source != "" {
		parts = append(parts, safe(a.Source))
	}
	return strings.Join(parts, ", ")
}

func (p *printer) field(name, value string) {
	if value != "" {
		p.line("    %s", p.paint(dim, name+" "+safe(value)))
	}
}

func (p *printer) candidate(c plan.Candidate) {
	parts := []string{fmt.Sprintf("candidate id %d: %s %s", c.ID, safe(c.Type), quoted(c.Name))}
	if c.Owner != "" {
		parts = append(parts, "owner "+safe(c.Owner))
	}
	if c.XID != "" {
		parts = append(parts, "xid "+safe(c.XID))
	} else {
		parts = append(parts, "no xid")
	}
	if c.Added != "" {
		parts = append(parts, "added "+safe(c.Added))
	}
	if c.WebLink != "" {
		parts = append(parts, safe(c.WebLink))
	}
	p.line("    %s", strings.Join(parts, ", "))
}

// mostAssociations is how many associations of one group are shown.
const mostAssociations = 30

func (p *printer) associations(pl *plan.Plan, a *plan.Action) {
	shown := a.Associations
	if !p.Verbose && len(shown) > mostAssociations {
		shown = shown[:mostAssociations]
	}
	for _, as := range shown {
		p.association(pl, as)
	}
	if more := len(a.Associations) - len(shown); more > 0 {
		p.line("    … and %s (-v shows all)", plural(more, "more association"))
	}
}

func (p *printer) association(pl *plan.Plan, as *plan.Association) {
	l := opLooks[as.Op]
	state := ""
	switch as.State {
	case plan.Existing:
		state = "existing, id " + formatID(as.ID)
	case plan.New:
		state = "new"
	case plan.Missing:
		state = "missing"
		l = look{symbol: "!", style: purple}
		if as.Reason != "" {
			state += ": " + safe(as.Reason)
		}
	}
	p.line("    %s %s %s  %s%s", p.paint(l.style, l.symbol), kindNames[as.Kind], p.end(as), p.paint(dim, "["+state+"]"), p.drift(as.Drift))
	if p.Verbose && as.Object > 0 {
		for _, n := range pl.Objects[as.Object-1].Notes {
			p.line("        note: %s", safe(n))
		}
	}
}

// end is the other end of an association.
func (p *printer) end(as *plan.Association) string {
	var parts []string
	if as.Type != "" {
		parts = append(parts, safe(as.Type))
	}
	if as.Name != "" {
		parts = append(parts, safe(p.defanged(as.Type, as.Name)))
	}
	if as.Key != "" && as.Key != as.Name {
		parts = append(parts, "(key "+safe(as.Key)+")")
	}
	if len(parts) == 0 {
		parts = append(parts, safe(as.Written))
	}
	if as.Owner != "" && as.Kind == intel.KindIndicator && p.Verbose {
		parts = append(parts, "in "+safe(as.Owner))
	}
	return shorten(strings.Join(parts, " "), max(p.room(30), 60))
}

// drift marks what somebody has edited on the server.
func (p *printer) drift(from string) string {
	if from == "server" {
		return p.paint(purple, "  (edited on the server)")
	}
	return ""
}

// mostNotes is how many notes about objects are shown.
const mostNotes = 20

// objectNotes shows what was found about indicators and the like: each of them
// can be named by many groups.
func (p *printer) objectNotes(pl *plan.Plan) {
	shown, more := 0, 0
	for _, o := range pl.Objects {
		for _, n := range o.Notes {
			if shown == mostNotes && !p.Verbose {
				more++
				continue
			}
			if shown++; shown == 1 {
				p.line("")
				p.line("%s", p.paint(bold, "Notes:"))
			}
			p.line("  %s %s %s: %s%s", kindNames[o.Kind], safe(o.Type), safe(p.defanged(o.Type, o.Name)), safe(n), p.from(o.Source))
		}
	}
	if more > 0 {
		p.line("  … and %s (-v shows all)", plural(more, "more note"))
	}
}
