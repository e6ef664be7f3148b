package tc_test

import (
	"fmt"
	"testing"

	"tcimport/internal/tcsim"
)

// TestHas: what an instance has for values of a field is asked for in few
// requests, in smaller lists where it refuses long ones.
func TestHas(t *testing.T) {
	var techniques []string
	for i := range 300 {
		techniques = append(techniques, fmt.Sprintf("T%04d", 1001+i), fmt.Sprintf("T%04d", 1001+i))
	}
	for _, c := range []struct {
		field    string
		values   []string
		has      []string
		switches []string
		most     int // requests
	}{
		{"techniqueId", []string{"T1566", "T1566.001", "T9999", "T1566.999"}, []string{"T1566", "T1566.001"}, nil, 1},
		{"techniqueId", []string{"T1566", "T9999"}, []string{"T1566"}, []string{"technique-name=name"}, 1},
		{"techniqueId", techniques, []string{"T1001"}, nil, 3},
		{"techniqueId", techniques, []string{"T1001"}, []string{"tql-values=5", "tql-timeout=refused"}, 120},
		{"caseId", []string{"1", "2"}, []string{"1"}, nil, 1},
		{"caseXid", []string{"case-xid-0001", "case-xid-0002"}, []string{"case-xid-0001"}, nil, 1},
		{"victimId", []string{"1", "17"}, []string{"1"}, nil, 1},
	} {
		sim := tcsim.New(tcsim.Config{})
		sim.AddCase(tcsim.Case{ID: 1, XID: "case-xid-0001", Name: "Case", Owner: tcsim.DemoOrganization})
		sim.AddVictim(tcsim.Victim{ID: 1, Name: "Victim", Owner: tcsim.DemoOrganization})
		sw := sim.Switches()
		for _, s := range c.switches {
			if err := tcsim.ParseSwitch(&sw, s); err != nil {
				t.Fatal(err)
			}
		}
		sim.SetSwitches(sw)
		has, err := simulated(t, sim).Has(t.Context(), c.field, c.values)
		if err != nil {
			t.Errorf("%s: %v", c.field, err)
		}
		for _, v := range c.has {
			if !has[v] {
				t.Errorf("%s %s is not found", c.field, v)
			}
		}
		for _, v := range c.values {
			if there, told := has[v]; !told || there && len(c.values) < 10 && v != c.has[0] && v != c.has[len(c.has)-1] {
				t.Errorf("%s %s: %t, told %t", c.field, v, there, told)
			}
		}
		if n := sim.Stats().Total; n > c.most {
			t.Errorf("%s: %d requests, want %d at most", c.field, n, c.most)
		}
	}
	if _, err := simulated(t, tcsim.New(tcsim.Config{})).Has(t.Context(), "name", nil); err == nil {
		t.Error("no error for a field that cannot be asked for")
	}
}
