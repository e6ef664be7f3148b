package tc

import (
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

// Stats counts from the beginning.
func (c *Client) Stats() Traffic {
	c.stats.mu.Lock()
	defer c.stats.mu.Unlock()
	return c.stats.Traffic
}

type counters struct {
	mu sync.Mutex
	Traffic
}

func (c *counters) add(change func(*Traffic)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.Traffic)
}
