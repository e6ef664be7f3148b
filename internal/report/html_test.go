package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tcimport/internal/apply"
	"tcimport/internal/golden"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// everything is what a page shows of a plan.
var everything = Show{Verbose: true, Rate: 10}

// shownPage is the data of a page.
type shownPage struct {
	Head    headOf
	Entries [][]any
	Ends    [][]any
	Texts   []string
}

func htmlOf(t *testing.T, v *View) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	dataScript = regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`)
	pageStyle  = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
	pageScript = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
	pagePolicy = regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`)
)

func dataOf(t *testing.T, document string) shownPage {
	t.Helper()
	found := dataScript.FindStringSubmatch(document)
	if found == nil {
		t.Fatal("the page has no data")
	}
	var p shownPage
	if err := json.Unmarshal([]byte(found[1]), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// text is the text of a column of an entry. The columns are those of html/data.js.
func (p shownPage) text(entry []any, column int) string { return p.Texts[int(entry[column].(float64))] }

const (
	columnSection = 1
	columnWord    = 3
	columnName    = 6
	columnLink    = 11
)

// goldenPlans are the plans of the goldens.
func goldenPlans(t *testing.T) map[string]*plan.Plan {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	out := map[string]*plan.Plan{}
	for _, path := range paths {
		p := &plan.Plan{}
		decodeFile(t, golden.Read(t, path), "plan.json", p)
		out[filepath.Base(path)] = p
	}
	return out
}

// TestPageRunsNothingElse: the policy of a page has the digests of its own style and
// script, and allows nothing else; there is no other element that could load or run.
func TestPageRunsNothingElse(t *testing.T) {
	for name, p := range goldenPlans(t) {
		out := htmlOf(t, PlanView(p, everything))
		policy := html.UnescapeString(pagePolicy.FindStringSubmatch(out)[1])
		for directive, element := range map[string]*regexp.Regexp{"style-src": pageStyle, "script-src": pageScript} {
			sum := sha256.Sum256([]byte(element.FindStringSubmatch(out)[1]))
			want := fmt.Sprintf("%s 'sha256-%s';", directive, base64.StdEncoding.EncodeToString(sum[:]))
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy lacks %s: %s", name, want, policy)
			}
		}
		if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is %s", name, policy)
		}
		tags := map[string]int{}
		for _, tag := range regexp.MustCompile(`<[a-zA-Z!][^\s>]*`).FindAllString(pageScript.ReplaceAllString(out, ""), -1) {
			tags[tag]++
		}
		if tags["<script"] != 1 || tags["<img"]+tags["<iframe"]+tags["<object"]+tags["<svg"] > 0 || tags["<link"] != 1 || strings.Count(out, "<!--") > 0 {
			t.Errorf("%s: there are other elements: %v", name, tags)
		}
	}
}

// hostileTexts are texts that try to be more than text.
var hostileTexts = []string{
	"</script><script>alert(1)</script>", "<!--", "<![CDATA[", "javascript:alert(1)", "\u202egnp.exe", "a\u2028b", "\xff\xfe", "\x00\x1b[31m", "{{.}}",
	`"><img src=x onerror=alert(1)>`, "&lt;b&gt;", "back\\slash", "two\nlines",
}

