package export

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
)

// TestPruneLargeGroups: what a plan would refuse is left out of a group in a
// time that grows with the group, not with its square.
func TestPruneLargeGroups(t *testing.T) {
	x := newRules(new(tc.Description), slog.New(slog.DiscardHandler))
	x.instance.AttributeTypes = []intel.AttributeType{{Name: "Aliases", MaxSize: 10}, {Name: "Severity", MaxCount: 2}}
	x.instance.SecurityLabels = []string{"TLP:RED"}
	x.checker = intel.NewChecker(&x.instance.Instance)
	const n = 10_000
	g := &intel.Group{Type: "Threat", Name: "Large", SecurityLabels: []string{"Unknown", "TLP:RED"}}
	for i := range n {
		g.Attributes = append(g.Attributes, intel.Attribute{Type: "Aliases", Value: fmt.Sprint("v", i)},
			intel.Attribute{Type: "Aliases", Value: fmt.Sprint("too long: ", i)}, intel.Attribute{Type: "Severity", Value: fmt.Sprint(i)})
		g.Tags = append(g.Tags, intel.Tag{Name: fmt.Sprint("t", i)}, intel.Tag{Name: strings.Repeat("x", 200) + fmt.Sprint(i)})
	}
	begun := time.Now()
	why := x.prune(g)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("%d parts took %s", 5*n, took)
	}
	if len(g.Attributes) != n+2 || len(g.Tags) != n || len(g.SecurityLabels) != 1 || len(why) != 3*n-1 {
		t.Errorf("%d attributes, %d tags, %d labels are kept, %d parts left out", len(g.Attributes), len(g.Tags), len(g.SecurityLabels), len(why))
	}
	if wrong := x.wrong(g); wrong != "" {
		t.Errorf("what is kept is refused: %s", wrong)
	}
}
