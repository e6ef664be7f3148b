package main

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"tcimport/internal/report"
	"tcimport/internal/tc"
)

// metrics are what a run tells Prometheus' textfile collector.
type metrics struct {
	begun   time.Time
	ended   time.Time
	code    int
	summary report.Summary
	traffic tc.Traffic
	labels  string // of every sample
}

// metricLabels name the import that samples are about.
func metricLabels(instance, namespace string) string {
	return fmt.Sprintf("instance_host=%q,namespace=%q", instance, namespace)
}

// write writes the samples in the text format of Prometheus.
func (m metrics) write(w io.Writer) error {
	b := bufio.NewWriter(w)
	one := func(name, kind, help string, value float64) {
		fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s %s\n%s{%s} %g\n", name, help, name, kind, name, m.labels, value)
	}
	one("tcimport_last_run_timestamp_seconds", "gauge", "When the last run ended.", float64(m.ended.Unix()))
	if m.code == codeOK {
		one("tcimport_last_success_timestamp_seconds", "gauge", "When the last run ended that did everything.", float64(m.ended.Unix()))
	}
	one("tcimport_last_run_exit_code", "gauge", "Exit code of the last run.", float64(m.code))
	one("tcimport_last_run_duration_seconds", "gauge", "How long the last run took.", m.ended.Sub(m.begun).Seconds())
	const outcomes = "tcimport_last_run_objects"
	fmt.Fprintf(b, "# HELP %s Rows of the report by outcome.\n# TYPE %s gauge\n", outcomes, outcomes)
	for _, o := range []struct {
		name string
		n    int
	}{
		{"created", m.summary.Created}, {"updated", m.summary.Updated}, {"deleted", m.summary.Deleted},
		{"unchanged", m.summary.Unchanged}, {"referenced", m.summary.Referenced}, {"skipped", m.summary.Skipped},
		{"failed", m.summary.Failed}, {"doubt", m.summary.Doubt}, {"not_attempted", m.summary.NotAttempted},
	} {
		fmt.Fprintf(b, "%s{%s,outcome=%q} %d\n", outcomes, m.labels, o.name, o.n)
	}
	one("tcimport_last_run_requests", "gauge", "Requests sent, repeated ones included.", float64(m.traffic.Requests))
	one("tcimport_last_run_retries", "gauge", "Requests that were repeated.", float64(m.traffic.Retries))
	one("tcimport_last_run_throttled", "gauge", "Answers that told to wait.", float64(m.traffic.Throttled))
	one("tcimport_last_run_waited_seconds", "gauge", "Time that workers waited because the instance asked for it or a request failed.", m.traffic.Waited.Seconds())
	return b.Flush()
}
