package reader

import (
	"strings"
	"testing"
)

// TestWarningsLoseNothing puts a warning inside each nested structure of a
// manifest. What holds it has to be read all the same.
func TestWarningsLoseNothing(t *testing.T) {
	const group = "groups:\n  - type: Incident\n    name: I\n"
	for _, c := range []struct{ name, format, text, want string }{
		{"tags of a group", formatYAML, group + "    tags:\n      - kept\n      - #lost\n", `tag name="kept"`},
		{"labels of a group", formatYAML, group + "    securityLabels:\n      - TLP:RED\n      - #lost\n", `label "TLP:RED"`},
		{"attributes of a group", formatYAML, group + "    attributes:\n      - {type: Source, value: kept}\n      - #lost\n", `value="kept"`},
		{"labels of an attribute", formatYAML, group + "    attributes:\n      - type: Description\n        value: kept\n        securityLabels:\n          - #lost\n", `value="kept"`},
		{"associated groups", formatYAML, group + "    associatedGroups:\n      - kept\n      - #lost\n", `group "kept"`},
		{"associated indicators", formatYAML, group + "    associatedIndicators:\n      - Host:kept.example\n      - #lost\n", `summary="kept.example"`},
		{"tags of an indicator", formatYAML, group + "    associatedIndicators:\n      - type: Host\n        summary: kept.example\n        tags:\n          - #lost\n", `summary="kept.example"`},
		{"labels of an indicator", formatYAML, group + "    associatedIndicators:\n      - type: Host\n        summary: kept.example\n        securityLabels:\n          - #lost\n", `summary="kept.example"`},
		{"attributes of an indicator", formatYAML, group + "    associatedIndicators:\n      - type: Host\n        summary: kept.example\n        attributes:\n          - #lost\n", `summary="kept.example"`},
		{"labels of an attribute of an indicator", formatYAML, group + "    associatedIndicators:\n      - type: Host\n        summary: kept.example\n" +
			"        attributes:\n          - type: Description\n            value: text\n            securityLabels:\n              - #lost\n", `value="text"`},
		{"tags of a case", formatYAML, group + "    associatedCases:\n      - name: kept\n        severity: Low\n        status: Open\n        tags:\n          - #lost\n", `summary="kept"`},
		{"attributes of a case", formatYAML, group + "    associatedCases:\n      - name: kept\n        severity: Low\n        status: Open\n        attributes:\n          - #lost\n", `summary="kept"`},
		{"associated artifacts", formatYAML, group + "    associatedArtifacts:\n      - {id: 7}\n      - #lost\n", `artifact "#7"`},
		{"associated victim assets", formatYAML, group + "    associatedVictimAssets:\n      - {id: 7}\n      - #lost\n", `victimAsset "#7"`},
		{"groups", formatYAML, group + "  - #lost\n", `name="I"`},
		{"defaults", formatYAML, "defaults:\n  attributes:\n    - type: Description\n      value: kept\n      securityLabels:\n        - #lost\n" + group, `value="kept"`},
		{"the end of an association", formatYAML, group + "associations:\n  - group: a\n    associatedIndicator:\n      type: Host\n      summary: kept.example\n      tags:\n        - #lost\n", `summary="kept.example"`},
		{"a list of a merged mapping", formatYAML, "defaults: &d\n  tags:\n    - #lost\n" + group + "    <<: *d\n    status: New\n", `status="New"`},
		{"a row of groups", formatCSV, "key,type,name\n1.2E+11,Incident,I\n", `name="I"`},
		{"the indicators of a row", formatCSV, "type,name,associatedIndicators\nIncident,I,Mutex:1.2E+11\n", `summary="1.2E+11"`},
		{"a row of associations", formatCSV, "group,association,type,summary\na,indicator,Mutex,1.2E+11\n", `summary="1.2E+11"`},
		{"a key in a row of associations", formatCSV, "group,association,key\na,group,1.2E+11\n", `group "1.2E+11"`},
		{"a field in a row of associations", formatCSV, "group,association,type,md5\na,indicator,File,1.2E+11\n", `md5="1.2E+11"`},
		{"a cell as long as spreadsheets allow", formatCSV, "type,name,attribute:Description\nIncident,I," + strings.Repeat("x", 32767) + "\n", `attribute type="Description"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, problems := Read([]string{"-"}, Options{InputFormat: c.format, Stdin: strings.NewReader(c.text)})
			if problems.Errors() > 0 || len(problems) != 1 {
				t.Fatalf("want one warning, got %v", problems)
			}
			if m.Incomplete {
				t.Error("the manifest counts as incomplete")
			}
			for _, g := range m.Groups {
				if g.Invalid != "" {
					t.Errorf("group %q counts as broken", g.Name)
				}
			}
			if got := dump(m); !strings.Contains(got, c.want) {
				t.Errorf("%s is lost:\n%s", c.want, got)
			}
		})
	}
}
