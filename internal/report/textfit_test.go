package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// rowsOnScreen is how many lines of a terminal a text takes.
func rowsOnScreen(text string, width int) int {
	n := 0
	for line := range strings.Lines(text) {
		n += max(1, (widthOf(strings.TrimSuffix(line, "\n"))+width-1)/width)
	}
	return n
}

// TestLinesAreShared: where nobody has asked for more, a plan of any size takes about as many
// lines as a terminal should show. Every section is there with its counts by type; conflicts
// and changes come before creates, and creates are not lost behind them.
func TestLinesAreShared(t *testing.T) {
	add := func(p *plan.Plan, n int, verb plan.Verb, associations int) {
		for range n {
			a := plan.FullAction{Verb: verb, Key: fmt.Sprint("k", len(p.Actions)), Type: "Incident", Name: strings.Repeat("Long name ", 12), Reason: "why"}.Action()
			for j := range associations {
				a.Associations = append(a.Associations, plan.FullAssociation{Kind: intel.KindIndicator, Type: "Host", Name: fmt.Sprint(j, ".example"), State: plan.New, Op: plan.Add}.Association())
			}
			p.Actions = append(p.Actions, a)
		}
	}
	for _, c := range []struct {
		conflicts, deletes, updates, creates, associations int
	}{
		{0, 0, 0, 10_000, 7}, {1000, 0, 0, 1000, 7}, {3, 3, 1000, 10_000, 5}, {300, 300, 300, 300, 0}, {1, 1, 1, 1, 25}, {0, 0, 400, 2, 60}, {5, 0, 0, 0, 90},
	} {
		p := &plan.Plan{}
		add(p, c.creates, plan.Create, c.associations)
		add(p, c.updates, plan.Update, c.associations)
		add(p, c.deletes, plan.Delete, 0)
		add(p, c.conflicts, plan.Conflict, c.associations)
		p.Count()
		const width, most = 100, 250
		got := shownText(t, p, Show{Lines: most}, Screen{Width: width, Color: true})
		got = regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(got, "")
		if n := rowsOnScreen(got, width); n > most+20 {
			t.Errorf("%+v takes %d lines", c, n)
		}
		for _, s := range []struct {
			title string
			n     int
		}{{"Conflicts", c.conflicts}, {"To delete", c.deletes}, {"To update", c.updates}, {"To create", c.creates}} {
			m := regexp.MustCompile(`(?m)^` + s.title + ` \((?:(\d+) of )?(\d+)(?: listed)?\): (\d+) Incident$`).FindStringSubmatch(got)
			if (m == nil) != (s.n == 0) || m != nil && (m[2] != fmt.Sprint(s.n) || m[1] == "0") {
				t.Errorf("%+v: %s: %q in\n%s", c, s.title, m, got)
			}
		}
		if listed := regexp.MustCompile(`(?m)^[-+~!] (create|update|delete|conflict) `).FindAllString(got, -1); len(listed) < len(p.Actions) != strings.Contains(got, "Not listed here: ") {
			t.Errorf("%+v lists %d groups and says:\n%s", c, len(listed), got)
		}
		if full := shownText(t, p, Show{}, Screen{Width: width}); len(p.Actions) <= 4 && got != full {
			t.Errorf("%+v fits, but is shown as\n%s\nnot as\n%s", c, got, full)
		}
	}
}

// TestCutEntriesSaySo: a group that is longer than a terminal should show ends in the number of
// its lines that are left out.
func TestCutEntriesSaySo(t *testing.T) {
	a := plan.FullAction{Verb: plan.Update, Key: "k", Type: "Incident", Name: "N"}.Action()
	for i := range 900 {
		a.Changes = append(a.Changes, plan.FullChange{Field: fmt.Sprint("attribute:T", i), Op: plan.Add, New: "x"}.Change())
	}
	p := &plan.Plan{Actions: []*plan.Action{a}}
	p.Count()
	got := shownText(t, p, Show{Lines: 100}, Screen{Width: 80})
	shown := strings.Count(got, "+ attribute:T")
	if want := fmt.Sprintf("    … and %d more lines of this entry (-v shows all)\n", 900-shown); shown < 80 || shown > 100 || !strings.Contains(got, want) {
		t.Errorf("%d lines are shown, and %q is not said:\n%s", shown, want, got)
	}
}

// TestWidths: characters that take two columns count as two, and no text without an end fits.
func TestWidths(t *testing.T) {
	for s, want := range map[string]int{"abc": 3, "": 0, "漢字": 4, "ｶﾅ": 2, "👍": 2, "é": 1, "e\u0301": 2, "a漢b": 4} {
		if got := widthOf(s); got != want {
			t.Errorf("%q takes %d columns, not %d", s, got, want)
		}
	}
	for _, c := range []struct {
		in   string
		most int
		want string
	}{
		{"漢字漢字漢字", 7, "漢字漢…"}, {"漢字漢字漢字", 6, "漢字…"}, {"漢字漢", 6, "漢字漢"}, {"abcdef", 6, "abcdef"}, {"abcdefg", 6, "abcde…"}, {"e\u0301e\u0301e\u0301", 4, "e\u0301…"},
	} {
		if got := shorten(c.in, c.most); got != c.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", c.in, c.most, got, c.want)
		}
	}
	if got := escapedShort("a"+strings.Repeat("\u0301", 1<<20), 100); len(got) > 500 {
		t.Errorf("accents without an end take %d bytes", len(got))
	}
	old, now := strings.Repeat("漢 ", 100)+"before "+strings.Repeat("字 ", 100), strings.Repeat("漢 ", 100)+"after "+strings.Repeat("字 ", 100)
	before, _, ok := wordDiff(old, now)
	if got := excerpt(before, "[-", "-]", 40); !ok || !strings.Contains(got, "[-before-]") || widthOf(got) > 40+len("[--]……") {
		t.Errorf("the excerpt %q takes %d columns", got, widthOf(got))
	}
}

// TestExcerptsShowEveryChange: an excerpt of a long line leaves out what stays, but no change.
// A line of very many changes ends with how many more there are.
func TestExcerptsShowEveryChange(t *testing.T) {
	var old []string
	for i := range 300 {
		old = append(old, fmt.Sprintf("Word%d", i))
	}
	now := slices.Clone(old)
	now[10], now[150], now[290] = "first", "second", "third"
	excerptOf := func(now []string) (string, string) {
		before, after, _ := wordDiff(strings.Join(old, " "), strings.Join(now, " "))
		return excerpt(before, "[-", "-]", 60), excerpt(after, "{+", "+}", 60)
	}
	before, after := excerptOf(now)
	for _, want := range []string{"[-Word10-]", "[-Word150-]", "[-Word290-]"} {
		if !strings.Contains(before, want) {
			t.Errorf("%q lacks %s", before, want)
		}
	}
	for _, want := range []string{"{+first+}", "{+second+}", "{+third+}"} {
		if !strings.Contains(after, want) {
			t.Errorf("%q lacks %s", after, want)
		}
	}
	if n := widthOf(after); n > 100 {
		t.Errorf("three changes take %d columns", n)
	}
	for i := range now {
		if i%2 == 0 {
			now[i] = "new"
		}
	}
	if _, after := excerptOf(now); widthOf(after) > 800 || !strings.HasSuffix(after, " more changes)") {
		t.Errorf("150 changes take %d columns: %q", widthOf(after), after)
	}
}
