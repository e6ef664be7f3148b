package tc

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/intel"
)

// Search finds objects of a kind, page by page, each object once. It ends with
// the first error. Inactive indicators are found too.
func (c *Client) Search(ctx context.Context, kind intel.Kind, q Query) iter.Seq2[*intel.Remote, error] {
	return func(yield func(*intel.Remote, error) bool) {
		s := c.newSearch(kind, q, yield)
		s.ends(s.run(ctx, q, false))
	}
}

// search is a search as it runs, in one query or in several.
type search struct {
	c     *Client
	kind  intel.Kind
	d     *decoder
	asked intel.List
	kept  bool
	yield func(*intel.Remote, error) bool
	seen  map[int64]int // the query that found an object last, the first one being 1
	query int
	page  []*intel.Remote

	maxFound int64                    // objects that a query can find; 0 if that is not known
	body     bool                     // queries go in the body of the request
	match    func(*intel.Remote) bool // nil for all
}

func (c *Client) newSearch(kind intel.Kind, q Query, yield func(*intel.Remote, error) bool) *search {
	d := c.newDecoder()
	d.kept = q.Kept
	return &search{
		c: c, kind: kind, d: d, asked: q.Lists & kind.Spec().Nested, kept: q.Kept, yield: yield, seen: map[int64]int{},
	}
}

// errDone ends a search of which the caller wants no more.
var errDone = errors.New("done")

// ends yields the error that a search has ended with.
func (s *search) ends(err error) {
	if err != nil && !errors.Is(err, errDone) {
		s.yield(nil, err)
	}
}

// run carries out one query.
func (s *search) run(ctx context.Context, q Query, rigid bool) error {
	return s.c.withInactive(ctx, s.kind, func(inactive bool) error {
		p := s.c.newPager(listCall(s.kind, q), q.params(s.kind, inactive), q.PageSize)
		p.rigid, p.body, p.ahead = rigid, s.body, q.Kept
		p.expected = q.Counted
		if s.maxFound > 0 {
			p.maxTotal, p.total = s.maxFound, s.maxFound
		}
		s.query++
		return p.all(ctx, s.begin, s.each, s.take)
	})
}

func listCall(kind intel.Kind, q Query) call {
	return call{op: "list " + kind.Spec().Name + "s", path: kind.Spec().Path, owner: q.Owner != "", tql: q.TQL != ""}
}

func (s *search) begin() {
	s.page = s.page[:0]
	if !s.kept {
		clear(s.d.ends)
	}
}

func (s *search) each(v value) error {
	r, err := s.d.remote(s.kind, v, s.asked)
	s.page = append(s.page, r)
	return err
}

// take yields what is new of a page, unless the page shows that the query was
// not heeded.
func (s *search) take() (n, fresh int, err error) {
	if s.match != nil && slices.ContainsFunc(s.page, func(r *intel.Remote) bool { return !s.match(r) }) {
		return 0, 0, errIgnored
	}
	for i, r := range s.page {
		s.page[i] = nil
		last := s.seen[r.ID]
		if last == s.query {
			continue
		}
		s.seen[r.ID] = s.query
		fresh++
		if last == 0 && !s.yield(r, nil) {
			return 0, 0, errDone
		}
	}
	return len(s.page), fresh, nil
}