// TestPageShowsHostileTextAsText: whatever a text is, and wherever it stands, the page
// has it as text with what cannot be seen made visible, and nothing of it is markup or a
// link.
func TestPageShowsHostileTextAsText(t *testing.T) {
	for _, s := range hostileTexts {
		p := &plan.Plan{Target: plan.Target{URL: s, Owner: s}, Namespace: s, PruneRefused: s, Summary: plan.Summary{Create: 1, Conflict: 1}}
		p.Actions = []*plan.Action{
			plan.FullAction{Verb: plan.Conflict, Key: s, Type: s, Name: s, Owner: s, XID: s, Source: plan.SourceAt(s), Reason: s, WebLink: intel.WebLinkOf("javascript:" + s), ID: 7,
				Candidates: []plan.Candidate{{ID: 1, Type: s, Name: s, Owner: s, XID: s, Added: s, WebLink: "javascript:" + s}}, Notes: []plan.Note{{Detail: s}}}.Action(),
			plan.FullAction{Verb: plan.Update, Key: "2" + s, Type: "Threat", Name: s, ID: 8, WebLink: intel.WebLinkOf("https://x.example/" + s),
				Changes:      plan.Changes(plan.FullChange{Field: "tags", Op: plan.Add, New: s}, plan.FullChange{Field: "attribute:" + s, Op: plan.Set, Old: "old " + s, New: "new " + s}),
				Associations: []plan.Association{plan.FullAssociation{Kind: intel.KindIndicator, Type: s, Name: s, Owner: s, State: plan.Missing, Op: plan.Add, Reason: s}.Association()}}.Action(),
		}
		out := htmlOf(t, PlanView(p, everything))
		if !utf8.ValidString(out) {
			t.Errorf("%q: the page is not UTF-8", s)
		}
		if want, got := 2, strings.Count(out, "<script"); got != want {
			t.Errorf("%q: %d scripts", s, got)
		}
		page := dataOf(t, out)
		if !slices.Contains(page.Texts, message.Escaped(s)) {
			t.Errorf("%q is not a text of the page", s)
		}
		for _, text := range page.Texts {
			if message.Escaped(text) != text {
				t.Errorf("%q: what cannot be seen is in %q", s, text)
			}
		}
		for _, e := range page.Entries {
			if link := page.text(e, columnLink); link != "" && !strings.HasPrefix(link, "https://x.example/") {
				t.Errorf("%q: the link %q", s, link)
			}
		}
		rest := dataScript.ReplaceAllString(pageScript.ReplaceAllString(pageStyle.ReplaceAllString(out, ""), ""), "")
		for _, bad := range []string{"<img", "<b>", "<!--", "\x00", "\x1b", "\u202e", "\u2028"} {
			if strings.Contains(rest, bad) {
				t.Errorf("%q: the page has %q", s, bad)
			}
		}
	}
}

