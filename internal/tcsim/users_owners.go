package tcsim

import (
	"cmp"
	"net/http"
	"strings"
)

// organization is the API user's own Organization: where objects go and where
// summaries and xids are looked up when no owner is named (groups/fields.rst).
func (c *call) organization() *Owner { return c.st.byOwner[c.user.Organization] }

func (c *call) unknownOwner() *apiError {
	// developer docs, http_status_codes.rst
	return statusError(statusOf(c.sw.UnknownOwner, http.StatusForbidden), "%s", textDenied)
}

// ownerNamed finds an owner that the user may see.
func (c *call) ownerNamed(name string) *Owner {
	o := c.st.byOwner[name]
	if o == nil && c.sw.OwnerCase == "insensitive" {
		for _, other := range c.st.owners {
			if strings.EqualFold(other.Name, name) {
				o = other
			}
		}
	}
	if o == nil || c.user.roleIn(o) == "" {
		panic(c.unknownOwner())
	}
	return o
}

// queryOwner is the owner of owner=, nil if there is none. v2 samples write
// "Owner" as well.
func (c *call) queryOwner() *Owner {
	name, ok := c.param("owner", "Owner")
	if !ok {
		return nil
	}
	return c.ownerNamed(name)
}

// bodyOwner is the owner named by ownerName or ownerId in an object, nil if
// none is named.
func (c *call) bodyOwner(body dict) *Owner {
	if body.get("ownerId") != nil {
		if o := c.st.get(kOwner, body.id("ownerId")); o != nil && c.visible(o) {
			return o.owner
		}
		panic(c.unknownOwner())
	}
	switch name := body.get("ownerName").(type) {
	case nil:
		return nil
	case string:
		return c.ownerNamed(name)
	}
	panic(badRequest("The field 'ownerName' must be a string."))
}

// createOwner decides where a POST puts its object: the body's owner, else
// owner=, else the user's Organization.
func (c *call) createOwner(body dict) *Owner {
	c.checkOneOwner(body)
	query := c.queryOwner()
	named := c.bodyOwner(body)
	if named != nil && query != nil && named != query && c.sw.OwnerConflict == "refused" {
		panic(badRequest("The owner of the request and the owner of its body differ."))
	}
	return cmp.Or(named, query, c.organization())
}

// lookupOwner is where a summary or xid of the path is looked up.
func (c *call) lookupOwner() *Owner { return cmp.Or(c.queryOwner(), c.organization()) }
