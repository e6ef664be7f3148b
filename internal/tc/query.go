package tc

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/jsonwriter"
)

// Query selects objects of one kind.
type Query struct {
	TQL      string     // "" for all
	Owner    string     // name; "" for all that the user can read
	Lists    intel.List // the nested lists to answer
	Fields   []string   // further values of the fields parameter
	PageSize int        // 10,000 if 0, which is the most that there is
	Counted  int        // how many there are, if that was counted before; 0 if not

	// Kept says that the caller keeps all that is found, and does nothing else with it.
	// Then what several objects are associated with is kept once, and a page is asked
	// for while the one before it is decoded.
	Kept bool
}

// params are query parameters in the order in which they are sent. They are
// encoded the way the documentation does it, a blank as %20.
type params []param

type param struct{ key, value string }

func (p *params) add(key, value string) { *p = append(*p, param{key, value}) }

func (p *params) addInt(key string, n int) { p.add(key, strconv.Itoa(n)) }

// addFields asks for nested lists and further fields, each once.
func (p *params) addFields(lists intel.List, fields []string) {
	for _, l := range nestedLists {
		if lists.Has(l.list) {
			p.add("fields", l.key)
		}
	}
	for _, f := range fields {
		if f != "" && !slices.Contains(*p, param{"fields", f}) {
			p.add("fields", f)
		}
	}
}

func (p params) encode() string {
	var b strings.Builder
	for i, q := range p {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(q.key)
		b.WriteByte('=')
		b.WriteString(escape(q.value))
	}
	return b.String()
}

// body is the form that parameters have in the body of a GET: numbers are numbers, and
// the fields are a list.
func (p params) body() []byte {
	var w jsonwriter.Writer
	w.Open('{')
	w.Key("data")
	w.Open('{')
	var fields []string
	for _, q := range p {
		n, err := strconv.Atoi(q.value)
		switch {
		case q.key == "fields":
			fields = append(fields, q.value)
		case strings.HasPrefix(q.key, "result") && err == nil:
			w.Int(q.key, int64(n))
		default:
			w.Text(q.key, q.value)
		}
	}
	w.Texts("fields", fields)
	w.Close('}')
	w.Close('}')
	return w.Bytes()
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// everyIndicator makes a query find inactive indicators too: lists leave them
// out unless a query names the property.
const everyIndicator = "(indicatorActive=true or indicatorActive=false)"

// withInactive carries out a query of objects of a kind, which is to hold
// everyIndicator where inactive is true. Where an instance does not understand
// that clause the query is repeated without it, by itself: others that run at the
// same time may have held it as well. Once one of them has got through, no more
// hold it. A query can be refused for something else: then the clause, alone, is
// understood.
func (c *Client) withInactive(ctx context.Context, kind intel.Kind, query func(inactive bool) error) error {
	if kind != intel.KindIndicator || c.activeOnly.Load() {
		return query(false)
	}
	err := query(true)
	if err == nil {
		c.findsInactive.Store(true)
	}
	if !errors.Is(err, ErrTQL) || c.findsInactive.Load() {
		return err
	}
	alone := c.newPager(listCall(kind, Query{TQL: everyIndicator}), Query{}.params(kind, true), 1)
	_, aloneErr := alone.page(ctx, func() {}, func(value) error { return nil }, nil)
	switch {
	case aloneErr == nil:
		c.findsInactive.Store(true)
		return err
	case !errors.Is(aloneErr, ErrTQL):
		return aloneErr // it is not known: to go on without the clause could miss some for good
	}
	if err = query(false); err == nil {
		c.activeOnly.Store(true)
	}
	return err
}

// params are those of the query, without those of its pages.
func (q Query) params(kind intel.Kind, inactive bool) params {
	var p params
	tql := q.TQL
	if inactive {
		tql = And(enclosed(tql), everyIndicator)
	}
	if tql != "" {
		p.add("tql", tql)
	}
	if q.Owner != "" {
		p.add("owner", q.Owner)
	}
	p.addFields(q.Lists&kind.Spec().Nested, q.Fields)
	p.add("sorting", "id asc")
	return p
}