// TestPageCountsAgree: the picture of the tally, the sections and the entries of a page
// count what the plan does.
func TestPageCountsAgree(t *testing.T) {
	for name, p := range goldenPlans(t) {
		p.Count()
		page := dataOf(t, htmlOf(t, PlanView(p, everything)))
		want := map[string]int{}
		for _, a := range p.Actions {
			want[string(a.Verb)]++
		}
		got, listed := map[string]int{}, make([]int, len(page.Head.Sections))
		for _, e := range page.Entries {
			section := int(e[columnSection].(float64))
			listed[section]++
			if page.Head.Sections[section].Groups {
				got[page.text(e, columnWord)]++
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: the entries are %v, the plan has %v", name, got, want)
		}
		for i, s := range page.Head.Sections {
			if s.Listed != listed[i] || s.Total != listed[i] {
				t.Errorf("%s: %s: %d entries, of %d listed and %d in all", name, s.Title, listed[i], s.Listed, s.Total)
			}
		}
		sum := p.Summary
		for word, n := range map[string]int{"to create": sum.Create, "to update": sum.Update, "to delete": sum.Delete, "unchanged": sum.Unchanged, "in conflict": sum.Conflict, "skipped": sum.Skip} {
			i := slices.IndexFunc(page.Head.Shares, func(s shareHead) bool { return s.Word == word })
			if page.Head.Shares[i].N != n {
				t.Errorf("%s: %d %s in the picture, %d in the plan", name, page.Head.Shares[i].N, word, n)
			}
		}
	}
}

// TestPageObeysLimitAndOnly: --limit and --only leave groups out of a page, and the page
// says so.
func TestPageObeysLimitAndOnly(t *testing.T) {
	p := &plan.Plan{}
	for i := range 30 {
		p.Actions = append(p.Actions, &plan.Action{Verb: []plan.Verb{plan.Create, plan.Update, plan.Unchanged}[i%3], Key: fmt.Sprint(i), Type: "Threat", Name: "N"})
	}
	p.Count()
	show := everything
	show.Limit = 12
	out := htmlOf(t, PlanView(p, show))
	if n := len(dataOf(t, out).Entries); n != 12 || !strings.Contains(out, "Not listed here: 18 of 30 groups") {
		t.Errorf("%d groups are listed", n)
	}
	show = everything
	show.Only = []plan.Verb{plan.Update}
	out = htmlOf(t, PlanView(p, show))
	if n := len(dataOf(t, out).Entries); n != 10 || !strings.Contains(out, "Only these actions are listed: update.") {
		t.Errorf("%d groups are listed", n)
	}
}

// TestPageWithoutScript: where no script runs, a page has the counts, and what somebody
// has to read.
func TestPageWithoutScript(t *testing.T) {
	p := &plan.Plan{PruneRefused: "too many"}
	for i := range maxPlain + 3 {
		p.Actions = append(p.Actions, plan.FullAction{Verb: plan.Conflict, Key: fmt.Sprint("k", i), Type: "Threat", Name: "N", Reason: "two have the name", Source: plan.SourceAt("m.yaml:7")}.Action())
	}
	p.Count()
	out := htmlOf(t, PlanView(p, everything))
	for _, want := range []string{"Plan: 0 to create, 0 to update, 0 to delete, 0 unchanged, 203 conflicts.", "! refused: nothing is deleted: too many",
		"<li>! conflict Threat &#34;N&#34; (key k0): two have the name (m.yaml:7)</li>", "<p>… and 3 more.</p>"} {
		if !strings.Contains(out, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestPageOfRun: the page of a run has every group with its outcome, what was not done
// first, and says when the run was.
func TestPageOfRun(t *testing.T) {
	p := &plan.Plan{}
	l := &apply.Ledger{Plan: p}
	for i := range 30 {
		verb := []plan.Verb{plan.Create, plan.Update, plan.Unchanged}[i%3]
		a := plan.FullAction{Verb: verb, Key: fmt.Sprint("k", i), Type: "Threat", Name: fmt.Sprint("N", i)}.Action()
		r := &apply.Result{Action: a, Status: apply.OK, ID: int64(100 + i), WebLink: intel.WebLinkOf("https://tc.example/" + a.Key)}
		if i >= 27 && verb != plan.Unchanged {
			r.Status, r.Error = apply.Failed, "refused: "+a.Key
		}
		p.Actions, l.Results = append(p.Actions, a), append(l.Results, r)
	}
	p.Count()
	rs := NewResults(l, Meta{})
	run := Run{Plan: p, Rows: rs.Outcomes(), Counts: rs.Counts, Report: "ids.csv", Show: Show{Verbose: true},
		Began: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Took: 90 * time.Second}
	out := htmlOf(t, RunView(run))
	for _, want := range []string{"began 2026-01-02 03:04:05 UTC, took 1m30s", "<li>! failed Threat &#34;N27&#34; (key k27, id 127): refused: k27"} {
		if !strings.Contains(out, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	page := dataOf(t, out)
	var words []string
	for _, e := range page.Entries {
		words = append(words, page.text(e, columnWord))
	}
	counts := map[string]int{}
	for _, word := range words {
		counts[word]++
	}
	if got, want := fmt.Sprint(slices.Compact(words), counts), "[failed updated created unchanged] map[created:9 failed:2 unchanged:10 updated:9]"; got != want {
		t.Errorf("the groups are %s, not %s", got, want)
	}
	if got := page.text(page.Entries[2], columnName) + " " + page.text(page.Entries[2], columnLink); got != "N1 https://tc.example/k1" {
		t.Errorf("the first group that was updated is %q", got)
	}
	run.Show.Only = []plan.Verb{plan.Update}
	if n := len(dataOf(t, htmlOf(t, RunView(run))).Entries); n != 10 {
		t.Errorf("--only update lists %d groups of a run", n)
	}
}

// TestPageFiles: the files of a page are small enough to be read, and the script ends
// nowhere but at its end.
func TestPageFiles(t *testing.T) {
	p := thePage()
	if strings.Contains(strings.ToLower(p.script), "</script") || strings.Contains(p.script, "<!--") || strings.Contains(strings.ToLower(p.style), "</style") {
		t.Error("the browser would end the style or the script too soon")
	}
	names, _ := filepath.Glob("html/*")
	for _, name := range names {
		text, err := pageFiles.ReadFile(name)
		if lines := bytes.Count(text, []byte("\n")); err != nil || lines > 300 {
			t.Errorf("%s has %d lines: %v", name, lines, err)
		}
	}
	for _, markup := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser", "fetch(", "XMLHttpRequest"} {
		if strings.Contains(p.script, markup) {
			t.Errorf("the script has %s", markup)
		}
	}
}
