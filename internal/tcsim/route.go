package tcsim

import (
	"net/url"
	"strings"
)

type handler = func(*call) *answer

// route is a path with what answers it, by method.
type route struct {
	pattern string // "/v3/groups/{id}", for the counters
	res     *resource
	methods map[string]handler
	decodes bool // POST and PUT take a JSON object
}

// addRoutes builds the table of paths. Paths are case-sensitive, as the docs
// spell them.
func (s *Server) addRoutes() {
	s.routes = map[string]*route{}
	add := func(res *resource, pattern string, decodes bool, methods map[string]handler) {
		s.routes[pattern] = &route{pattern, res, methods, decodes}
	}
	for _, r := range s.resources {
		base := "/v3/" + r.path
		collection := map[string]handler{"GET": (*call).list, "OPTIONS": (*call).describe}
		item := map[string]handler{"GET": (*call).getOne}
		if r.create != nil {
			collection["POST"], item["PUT"], item["DELETE"] = (*call).post, (*call).put, (*call).delete
		}
		add(r, base, true, collection)
		add(r, base+"/{id}", true, item)
		add(r, base+"/fields", false, map[string]handler{"OPTIONS": (*call).describeFields})
		add(r, base+"/tql", false, map[string]handler{"OPTIONS": (*call).describeTQL})
	}
	groups := s.resources["groups"]
	add(groups, "/v3/groups/eventTypeCategories", false, map[string]handler{"GET": (*call).eventTypeCategories})
	add(groups, "/v3/groups/{id}/upload", false, map[string]handler{"POST": (*call).upload, "PUT": (*call).upload})
	add(groups, "/v3/groups/{id}/download", false, map[string]handler{"GET": (*call).download})
	for path, h := range v2Handlers {
		add(nil, "/v2/"+path, false, map[string]handler{"GET": h})
	}
	for _, r := range batchRoutes {
		path := "/v2/batch" + r.path
		if s.routes[path] == nil {
			add(nil, path, r.decodes, map[string]handler{})
		}
		s.routes[path].methods[r.method] = r.handler
	}
}

// v2 says whether the path is one of the v2 API, whose errors look different.
func (c *call) v2() bool { return c.res == nil && strings.HasPrefix(c.pattern, "/v2/") }

// route finds what answers the request.
func (c *call) route() {
	c.pattern = "(other)"
	c.routeErr = errNotFound()
	path, ok := strings.CutPrefix(c.r.URL.EscapedPath(), c.s.cfg.BasePath)
	if c.sw.TrailingSlash == "accepted" {
		path = strings.TrimSuffix(path, "/")
	}
	v2 := strings.HasPrefix(path, "/v2/")
	if v2 {
		c.pattern = "/v2/(other)"
	}
	if !ok || v2 && c.sw.V2 == "missing" {
		return
	}
	found, segment := c.s.findRoute(path, c.r.Method)
	segment, err := url.PathUnescape(segment)
	if found == nil || err != nil {
		return
	}
	c.pattern, c.res, c.decodes, c.segment = found.pattern, found.res, found.decodes, segment
	if c.endpoint = found.methods[c.r.Method]; c.endpoint == nil {
		c.routeErr = errMethod()
		return
	}
	c.routeErr = nil
}

// findRoute also returns the segment of the path that stands for {id}, as sent.
func (s *Server) findRoute(path, method string) (*route, string) {
	exact := s.routes[path]
	head, segment, _ := cutLast(path)
	if exact != nil && (exact.methods[method] != nil || s.routes[head] == nil) {
		return exact, ""
	}
	if item := s.routes[head]; item != nil && segment != "" {
		return s.routes[item.pattern+"/{id}"], segment
	}
	head, id, _ := cutLast(head)
	if id != "" {
		return s.routes[head+"/{id}/"+segment], id
	}
	return exact, ""
}

func cutLast(path string) (before, after string, found bool) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return path, "", false
	}
	return path[:i], path[i+1:], true
}
