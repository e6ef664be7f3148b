package reader

import (
	"path/filepath"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/testkit"
)

// counts are the definitions and associations of a manifest, those within
// groups and those listed apart.
type counts struct{ groups, toGroups, toIndicators, others int }

func count(m *intel.Manifest) counts {
	c := counts{groups: len(m.Groups)}
	add := func(k intel.Kind) {
		switch k {
		case intel.KindGroup:
			c.toGroups++
		case intel.KindIndicator:
			c.toIndicators++
		default:
			c.others++
		}
	}
	for _, g := range m.Groups {
		for _, ref := range g.Refs {
			add(ref.Kind)
		}
	}
	for _, a := range m.Associations {
		add(a.Other.Kind)
	}
	return c
}

// TestLargeRealData reads the real data without a problem, in whatever chunks it
// comes.
func TestLargeRealData(t *testing.T) {
	testkit.SkipUnderRace(t)
	for _, c := range []struct {
		name string
		args []string
		want counts
	}{
		{"kev", []string{"kev/kev.yaml"}, counts{groups: 1404}},
		{"kev with tasks", []string{"kev/kev.yaml", "kev/kev-tasks.yaml"}, counts{groups: 1698, toGroups: 299}},
		{"kev as a folder", []string{"kev"}, counts{groups: 1698, toGroups: 299}},
		{"attack-mobile", []string{"attack-mobile"}, counts{groups: 291, toGroups: 1779}},
		{"reports", []string{"reports-iocs/reports.yaml"}, counts{groups: 298, toGroups: 621, toIndicators: 4708}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := testkit.DataDir(t, "")
			var args []string
			for _, a := range c.args {
				args = append(args, filepath.Join(dir, a))
			}
			compareChunks(t, args, Options{}, nil)
			m, problems := Read(args, Options{})
			for _, p := range problems {
				t.Errorf("%v", p)
			}
			if got := count(m); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
