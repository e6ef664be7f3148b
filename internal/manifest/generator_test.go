package manifest_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"tcimport/internal/intel"
)

// hostile are texts that a parser could take for something else.
var hostile = []string{
	"no", "null", "~", "true", "007", "1e3", "2023", "2023-01-02", "0x1F", ".5", "<<", "=", "- a", "-", "?", "? a", ": b", "a: b", "a:", "# c",
	"a # c", "a#b", "{a}", "[a]", "*a", "&a", "!a", "!!int 1", "|", ">", "%x", "@a", "`b`", "'", `"`, `a"b'c`, "a,b", "a;b", "a|b", `a\`, `\`, `a\|b`,
	`\\|`, "techniqueId:T1566", "techniqueId:", "a\tb", "a\nb", "a\n\nb", "a\n  b\n", "a\r\nb", "a\rb", "\x1b[31mred", "\u202egnp", "\ufeffa", "\u2028",
	"\u0085x", "é", "😀", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "---", "...", "--- a", "a\n---\nb", "a\n...\nb", "a\n# b", "a \nb", "\ta", "a\n\tb", "\u3164",
	"x: {y: z}", "- - -", strings.Repeat("long ", 60) + "end",
}

type generator struct{ *rand.Rand }

// text is a text with anything in it but NUL, which CSV has no way to say.
func (r generator) text() string {
	s := hostile[r.IntN(len(hostile))]
	for r.IntN(3) == 0 {
		s += []string{" ", "\n", ": ", " #", "|", `\`, "\t", ""}[r.IntN(8)] + hostile[r.IntN(len(hostile))]
	}
	return s
}

// name is a text as names are: something, and no blanks around it.
func (r generator) name() string {
	for {
		if s := strings.TrimSpace(r.text()); s != "" {
			return s
		}
	}
}

// value is a text with blanks anywhere.
func (r generator) value() string {
	return []string{"", " ", "\n", "\t"}[r.IntN(4)] + r.name() + []string{"", " ", "\n", "\n\n"}[r.IntN(4)]
}

func (r generator) names(most int) []string {
	var out []string
	for range r.IntN(most + 1) {
		out = append(out, r.name())
	}
	return out
}

func (r generator) group(i int) *intel.Group {
	g := &intel.Group{Key: fmt.Sprint("k", i, " ", r.name()), Type: "Incident", Name: r.name(), Owner: "Demo Community"}
	if r.IntN(2) == 0 {
		g.XID = r.name()
	}
	for _, name := range []string{"eventDate", "status", "firstSeen"} {
		if r.IntN(2) == 0 {
			g.Fields = append(g.Fields, intel.Field{Name: name, Value: r.value()})
		}
	}
	g.SecurityLabels = r.names(3)
	for _, n := range r.names(4) {
		g.Tags = append(g.Tags, intel.Tag{Name: n})
	}
	if r.IntN(3) == 0 {
		g.Tags = append(g.Tags, intel.Tag{TechniqueID: "T1566"})
	}
	for range r.IntN(4) {
		at := intel.Attribute{Type: []string{"Description", "Source", "Aliases: all", "A,B"}[r.IntN(4)], Value: r.value()}
		if r.IntN(2) == 0 {
			at.Source, at.Default, at.Pinned = r.value(), intel.Yes, intel.Yes
			at.SecurityLabels = r.names(2)
		}
		g.Attributes = append(g.Attributes, at)
	}
	for range r.IntN(6) {
		g.Refs = append(g.Refs, r.ref())
	}
	return g
}

func (r generator) ref() intel.Ref {
	switch r.IntN(5) {
	case 0:
		return intel.Ref{Kind: intel.KindGroup, Text: "k" + r.name()}
	case 1:
		return intel.Ref{Kind: intel.Kinds[r.IntN(len(intel.Kinds))], End: &intel.End{ID: 1 + r.Int64N(1<<50)}}
	case 2:
		return intel.Ref{Kind: intel.KindIndicator, End: &intel.End{Object: &intel.Object{Kind: intel.KindIndicator, Type: "Mutex", Summary: r.name(), Owner: "Demo Source"}}}
	case 3:
		o := &intel.Object{Kind: intel.KindIndicator, Type: "Registry Key"}
		for _, name := range []string{"Key Name", "Value Name", "Value Type"} {
			o.More().Fields = append(o.Fields(), intel.Field{Name: name, Value: r.name()})
		}
		return intel.Ref{Kind: intel.KindIndicator, End: &intel.End{Object: o}}
	}
	return intel.Ref{Kind: intel.KindIndicator, End: &intel.End{Object: &intel.Object{Kind: intel.KindIndicator, Type: "User Agent", Summary: "x" + r.name()}}}
}
