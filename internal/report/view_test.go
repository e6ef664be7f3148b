package report

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/testkit"
)

func shownText(t *testing.T, p *plan.Plan, show Show, screen Screen) string {
	t.Helper()
	var b strings.Builder
	if err := Text(&b, PlanView(p, show), screen); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func shownMarkdown(t *testing.T, p *plan.Plan, show Show, maxBytes int) string {
	t.Helper()
	var b strings.Builder
	if err := Markdown(&b, PlanView(p, show), maxBytes); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func shownRun(t *testing.T, r Run) string {
	t.Helper()
	var b strings.Builder
	if err := Text(&b, RunView(r), Screen{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// withNewObjects is a plan of two groups that share what is made along with them.
func withNewObjects() *plan.Plan {
	objects := []*intel.Object{
		{Kind: intel.KindIndicator, Type: "Address", Summary: "203.0.113.1", Owner: "Source One", Details: &intel.Details{
			Values: []string{"203.0.113.1"},
			Fields: intel.Fields{{Name: "rating", Value: "4"}, {Name: "confidence", Value: "80"}},
			Tags:   []intel.Tag{{Name: "dropper"}, {TechniqueID: "T1566"}}, SecurityLabels: []string{"TLP:GREEN"},
			Attributes: []intel.Attribute{{Type: "Aliases", Value: "zeus", Source: "an analyst", Pinned: intel.Yes, SecurityLabels: []string{"TLP:RED"}}}}},
		{Kind: intel.KindCase, Summary: "Phishing", Details: &intel.Details{Fields: intel.Fields{{Name: "severity", Value: "High"}, {Name: "status", Value: "Closed"},
			{Name: "description", Value: strings.Repeat("what happened ", 20) + "to us"}}}},
		{Kind: intel.KindArtifact, Type: "URL", Summary: "http://a.example", Details: &intel.Details{Fields: intel.Fields{{Name: "caseId", Value: "777"}}}},
		{Kind: intel.KindVictimAsset, Type: "EmailAddress", Summary: "a@b.example", Details: &intel.Details{Fields: intel.Fields{{Name: "victimId", Value: "888"}}}},
	}
	p := &plan.Plan{Summary: plan.Summary{Create: 2, New: map[intel.Kind]int{intel.KindIndicator: 1, intel.KindCase: 1, intel.KindArtifact: 1, intel.KindVictimAsset: 2}}}
	for _, key := range []string{"a", "b"} {
		p.Actions = append(p.Actions, &plan.Action{Verb: plan.Create, Key: key, Type: "Threat", Name: key, Owner: "Org"})
	}
	for i, o := range objects {
		p.Objects = append(p.Objects, plan.FullObject{Kind: o.Kind, Type: o.Type, Name: o.Summary, Owner: o.Owner, State: plan.New, Definition: o}.Object())
		for _, a := range p.Actions {
			a.Associations = append(a.Associations, plan.FullAssociation{Kind: o.Kind, Type: o.Type, Name: o.Summary, Owner: o.Owner, State: plan.New, Op: plan.Add, Object: i + 1}.Association())
		}
	}
	return p
}

// TestAllThatIsSentIsShown: what new objects are made of is in a plan in every
// format, once.
func TestAllThatIsSentIsShown(t *testing.T) {
	p := withNewObjects()
	var saved bytes.Buffer
	if err := p.Write(&saved); err != nil {
		t.Fatal(err)
	}
	for name, out := range map[string]string{
		"text": shownText(t, p, Show{}, Screen{}), "terminal": shownText(t, p, Show{}, Screen{Width: 400}), "verbose": shownText(t, p, Show{Verbose: true}, Screen{Width: 80}),
		"markdown": shownMarkdown(t, p, Show{}, 0), "json": strings.ReplaceAll(saved.String(), `":`, `": `),
	} {
		out = strings.NewReplacer("`", "", `"`, "").Replace(out)
		for _, want := range []string{"rating: 4", "confidence: 80", "dropper", "T1566", "TLP:GREEN", "zeus", "source", "an analyst", "pinned", "TLP:RED", "Source One",
			"severity: High", "status: Closed", "what happened to us", "caseId: 777", "victimId: 888"} {
			if strings.Count(out, want) == 0 {
				t.Errorf("%s: %q is missing in:\n%s", name, want, out)
			}
		}
		if strings.Count(out, "an analyst") != 1 {
			t.Errorf("%s: a new object is described more than once:\n%s", name, out)
		}
		if tally := "1 to create; 1 artifact, 1 case, 2 victim assets to create."; name != "json" && !strings.Contains(out, tally) {
			t.Errorf("%s: the tally does not say %q:\n%s", name, tally, out)
		}
	}
}

// TestNewObjectsAreDescribedInOneSection: an object that groups to create and
// groups to update share is described where it is listed first.
func TestNewObjectsAreDescribedInOneSection(t *testing.T) {
	p := withNewObjects()
	p.Actions[1].Verb = plan.Update
	for name, out := range map[string]string{"text": shownText(t, p, Show{}, Screen{}), "markdown": shownMarkdown(t, p, Show{}, 0)} {
		if n := strings.Count(out, "an analyst"); n != 1 {
			t.Errorf("%s: a new object is described %d times:\n%s", name, n, out)
		}
	}
}

// TestListsShareALine: tags with the same operation share a line, names in quotes, and
// what an attribute has beside its value is shown without -v.
func TestListsShareALine(t *testing.T) {
	p := &plan.Plan{Actions: []*plan.Action{{Verb: plan.Update, Key: "k", Type: "Threat", Name: "N", Owner: "Org", ID: 1, Changes: plan.Changes([]plan.FullChange{
		{Field: "tags", Op: plan.Add, New: "one"}, {Field: "tags", Op: plan.Remove, Old: "gone"}, {Field: "tags", Op: plan.Add, New: "two, three"},
		{Field: "tags", Op: plan.Add, New: "theirs", Drift: plan.FromServer}, {Field: "tags", Op: plan.Remove, Old: "gone too"},
		{Field: "securityLabels", Op: plan.Add, New: "TLP:RED"}, {Field: "securityLabels", Op: plan.Add, New: "TLP:AMBER"},
		{Field: "attribute:Source", Op: plan.Add, New: "v", Attribute: &plan.AttributeDetail{Source: "a, b", Default: intel.Yes, Pinned: intel.No, SecurityLabels: []string{"L1", "L2"}}},
		{Field: "attribute:Aliases", Op: plan.Set, Old: "stays ", New: "stays", Attribute: &plan.AttributeDetail{ID: 4, Source: "s"}},
	}...), Associations: []plan.Association{plan.FullAssociation{Kind: intel.KindGroup, Type: "Tool", Name: "A [new] (key x)", Key: "t", ID: 5, State: plan.Existing, Op: plan.Remove, Owner: "Org"}.Association()}}}}
	want := `
    + tags: one, "two, three"
    - tags: gone, gone too
    + tags: theirs  [edited on the server]
    + securityLabels: TLP:RED, TLP:AMBER
    + attribute:Source: v  [source "a, b", default, not pinned, labels L1, L2]
    ~ attribute:Aliases: stays  [source "s"]
    - group Tool "A [new] (key x)" (key t)  [existing, id 5]
`
	if got := shownText(t, p, Show{}, Screen{}); !strings.Contains(got, want) {
		t.Errorf("got:\n%s\nwant in it:%s", got, want)
	}
	want = "\n  - \\+ `tags`: `one`, `two, three`\n  - \\- `tags`: `gone`, `gone too`\n"
	if got := shownMarkdown(t, p, Show{}, 0); !strings.Contains(got, want) || !strings.Contains(got, "`v` (source `a, b`, default, not pinned, labels `L1`, `L2`)\n") {
		t.Errorf("got:\n%s\nwant in it:%s", got, want)
	}
}

// mixedTypes is a plan of creates, a few updates, and one group of each other
// action.
func mixedTypes(creates int) *plan.Plan {
	p := &plan.Plan{}
	add := func(n int, verb plan.Verb, typ string) {
		for range n {
			i := len(p.Actions)
			p.Actions = append(p.Actions, plan.FullAction{Verb: verb, Key: fmt.Sprint("k", i), Type: typ, Name: fmt.Sprint("G", i), Reason: "why"}.Action())
		}
	}
	for range creates / 2 {
		add(1, plan.Create, "Incident")
		add(1, plan.Create, "Threat")
	}
	add(1, plan.Create, "Threat")
	add(3, plan.Update, "Tool")
	add(1, plan.Delete, "Tool")
	add(1, plan.Skip, "Tool")
	add(1, plan.Conflict, "Tool")
	add(5, plan.Unchanged, "Tool")
	p.Summary = plan.Summary{Create: creates/2*2 + 1, Update: 3, Delete: 1, Skip: 1, Conflict: 1, Unchanged: 5}
	return p
}

// TestLimitIsHonest: a limit takes creates last, and what is not listed is said on
// top and at the end, outside of what is folded.
func TestLimitIsHonest(t *testing.T) {
	p := mixedTypes(20)
	const unlisted = "Not listed here: 19 of 27 groups (18 to create, 1 skipped). "
	got := shownText(t, p, Show{Limit: 8}, Screen{})
	for _, want := range []string{"conflict Tool", "delete Tool", "To create (3 of 21 listed): 11 Threat, 10 Incident\n", "To update (3)"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
	if n := strings.Count(got, "+ create Threat"); n != 3 || strings.Contains(got, "create Incident") {
		t.Errorf("not three creates, by type:\n%s", got)
	}
	if line := unlisted + "--limit 0 lists all.\n"; strings.Index(got, line) != 0 || !strings.Contains(got, "\n\n"+line+"Plan: ") {
		t.Errorf("%q does not stand on top and at the end:\n%s", line, got)
	}
	if update, create := strings.Index(got, "To update"), strings.Index(got, "To create"); update > create {
		t.Errorf("creates stand before changes:\n%s", got)
	}
	if got := shownText(t, p, Show{}, Screen{}); strings.Contains(got, "Not listed") || strings.Count(got, "+ create") != 21 {
		t.Errorf("without a limit:\n%s", got)
	}

	got = shownMarkdown(t, p, Show{Limit: 8}, 0)
	line := "**" + unlisted + "The plan as text or JSON has all of them.**\n"
	top, end := strings.Index(got, line), strings.LastIndex(got, line)
	if top < 0 || top > strings.Index(got, "<details") || end < strings.LastIndex(got, "</details>") {
		t.Errorf("%q does not stand on top and at the end, unfolded:\n%s", line, got)
	}
	if want := "<summary>To create (3 of 21 listed): 11 <code>Threat</code>, 10 <code>Incident</code></summary>"; !strings.Contains(got, want) {
		t.Errorf("%q is missing in:\n%s", want, got)
	}
}

// TestLargeMarkdownStaysBelowTheLimit: also with groups, names and notes that are too
// large by themselves.
func TestLargeMarkdownStaysBelowTheLimit(t *testing.T) {
	testkit.SkipUnderRace(t)
	long := strings.Repeat("\U0010ffff`<", 3000)
	p := &plan.Plan{Target: plan.Target{URL: long, Owner: long}, Namespace: long, PruneRefused: long, Policy: plan.Policy{Prune: true}}
	for i, verb := range plan.Verbs {
		for j := range 40 {
			a := plan.FullAction{Verb: verb, Key: long, Type: fmt.Sprint(j, long), Name: long, Owner: long, Source: plan.SourceAt(long), Reason: long, Notes: []plan.Note{{Kind: plan.EditKept, Detail: long}}}.Action()
			for range 50 * i {
				a.Changes = append(a.Changes, plan.FullChange{Field: "attribute:" + long, Op: plan.Set, Old: long, New: long + "x"}.Change())
			}
			p.Actions = append(p.Actions, a)
		}
	}
	for range 1000 {
		p.Objects = append(p.Objects, plan.FullObject{Kind: intel.KindCase, Name: long, Notes: []string{long}}.Object())
		p.CarriedOn = append(p.CarriedOn, plan.FullObject{Kind: intel.KindGroup, Name: long, Written: long, Reason: long}.Object())
	}
	for _, show := range []Show{{}, {Full: true}} {
		got := shownMarkdown(t, p, show, 0)
		if len(got) >= maxMarkdown {
			t.Errorf("%+v: %d bytes", show, len(got))
		}
		if strings.Count(got, "<details") != strings.Count(got, "</details>") || !strings.Contains(got, "more lines: the plan as text or JSON has all of them") {
			t.Errorf("%+v: a part is left open, or what is left out is not said:\n%s", show, got[:1000])
		}
	}
}

// TestOnlyTheNamedActionsAreListed lists groups of some actions, unchanged ones too if asked for.
func TestOnlyTheNamedActionsAreListed(t *testing.T) {
	p := mixedTypes(4)
	got := shownText(t, p, Show{Only: []plan.Verb{plan.Unchanged, plan.Delete}}, Screen{})
	if strings.Count(got, "= unchanged") != 5 || strings.Count(got, "- delete") != 1 || strings.Contains(got, "create Threat") || strings.Contains(got, "Not listed here") {
		t.Errorf("got:\n%s", got)
	}
	const only = "Only these actions are listed: unchanged, delete."
	if !strings.Contains(got, only) || !strings.Contains(got, "Plan: 5 to create") {
		t.Errorf("it is not said, or the tally is not of the plan:\n%s", got)
	}
	if got := shownMarkdown(t, p, Show{Only: []plan.Verb{plan.Unchanged, plan.Delete}}, 0); !strings.Contains(got, only) || strings.Contains(got, "To create (") || !strings.Contains(got, "<summary>Unchanged (5)") {
		t.Errorf("got:\n%s", got)
	}
}

// TestChangedWordsAreSeen: a change beyond the width of a terminal is not two
// equal lines, and marks say which words it is.
func TestChangedWordsAreSeen(t *testing.T) {
	same := strings.Repeat("the same words again and again ", 40)
	change := func(old, new string) *plan.Plan {
		return &plan.Plan{Actions: []*plan.Action{{Verb: plan.Update, Key: "k", Type: "Threat", Name: "N", ID: 1,
			Changes: plan.Changes([]plan.FullChange{{Field: "attribute:Description", Op: plan.Set, Old: old, New: new}}...)}}}
	}
	for _, c := range []struct{ old, new, before, after string }{
		{same + "green " + same, same + "blue " + same, "again [-green-] the same", "again {+blue+} the same"},
		{"x\n" + same + "was 8.8.8.8 there\ny", "x\n" + same + "was 8.8.4.4 there\ny", "was 8.8.[-8.8-] there", "was 8.8.{+4.4+} there"},
		{same + "end", same + "the end", "again end", "again{+ the+} end"},
		{same + "a b", same + "c d", "[-a b-]", "{+c d+}"},
		{"completely different " + strings.Repeat("x", 200), "nothing in common " + strings.Repeat("y", 200), "- completely different xxx", "+ nothing in common yyy"},
	} {
		p := change(c.old, c.new)
		for _, width := range []int{40, 80, 200} {
			var before, after string
			for line := range strings.Lines(shownText(t, p, Show{}, Screen{Width: width})) {
				switch line = strings.TrimSpace(line); {
				case len([]rune(line)) > max(width, 70):
					t.Errorf("width %d: a line of %d characters: %s", width, len([]rune(line)), line)
				case strings.HasPrefix(line, "- "):
					before = line
				case strings.HasPrefix(line, "+ "):
					after = line
				}
			}
			if !strings.Contains(before, c.before) || !strings.Contains(after, c.after) {
				t.Errorf("width %d: got\n%s\n%s\nwant %q and %q", width, before, after, c.before, c.after)
			}
		}
		piped := shownText(t, p, Show{}, Screen{})
		for _, line := range strings.Split(strings.TrimSpace(same), "\n") {
			if strings.Contains(c.old, line) && strings.Count(piped, line) < 2 {
				t.Errorf("cut in a pipe:\n%s", piped)
			}
		}
		if got := shownMarkdown(t, p, Show{}, 0); len(c.old) > 400 && !strings.Contains(got, strings.TrimPrefix(c.before, "- ")) {
			t.Errorf("%q is missing in:\n%s", c.before, got)
		}
	}
}

// TestNothingIsCutInAPipe: names and keys nowhere, and no text or list where
// there is no terminal.
func TestNothingIsCutInAPipe(t *testing.T) {
	name, key := strings.Repeat("n", 300), strings.Repeat("k", 300)
	value := strings.Repeat("a line of text\n", 100) + "end of it"
	a := &plan.Action{Verb: plan.Create, Key: key, Type: "Threat", Name: name, Changes: plan.Changes([]plan.FullChange{
		{Field: "tags", Op: plan.Add, New: name + "tag"}, {Field: "attribute:Description", Op: plan.Add, New: value}}...)}
	for i := range 100 {
		a.Associations = append(a.Associations, plan.FullAssociation{Kind: intel.KindIndicator, Type: "Host", Name: fmt.Sprint(name, i), State: plan.New, Op: plan.Add}.Association())
	}
	p := &plan.Plan{Actions: []*plan.Action{a}}
	for i := range 50 {
		p.Objects = append(p.Objects, plan.FullObject{Kind: intel.KindIndicator, Type: "Host", Name: fmt.Sprint("h", i), Notes: []string{"note"}}.Object())
	}
	piped, screen := shownText(t, p, Show{}, Screen{}), shownText(t, p, Show{}, Screen{Width: 80})
	if !strings.Contains(piped, strings.ReplaceAll(value, "\n", `\n`)) || strings.Contains(piped, "…") || !strings.Contains(piped, `"h49"`) {
		t.Errorf("cut in a pipe:\n%s", piped)
	}
	for _, want := range []string{name + "tag", key, `"` + name + `29"`, "a line of te", "… and 70 more associations (-v shows all)", "… and 30 more (-v shows all)"} {
		if !strings.Contains(screen, want) {
			t.Errorf("%q is missing on a terminal:\n%s", want, screen)
		}
	}
	if full := shownText(t, p, Show{Full: true}, Screen{Width: 80}); strings.Count(full, "        + a line of text\n") != 100 || strings.Contains(full, "…") {
		t.Errorf("not in full:\n%s", full)
	}
}

// TestFullShowsWholeTexts: also the lines that do not change, but no unchanged
// groups.
func TestFullShowsWholeTexts(t *testing.T) {
	p := &plan.Plan{Actions: []*plan.Action{{Verb: plan.Unchanged, Key: "u", Type: "Threat", Name: "U"},
		{Verb: plan.Update, Key: "k", Type: "Threat", Name: "N", Changes: plan.Changes([]plan.FullChange{{Field: "attribute:Description", Op: plan.Set, Old: "1\n2\n3\n4\n5", New: "1\n2\n3\n4\nfive"}}...)}}}
	if got := shownText(t, p, Show{}, Screen{Width: 80}); !strings.Contains(got, "… 3 lines unchanged") {
		t.Errorf("got:\n%s", got)
	}
	got := shownText(t, p, Show{Full: true}, Screen{Width: 80})
	if !strings.Contains(got, "          1\n          2\n          3\n          4\n        - 5\n        + five\n") || strings.Contains(got, "unchanged Threat") {
		t.Errorf("got:\n%s", got)
	}
}

// TestGroupsThatPruneKeepsAreListed: what --prune leaves is listed with the reason, and only where it
// was asked for.
func TestGroupsThatPruneKeepsAreListed(t *testing.T) {
	p := &plan.Plan{Policy: plan.Policy{Prune: true}, CarriedOn: []*plan.Object{
		plan.FullObject{Kind: intel.KindGroup, Type: "Campaign", Name: "Own", Written: "own", ID: 90, Reason: "it has an xid of its own"}.Object(),
		plan.FullObject{Kind: intel.KindGroup, Type: "Campaign", Name: "Carried on", Written: "x", ID: 91}.Object(),
	}}
	got := shownText(t, p, Show{}, Screen{})
	if want := "Not deleted by --prune (1):\n  Campaign \"Own\" (key own, id 90): it has an xid of its own\n\n"; !strings.Contains(got, want) {
		t.Errorf("got:\n%s\nwant in it:%s", got, want)
	}
	if got := shownMarkdown(t, p, Show{}, 0); !strings.Contains(got, "<summary>Not deleted by --prune (1)</summary>\n\n- `Campaign` `Own`, key `own`, id 90: `it has an xid of its own`\n") {
		t.Errorf("got:\n%s", got)
	}
	if got := shownRun(t, Run{Plan: p}); !strings.HasPrefix(got, "Not deleted by --prune (1): plan lists them with the reason\n") {
		t.Errorf("a run says:\n%s", got)
	}
	p.Policy.Prune = false
	if got := shownText(t, p, Show{}, Screen{}); strings.Contains(got, "--prune") {
		t.Errorf("it was not asked for:\n%s", got)
	}
}

// TestFormatsShowTheSame: every section, entry, remark and statement of a view is in
// every format.
func TestFormatsShowTheSame(t *testing.T) {
	p := mixedTypes(4)
	p.PruneRefused = "too many deletions"
	p.Policy.Prune = true
	p.CarriedOn = []*plan.Object{plan.FullObject{Kind: intel.KindGroup, Type: "Campaign", Name: "Own", Written: "own", Reason: "its xid is not ours"}.Object()}
	p.Objects = []*plan.Object{plan.FullObject{Kind: intel.KindIndicator, Type: "Host", Name: "a.example", Notes: []string{"it is inactive"}}.Object()}
	p.Actions = append(p.Actions, plan.FullAction{Verb: plan.Unchanged, Type: "Tool", Name: "Theirs", Key: "t", Notes: []plan.Note{{Kind: plan.EditKept, Detail: "status"}}}.Action())
	rows := reportOf(t, []Row{{Kind: kindGroup, Key: "k", Type: "Tool", Name: "Refused", Action: plan.Create, Status: apply.Failed, Error: "no"}})
	for name, v := range map[string]*View{
		"plan": PlanView(p, Show{Rate: 10}),
		"run":  RunView(Run{Plan: p, Rows: rows.Rows, Counts: rows.Counts, Report: "ids.csv", Err: errors.New("the end")}),
	} {
		var text, md strings.Builder
		if err := errors.Join(Text(&text, v, Screen{}), Markdown(&md, v, 0)); err != nil {
			t.Fatal(err)
		}
		marks := strings.NewReplacer("`", "", `"`, "", "<code>", "", "</code>", "")
		check := func(want string) {
			t.Helper()
			for format, out := range map[string]string{"text": text.String(), "markdown": md.String()} {
				if want = marks.Replace(want); !strings.Contains(marks.Replace(out), want) {
					t.Errorf("%s as %s lacks %q:\n%s", name, format, want, out)
				}
			}
		}
		if len(v.sections) < 3 {
			t.Errorf("%s has %d sections", name, len(v.sections))
		}
		for _, s := range v.sections {
			check(fmt.Sprintf("%s (%d)", s.title, s.total))
			for _, e := range s.entries {
				check(textOf(e.what()))
				check(e.remark)
			}
		}
		for _, s := range v.tally {
			check(textOf(s.what))
			for _, u := range s.under {
				check(textOf(u))
			}
		}
		check(textOf(v.refused))
		check(textsOf(v.where))
	}
}

// FuzzWordDiff: the pieces of each line are that line, and what is kept of both
// is the same text.
func FuzzWordDiff(f *testing.F) {
	f.Add("the sky is green, é", "the big sky is  blue \xff")
	f.Fuzz(func(t *testing.T, a, b string) {
		before, after, _ := wordDiff(a, b)
		join := func(ps []piece, all bool) string {
			var out strings.Builder
			for _, p := range ps {
				if all || !p.changed {
					out.WriteString(p.text)
				}
			}
			return out.String()
		}
		if join(before, true) != a || join(after, true) != b || join(before, false) != join(after, false) {
			t.Errorf("%q, %q: %v, %v", a, b, before, after)
		}
		if out := excerpt(before, "", "", 10); len([]rune(out)) > 100 || message.Escaped(out) != out {
			t.Errorf("an excerpt of %q: %q", a, out)
		}
	})
}

// TestHugeTextsAreComparedInTime: texts of many thousand lines without anything
// in common take no longer than reading them, and one change in such a text is
// found.
func TestHugeTextsAreComparedInTime(t *testing.T) {
	var a, b []string
	for i := range 100_000 {
		a, b = append(a, fmt.Sprint("a", i)), append(b, fmt.Sprint("b", i))
	}
	began := time.Now()
	compare := func() []diffLine { return diffText(strings.Join(a, "\n"), strings.Join(b, "\n"), true) }
	ds := compare()
	if len(ds) != 200_000 || ds[99_999].op != '-' || ds[100_000].op != '+' {
		t.Errorf("%d lines, and those that are removed are not in front", len(ds))
	}
	b = slices.Clone(a)
	b[70_000] = "new"
	if ds := compare(); len(ds) != 100_001 || ds[70_000].op != '-' || ds[70_001].op != '+' {
		t.Errorf("%d lines", len(ds))
	}
	if took := time.Since(began); took > time.Minute { // all with all would take hours
		t.Errorf("it took %s", took)
	}
}
