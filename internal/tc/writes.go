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
	e.group(w)
	body, err := e.body()
	if err != nil {
		return nil, err
	}
	cl := call{op: "create group", object: strconv.Quote(w.Name), method: http.MethodPost, path: "/v3/groups", body: body, owner: true}
	return c.writeGroup(ctx, cl, lists, fields)
}

// UpdateGroup changes exactly what w holds.
func (c *Client) UpdateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, fields ...string) (*intel.Remote, error) {
	e := c.newEncoder(true)
	e.group(w)
	if e.isEmpty() {
		e.fail("the update of group %d is empty", w.ID)
	}
	cl, err := change(http.MethodPut, "update group", "/v3/groups", w.ID, e)
	if err != nil {
		return nil, err
	}
	return c.writeGroup(ctx, cl, lists, fields)
}

// change is the call that changes the object with an ID, or deletes it.
func change(method, op, path string, id int64, e *encoder) (call, error) {
	// Without an ID, all objects would be meant.
	if id <= 0 {
		return call{}, fmt.Errorf("%s: its ID is missing", op)
	}
	text := strconv.FormatInt(id, 10)
	cl := call{op: op, object: text, method: method, path: path + "/" + text}
	if e == nil {
		return cl, nil
	}
	var err error
	cl.body, err = e.body()
	return cl, err
}

// writeGroup writes a group, and returns the one in the answer. If the answer lacks a list
// that was asked for, the instance may have ignored that: the list is not taken for empty.
func (c *Client) writeGroup(ctx context.Context, cl call, lists intel.List, fields []string) (*intel.Remote, error) {
	var p params
	p.addFields(lists, fields)
	return c.group(ctx, c.writing(cl, p), 0)
}

// writing makes a call one that changes something.
func (c *Client) writing(cl call, p params) call {
	if c.cfg.ActivityLog {
		p.add("createActivityLog", "true")
	}
	cl.query, cl.writes = p.encode(), true
	return cl
}

// write changes an object, or deletes it. Of the answer, only the success counts.
func (c *Client) write(ctx context.Context, method, op, path string, id int64, e *encoder) error {
	return c.writeTaking(ctx, method, op, path, id, e, nil)
}

// writeTaking is write, and gives the data of the answer to take.
func (c *Client) writeTaking(ctx context.Context, method, op, path string, id int64, e *encoder, take func(value) error) error {
	cl, err := change(method, op, path, id, e)
	if err != nil {
		return err
	}
	return c.one(ctx, c.writing(cl, nil), take)
}

// Delete deletes an object; one that is not there is ErrNotFound.
func (c *Client) Delete(ctx context.Context, kind intel.Kind, id int64) error {
	return c.write(ctx, http.MethodDelete, "delete "+kind.Spec().Name, kind.Spec().Path, id, nil)
}

// UpdateGroupAttribute makes an attribute of a group what a says. Its type cannot
// be changed. It returns the attribute in the answer, as far as that shows it.
func (c *Client) UpdateGroupAttribute(ctx context.Context, id int64, a intel.Attribute) (shown intel.RemoteAttribute, err error) {
	e := c.newEncoder(true)
	e.attributeUpdate(a)
	err = c.writeTaking(ctx, http.MethodPut, "update attribute", "/v3/groupAttributes", id, e, func(v value) error {
		shown = c.newDecoder().attribute(v)
		return nil
	})
	return shown, err
}

// UpdateIndicator gives an indicator the fields, tags, labels and attributes of
// o, in addition to what it has: for an instance that has made it but ignored
// them. Nothing is sent where o has none of them.
func (c *Client) UpdateIndicator(ctx context.Context, id int64, o *intel.Object) error {
	e := c.newEncoder(true)
	e.Open('{')
	e.objectFields(o, true)
	e.Close('}')
	if e.isEmpty() {
		return nil
	}
	return c.write(ctx, http.MethodPut, "update indicator", "/v3/indicators", id, e)
}
