package tcsim

import (
	"net/http"
	"strconv"
)

// lookup finds the object that the path names: digits are an id, anything else
// an xid or a summary.
func (c *call) lookup() *object { return c.found(c.lookupAny()) }

// found is o, if there is one that the user may see.
func (c *call) found(o *object) *object {
	if o == nil || !c.visible(o) {
		panic(errNotFound())
	}
	return o
}

func (c *call) lookupAny() *object {
	if id, err := strconv.ParseInt(c.segment, 10, 64); err == nil {
		owner, o := c.queryOwner(), c.st.get(c.res.kind, id)
		c.checkIDOwner(o, owner)
		return o
	}
	if c.res.find == nil {
		return nil
	}
	return c.res.find(c, c.segment)
}

func (c *call) getOne() *answer {
	c.checkFields()
	return c.one(c.lookup(), http.StatusOK, "")
}

// post answers POST on a collection.
func (c *call) post() *answer {
	t := &tx{st: c.st, c: c, steps: make([]step, 0, 16), status: http.StatusCreated}
	var o *object
	if refusal := attempt(func() { o = c.res.create(t, c.body) }); refusal != nil {
		t.rollback()
		panic(refusal)
	}
	message := "Created"
	if t.status == http.StatusOK {
		message = "Updated"
	}
	c.dropFields()
	return c.one(o, t.status, message)
}

// put answers PUT on one object. Either all of it happens or nothing; the
// documents do not say, so a switch gives the other answer.
func (c *call) put() *answer {
	o := c.lookup()
	t := &tx{st: c.st, c: c}
	if refusal := attempt(func() { c.res.update(t, o, c.body) }); refusal != nil {
		if !c.sw.PartialWrites {
			t.rollback()
		}
		panic(refusal)
	}
	c.dropFields()
	return c.one(o, statusOf(c.sw.PutStatus, http.StatusOK), "Updated")
}

// dropFields: whether answers to writes honour fields= is switchable.
func (c *call) dropFields() {
	if c.sw.PostFields == "ignored" {
		c.sel = nil
	}
}

func (c *call) delete() *answer {
	o := c.lookup()
	if o.kind == kTag && o.owner == nil {
		panic(statusError(http.StatusUnauthorized, "ATT&CK tags cannot be deleted."))
	}
	c.mayWrite(o.owner, kinds[o.kind].perm, o, true)
	t := &tx{st: c.st, c: c}
	t.remove(o)
	return c.done("Deleted")
}
