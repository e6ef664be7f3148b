package tc

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"tcimport/internal/intel"
)

// CreateGroup makes a group with all that w holds. lists and fields are what the
// answer is to carry; Remote.Lists says which of the lists it has.
//
// ErrExists is an instance that refuses an xid in use.
func (c *Client) CreateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, fields ...string) (*intel.Remote, error) {
	switch {
	case w.ID != 0:
		return nil, fmt.Errorf("a new group cannot have an ID, such as %d", w.ID)
	case w.Name == "", w.Owner == "":
		return nil, fmt.Errorf("a new group needs a name and an owner")
	}
	e := c.newEncoder(false)
	if err := e.group(w); err != nil {
		return nil, err
	}
	return c.writeGroup(ctx, &call{
		op: "create group", object: strconv.Quote(w.Name), method: http.MethodPost, path: "/v3/groups",
		route: "POST /v3/groups", writes: true, owner: true,
	}, e.bytes(), lists, fields)
}

// UpdateGroup changes exactly what w holds.
func (c *Client) UpdateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, fields ...string) (*intel.Remote, error) {
	if w.ID <= 0 {
		return nil, fmt.Errorf("a group cannot be updated without its ID")
	}
	e := c.newEncoder(true)
	if err := e.group(w); err != nil {
		return nil, err
	}
	if e.isEmpty() {
		return nil, fmt.Errorf("the update of group %d is empty", w.ID)
	}
	id := strconv.FormatInt(w.ID, 10)
	return c.writeGroup(ctx, &call{
		op: "update group", object: id, method: http.MethodPut, path: "/v3/groups/" + id,
		route: "PUT /v3/groups/{id}", writes: true,
	}, e.bytes(), lists, fields)
}

func (c *Client) writeGroup(ctx context.Context, cl *call, body []byte, lists intel.List, fields []string) (*intel.Remote, error) {
	var p params
	p.addFields(lists, fields)
	var r *intel.Remote
	err := c.write(ctx, cl, p, body, func(v value) (err error) {
		// What was asked for and is not there may as well have been ignored: no list
		// is taken for empty.
		r, err = c.decodeGroup(v, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// write sends a request that changes something. one gets the object in the
// answer, which there has to be; nil if it is not needed.
func (c *Client) write(ctx context.Context, cl *call, p params, body []byte, one func(value) error) error {
	if c.cfg.ActivityLog {
		p.add("createActivityLog", "true")
	}
	cl.query = p.encode()
	cl.body = body
	cl.decode = func(r *answer) error {
		found := false
		env, err := readOne(r, func(v value) error {
			found = true
			if one == nil {
				return nil
			}
			return one(v)
		})
		if err != nil {
			return err
		}
		if err := env.accept(true); err != nil {
			return err
		}
		if one != nil && !found {
			return shapeError("it contains no object")
		}
		return nil
	}
	return c.do(ctx, cl)
}

// DeleteGroup deletes a group; one that is not there is ErrNotFound.
func (c *Client) DeleteGroup(ctx context.Context, id int64) error {
	// Without an ID it would be a request to delete all of them.
	if id <= 0 {
		return fmt.Errorf("a group cannot be deleted without its ID")
	}
	text := strconv.FormatInt(id, 10)
	return c.write(ctx, &call{
		op: "delete group", object: text, method: http.MethodDelete, path: "/v3/groups/" + text,
		route: "DELETE /v3/groups/{id}", writes: true,
	}, nil, nil, nil)
}

// UpdateGroupAttribute makes an attribute of a group what a says. Its type cannot
// be changed.
func (c *Client) UpdateGroupAttribute(ctx context.Context, id int64, a intel.Attribute) error {
	if id <= 0 {
		return fmt.Errorf("an attribute cannot be updated without its ID")
	}
	e := c.newEncoder(true)
	if err := e.attributeUpdate(a); err != nil {
		return err
	}
	text := strconv.FormatInt(id, 10)
	return c.write(ctx, &call{
		op: "update attribute", object: text, method: http.MethodPut, path: "/v3/groupAttributes/" + text,
		route: "PUT /v3/groupAttributes/{id}", writes: true,
	}, nil, e.bytes(), nil)
}

// UpdateIndicator gives an indicator the fields, tags, labels and attributes of
// o, in addition to what it has: for an instance that has made it but ignored
// them. Nothing is sent where o has none of them.
func (c *Client) UpdateIndicator(ctx context.Context, id int64, o *intel.Object) error {
	if id <= 0 {
		return fmt.Errorf("an indicator cannot be updated without its ID")
	}
	e := c.newEncoder(true)
	e.open('{')
	if err := e.objectFields(o, true); err != nil {
		return err
	}
	e.close('}')
	if e.isEmpty() {
		return nil
	}
	text := strconv.FormatInt(id, 10)
	return c.write(ctx, &call{
		op: "update indicator", object: text, method: http.MethodPut, path: "/v3/indicators/" + text,
		route: "PUT /v3/indicators/{id}", writes: true,
	}, nil, e.bytes(), nil)
}
