package tcsim

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestDocumented holds docs/simulator.md to the code: one row for each switch,
// in order. The failure prints the rows as they should be.
func TestDocumented(t *testing.T) {
	data, err := os.ReadFile("../../docs/simulator.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	for _, d := range SwitchNames() {
		values := strings.Join(d.Values, ", ")
		if len(d.Values) > 1 {
			values = "**" + d.Default + "**, " + strings.Join(d.Values[1:], ", ")
		}
		fmt.Fprintf(&rows, "| `%s` | %s | %s |\n", d.Name, values, strings.ReplaceAll(d.Text, "|", "\\|"))
	}
	if !strings.Contains(string(data), rows.String()) {
		t.Errorf("the table of switches should be:\n%s", rows.String())
	}
	for _, key := range []string{DemoOrganization, DemoCommunity, DemoSource} {
		if !strings.Contains(string(data), key) {
			t.Errorf("%s is missing", key)
		}
	}
}
