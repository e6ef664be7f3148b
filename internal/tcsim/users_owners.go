package tcsim

import (
	"encoding/json"
	"net/http"
	"strconv"
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
func (c *call) ownerNamed(name string) (*Owner, *apiError) {
	o := c.st.byOwner[name]
	if o == nil && c.sw.OwnerCase == "insensitive" {
		for _, other := range c.st.owners {
			if strings.EqualFold(other.Name, name) {
				o = other
			}
		}
	}
	if o == nil || c.user.roleIn(o) == "" {
		return nil, c.unknownOwner()
	}
	return o, nil
}

// queryOwner is the owner of owner=, nil if there is none. v2 samples write
// "Owner" as well.
func (c *call) queryOwner() (*Owner, *apiError) {
	name, ok := c.param("owner", "Owner")
	if !ok {
		return nil, nil
	}
	return c.ownerNamed(name)
}

// bodyOwner is the owner named by ownerName or ownerId in an object, nil if
// none is named.
func (c *call) bodyOwner(body dict) (*Owner, *apiError) {
	if v := body.get("ownerId"); v != nil {
		id, err := toID(v)
		if err != nil {
			return nil, badRequest("The field 'ownerId' must be an integer.")
		}
		for _, o := range c.st.owners {
			if o.ID == id && c.user.roleIn(o) != "" {
				return o, nil
			}
		}
		return nil, c.unknownOwner()
	}
	if v := body.get("ownerName"); v != nil {
		name, ok := v.(string)
		if !ok {
			return nil, badRequest("The field 'ownerName' must be a string.")
		}
		return c.ownerNamed(name)
	}
	return nil, nil
}

// createOwner decides where a POST puts its object: the body's owner, else
// owner=, else the user's Organization.
func (c *call) createOwner(body dict) (*Owner, *apiError) {
	if err := c.checkOneOwner(body); err != nil {
		return nil, err
	}
	query, err := c.queryOwner()
	if err != nil {
		return nil, err
	}
	named, err := c.bodyOwner(body)
	if err != nil {
		return nil, err
	}
	switch {
	case named != nil && query != nil && named != query && c.sw.OwnerConflict == "refused":
		return nil, badRequest("The owner of the request and the owner of its body differ.")
	case named != nil:
		return named, nil
	case query != nil:
		return query, nil
	}
	return c.organization(), nil
}

// lookupOwner is where a summary or xid of the path is looked up.
func (c *call) lookupOwner() (*Owner, *apiError) {
	o, err := c.queryOwner()
	if o == nil && err == nil {
		o = c.organization()
	}
	return o, err
}

// toID reads an ID given as a number or, as one client does, as a string.
func toID(v any) (int64, error) {
	switch v := v.(type) {
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 64)
		if f, err2 := v.Float64(); err != nil && err2 == nil && f == float64(int64(f)) {
			return int64(f), nil // 50.0, as some languages print it
		}
		return n, err
	case string:
		return strconv.ParseInt(v, 10, 64)
	}
	return 0, strconv.ErrSyntax
}
