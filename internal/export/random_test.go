package export_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tcimport/internal/export"
	"tcimport/internal/spelling"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// odd are texts that people and other programs leave in an instance.
var odd = []string{
	"a", "b", "A", "no", "null", "007", "2021-11-03", "- x", "a: b", "a #b", "#12", "a|b", `a\`, `a\|`, "techniqueId:T1566", "T1566", "Phishing",
	"T1566 - Phishing", "\"q\"", "'", "é😀", "\u202ex", "x\x1b[31m", "two\nlines", "two\r\nlines", "\n\nlead", "trail \n", "tab\tin", "=1+1", "Tool/a",
	"{id: 3}", "xid:a", "a (3)", "..", "a/b?c", "000", "tcimport-a", " padded ", "a,b;c", "x\u0085y", "---", "\ufeffbom",
}

type world struct{ *rand.Rand }

func (r world) text() string {
	s := odd[r.IntN(len(odd))]
	if r.IntN(4) == 0 {
		s += odd[r.IntN(len(odd))]
	}
	return s
}

func (r world) some(n int, of func() string) []string {
	var out []string
	seen := map[string]bool{}
	for range r.IntN(n + 1) {
		if s := of(); !seen[spelling.Fold(s)] {
			seen[spelling.Fold(s)] = true
			out = append(out, s)
		}
	}
	return out
}

func (r world) one(of ...string) string { return of[r.IntN(len(of))] }

func (r world) group(id int64) tcsim.Group {
	types := []string{"Tool", "Incident", "Event", "Task", "Signature", "Report", "Email", "Document", "Malware"}
	g := tcsim.Group{ID: id, Type: r.one(types...), Name: r.text(), Owner: r.one(owner, owner, owner, tcsim.DemoSource), Fields: map[string]any{}}
	if r.IntN(2) == 0 {
		g.XID = fmt.Sprint(r.text(), r.one("", fmt.Sprint(id)))
	}
	set := func(name, value string) {
		if r.IntN(2) == 0 {
			g.Fields[name] = value
		}
	}
	set("firstSeen", "2020-01-02T03:04:05Z")
	switch g.Type {
	case "Incident":
		set("status", r.one("New", "Closed", "Nonsense"))
		set("eventDate", "2020-01-02T00:00:00Z")
	case "Event":
		set("eventType", r.one("Breach", "None", "Nonsense"))
	case "Task":
		set("status", "Deferred")
	case "Signature":
		g.Fields["fileName"], g.Fields["fileType"], g.Fields["fileText"] = r.text(), r.one("YARA", "Sigma", "Homemade"), r.text()
	case "Report", "Document":
		set("fileName", r.text())
	case "Email":
		set("body", r.text())
		set("subject", r.text())
	}
	g.Tags = r.some(3, r.text)
	g.SecurityLabels = r.some(2, func() string { return r.one("TLP:AMBER", "TLP:RED") })
	for i := range r.IntN(4) {
		g.Attributes = append(g.Attributes, tcsim.Attribute{ID: id*10 + int64(i), Type: r.one("Description", "Source", "Aliases"), Value: r.text(),
			Source: r.one("", "", r.text()), Default: r.IntN(3) == 0, Pinned: r.IntN(3) == 0, SecurityLabels: r.some(1, func() string { return "TLP:RED" })})
	}
	return g
}

func (r world) snapshot() tcsim.Snapshot {
	var snap tcsim.Snapshot
	const n, indicators = 25, 12
	for i := range int64(n) {
		g := r.group(i + 1)
		for range r.IntN(5) {
			if other := 1 + r.Int64N(n); other != g.ID {
				g.AssociatedGroups = append(g.AssociatedGroups, other)
			}
			g.AssociatedIndicators = append(g.AssociatedIndicators, 1+r.Int64N(indicators))
		}
		snap.Groups = append(snap.Groups, g)
	}
	for i := range int64(indicators) {
		in := tcsim.Indicator{ID: i + 1, Owner: r.one(owner, owner, tcsim.DemoSource), Type: r.one("Mutex", "User Agent", "Hashtag", "Host", "URL", "Registry Key", "Ticket: No")}
		value := fmt.Sprint(i, r.text())
		in.Summary, in.Values = value, []string{value}
		switch in.Type {
		case "Host":
			in.Summary = r.one(fmt.Sprintf("h%d.example", i), fmt.Sprintf("H%d.Example", i), value)
			in.Values = []string{in.Summary}
		case "URL":
			in.Summary = fmt.Sprintf("http://h%d.example/%s", i, r.one("", "a b", "A", "//x"))
			in.Values = []string{in.Summary}
		case "Registry Key":
			in.Values = []string{`HKEY_LOCAL_MACHINE\` + value, r.one(" ", "n", "a : b"), r.one("REG_SZ", "REG_NONE")}
		case "Ticket: No":
			in.Values = []string{value, r.one("", "2")}
		}
		snap.Indicators = append(snap.Indicators, in)
	}
	return snap
}

// TestLargeRandom: whatever there is, an export with its report has nothing to do;
// one without has conflicts at worst.
func TestLargeRandom(t *testing.T) {
	for seed := range testkit.Rounds(25) {
		r := world{rand.New(rand.NewPCG(3, uint64(seed)))}
		snap := r.snapshot()
		format := r.one("yaml", "csv", "apart")
		t.Run(fmt.Sprint(seed, " ", format), func(t *testing.T) {
			sim, c := instance(t, snap, r.one("nested-cap=0", "nested-cap=0", "nested-cap=2"))
			ex := run(t, c, export.Options{Reported: true}, format)
			nothingToDo(t, planned(t, c, ex, ex.ids), ex)
			ex = run(t, c, export.Options{}, format)
			p := planned(t, c, ex, nil)
			if p.Summary.Create+p.Summary.Update > 0 {
				p.Summary.Conflict = 0
				nothingToDo(t, p, ex)
			}
			if writes := sim.Stats().Writes; writes > 0 {
				t.Errorf("%d writes", writes)
			}
		})
	}
}
