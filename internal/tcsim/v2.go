package tcsim

import "net/http"

// routeV2 serves the few calls of the v2 API that v3 clients still make.
func (c *call) routeV2(segs []string) {
	if c.sw.V2 == "missing" {
		c.pattern = "/v2/(other)"
		return
	}
	path := ""
	for _, s := range segs {
		path += "/" + s
	}
	switch path {
	case "/whoami":
		c.serve("/v2/whoami", handlers{"GET": (*call).whoami})
	case "/owners":
		c.serve("/v2/owners", handlers{"GET": (*call).ownersV2})
	case "/owners/mine":
		c.serve("/v2/owners/mine", handlers{"GET": (*call).ownersMine})
	case "/types/indicatorTypes":
		c.serve("/v2/types/indicatorTypes", handlers{"GET": (*call).indicatorTypesV2})
	default:
		if segs[0] == "batch" {
			c.serve("/v2/batch", handlers{"POST": (*call).noBatch, "GET": (*call).noBatch})
			return
		}
		c.pattern = "/v2/(other)"
	}
}

// noBatch is the answer of an instance whose Batch API is switched off: plain
// text (v2_batch_api.rst).
func (c *call) noBatch() (*answer, *apiError) {
	const text = "Batch job api is not available.  Ensure that batchJobEnabled is true and document storage is enabled and configured;"
	return &answer{http.StatusServiceUnavailable, http.Header{"Content-Type": {"text/plain"}}, []byte(text)}, nil
}

// v2Answer is {"status":"Success","data":{...}}, the envelope of v2.
func (c *call) v2Answer(data func(e *encoder)) (*answer, *apiError) {
	e := &encoder{}
	e.open('{')
	e.str("status", "Success")
	e.key("data")
	e.open('{')
	data(e)
	e.close('}')
	e.close('}')
	return &answer{http.StatusOK, http.Header{}, e.buf}, nil
}

func (c *call) whoami() (*answer, *apiError) {
	return c.v2Answer(func(e *encoder) {
		e.key("user")
		e.open('{')
		e.str("userName", c.user.UserName)
		e.str("firstName", c.user.FirstName)
		e.str("lastName", c.user.LastName)
		e.str("pseudonym", c.user.Pseudonym)
		e.str("role", c.user.SystemRole)
		e.close('}')
	})
}

func (c *call) ownersV2() (*answer, *apiError) {
	return c.v2Answer(func(e *encoder) {
		var seen []*Owner
		for _, o := range c.st.owners {
			if c.user.roleIn(o) != "" {
				seen = append(seen, o)
			}
		}
		e.int("resultCount", int64(len(seen)))
		e.key("owner")
		e.open('[')
		for _, o := range seen {
			c.ownerV2(e, o)
		}
		e.close(']')
	})
}

func (c *call) ownersMine() (*answer, *apiError) {
	return c.v2Answer(func(e *encoder) {
		e.key("owner")
		c.ownerV2(e, c.organization())
	})
}

func (c *call) ownerV2(e *encoder, o *Owner) {
	e.open('{')
	e.int("id", ownerID(o))
	e.str("name", ownerName(o))
	if o != nil {
		e.str("type", o.Type)
	}
	e.close('}')
}

// indicatorTypesV2 tells the types with the labels of their values. v2 writes
// booleans as strings.
func (c *call) indicatorTypesV2() (*answer, *apiError) {
	return c.v2Answer(func(e *encoder) {
		types := c.st.types.indicatorTypes
		e.int("resultCount", int64(len(types)))
		e.key("indicatorType")
		e.open('[')
		for _, it := range types {
			e.open('{')
			e.str("name", it.Name)
			e.str("custom", map[bool]string{true: "true", false: "false"}[it.custom])
			e.str("parsable", "true")
			e.str("apiBranch", it.APIBranch)
			e.str("apiEntity", it.APIEntity)
			if it.custom {
				e.opt("casePreference", it.CasePreference)
				for i, l := range it.Labels {
					n := itoa(int64(i + 1))
					e.str("value"+n+"Label", l)
					e.str("value"+n+"Type", map[bool]string{true: "selectone", false: "text"}[l == "Value Type"])
				}
			}
			e.close('}')
		}
		e.close(']')
	})
}
