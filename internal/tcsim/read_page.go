package tcsim

import (
	"cmp"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultPage = 100   // developer docs, enable_pagination.rst
	maxPage     = 10000 // the same; what exceeding it returns is assumed
)

func (c *call) page() (start, limit int) {
	start = c.number(0, "resultStart", "result_start")
	// TcEx-like clients write result_limit in some versions: both are taken.
	limit = c.number(defaultPage, "resultLimit", "result_limit")
	if limit > maxPage {
		if c.sw.OverLimit != "clamped" {
			panic(badRequest("The value of the parameter 'resultLimit' must not exceed %d.", maxPage))
		}
		limit = maxPage
	}
	if c.sw.PageLimit > 0 {
		limit = min(limit, c.sw.PageLimit)
	}
	return start, cmp.Or(limit, defaultPage)
}

func (c *call) writePage(page set, total, start, limit int, counting bool) *answer {
	e := c.encode()
	e.open('{')
	if next := min(start, total) + len(page); next < total {
		c.pageLink(e, "next", next, limit)
	}
	e.key("data")
	e.open('[')
	end := func() *answer {
		e.close(']')
		if counting {
			e.int("count", int64(total))
		}
		if start > 0 {
			c.pageLink(e, "prev", max(0, start-limit), limit)
		}
		return c.success(e, http.StatusOK, "")
	}
	more := c.writePart(e, page)
	if len(more) == 0 {
		return end()
	}
	more = slices.Clone(more) // the page may lie in a table, and others may write from now on
	return &answer{status: http.StatusOK, rest: func(w io.Writer) []byte {
		for len(more) > 0 {
			if !e.send(w) {
				return nil
			}
			c.s.mu.RLock()
			more = c.writePart(e, more)
			c.s.mu.RUnlock()
		}
		return end().body
	}}
}

// writePart writes as many objects as one part of an answer holds, and returns the others.
func (c *call) writePart(e *encoder, page set) set {
	for i, o := range page {
		if c.writeObject(e, o, c.sel); len(e.buf) >= partSize {
			return page[i+1:]
		}
	}
	return nil
}

// pageLink writes next or prev: an absolute URL that carries all parameters
// along (developer docs, enable_pagination.rst).
func (c *call) pageLink(e *encoder, name string, start, limit int) {
	if c.sw.Next == "absent" || c.inBody && c.sw.BodyNext == "absent" {
		return
	}
	q := url.Values{}
	for k, v := range c.params {
		if c.inBody && c.sw.BodyNext == "bare" {
			break
		}
		if k != "result_start" && k != "result_limit" {
			q[k] = v
		}
	}
	q.Set("resultStart", strconv.Itoa(start))
	q.Set("resultLimit", strconv.Itoa(limit))
	path := c.r.URL.EscapedPath()
	base := c.baseURL()
	switch c.sw.Next {
	case "foreign":
		base = "https://tc-internal.example:8443"
	case "no-api":
		path = strings.TrimPrefix(path, c.s.cfg.BasePath)
	case "relative":
		base = ""
	}
	e.str(name, base+path+"?"+strings.ReplaceAll(q.Encode(), "+", "%20"))
}
