package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"tcimport/internal/report"
	"tcimport/internal/state"
	"tcimport/internal/tc"
)

// metrics are the samples of a run for the textfile collector of Prometheus.
type metrics struct {
	begun    time.Time
	ended    time.Time
	code     int
	declined bool // somebody was asked, and did not agree
	counts   report.Counts
	traffic  tc.Traffic
	labels   string // of every sample
	before   earlier
}

// metricLabels name the import that samples are about.
func metricLabels(instance, namespace string) string {
	return instanceLabel(instance) + `,namespace="` + labelValue(namespace) + `"`
}

func instanceLabel(instance string) string { return `instance_host="` + labelValue(instance) + `"` }

// labelValue is s as the text format wants it: UTF-8 in which these three characters
// are escaped, and no others.
func labelValue(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(strings.ToValidUTF8(s, "\ufffd"))
}

const (
	lastRun     = "tcimport_last_run_timestamp_seconds"
	lastSuccess = "tcimport_last_success_timestamp_seconds"
)

// earlier has what is kept of the metrics of the run before.
type earlier struct {
	labels  string  // "" if there are none
	success float64 // when a run last did everything, 0 if none has
}

// maxMetrics is how many bytes are read at most. The metrics of a run have some
// kilobytes.
const maxMetrics = 1 << 20

// readEarlier reads the metrics that are to be replaced. What cannot be read is
// left out.
func readEarlier(path string) earlier {
	var e earlier
	b, err := state.ReadRegular(path, maxMetrics)
	if err != nil {
		return e
	}
	for line := range strings.Lines(string(b)) {
		name, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "{")
		i := strings.LastIndex(rest, "} ")
		if i < 0 {
			continue
		}
		switch name {
		case lastRun:
			e.labels = rest[:i]
		case lastSuccess:
			e.success, _ = strconv.ParseFloat(rest[i+len("} "):], 64)
		}
	}
	return e
}

// ownMetrics fails for a file that does not hold the metrics of a run.
func ownMetrics(r io.ReadSeeker) error {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := strings.TrimPrefix(strings.TrimPrefix(lines.Text(), "# HELP "), "# TYPE ")
		if line != "" && !strings.HasPrefix(line, "tcimport_") {
			return errNoMetrics
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return errNoMetrics
	}
	return lines.Err()
}

var errNoMetrics = errors.New("these are not the metrics of a run")

// importLabels are the labels of a run. A run that ended before it knew its import
// takes them from the metrics that it replaces.
func (r *applying) importLabels(before earlier) string {
	switch {
	case r.plan != nil:
		return metricLabels(r.connection.name(), r.plan.Namespace)
	case r.connection == nil:
		return cmp.Or(before.labels, metricLabels("", ""))
	case strings.HasPrefix(before.labels, instanceLabel(r.connection.name())+","):
		return before.labels
	}
	return metricLabels(r.connection.name(), "")
}

// succeeded is when a run of this import last did everything: this one or one
// before, 0 if none has. A failed run keeps it, so that an alert on its age does
// not end.
func (m metrics) succeeded() float64 {
	switch {
	case m.code == codeOK && !m.declined:
		return float64(m.ended.Unix())
	case m.before.labels == m.labels:
		return m.before.success
	}
	return 0
}

// write writes the samples in the text format of Prometheus.
func (m metrics) write(w io.Writer) error {
	b := bufio.NewWriter(w)
	one := func(name, help string, value float64) {
		fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s gauge\n%s{%s} %g\n", name, help, name, name, m.labels, value)
	}
	one(lastRun, "When the last run ended.", float64(m.ended.Unix()))
	if at := m.succeeded(); at != 0 {
		one(lastSuccess, "When the last complete run ended.", at)
	}
	one("tcimport_last_run_exit_code", "Exit code of the last run.", float64(m.code))
	one("tcimport_last_run_duration_seconds", "How long the last run took.", m.ended.Sub(m.begun).Seconds())
	const outcomes = "tcimport_last_run_objects"
	fmt.Fprintf(b, "# HELP %s Rows of the report by kind of object and outcome.\n# TYPE %s gauge\n", outcomes, outcomes)
	for _, kind := range report.Kinds {
		for _, o := range m.counts[kind].Outcomes() {
			fmt.Fprintf(b, "%s{%s,kind=%q,outcome=%q} %d\n", outcomes, m.labels, kind, o.Label, o.N)
		}
	}
	one("tcimport_last_run_requests", "Requests sent, repeated ones included.", float64(m.traffic.Requests))
	one("tcimport_last_run_retries", "Requests that were repeated.", float64(m.traffic.Retries))
	one("tcimport_last_run_throttled", "Answers that asked to wait.", float64(m.traffic.Throttled))
	one("tcimport_last_run_waited_seconds", "Time that workers waited because the instance asked for it or a request failed.", m.traffic.Waited.Seconds())
	return b.Flush()
}
