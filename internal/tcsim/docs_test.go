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

// TestDocumentedState loads the hand-written state of the documentation.
func TestDocumentedState(t *testing.T) {
	data, err := os.ReadFile("../../docs/simulator.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "```json\n")
	state, _, _ := strings.Cut(rest, "```")
	in := start(t, Config{})
	if err := in.Load(strings.NewReader(state)); err != nil {
		t.Fatal(err)
	}
	in.get("/v3/groups/x-1?fields=associatedIndicators&fields=tags").equal("data.id", "7").equal("data.status", "New").
		equal("data.tags.data.0.name", "Targeted Attack").equal("data.associatedIndicators.data.0.hostName", "badguy.com")
	in.post("/v3/indicators", `{"type":"Badge","Number":"1"}`).want(201)
	in.post("/v3/groups?owner=Demo%20Source", `{"type":"Signature","name":"s","fileName":"f","fileText":"t","fileType":"Own Rules"}`).want(201)
	in.put("/v3/groups/7", `{"attributes":{"data":[{"type":"Ticket","value":"1"}]},"securityLabels":{"data":[{"name":"Internal"}]}}`).want(200)
}
