package reader

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tcimport/internal/intel"
)

// TestEndsMeanTheSameInEachFormat spells out ends of associations with every pair
// of names that an end of each kind can have, in YAML and in CSV.
func TestEndsMeanTheSameInEachFormat(t *testing.T) {
	values := map[string]string{"id": "7", "type": "Phone", "owner": "Demo", "key": "k", "summary": "s", "name": "n"}
	for _, kind := range intel.Kinds {
		names := slices.DeleteFunc(slices.Clone(intel.RefFieldNames(kind, "")), func(name string) bool {
			return slices.Contains(listFields, name) || name == "hostname" // to a header that is hostName
		})
		if len(names) < 5 {
			t.Fatalf("an end of kind %s can have %q only", kind, names)
		}
		for i, first := range names {
			for _, second := range names[i:] {
				if _, isType := intel.IndicatorTypeNamed(first, nil); isType && first == second {
					continue // {Mutex: x} is an indicator that lacks its quotes
				}
				var fields, header, cells []string
				for _, name := range slices.Compact([]string{first, second}) {
					value := values[name]
					if value == "" {
						value = "x"
					}
					fields = append(fields, fmt.Sprintf("%q: %q", name, value))
					header, cells = append(header, name), append(cells, value)
				}
				yaml := fmt.Sprintf("associations: [{group: g, %s: {%s}}]", kind.Spec().Entry(), strings.Join(fields, ", "))
				var text strings.Builder
				w := csv.NewWriter(&text)
				if err := w.WriteAll([][]string{append(header, "group", "association"), append(cells, "g", kind.String())}); err != nil {
					t.Fatal(err)
				}
				inYAML, inCSV := readEnd(kind, yaml, formatYAML), readEnd(kind, text.String(), formatCSV)
				if diff := cmp.Diff(inYAML, inCSV, cmpopts.IgnoreTypes(intel.Pos{})); diff != "" {
					t.Errorf("%s: -YAML +CSV\n%s", yaml, diff)
				}
			}
		}
	}
}

type readAs struct {
	Associations []intel.Association
	Problems     []string
}

func readEnd(kind intel.Kind, text, format string) (out readAs) {
	m, problems := Read([]string{"-"}, Options{InputFormat: format, Stdin: strings.NewReader(text)})
	for _, p := range problems {
		out.Problems = append(out.Problems, strings.TrimSuffix(p.Message, ": "+kind.Spec().Syntax))
	}
	out.Associations = m.Associations
	return out
}
