package apply_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// unmadeOf is what a group has not got, as text.
func unmadeOf(l *apply.Ledger, key string) string {
	r, _ := outcome(l, key)
	var out []string
	for _, m := range r.Missed {
		if c := m.Change; c != nil {
			out = append(out, fmt.Sprintf("%s %s %s: %s", c.Op, c.Field(), c.New()+c.Old(), m.Status))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// TestRefusedEntriesAreReportedOneByOne: each refused entry is reported by itself,
// whatever else was in its request. The baseline does not have it.
func TestRefusedEntriesAreReportedOneByOne(t *testing.T) {
	for _, c := range []struct{ group, want string }{
		{"type: Threat, tags: [x, {techniqueId: T9999}], attributes: [{type: Description, value: d}, {type: Nowhere, value: v, source: s}], securityLabels: [TLP:RED, Nowhere]",
			"add attribute:Nowhere v: failed; add securityLabels Nowhere: failed; add tags techniqueId:T9999: failed"},
		{"type: Task, status: Deferred", "add status Deferred: failed"},
		{"type: Threat, tags: [x]", ""},
	} {
		for _, there := range []bool{false, true} {
			if there && strings.Contains(c.group, "Task") {
				continue // a Task's status is sent on create only
			}
			b := refusing(t, "task-status=refused")
			if there {
				b.apply("groups: [{key: a, type: Threat, name: A}]")
			}
			p, l := b.apply("groups: [{key: a, name: A, " + c.group + "}]")
			newTruth(b, p, l).check()
			if got := unmadeOf(l, "a"); got != c.want {
				t.Errorf("there already: %t: %s\nwant %s", there, got, c.want)
			}
			r, _ := outcome(l, "a")
			left := r.Baseline.String()
			if strings.Count(left, "tags=") != min(1, strings.Count(c.group, "tags")) || !strings.Contains(left, "name=") {
				t.Errorf("there already: %t: it has %s", there, left)
			}
		}
	}
}

// TestUnreadGroupLeavesChangesInDoubt: a group that an earlier run may have written, and that
// cannot be read, is in doubt with all its changes.
func TestUnreadGroupLeavesChangesInDoubt(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p := linking(t, b)
	b.sim.SetFault(unreadable)
	l, _ := b.run(p, func(o *apply.Options) { o.Doubtful = doubtful("a") })
	if got := unmadeOf(l, "a"); got != "add attribute:Aliases x: doubt; change attribute:Description newold: doubt" {
		t.Error(got)
	}
	if r, _ := outcome(l, "a"); r.Baseline == nil {
		t.Error("what it may have is not told")
	}
}

// TestStopBetweenRequestsReportsThePart: a group of which one request has arrived, and the next
// was not sent any more, was written in part.
func TestStopBetweenRequestsReportsThePart(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	b.apply("groups: [{key: a, type: Threat, name: A, tags: [x, y]}, {key: b, type: Threat, name: B, tags: [x, y]}]")
	policy := plan.DefaultPolicy()
	policy.Tags = plan.Replace
	p := b.plan(b.read("groups: [{key: a, type: Threat, name: A, tags: [x, z]}, {key: b, type: Threat, name: B, tags: [x, z]}]"), nil, policy)
	stop, writes := make(chan struct{}), 0
	b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
		if f.Request.Method == http.MethodPut && f.Phase == tcsim.AfterCommit {
			if writes++; writes == 1 {
				close(stop)
				return tcsim.Fault{Delay: 50 * time.Millisecond}
			}
		}
		return tcsim.Fault{}
	})
	l, _ := b.run(p, func(o *apply.Options) { o.Workers, o.Stop = 1, stop })
	newTruth(b, p, l).check()
	a, _ := outcome(l, "a")
	if a.Status != apply.Failed || !strings.HasPrefix(a.Error, "partly updated: ") {
		t.Errorf("a: %s %s", a.Status, a.Error)
	}
	if got := unmadeOf(l, "a"); got != "add tags z: not-attempted" {
		t.Error("a: " + got)
	}
	other, _ := outcome(l, "b")
	if got := unmadeOf(l, "b"); got != "add tags z: not-attempted; remove tags y: not-attempted" || other.Status != apply.NotAttempted || other.Baseline != nil {
		t.Errorf("b: %s %s, %v", other.Status, got, other.Baseline)
	}
}
