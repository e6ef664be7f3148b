package tcsim

import (
	"net/http"
	"strconv"
)

// lookup finds the object that the path names: digits are an id, anything else
// an xid or a summary.
func (c *call) lookup() (*object, *apiError) {
	o, err := c.lookupAny()
	if err != nil {
		return nil, err
	}
	if o == nil || !c.visible(o) {
		return nil, errNotFound()
	}
	return o, nil
}

func (c *call) lookupAny() (*object, *apiError) {
	if id, err := strconv.ParseInt(c.segment, 10, 64); err == nil {
		owner, err := c.queryOwner()
		if err != nil {
			return nil, err
		}
		o := c.st.get(c.res.kind, id)
		return o, c.checkIDOwner(o, owner)
	}
	if c.res.find == nil {
		return nil, errNotFound()
	}
	return c.res.find(c, c.segment)
}

func (c *call) getOne() (*answer, *apiError) {
	if err := c.checkFields(); err != nil {
		return nil, err
	}
	o, err := c.lookup()
	if err != nil {
		return nil, err
	}
	return c.one(o, http.StatusOK, ""), nil
}

// post answers POST on a collection.
func (c *call) post() (*answer, *apiError) {
	t := &tx{st: c.st, c: c, steps: make([]step, 0, 16)}
	o, status, err := c.res.create(t, c.body)
	if err != nil {
		t.rollback()
		return nil, err
	}
	message := "Created"
	if status == http.StatusOK {
		message = "Updated"
	}
	c.dropFields()
	return c.one(o, status, message), nil
}

// put answers PUT on one object. Either all of it happens or nothing; the
// documents do not say, so a switch gives the other answer.
func (c *call) put() (*answer, *apiError) {
	o, err := c.lookup()
	if err != nil {
		return nil, err
	}
	t := &tx{st: c.st, c: c}
	if err := c.res.update(t, o, c.body); err != nil {
		if !c.sw.PartialWrites {
			t.rollback()
		}
		return nil, err
	}
	c.dropFields()
	return c.one(o, statusOf(c.sw.PutStatus, http.StatusOK), "Updated"), nil
}

// dropFields: whether answers to writes honour fields= is switchable.
func (c *call) dropFields() {
	if c.sw.PostFields == "ignored" {
		c.sel = nil
	}
}

func (c *call) delete() (*answer, *apiError) {
	o, err := c.lookup()
	if err != nil {
		return nil, err
	}
	if err := c.mayDelete(o); err != nil {
		return nil, err
	}
	t := &tx{st: c.st, c: c}
	t.remove(o)
	return c.deleted(), nil
}

func (c *call) mayDelete(o *object) *apiError {
	if o.kind == kTag && o.owner == nil {
		return statusError(http.StatusUnauthorized, "ATT&CK tags cannot be deleted.")
	}
	return c.mayWrite(o.owner, permOf(o.kind), o, true)
}
