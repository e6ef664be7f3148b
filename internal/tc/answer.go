package tc

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tcimport/internal/message"
)

// unanswered says what it means that no answer came.
func (c *Client) unanswered(call *call, err error) (*Error, outcome) {
	means := meaningOf(err)
	e := newError(call, means.cause)
	e.Hint, e.Err = means.hint, c.cleanError(err)
	o := outcome{acted: !means.unsent, wrongAddress: !c.reached.Load()}
	if proxy, ok := errors.AsType[*proxyError](err); ok {
		o.final = proxy.status < 500 && proxy.status != http.StatusTooManyRequests
	}
	return e, o
}

// answered reads an answer and says what it means.
func (c *Client) answered(call *call, resp *http.Response) (*Error, outcome) {
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return c.refused(call, resp)
	}
	var content io.Reader = resp.Body
	if call.file {
		content = &unpacked{r: content}
	}
	body := newAnswer(content, call.entries, &c.budget)
	defer body.release()
	err := call.decode(body)
	if err == nil {
		c.proven.Store(true)
		return nil, outcome{}
	}
	e := newError(call, ErrAnswer)
	e.Status = resp.StatusCode
	o := outcome{acted: true}
	failed, isFailed := errors.AsType[*failedAnswer](err)
	switch {
	case isFailed:
		// A 2xx that says itself that it is none.
		c.proven.Store(true)
		r := reply{status: http.StatusBadRequest, json: true, message: failed.message, code: failed.code, owner: call.owner, tql: call.tql}
		e.Code, e.Message = failed.code, c.cleanText(failed.message)
		e.Cause, o.acted = classify(r), false
	case body.over != nil:
		e.Cause, e.Err, o.final = ErrTooLarge, body.over, true
	case errors.Is(err, errShape):
		e.Err, o.final = c.cleanError(err), true
	case networkError(err):
		e.Cause, e.Err = meaningOf(err).cause, c.cleanError(err)
	case body.html():
		e.Cause, e.Message, o.wrongAddress = ErrHTML, c.cleanText(title(body.head)), !c.proven.Load()
	default:
		e.Err = body.describe(err, c.cleanText)
	}
	e.Hint = hint(e.Cause, call)
	return e, o
}

// maxRefusal is how much of the body of an error is looked at, maxMessage how
// much of it is shown.
const (
	maxRefusal = 64 << 10
	maxMessage = 2 << 10
)

// refused says what an answer other than 2xx means.
func (c *Client) refused(call *call, resp *http.Response) (*Error, outcome) {
	// What cannot be read of it is no reason to say less.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	r := reply{status: resp.StatusCode, owner: call.owner, tql: call.tql, jobs: call.jobs, named: call.object != ""}
	o := outcome{}
	o.wait, o.hasWait = retryAfter(resp.Header, time.Now())
	r.retryAfter = o.hasWait
	switch trimmed := bytes.TrimSpace(body); {
	case len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(trimmed):
		env, _ := envelopeOf(trimmed)
		r.json, r.message, r.code = true, env.message, env.code
		r.own = env.status != "" || env.code != ""
	case len(trimmed) > 0 && trimmed[0] == '<':
		r.html, r.message = true, title(trimmed)
	default:
		r.message = string(trimmed)
	}
	r.unproven = !c.proven.Load()
	if r.json && r.status < 500 {
		c.proven.Store(true)
	}
	e := newError(call, classify(r))
	e.Status, e.Code, e.Message = r.status, r.code, c.cleanText(r.message)
	switch e.Cause {
	case ErrRedirect:
		e.Message = "to " + c.cleanText(resp.Header.Get("Location"))
	case ErrClock:
		e.Hint = c.clockHint()
	case ErrHTML:
		o.final = true
	case ErrRefused:
		if r.html {
			e.Hint = firewallHint
		}
	}
	o.acted = r.acted()
	if e.Cause == ErrUnavailable && r.maybeOff() {
		o.persists = ErrNotLicensed
	}
	return e, o
}

// failedAnswer is a 2xx whose body says that it is no success.
type failedAnswer struct{ envelope }

func (f *failedAnswer) Error() string { return f.message }

var titleElement = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// title is that of an HTML page, "" if it has none.
func title(page []byte) string {
	m := titleElement.FindSubmatch(page)
	if m == nil {
		return ""
	}
	return html.UnescapeString(string(m[1]))
}

func newError(call *call, cause Cause) *Error {
	return &Error{Op: call.op, Object: call.object, Cause: cause, Hint: hint(cause, call)}
}

func (c *Client) cleanError(err error) error {
	return &cleaned{text: c.cleanText(err.Error()), err: err}
}

// cleaned prints safely and still is what it was to errors.Is.
type cleaned struct {
	text string
	err  error
}

func (e *cleaned) Error() string { return e.text }
func (e *cleaned) Unwrap() error { return e.err }

// cleanText makes text of others safe to show: no secrets, no control or bidi
// characters, one line, of bounded length.
func (c *Client) cleanText(text string) string {
	text = c.scrub.clean(strings.ToValidUTF8(text[:min(len(text), maxRefusal)], "\uFFFD"))
	var b strings.Builder
	blank := false
	for _, r := range text {
		if unicode.IsSpace(r) || !message.Visible(r) {
			blank = b.Len() > 0
			continue
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		if b.Len()+utf8.RuneLen(r) > maxMessage {
			b.WriteString("…")
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
