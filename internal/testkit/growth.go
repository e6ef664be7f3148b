package testkit

import (
	"testing"
	"time"
)

// Growth reports how many times as long work takes for four times as many: a little more
// than 4, and 16 if it looks through all for each of them.
func Growth(b *testing.B, n int, prepare func(n int) (work func())) {
	few, many := prepare(n), prepare(4*n)
	var short, long time.Duration
	for b.Loop() {
		start := time.Now()
		few()
		middle := time.Now()
		many()
		short, long = short+middle.Sub(start), long+time.Since(middle)
	}
	b.ReportMetric(float64(long)/float64(short), "growth")
}
