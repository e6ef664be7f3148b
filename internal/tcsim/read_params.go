package tcsim

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// readParams decodes the query and the body. A GET may carry its parameters in
// a JSON body {"data":{...}} instead of the query; TcEx does so when the query
// reaches 2000 characters (api/tc/v3/object_collection_abc.py).
func (c *call) readParams() {
	if c.r.URL.RawQuery == "" && len(c.rawBody) == 0 {
		return
	}
	// Java front ends know only & as a separator: a semicolon is text.
	q, err := url.ParseQuery(strings.ReplaceAll(c.r.URL.RawQuery, ";", "%3B"))
	if err != nil {
		// The docs warn that bad URL encoding shows as a plain 401 (specify_owner.rst).
		panic(c.authError(textUnauthorized))
	}
	c.params = q
	if len(c.rawBody) > 0 && c.r.Method == http.MethodGet && strings.TrimSpace(c.rawBody) != "" {
		c.bodyParams()
	}
	c.checkParams()
	c.sel = c.parseFields()
}

func (c *call) bodyParams() {
	if c.sw.GetBody == "ignored" {
		return
	}
	if c.sw.GetBody == "refused" {
		panic(badRequest("a GET request must not have a body"))
	}
	// A body that is not of this form is ignored: clients that send an empty
	// object with every GET exist.
	var body dict
	if refusal := attempt(func() { body = parseObject(c.rawBody, c.strict) }); refusal != nil && c.strict {
		panic(refusal)
	}
	data, _ := body.get("data").(dict)
	if len(data) == 0 {
		return
	}
	for _, m := range data {
		if _, inQuery := c.params[m.key]; inQuery {
			continue
		}
		switch v := m.value.(type) {
		case []any:
			for _, item := range v {
				c.params[m.key] = append(c.params[m.key], fmt.Sprint(item))
			}
		case nil:
		default:
			c.params[m.key] = []string{fmt.Sprint(v)}
		}
	}
	c.inBody = true
	c.s.countBodyRead()
}

// param returns the first value of a parameter and whether it was given.
func (c *call) param(names ...string) (string, bool) {
	for _, n := range names {
		if v := c.params[n]; len(v) > 0 {
			return v[0], true
		}
	}
	return "", false
}

// number reads a parameter that counts. Non-numbers and negatives are 400.
func (c *call) number(def int, names ...string) int {
	s, ok := c.param(names...)
	if !ok || s == "" {
		return def
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		panic(badRequest("The value '%s' is not valid for the parameter '%s'.", s, names[0]))
	}
	return n
}

func (c *call) flag(name string) bool {
	s, _ := c.param(name)
	return strings.EqualFold(s, "true") || s == "1"
}

// selection is the tree of names given with fields=; "a.b" is {a: {b: {}}}.
type selection map[string]selection

func (s selection) has(name string) bool {
	if s == nil {
		return false
	}
	if _, ok := s[name]; ok {
		return true
	}
	_, all := s["_all_"] // TcEx asks for everything this way
	return all
}

// parseFields accepts fields= repeated (documented) and comma-joined (used by a
// client). More than one level of dots needs a higher API link limit
// (additional_fields.rst); the refusal is assumed to be 400.
func (c *call) parseFields() selection {
	var sel selection
	for _, v := range c.params["fields"] {
		if c.strict && strings.Contains(v, ",") {
			panic(badRequest("The parameter 'fields' takes one name; repeat it for more: '%s'.", v))
		}
		for name := range strings.SplitSeq(v, ",") {
			name = strings.TrimSpace(name)
			if name == "" {
				continue
			}
			parts := strings.Split(name, ".")
			if len(parts) > 2 && !c.sw.ExtraLinks {
				panic(badRequest("The field '%s' exceeds the API link limit.", name))
			}
			if sel == nil {
				sel = selection{}
			}
			at := sel
			for _, p := range parts {
				if at[p] == nil {
					at[p] = selection{}
				}
				at = at[p]
			}
		}
	}
	return sel
}

// checkFields refuses unknown names where the switch asks for it.
func (c *call) checkFields() {
	if c.sw.UnknownFields != "refused" && !c.strict {
		return
	}
	for name := range c.sel {
		if !slices.Contains(c.fieldNames(), name) && name != "_all_" {
			panic(badRequest("The additional field '%s' is not valid.", name))
		}
	}
}

// fieldNames are the names for fields=: of nested lists, of scalars that are not
// shown unasked, and of what the simulator does not have.
func (c *call) fieldNames() []string {
	names := strings.Fields(c.res.extra)
	for i := range c.st.fields[c.res.kind].all {
		f := &c.st.fields[c.res.kind].all[i]
		switch {
		case f.list:
			names = append(names, f.key)
		case f.show != "" && f.show != hidden:
			names = append(names, f.show)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// baseURL is the scheme and host that links are made of.
func (c *call) baseURL() string {
	if c.base == "" {
		c.base = c.findBaseURL()
	}
	return c.base
}

func (c *call) findBaseURL() string {
	if c.s.cfg.PublicURL != "" {
		return strings.TrimSuffix(c.s.cfg.PublicURL, "/")
	}
	host := cmp.Or(c.r.Host, c.r.URL.Host, "localhost")
	scheme := "http"
	if c.r.TLS != nil || c.r.URL.Scheme == "https" {
		scheme = "https"
	}
	return scheme + "://" + host
}
