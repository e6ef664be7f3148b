package tc

import (
	"maps"
	"sync"
	"time"
)

// Traffic counts requests.
type Traffic struct {
	Requests  int           // sent, repeated ones included
	Retries   int           // of them, second and further tries
	Throttled int           // answers that asked to wait
	Waited    time.Duration // by callers, for pauses and before retries; the limiter not counted
}

// Stats are the traffic of a client in all, and by route ("GET /v3/groups";
// IDs are left out).
type Stats struct {
	Traffic
	Routes map[string]Traffic
}

// Stats counts from the beginning.
func (c *Client) Stats() Stats {
	c.stats.mu.Lock()
	defer c.stats.mu.Unlock()
	return Stats{Traffic: c.stats.all, Routes: maps.Clone(c.stats.routes)}
}

type counters struct {
	mu     sync.Mutex
	all    Traffic
	routes map[string]Traffic
}

// add applies change to the counts in all and to those of a route.
func (c *counters) add(route string, change func(*Traffic)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.all)
	if c.routes == nil {
		c.routes = map[string]Traffic{}
	}
	t := c.routes[route]
	change(&t)
	c.routes[route] = t
}
