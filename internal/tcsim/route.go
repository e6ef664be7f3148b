package tcsim

import (
	"net/http"
	"net/url"
	"strings"
)

// resource is one v3 endpoint: what it holds and how it reads and writes.
type resource struct {
	path     string // below /v3/, "groups"
	kind     kind
	perm     string // the owner permission that guards it; "" = none
	write    func(c *call, e *encoder, o *object, sel selection)
	specs    func(types *catalog) []fieldSpec
	extra    []fieldDoc // names for fields=
	keywords keywordTable
	lists    []nestedList
	create   func(t *tx, body map[string]any) (*object, int, *apiError)
	update   func(t *tx, o *object, body map[string]any) *apiError
	find     func(c *call, segment string) (*object, *apiError) // by xid or summary; nil = id only
	noDelete bool
}

// v2 says whether the path is one of the v2 API, whose errors look different.
func (c *call) v2() bool { return strings.HasPrefix(c.pattern, "/v2/") }

// route finds the endpoint. Paths are case-sensitive, as the docs spell them.
func (c *call) route() {
	c.pattern = "(other)"
	c.routeErr = errNotFound()
	rest, ok := strings.CutPrefix(c.r.URL.EscapedPath(), c.s.cfg.BasePath+"/")
	if !ok {
		return
	}
	if c.sw.TrailingSlash == "accepted" {
		rest = strings.TrimSuffix(rest, "/")
	}
	segs := strings.Split(rest, "/")
	for i, seg := range segs {
		s, err := url.PathUnescape(seg)
		if err != nil || s == "" {
			return
		}
		segs[i] = s
	}
	switch segs[0] {
	case "v3":
		c.routeV3(segs[1:])
	case "v2":
		c.routeV2(segs[1:])
	}
}

func (c *call) serve(pattern string, methods map[string]func(*call) (*answer, *apiError)) {
	c.pattern = pattern
	h := methods[c.r.Method]
	if h == nil {
		c.routeErr = errMethod()
		return
	}
	c.endpoint, c.routeErr = h, nil
}

type handlers = map[string]func(*call) (*answer, *apiError)

func (c *call) routeV3(segs []string) {
	if len(segs) >= 2 && segs[0] == "security" && segs[1] == "owners" {
		segs = append([]string{"security/owners"}, segs[2:]...)
	}
	if len(segs) == 0 {
		return
	}
	res := c.s.resources[segs[0]]
	if res == nil {
		return
	}
	c.res = res
	base := "/v3/" + res.path
	switch len(segs) {
	case 1:
		c.serve(base, c.collectionHandlers())
	case 2:
		c.routeItem(base, segs[1])
	case 3:
		c.routeSub(base, segs[1], segs[2])
	}
}

func (c *call) collectionHandlers() handlers {
	h := handlers{"GET": (*call).list, "OPTIONS": (*call).describe}
	if c.res.create != nil {
		h["POST"] = (*call).post
		c.decodes = true
	}
	return h
}

func (c *call) routeItem(base, seg string) {
	switch {
	case c.r.Method == http.MethodOptions && seg == "fields":
		c.serve(base+"/fields", handlers{"OPTIONS": (*call).describeFields})
	case c.r.Method == http.MethodOptions && seg == "tql":
		c.serve(base+"/tql", handlers{"OPTIONS": (*call).describeTQL})
	case c.res.path == "groups" && seg == "eventTypeCategories":
		c.serve(base+"/eventTypeCategories", handlers{"GET": (*call).eventTypeCategories})
	default:
		c.segment = seg
		h := handlers{"GET": (*call).getOne}
		if c.res.update != nil {
			h["PUT"] = (*call).put
			c.decodes = true
		}
		if c.res.create != nil && !c.res.noDelete {
			h["DELETE"] = (*call).delete
		}
		c.serve(base+"/{id}", h)
	}
}

func (c *call) routeSub(base, seg, sub string) {
	if c.res.path != "groups" {
		return
	}
	c.segment = seg
	switch sub {
	case "upload":
		c.serve(base+"/{id}/upload", handlers{"POST": (*call).upload, "PUT": (*call).upload})
	case "download":
		c.serve(base+"/{id}/download", handlers{"GET": (*call).download})
	}
}
