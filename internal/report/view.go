package report

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// Show says how much of a plan a View has, in every format.
type Show struct {
	Limit   int         // how many groups are listed; 0 for all
	Only    []plan.Verb // list only groups of these actions; nil for all
	Verbose bool        // every field, and unchanged groups too; of a run every group
	Full    bool        // whole texts, also the parts that stay
	Defang  bool        // nothing leads to indicators
	Lines   int         // about how many lines text may take; 0 for any number
	Rate    float64     // requests a second, for the time that the plan takes; 0 for no limit
	Engine  plan.Engine // that was asked for
	NoJobs  string      // why the instance takes no jobs, if it was asked; "" if it does
}

// whole reports whether nothing is shortened.
func (s Show) whole() bool { return s.Verbose || s.Full }

// View is a plan, or a run that is over, as people see it. PlanView and RunView
// decide what is shown and in which order. Text and Markdown decide how that
// looks; they have no other source.
type View struct {
	title    string
	where    []phrase   // instance, owner, namespace; nil where a reader needs no reminder
	when     []phrase   // when the plan was made; of a run when it began, and how long it took
	shares   []share    // the groups of the plan or run by what happens to them
	only     string     // which groups were asked for; "" for all
	sections []*section // most important first
	refused  phrase     // why a part of the plan is not carried out; nil if nothing is refused
	tally    []statement
	next     Next
	whole    bool // long texts and lists are not shortened
	lines    int  // about how many lines text may take; 0 for any number
	links    bool // addresses of objects are shown where they are not links

	objects []*plan.Object // of the plan: associations lead to them by their places
}

// Next is what to do after a run. The zero Next is nothing.
type Next struct {
	Correct string // a file to correct before
	Do      string // where there is none: what the command is for
	Command string // for a shell
}

func (n Next) phrase() phrase {
	if n.Correct == "" {
		return phrase{say(n.Do)}
	}
	return phrase{say("Correct "), datum(n.Correct), say(", then run:")}
}

// String says what to do, without the command.
func (n Next) String() string { return textOf(n.phrase()) }

// section is a list of groups with one action, or of anything else.
type section struct {
	title   string
	groups  string      // what its entries are, for groups of one action: "to create"
	types   []typeCount // of its entries, most frequent first; nil if they are not counted
	total   int
	listed  int                    // how many of total are in the view: the first ones
	entries iter.Seq2[int, *entry] // makes these when they are shown: those of a large plan would take much memory
	more    string                 // where all entries are, if some are not in the view
	brief   bool                   // an entry is one line
	urgent  bool                   // somebody has to read it
}

// list makes things the first entries of a section.
func list[T any](s *section, things []T, entryOf func(T) *entry) {
	s.listed = len(things)
	s.entries = func(yield func(int, *entry) bool) {
		for i, t := range things {
			if !yield(i, entryOf(t)) {
				return
			}
		}
	}
}

type typeCount struct {
	name string
	n    int
}

// entry is a group, another object, or an association.
type entry struct {
	mark   mark
	word   string // what happens to it, or what has become of it
	kind   RowKind
	typ    string
	name   string // of an association: the other end
	key    string
	owner  string
	xid    string // if the manifest has one of its own
	id     int64
	link   string // its page
	source string // its place in the manifest
	remark string // why, or what else there is to say; a line may say it, too

	reference bool // a group that the manifests only point at

	// lines is nil in a brief section. It is called when the entry is shown. The lines are
	// good until those of the next entry are made.
	lines func() []line

	facets func() facets // nil for none
}

// what names the entry.
func (e *entry) what() phrase {
	if e.kind == kindAssociation {
		return phrase{datum(e.key), say(" -> "), datum(e.name)}
	}
	var out phrase
	if e.kind != kindGroup {
		out = append(out, say(countName(e.kind)), say(" "))
	}
	if e.typ != "" {
		out = append(out, datum(e.typ), say(" "))
	}
	return append(out, named(e.name))
}

// repeats reports whether a line says what the remark of an entry says.
func (l *line) repeats(e *entry) bool {
	return l.mark == noMark && l.value.op != 0 && l.value.text() == e.remark
}

// about distinguishes a group from others of its type and name.
func (e *entry) about() []phrase {
	brief := e.lines == nil
	switch {
	case e.kind != kindGroup && brief:
		return nil
	case e.kind != kindGroup:
		return with(nil, "owner ", e.owner)
	}
	word := "key "
	if e.reference {
		word = "reference "
	}
	out := []phrase{{say(word), datum(e.key)}}
	if !brief {
		out = with(with(out, "owner ", e.owner), "xid ", e.xid)
	}
	if e.id != 0 {
		out = append(out, phrase{{kind: spanWords, text: "id " + formatID(e.id), link: e.link}})
	}
	return out
}

// statement is a line of the tally, with further lines that belong to it.
type statement struct {
	what  phrase
	under []phrase
}

// line is one statement about an entry, or about an object that comes with it.
type line struct {
	mark  mark     // what happens; none for a remark
	what  phrase   // never shortened
	value value    // behind it, may be long; without op where there is none
	tail  []phrase // less important
	under []line

	association *plan.Association // that it is about, nil for none; a group can have very many
}

// value is a text that is added, removed (old) or changed.
type value struct {
	op       plan.Op
	old, new string
}

// replaced reports whether one text takes the place of another. A change of an
// attribute may keep its text.
func (v *value) replaced() bool { return v.op == plan.Set && !intel.SameText(v.old, v.new) }

// multiline reports whether the value has several lines.
func (v *value) multiline() bool {
	return strings.Contains(v.old, "\n") || strings.Contains(v.new, "\n")
}

// text is the text that is added, removed or kept.
func (v *value) text() string {
	if v.op == plan.Remove {
		return v.old
	}
	return v.new
}

// whereOf says which instance, owner and namespace a plan is for.
func whereOf(p *plan.Plan) []phrase {
	return with(with(with(nil, "ThreatConnect ", p.Target.URL), "owner ", p.Target.Owner), "namespace ", p.Namespace)
}

// madeOf says when a plan was made.
func madeOf(p *plan.Plan) []phrase {
	made, err := time.Parse(time.RFC3339Nano, p.Made)
	if err != nil {
		return nil
	}
	return []phrase{{say("made " + moment(made))}}
}

// moment is a time as people read it.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// unlisted says how many groups are not listed, "" if all are. listed is how many
// entries of each section are, hint where all of them are.
func (v *View) unlisted(listed func(*section) int, hint string) string {
	more, total := 0, 0
	var parts []string
	for _, s := range v.sections {
		if s.groups == "" {
			continue
		}
		total += s.total
		if n := s.total - listed(s); n > 0 {
			more += n
			parts = append(parts, fmt.Sprintf("%d %s", n, s.groups))
		}
	}
	if more == 0 {
		return ""
	}
	return fmt.Sprintf("Not listed here: %d of %s (%s). %s%s.", more, message.Plural(total, "group"), strings.Join(parts, ", "), strings.ToUpper(hint[:1]), hint[1:])
}
