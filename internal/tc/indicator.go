package tc

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/intel"
)

// CreateIndicator makes an indicator with all that o holds. An instance that has it changes it, or
// refuses it (ErrExists). The answer is asked for the metadata that o has.
func (c *Client) CreateIndicator(ctx context.Context, o *intel.Object) (r *intel.Remote, err error) {
	e := c.newEncoder(false)
	e.newObject(o)
	body, err := e.body()
	if err != nil {
		return nil, err
	}
	cl := call{op: "create indicator", object: strconv.Quote(o.Summary), method: http.MethodPost, path: intel.KindIndicator.Spec().Path, body: body, owner: true}
	p, _ := metadataOf(o)
	err = c.one(ctx, c.writing(cl, p), func(v value) (err error) {
		r, err = c.newDecoder().remote(intel.KindIndicator, v, 0)
		return err
	})
	return r, err
}

// Indicator reads the indicator that o describes by itself, with the metadata that o has: by its ID,
// or by its summary if the ID is 0. Lists may show it later. It is nil if there is none, or if the instance
// answers with another one or not at all: a summary is not unique, and what lies in between may
// refuse some of them in a path.
func (c *Client) Indicator(ctx context.Context, o *intel.Object, id int64) (r *intel.Remote, err error) {
	p, lists := metadataOf(o)
	segment := strconv.FormatInt(id, 10)
	if id == 0 {
		if segment = o.Summary; strings.Trim(segment, ".") == "" || strings.Trim(segment, "0123456789") == "" {
			return nil, nil // it would make a path of another meaning
		}
		p.add("owner", o.Owner)
	}
	cl := call{op: "read indicator", object: strconv.Quote(o.Summary), path: intel.KindIndicator.Spec().Path + "/" + url.PathEscape(segment), query: p.encode(), owner: id == 0}
	err = c.one(ctx, cl, func(v value) (err error) {
		r, err = c.newDecoder().remote(intel.KindIndicator, v, lists)
		return err
	})
	switch {
	case IsObjectError(err):
		return nil, nil
	case err != nil:
		return nil, err
	case r.Type != o.Type || r.Owner != "" && r.Owner != o.Owner || !sharesKey(o, r):
		return nil, nil
	}
	return r, nil
}

func sharesKey(o *intel.Object, r *intel.Remote) bool {
	_, has := r.Keys(nil)
	_, wants := o.Keys(nil)
	return slices.ContainsFunc(wants, func(key string) bool { return slices.Contains(has, key) })
}

// metadataOf asks for what an answer has to show so that it tells whether all that o says is there.
func metadataOf(o *intel.Object) (p params, lists intel.List) {
	var fields []string
	scalars := o.Kind.Scalars(o.Type)
	for _, f := range o.Fields() {
		if spec := scalars[f.Name]; spec != nil {
			fields = append(fields, spec.ReadWith)
		}
	}
	lists = intel.MetadataLists(o.Tags(), o.SecurityLabels(), o.Attributes())
	p.addFields(lists, fields)
	return p, lists
}
