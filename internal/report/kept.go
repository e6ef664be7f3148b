package report

import (
	"fmt"
	"io"
	"slices"

	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// keptNote is what a group says of edits that are kept, "" if there are none.
// Its other notes tell the same every night, and nothing that would be lost:
// they are shown with the unchanged groups only.
func keptNote(a *plan.Action) string {
	if a.Deleted && a.Verb == plan.Skip {
		return a.Reason
	}
	if n, ok := a.Note(plan.EditKept); ok {
		return n.String()
	}
	return ""
}

// keptEdits are the groups that a plan leaves alone as somebody has edited them.
// Those that it updates for another reason say so with their changes.
func keptEdits(p *plan.Plan) []*plan.Action {
	var out []*plan.Action
	for _, a := range p.Actions {
		if a.Verb == plan.Unchanged && keptNote(a) != "" {
			out = append(out, a)
		}
	}
	return out
}

// keptHeading is the title of the list of such groups.
func keptHeading(n int) string { return fmt.Sprintf("Edited on the server, kept (%d)", n) }

// matches says what there is to say where nothing is to be done.
func matches(p *plan.Plan) string {
	switch n := len(keptEdits(p)); n {
	case 0:
		return "No changes. ThreatConnect matches the manifest."
	case 1:
		return "No changes, but 1 group was edited on the server and is kept as it is."
	default:
		return fmt.Sprintf("No changes, but %d groups were edited on the server and are kept as they are.", n)
	}
}

// Kept names the groups of which a plan leaves something as it was edited on the
// server, a line for each, and counts those that it may not delete; it writes
// nothing if there are none.
func Kept(w io.Writer, pl *plan.Plan, opt TextOptions) error {
	p := newPrinter(w, opt)
	if n := len(newView(pl, Show{}).notPruned); n > 0 {
		p.line("%s: plan lists them with the reason", notPrunedHeading(n))
	}
	p.kept(slices.DeleteFunc(slices.Clone(pl.Actions), func(a *plan.Action) bool { return keptNote(a) == "" }))
	return p.flush()
}

func (p *printer) kept(groups []*plan.Action) {
	if len(groups) == 0 {
		return
	}
	p.line("%s", p.paint(bold, keptHeading(len(groups))+":"))
	for _, a := range groups {
		p.line("  %s %s: %s%s", message.Escaped(a.Type), quoted(a.Name), message.Escaped(keptNote(a)), p.from(a.Source))
	}
}

// notPrunedHeading is the title of the list of groups that --prune leaves.
func notPrunedHeading(n int) string { return fmt.Sprintf("Not deleted by --prune (%d)", n) }