// Linked finds the objects of a kind that are associated with another one: the
// complete list, which the nested one of an answer may not be.
func (c *Client) Linked(ctx context.Context, of *intel.Remote, kind intel.Kind) iter.Seq2[*intel.Remote, error] {
	id := strconv.FormatInt(of.ID, 10)
	itself := ""
	if kind == of.Kind {
		itself = "id != " + id // instances name the object itself, too
	}
	q := Query{TQL: And(of.Kind.Spec().Has+"(id="+id+")", itself)}
	return func(yield func(*intel.Remote, error) bool) {
		for r, err := range c.Search(ctx, kind, q) {
			if err == nil && kind == of.Kind && r.ID == of.ID {
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// GroupAttributes lists the attributes of a group: the complete list, which the
// nested one of an answer may not be. It does not have their security labels.
func (c *Client) GroupAttributes(ctx context.Context, group int64) ([]intel.RemoteAttribute, error) {
	return c.attributes(ctx, "list group attributes", "/v3/groupAttributes", "hasGroup", group)
}

// IndicatorAttributes lists the attributes of an indicator likewise.
func (c *Client) IndicatorAttributes(ctx context.Context, indicator int64) ([]intel.RemoteAttribute, error) {
	return c.attributes(ctx, "list indicator attributes", "/v3/indicatorAttributes", "hasIndicator", indicator)
}

func (c *Client) attributes(ctx context.Context, op, path, has string, of int64) ([]intel.RemoteAttribute, error) {
	var out []intel.RemoteAttribute
	d, seen := c.newDecoder(), map[int64]bool{}
	err := c.each(ctx, op, path, listParams(has+"(id="+strconv.FormatInt(of, 10)+")"), func(v value) {
		if a := d.attribute(v); !seen[a.ID] {
			seen[a.ID] = true
			out = append(out, a)
		}
	})
	return out, err
}

// Count counts the objects that a query finds; -1 if the instance does not say.
func (c *Client) Count(ctx context.Context, kind intel.Kind, q Query) (n int, err error) {
	err = c.withInactive(ctx, kind, func(inactive bool) (err error) {
		cl := listCall(kind, q)
		cl.op = "count " + kind.Spec().Name + "s"
		n, err = c.newPager(cl, Query{TQL: q.TQL, Owner: q.Owner}.params(kind, inactive), 1).count(ctx)
		return err
	})
	return n, err
}

// Contents names what is in a case or an artifact: "notes" or "tasks". What the instance
// does not show may be there.
func (c *Client) Contents(ctx context.Context, kind intel.Kind, id int64) (out []string, err error) {
	cl, err := change(http.MethodGet, "read "+kind.Spec().Name, kind.Spec().Path, id, nil)
	if err != nil {
		return nil, err
	}
	var p params
	p.addFields(0, kind.Spec().Contents)
	cl.query = p.encode()
	err = c.one(ctx, cl, func(v value) error {
		out = nil
		for _, key := range kind.Spec().Contents {
			list := v.get(key)
			if list.null() {
				out = append(out, key+" (not shown)")
				continue
			}
			if list.kind() == '{' {
				list = list.get("data")
			}
			for range list.elements() {
				out = append(out, key)
				break
			}
		}
		return nil
	})
	return out, err
}

// Group reads a group by its ID.
func (c *Client) Group(ctx context.Context, id int64, lists intel.List, fields ...string) (*intel.Remote, error) {
	if id <= 0 {
		return nil, fmt.Errorf("a group cannot have the ID %d", id)
	}
	var p params
	p.addFields(lists, fields)
	text := strconv.FormatInt(id, 10)
	return c.group(ctx, call{op: "read group", object: text, path: "/v3/groups/" + text, query: p.encode()}, lists)
}

// GroupByXID reads the group of an owner that has the xid; ErrNotFound if there
// is none.
func (c *Client) GroupByXID(ctx context.Context, owner, xid string, lists intel.List, fields ...string) (*intel.Remote, error) {
	// Either would make a path of another meaning out of the xid.
	if strings.Trim(xid, ".") == "" || owner == "" {
		return nil, fmt.Errorf("a group cannot be looked up by the xid %q and the owner %q", xid, owner)
	}
	var p params
	p.add("owner", owner)
	p.addFields(lists, fields)
	call := call{op: "read group with xid", object: strconv.Quote(xid), path: "/v3/groups/" + url.PathEscape(xid), query: p.encode(), owner: true}
	r, err := c.group(ctx, call, lists)
	if err != nil {
		return nil, err
	}
	// Digits are read as an ID, and nothing says that letters count in their case.
	digits := strings.Trim(xid, "0123456789") == ""
	if r.XID != xid && (r.XID != "" || digits) {
		e := newError(&call, ErrNotFound)
		e.Message = c.cleanText(fmt.Sprintf("the instance answered with group %d, whose xid is %q", r.ID, r.XID))
		return nil, e
	}
	r.XID = xid
	return r, nil
}
