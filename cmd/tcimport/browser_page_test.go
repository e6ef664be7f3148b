//go:build browser

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

type action = chromedp.Action[chromedp.Void]

// command is a command of the protocol that has nothing to say.
func command[P, R any](c cdp.Command[P, R], params P) action {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// startBrowser starts a Chromium that ends with the test.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	options := chromedp.DefaultExecAllocatorOptions[:]
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses its sandbox to root
	}
	ctx, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	ctx, end = chromedp.NewContext(ctx)
	t.Cleanup(end)
	if _, err := chromedp.Run(ctx, chromedp.Title()); err != nil {
		t.Fatalf("Chromium does not start: %v\n(make browser says what it needs)", err)
	}
	return ctx
}

// webPage is a page of the program in a tab of its own.
type webPage struct {
	t    *testing.T
	ctx  context.Context
	file string

	mu       sync.Mutex
	requests []string // to anything but the file
	errors   []string // of the console, of scripts, of the policy
}

// size is the size of a screen.
type size struct{ width, height int64 }

var (
	wide   = size{1800, 1100}
	middle = size{1000, 800}
	narrow = size{400, 800}
)

// openPage opens a document at a fragment. It must ask for nothing and have no errors until
// the test ends.
func openPage(t *testing.T, browser context.Context, document, fragment string, screen size, how ...action) *webPage {
	t.Helper()
	p := &webPage{t: t, file: filepath.Join(t.TempDir(), "page.html")}
	if err := os.WriteFile(p.file, []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, end := chromedp.NewContext(browser)
	ctx, late := context.WithTimeout(ctx, time.Minute)
	p.ctx = ctx
	t.Cleanup(func() { late(); end() })
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatal(err)
	}
	p.do(command(network.Enable, network.EnableParams{}), command(cdplog.Enable, cdp.Empty{}), chromedp.EmulateViewport(screen.width, screen.height))
	p.do(how...)
	p.do(chromedp.Navigate("file://"+p.file+fragment), chromedp.WaitReady(chromedp.CSS("html[data-ready]")))
	t.Cleanup(p.check)
	return p
}

func (p *webPage) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; !strings.HasPrefix(url, "file://"+p.file) && !strings.HasPrefix(url, "data:,") {
			p.requests = append(p.requests, url)
		}
	case *runtime.EventExceptionThrown:
		p.errors = append(p.errors, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		p.errors = append(p.errors, fmt.Sprint("console: ", e.Type))
	case *cdplog.EventEntryAdded:
		p.errors = append(p.errors, e.Entry.Text)
	}
}

// check fails if the page has asked for anything, or has had an error.
func (p *webPage) check() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, url := range p.requests {
		p.t.Errorf("the page asks for %s", url)
	}
	for _, err := range p.errors {
		p.t.Errorf("an error of the page: %s", err)
	}
}

func (p *webPage) do(actions ...action) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// get is the value of an action.
func get[T any](p *webPage, a chromedp.Action[T]) T {
	p.t.Helper()
	out, err := chromedp.Run(p.ctx, a)
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// eval is the value of an expression of JavaScript.
func eval[T any](p *webPage, script string) T {
	p.t.Helper()
	return get(p, chromedp.Evaluate[T](script))
}

// texts are the texts of all elements of a selector.
func (p *webPage) texts(selector string) []string {
	p.t.Helper()
	quoted, _ := json.Marshal(selector)
	return eval[[]string](p, fmt.Sprintf("[...document.querySelectorAll(%s)].map((e) => e.innerText.replace(/\\s+/g, ' ').trim())", quoted))
}

// text is the text of all elements of a selector.
func (p *webPage) text(selector string) string {
	p.t.Helper()
	return strings.Join(p.texts(selector), " ")
}

// until waits for something that the page does in a moment.
func (p *webPage) until(what, script string) {
	p.t.Helper()
	for range 200 {
		if eval[bool](p, script) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.t.Fatalf("it does not happen that %s: the page shows %q", what, p.text("#count, .details"))
}

func (p *webPage) click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// press presses keys, one after the other.
func (p *webPage) press(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		for _, event := range kb.Encode([]rune(key)[0]) {
			switch event.Type {
			case input.DispatchKeyEventTypeChar:
				continue
			case input.DispatchKeyEventTypeKeyDown:
				if len(event.Key) == 1 {
					event.Text = event.Key // the browser types it, unless the page wants it otherwise
				}
			}
			p.do(command(input.DispatchKeyEvent, *event))
		}
	}
}

// search puts a text into the search.
func (p *webPage) search(text string) {
	p.t.Helper()
	quoted, _ := json.Marshal(text)
	eval[bool](p, fmt.Sprintf("((e) => { e.value = %s; return e.dispatchEvent(new Event('input')); })(document.getElementById('search'))", quoted))
	p.until("the search is done", fmt.Sprintf("new URLSearchParams(location.hash.slice(1)).get('q') === %s", quoted))
}

// names are the names of the rows in sight.
func (p *webPage) names() []string {
	p.t.Helper()
	return p.texts(".row.entry .name")
}

// has fails unless the elements of a selector show a text.
func (p *webPage) has(selector string, want ...string) {
	p.t.Helper()
	got := p.text(selector)
	for _, w := range want {
		if !strings.Contains(got, w) {
			p.t.Errorf("%s does not show %q: %q", selector, w, got)
		}
	}
}

// picture takes a picture of the page. BROWSER_PICTURES is the folder for those who want to
// look at them.
func (p *webPage) picture(name string) {
	p.t.Helper()
	png := get(p, chromedp.CaptureScreenshot())
	p.keep(name+".png", png)
}

// pdf is the page as it is printed.
func (p *webPage) pdf(name string) []byte {
	p.t.Helper()
	pdf := get(p, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPrintBackground()))
	p.keep(name+".pdf", pdf)
	return pdf
}

func (p *webPage) keep(name string, data []byte) {
	p.t.Helper()
	if len(data) < 1000 {
		p.t.Errorf("%s has %d bytes", name, len(data))
	}
	if dir := os.Getenv("BROWSER_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
}

// media has the page believe in a medium and a colour scheme.
func media(medium, scheme string) action {
	return command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium,
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// overflows reports whether the page is wider than the screen.
func (p *webPage) overflows() bool {
	return eval[bool](p, "document.documentElement.scrollWidth > innerWidth")
}

// focusOn puts the focus on an element.
func focusOn(selector string) action { return chromedp.Focus(chromedp.CSS(selector)) }
