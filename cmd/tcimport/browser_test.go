//go:build browser

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"tcimport/internal/bigmanifest"
	"tcimport/internal/tcsim"
)

// TestBrowser opens pages in a real browser: what is on them, and what a person does
// there. No page asks for anything, and none has an error.
func TestBrowser(t *testing.T) {
	b := startBrowser(t)
	document := planPage(t)
	for name, test := range map[string]func(*testing.T, context.Context, string){
		"shows": pageShows, "searches": pageSearches, "filters": pageFilters, "sorts": pageSorts, "selects": pageSelects, "keyboard": pageKeyboard,
		"narrow": pageNarrow, "dark": pageDark, "prints": pagePrints, "linked": pageLinked, "graph": pageGraph,
	} {
		t.Run(name, func(t *testing.T) { test(t, b, document) })
	}
	t.Run("texts", func(t *testing.T) { pageTexts(t, b) })
	t.Run("hostile", func(t *testing.T) { pageHostile(t, b) })
	t.Run("run", func(t *testing.T) { pageRun(t, b) })
	t.Run("sizes", func(t *testing.T) { pageSizes(t, b) })
}

// planPage is the page of a plan that has something of everything.
func planPage(t *testing.T) string {
	w := newWorld(t, tcsim.Config{})
	w.write("before.yaml", `groups:
  - {key: keep, type: Threat, name: Kept as it is}
  - key: change
    type: Incident
    name: Case one
    tags: [old]
    attributes: [{type: Description, default: true, value: "A text that stays for a while, and then it says that the sky is green.\nAnd a second line.\n"}]
    associatedGroups: [keep]
    associatedIndicators: [Host:one.example]
  - {key: gone, type: Campaign, name: Leaves the feed}
`)
	w.write("after.yaml", `groups:
  - {key: keep, type: Threat, name: Kept as it is}
  - key: change
    type: Incident
    name: Case one
    tags: [old, dropper]
    attributes: [{type: Description, default: true, value: "A text that stays for a while, and then it says that the sky is blue.\nAnd a second line.\n"}]
    associatedGroups: [keep]
    associatedIndicators: [Host:one.example]
  - key: new
    type: Report
    name: A new report
    tags: [dropper]
    associatedGroups: [change]
    associatedIndicators: [Host:one.example, Address:203.0.113.9]
  - {key: stuck, type: Adversary, name: Cannot be written, associatedGroups: [{type: Adversary, name: Nobody}]}
`)
	w.run("apply", "@before.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
	return w.run("plan", "@after.yaml", "--id-map", "@ids.csv", "--prune", "--prune-max", "100%", "--format", "html").mustExit(t, codeRefused).out
}

// headings are the headings of the list.
func (p *webPage) headings() string { return strings.Join(p.texts(".row.heading h2"), ", ") }

func pageShows(t *testing.T, b context.Context, document string) {
	for name, screen := range map[string]size{"narrow": narrow, "middle": middle, "wide": wide} {
		p := openPage(t, b, document, "", screen)
		p.has("h1", "Import into ThreatConnect")
		p.has(".tally", "Plan: 1 to create, 1 to update, 1 to delete, 1 unchanged, 1 conflict.", "1 to create 20 %")
		if got, want := p.headings(), "Conflicts, To delete, To update, To create, Unchanged"; got != want {
			t.Errorf("%s: the headings are %s, not %s", name, got, want)
		}
		if got := eval[string](p, "document.querySelector('.shares').ariaLabel"); got != "5 groups: 1 in conflict, 1 to delete, 1 to update, 1 to create, 1 unchanged" {
			t.Errorf("the picture says %q", got)
		}
		if p.overflows() {
			t.Errorf("%s: the page is wider than the screen", name)
		}
		p.picture("plan-" + name)
	}
}

func pageSearches(t *testing.T, b context.Context, document string) {
	p := openPage(t, b, document, "", wide)
	for search, want := range map[string]string{
		"report new": "A new report", "stuck": "Cannot be written", "203.0.113.9": "A new report", "after.yaml:3": "Case one", "adversary": "Cannot be written", "GREEN": "Case one",
	} {
		p.search(search)
		if got := strings.Join(p.names(), ", "); got != want {
			t.Errorf("the search for %q finds %q, not %q", search, got, want)
		}
	}
	p.search("nothing has this")
	p.has("#list", "Nothing matches these filters.")
	p.has("#count", "0 of 5 listed")
}

func pageFilters(t *testing.T, b context.Context, document string) {
	p := openPage(t, b, document, "", wide)
	for _, c := range []struct{ facet, value, names string }{
		{"action", "update", "Case one"}, {"type", "Campaign", "Leaves the feed"}, {"tag", "dropper", "Case one, A new report"}, {"problem", "conflict", "Cannot be written"},
	} {
		box := fmt.Sprintf("[...document.querySelectorAll('#facet-%s label')].find((e) => e.innerText.trim().startsWith('%s'))", c.facet, c.value)
		label := strings.Fields(eval[string](p, box+".innerText"))
		if n := fmt.Sprint(strings.Count(c.names, ",") + 1); label[len(label)-1] != n {
			t.Errorf("the filter says %q, not %s", label, n)
		}
		eval[bool](p, "("+box+".querySelector('input').click(), true)")
		if got := strings.Join(p.names(), ", "); got != c.names {
			t.Errorf("%s %s shows %q, not %q", c.facet, c.value, got, c.names)
		}
		if got := eval[string](p, "location.hash"); got != "#"+c.facet+"="+c.value {
			t.Errorf("the address has %q", got)
		}
		p.click("#clear")
		p.has("#count", "5 listed")
	}
}

// pageTexts: each change of a long text is in sight at once, and what stays can be unfolded.
func pageTexts(t *testing.T, b context.Context) {
	w := newWorld(t, tcsim.Config{})
	manifest := func(lineOf func(int) string, words ...any) string {
		var lines []string
		for i := range 100 {
			lines = append(lines, lineOf(i))
		}
		stays := strings.Repeat("It goes on. ", 100)
		long := fmt.Sprintf("%[4]sThe sky is %[1]s. %[4]sThe sea is %[2]s. %[4]sThe %[3]s ends.", append(words, stays)...)
		return fmt.Sprintf("groups:\n  - {key: a, type: Report, name: A, attributes: [{type: Description, value: %q, default: true}]}\n  - {key: b, type: Signature, name: B, fileName: b.yar, fileType: YARA, fileText: %q}\n",
			long, strings.Join(lines, "\n"))
	}
	w.write("before.yaml", manifest(func(i int) string { return fmt.Sprintf("line %d of it", i) }, "green", "black", "story"))
	w.write("after.yaml", manifest(func(i int) string {
		return fmt.Sprintf("line %d of %s", i, map[bool]string{true: "them", false: "it"}[i%60 == 30])
	}, "blue", "white", "tale"))
	w.run("apply", "@before.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
	p := openPage(t, b, w.run("plan", "@after.yaml", "--id-map", "@ids.csv", "--format", "html").mustExit(t, codeOK).out, "#at=a", wide)
	inSight := func(deleted, inserted, folded string) {
		t.Helper()
		for selector, want := range map[string]string{".text del": deleted, ".text ins": inserted, ".text .fold": folded} {
			if got := strings.Join(p.texts(selector), " "); got != want {
				t.Errorf("%s is %q, not %q", selector, got, want)
			}
		}
		if !eval[bool](p, "((box) => [...document.querySelectorAll('.text del, .text ins')].every((e) => e.getBoundingClientRect().bottom <= box.bottom))(document.querySelector('.text').getBoundingClientRect())") {
			t.Error("a change is out of sight")
		}
	}
	inSight("green black story", "blue white tale", "… 1,131 unchanged characters … … 1,053 unchanged characters … … 1,046 unchanged characters …")
	p.picture("long-text")
	p.click(".text .fold")
	p.has(".text", strings.Repeat("It goes on. ", 100))
	p = openPage(t, b, w.run("plan", "@after.yaml", "--id-map", "@ids.csv", "--format", "html").mustExit(t, codeOK).out, "#at=b", wide)
	inSight("it it", "them them", "… 28 unchanged lines … … 55 unchanged lines … … 7 unchanged lines …")
	p.click(".text .fold")
	p.has(".text", "line 0 of it", "line 27 of it")
}

func pageSorts(t *testing.T, b context.Context, document string) {
	p := openPage(t, b, document, "#sort=name", wide)
	if got := p.names(); !slices.IsSorted(got) || len(got) != 5 || p.headings() != "" {
		t.Errorf("sorted by name, the list is %q under %q", got, p.headings())
	}
	eval[bool](p, "(document.getElementById('sort').value = 'changes', document.getElementById('sort').dispatchEvent(new Event('change')), true)")
	if got := p.names()[0]; got != "A new report" {
		t.Errorf("the group with most changes is %q", got)
	}
}

func pageSelects(t *testing.T, b context.Context, document string) {
	p := openPage(t, b, document, "", wide)
	p.click("#row-5")
	p.has("#details h2", "update Incident Case one")
	p.has("#details .facts", "Key change", "Owner Demo Organization", "after.yaml:3")
	if del, ins := p.text("#details del:not(.whole)"), p.text("#details ins:not(.whole)"); del != "green" || ins != "blue" {
		t.Errorf("the words that change are %q and %q", del, ins)
	}
	link := eval[[]string](p, "((a) => [a.href, a.rel, a.target])(document.querySelector('#details .facts a'))")
	if !strings.HasPrefix(link[0], "http://127.0.0.1") || link[1] != "noopener noreferrer" || link[2] != "_blank" {
		t.Errorf("the link is %q", link)
	}
	p.picture("details-wide")
	p.click("#row-1")
	p.has("#details", "conflict Adversary Cannot be written", "missing")
	p.picture("conflict-wide")
	p.click("#row-5")
	p.has("#details .neighbours", "Report “A new report”")
	p.click("#details .neighbours .end")
	p.has("#details h2", "create Report A new report")
	p.has("#details .lines", "indicator Address 203.0.113.9", "new")
	p.has(".row.selected", "A new report")
	eval[bool](p, "([...document.querySelectorAll('#details .end')].find((e) => e.innerText.includes('203.0.113.9')).click(), true)")
	p.has("#details", "indicator Address", "203.0.113.9", "A new report")
}

func pageKeyboard(t *testing.T, b context.Context, document string) {
	p := openPage(t, b, document, "", wide)
	focus := func() string { return eval[string](p, "document.activeElement.id || document.activeElement.tagName") }
	must := func(what, want string) {
		t.Helper()
		if got := focus(); got != want {
			t.Errorf("%s: the focus is on %s, not on %s", what, got, want)
		}
	}
	p.press("/")
	must("/", "search")
	p.press("c", "a", "s", "e")
	p.until("the search is done", "location.hash === '#q=case'")
	p.press(kb.ArrowDown)
	must("down in the search", "list")
	p.press(kb.ArrowDown)
	p.has(".row.selected", "Case one")
	if got := eval[string](p, "document.getElementById('list').getAttribute('aria-activedescendant')"); eval[string](p, "document.querySelector('.row.selected').id") != got {
		t.Errorf("a screen reader is at %q", got)
	}
	p.press(kb.Enter)
	must("Enter in the list", "details")
	p.press(kb.Tab, kb.Tab)
	if focus() == "details" {
		t.Error("Tab does not leave the details")
	}
	p.press(kb.Escape)
	must("Escape", "list")
	p.press("g")
	must("g", "CANVAS")
	p.press("+", "-", kb.ArrowLeft, "0", "n")
	said := p.text("#count")
	p.press(kb.Enter)
	if name := p.text("#details h2 .data"); !strings.Contains(said, name) || name == "Case one" {
		t.Errorf("the graph said %q and went to %q", said, name)
	}
	p.press("?")
	p.until("the help opens", "document.getElementById('help').open")
	p.press(kb.Escape)
	p.until("the help closes", "!document.getElementById('help').open")
}

func pageNarrow(t *testing.T, b context.Context, document string) {
	p := openPage(t, b, document, "", narrow)
	shown := func(id string) bool { return eval[bool](p, "document.getElementById('"+id+"').checkVisibility()") }
	if !shown("list") || shown("details") || shown("filters") {
		t.Error("at first, only the list is to be seen")
	}
	p.click("#toggle")
	if !shown("filters") {
		t.Error("the filters do not open")
	}
	p.picture("filters-narrow")
	p.click("#toggle")
	p.click("#row-5")
	if shown("list") || !shown("details") || p.overflows() {
		t.Error("the details do not take the place of the list")
	}
	p.picture("details-narrow")
	p.click("#details .back")
	if !shown("list") || shown("details") {
		t.Error("the list does not come back")
	}
}

func pageDark(t *testing.T, b context.Context, document string) {
	p := openPage(t, b, document, "#at=change", wide, media("", "dark"))
	light := func() bool {
		return eval[bool](p, "getComputedStyle(document.documentElement).backgroundColor === 'rgb(255, 255, 255)'")
	}
	if light() {
		t.Error("the page is light for somebody who wants it dark")
	}
	p.picture("dark-wide")
	p.click("#theme")
	if !light() {
		t.Error("the button does not make the page light")
	}
	p.click("#theme")
	if light() {
		t.Error("the button does not make the page dark again")
	}
}

func pagePrints(t *testing.T, b context.Context, document string) {
	p := openPage(t, b, document, "#tag=dropper", wide)
	whole := len(p.pdf("print-filtered"))
	eval[bool](p, "(dispatchEvent(new Event('beforeprint')), true)")
	p.do(media("print", "light"))
	p.picture("print")
	p.has("#print", "2 entries of 5 pass the filters.", "update Incident Case one", "create Report A new report", "indicator Address 203.0.113.9")
	if got := p.text("#print"); strings.Contains(got, "Leaves the feed") || eval[bool](p, "document.getElementById('app').checkVisibility()") {
		t.Errorf("what does not pass the filters is printed: %q", got)
	}
	p = openPage(t, b, document, "", wide)
	if all := len(p.pdf("print-all")); all <= whole {
		t.Errorf("%d bytes are printed of all groups, %d of two", all, whole)
	}
	p.has("#count", "5 listed")
}

func pageLinked(t *testing.T, b context.Context, document string) {
	p := openPage(t, b, document, "#q=case&action=update&sort=name&at=change", wide)
	if got := p.names(); len(got) != 1 || got[0] != "Case one" {
		t.Errorf("the list has %q", got)
	}
	p.has("#details h2", "Case one")
	p.has("#facet-action", "update 1")
	if eval[string](p, "document.getElementById('search').value + document.getElementById('sort').value") != "casename" {
		t.Error("search and sorting are not those of the address")
	}
	eval[bool](p, "(location.hash = '#at=new', true)")
	p.until("the page follows the address", "document.querySelector('#details h2').innerText.includes('A new report')")
}

func pageGraph(t *testing.T, b context.Context, document string) {
	p := openPage(t, b, document, "#view=graph&at=new", wide)
	p.has("#graph .note", "8 nodes, 4 associations")
	drawn := "((c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 === 3 && v > 0).length)(document.querySelector('canvas'))"
	if n := eval[int](p, drawn); n < 1000 {
		t.Errorf("%d pixels are drawn", n)
	}
	p.click("[data-scope=near]")
	p.has("#graph .note", "4 nodes, 3 associations")
	p.picture("graph-wide")
	p.do(media("", "dark"))
	p.picture("graph-dark")
}

// pageHostile: whatever the manifests hold, the page shows it and runs nothing of it.
func pageHostile(t *testing.T, b context.Context) {
	w := newWorld(t, tcsim.Config{})
	evils := []string{"</script><script>owned = 1</script>", "<img src=x onerror=owned=1>", "javascript:owned=1", "{{constructor.constructor('owned=1')()}}", "<!--<script>", "${owned=1}", `\u202egnp.exe`, `a\u2028b`}
	var m strings.Builder
	m.WriteString("groups:\n")
	for i, evil := range evils {
		quoted := `"` + evil + `"`
		fmt.Fprintf(&m, "  - {key: %q, type: Threat, name: %s, tags: [%s], attributes: [{type: Description, value: %s}]}\n", fmt.Sprint("k", i), quoted, quoted, quoted)
	}
	w.write("in.yaml", m.String())
	document := w.run("plan", "@in.yaml", "--format", "html").mustExit(t, codeOK).out
	p := openPage(t, b, document, "", wide)
	if got := p.names(); len(got) != len(evils) || !slices.Equal(got[:7], evils[:7]) {
		t.Errorf("the names are %q", got)
	}
	for i := range evils {
		p.click(fmt.Sprintf("#row-%d", i+1))
	}
	p.click("[data-view=graph]")
	p.pdf("hostile")
	p.picture("hostile-wide")
	if eval[bool](p, "'owned' in window || document.images.length > 0") {
		t.Error("the page runs what it shows")
	}
	p = openPage(t, b, document, "", narrow)
	p.picture("hostile-narrow")

	// The policy stops even a script that gets into the page.
	eval[bool](p, "(document.body.append(Object.assign(document.createElement('script'), { textContent: 'owned = 1' })), true)")
	p.until("the policy complains", "true")
	if eval[bool](p, "'owned' in window") {
		t.Error("the policy lets a script run")
	}
	p.mu.Lock()
	if len(p.errors) != 1 || !strings.Contains(p.errors[0], "Content Security Policy") {
		t.Errorf("the errors are %q", p.errors)
	}
	p.errors = nil
	p.mu.Unlock()
}

// pageRun is the page of a run with a failure.
func pageRun(t *testing.T, b context.Context) {
	w := newWorld(t, tcsim.Config{})
	w.intercept(func(rw http.ResponseWriter, r *http.Request) bool {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if r.Method != http.MethodPost || !bytes.Contains(body, []byte("Refused one")) {
			return false
		}
		http.Error(rw, `{"status":"Error","message":"not this one"}`, http.StatusBadRequest)
		return true
	})
	w.write("in.yaml", `groups:
  - {key: good, type: Threat, name: Good one, associatedIndicators: [Host:one.example]}
  - {key: bad, type: Threat, name: Refused one}
`)
	document := w.run("apply", "@in.yaml", "--yes", "--quiet", "--report", "@ids.csv", "--format", "html").mustExit(t, codeIncomplete).out
	p := openPage(t, b, document, "#at=good", wide)
	p.has("h1", "Result of the import into ThreatConnect")
	p.has(".top", "began 20", "took", "Apply incomplete: 1 created, 0 updated, 1 failed (2 groups).", "1 failed 50 %")
	if got := p.headings(); got != "Not done, Created, Done beside groups" {
		t.Errorf("the headings are %s", got)
	}
	if id := eval[string](p, "document.querySelector('#details .facts a').innerText"); id == "" {
		t.Error("what was created has no ID")
	}
	p.click("#row-1")
	p.has("#details", "failed Threat Refused one", "not this one", "in.yaml:3")
	p.has("#facet-problem", "failed 1")
	p.picture("run-wide")
}

// pageSizes opens plans of several sizes. The times are for those who look at them.
func pageSizes(t *testing.T, b context.Context) {
	for _, n := range []int{20, 2000, 20_000} {
		w := newWorld(t, tcsim.Config{})
		w.env["TC_API_PATH"] = "sim:"
		var m strings.Builder
		if err := bigmanifest.Write(&m, "yaml", n, 1); err != nil {
			t.Fatal(err)
		}
		w.write("in.yaml", m.String())
		document := w.run("plan", "@in.yaml", "--format", "html").mustExit(t, codeOK).out
		begun := time.Now()
		p := openPage(t, b, document, "", wide)
		t.Logf("%d groups: %d KB open after %v", n, len(document)>>10, time.Since(begun).Round(time.Millisecond))
		begun = time.Now()
		p.search("phishing case-1")
		t.Logf("%d groups: a search takes %v", n, time.Since(begun).Round(time.Millisecond))
		p.picture(fmt.Sprintf("plan-%d-wide", n))
		p.click("#clear")
		p.do(focusOn("#list"))
		p.press(kb.End)
		p.until("the end of the list is in sight", fmt.Sprintf("document.querySelector('.row.selected')?.getAttribute('aria-posinset') === '%d'", n))
		p.click("[data-view=graph]")
		p.has("#graph", "node")
		p.picture(fmt.Sprintf("graph-%d-wide", n))
		if n > 20 {
			p := openPage(t, b, document, "#at=case-133", middle)
			inSight := "((row, list) => row.top >= list.top - 1 && row.bottom <= list.bottom + 1)(document.querySelector('.row.selected').getBoundingClientRect(), document.getElementById('list').getBoundingClientRect())"
			if !eval[bool](p, inSight) {
				t.Errorf("%d groups: the row of the address is not in sight", n)
			}
		}
		if rows := eval[int](p, "document.querySelectorAll('*').length"); rows > 2500 {
			t.Errorf("%d groups are %d elements", n, rows)
		}
	}
}
