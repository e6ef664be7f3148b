package schema

import (
	"strings"
	"testing"
)

// TestHandWrittenManifests: what people get right and wrong.
func TestHandWrittenManifests(t *testing.T) {
	s := compiled(t)
	group := func(rest string) string { return "groups: [{type: Incident, name: n, " + rest + "}]" }
	ends := func(field, rest string) string { return group(field + ": [" + rest + "]") }
	for _, c := range []struct {
		name  string
		right []string
		wrong []string
	}{
		{"a document", []string{"version: 1", `version: "1"`, "groups: []", "groups:", "{}", "---\n---\nowner: 12"},
			[]string{"version: 2", "grups: []", "groups: {}", "groups: x", "[]", "text", "groups: [x]"}},
		{"a type", []string{"groups: [{type: intrusion set, name: a}]", "groups: [{type: ' MALWARE ', name: a}]"},
			[]string{"groups: [{type: Intrusion-Set, name: a}]", "groups: [{type: Actor, name: a}]", "groups: [{name: a}]", "groups: [{type: Tool}]", "groups: [{type: 5, name: a}]", "groups: [{type: [Tool], name: a}]"}},
		{"another definition of a key", []string{"groups: [{key: a, tags: [x]}, {key: a, type: Tool, name: b}]", "groups: [{xid: x, status: New}]"}, []string{"groups: [{tags: [x]}]"}},
		{"texts that are no texts to YAML", []string{"groups: [{type: Tool, name: 007}, {type: Tool, name: true}, {type: Tool, name: 2021-01-01}, {type: Tool, name: 1e3}]"}, []string{"groups: [{type: Tool, name: [a]}]"}},
		{"null", []string{group("status: ~, tags: null, key: , associatedGroups: [~], publishDate: ~")}, nil},
		{"the status of an Incident", []string{group("status: New"), group("status: containment ACHIEVED")}, []string{group("status: Opne"), group("status: Reopened"), group("status: 1"), group("status: [New]")}},
		{"the status of a Task", []string{"groups: [{type: Task, name: n, status: Deferred}]"}, []string{"groups: [{type: Task, name: n, status: Stalled}]"}},
		{"an eventType of the instance's own", []string{"groups: [{type: Event, name: n, eventType: Our Own}]"}, []string{"groups: [{type: Event, name: n, eventType: {a: b}}]"}},
		{"a field of another type", []string{"groups: [{type: Report, name: n, publishDate: 2020-01-01}]"}, []string{group("publishDate: 2020-01-01"), "groups: [{type: Threat, name: n, status: New}]"}},
		{"a date", []string{group("eventDate: 2021-11-03"), group("eventDate: 2021-11-03T14:30:00.5+01:00")},
			[]string{group("eventDate: 11/03/2021"), group("eventDate: 2021-13-03"), group("eventDate: 2021-11-03 14:30"), group("eventDate: 2021")}},
		{"tags", []string{group("tags: [a, {name: 'b: c'}, {techniqueId: T1566.001}, techniqueId:T1]")}, []string{group("tags: a"), group("tags: [{nmae: a}]"), group("tags: [{techniqueId: 1566}]"), group("tags: [[a]]")}},
		{"labels", []string{group("securityLabels: [TLP:AMBER, our own, {name: tlp:red}]")}, []string{group("securityLabels: TLP:AMBER"), group("securityLabels: [{nam: x}]")}},
		{"attributes", []string{group("attributes: [{type: Our Own, value: 5, source: x, default: true, pinned: 'False', securityLabels: [TLP:RED]}, {type: Description, valueFrom: a.md}]")},
			[]string{group("attributes: [{type: Description}]"), group("attributes: [{value: x}]"), group("attributes: [{type: Description, value: x, default: maybe}]"), group("attributes: [{type: Description, valeu: x}]"), group("attributes: {Description: x}")}},
		{"groups at the other end", []string{ends("associatedGroups", "key, 12, '#12', {id: 12}, {id: '#12'}, {xid: x, owner: o}, {type: ADVERSARY, name: n}")},
			[]string{ends("associatedGroups", "{}"), ends("associatedGroups", "{type: Tool}"), ends("associatedGroups", "{type: Tol, name: n}"), ends("associatedGroups", "{id: -1}"), ends("associatedGroups", "{id: x}"), group("associatedGroups: key")}},
		{"indicators", []string{ends("associatedIndicators", "Host:a.example, '#5', {type: HOST, hostName: a, rating: 4.5, confidence: '80'}, {type: File, md5: 0, size: 5}, {id: 5}, {type: Our Own, Wallet: x, tags: [y]}")},
			[]string{ends("associatedIndicators", "a.example"), ends("associatedIndicators", "{type: Host, hostNam: a}"), ends("associatedIndicators", "{type: Host, md5: a}"), ends("associatedIndicators", "{type: Host, summary: a, rating: 6}"),
				ends("associatedIndicators", "{type: Host, summary: a, size: 1}"), ends("associatedIndicators", "{Host: a}"), ends("associatedIndicators", "{summary: a}"), ends("associatedIndicators", "{type: Our Own, Wallet: [x]}")}},
		{"artifacts", []string{ends("associatedArtifacts", "'#1', {id: 1}, {caseId: 1, type: Email Address, summary: a}, {caseXid: a, type: Our Own, summary: a}")},
			[]string{ends("associatedArtifacts", "a"), ends("associatedArtifacts", "{caseId: 1, type: URL}"), ends("associatedArtifacts", "{caseid: 1, type: URL, summary: a}")}},
		{"cases", []string{ends("associatedCases", "{name: a, severity: low, status: Open}, {id: 4}")},
			[]string{ends("associatedCases", "{name: a, severity: low}"), ends("associatedCases", "{name: a, severity: lowest, status: Open}"), ends("associatedCases", "{name: a, severity: low, status: Open, owner: o}"), ends("associatedCases", "{name: a, severity: low, status: Open, xid: short}")}},
		{"victim assets", []string{ends("associatedVictimAssets", "{type: EmailAddress, address: a@b.example, victimId: 12}, {type: phone, summary: 5, victimId: '1'}")},
			[]string{ends("associatedVictimAssets", "{type: Phone, address: a, victimId: 1}"), ends("associatedVictimAssets", "{type: Fax, summary: 5, victimId: 1}"), ends("associatedVictimAssets", "{type: Phone, phone: 5}")}},
		{"associations", []string{"associations: [{group: a, associatedGroup: b}, {group: {id: 1}, associatedCase: {id: 1}}]"},
			[]string{"associations: [{associatedGroup: b}]", "associations: [{group: a}]", "associations: [{group: a, asociatedGroup: b}]", "associations: {group: a, associatedGroup: b}"}},
		{"defaults", []string{"defaults: {tags: [a], status: Stalled, malware: true}"}, []string{"defaults: {name: a}", "defaults: {owner: a}", "defaults: {status: Opne}", "defaults: {stauts: New}"}},
		{"sources", []string{"sources: [{csv: a.csv, columns: {Type: Tool, na_me: '{{ .a }}', EVENT-DATE: x, 'attribute:Description': y, 'Attribute : X': ~}, skip: ''}]", "sources: [{csv: a.csv, columns: {}, encoding: cp1252, values: {Any Column: {a: New, 1: ~, '*': x}}}]"},
			[]string{"sources: [{csv: a.csv}]", "sources: [{csv: a.csv, columns: {nmae: a}}]", "sources: [{csv: a.csv, columns: {'attribute:': a}}]", "sources: [{csv: a.csv, columns: {}, skpi: x}]", "sources: [{csv: a.csv, columns: {type: [a]}}]",
				"sources: [{csv: a.csv, columns: {}, values: {a: b}}]", "sources: [{csv: a.csv, columns: {}, values: {a: {b: [c]}}}]"}},
		{"merge keys", []string{"groups: [{<<: &a {type: Incident, status: New}, name: b}, {<<: [*a, {name: c}]}]"}, []string{"groups: [{<<: {type: Incident, stauts: New}, name: b}]"}},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			for _, text := range c.right {
				if err := valid(s, []byte(text)); err != nil {
					t.Errorf("%s\n%v", text, err)
				}
			}
			for _, text := range c.wrong {
				if valid(s, []byte(text)) == nil {
					t.Errorf("%s\nis valid", text)
				}
				if takes("-", []byte(text)) == nil {
					t.Errorf("%s\nis taken by validate", text)
				}
			}
		})
	}
}
