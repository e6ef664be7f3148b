package main

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"tcimport/internal/tcsim"
)

// foreign are spreadsheets as other systems export them, and what the manifest of init
// makes of them.
var foreign = []struct {
	name     string
	file     string
	encoding encoding.Encoding
	text     string
	edits    []string // old, new
	valid    string
	has      []string // of the manifest
}{{
	name: "German spreadsheet with semicolons in windows-1252", file: "Vorfälle 2025.csv", encoding: charmap.Windows1252,
	text: "Vorfall-Nr.;Titel;Zustand;Erfasst am;Beschreibung;Schlagwörter;Bearbeiter\r\n" +
		"V-0815;Gefälschte Rechnung;offen;2025-12-30;\"Makro in der Rechnung;\r\nÖffnung durch zwei Leute\";Phishing, Büro;Jürgen\r\n" +
		"V-0816;Falscher Anruf;erledigt;2025-12-31;;;Änne\r\n" +
		"V-0817;Täuschend echte Anmeldung;in Bearbeitung;;Nachgebaute Seite für 5 €;Phishing;Jürgen\r\n",
	valid: "Valid: 3 groups, 0 associations, 0 indicators.",
	has:   []string{"encoding: windows-1252", `key: '{{ index . "Vorfall-Nr." }}'`, "type: Incident", "offen: Open", "erledigt: Closed", "in Bearbeitung: Open", "attribute:Description: '{{ .Beschreibung }}'", `tags: '{{ list "," .Schlagwörter }}'`},
}, {
	name: "French text with tabs in UTF-16", file: "vulnerabilites.csv", encoding: unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	text: "Référence\tIntitulé\tIdentifiant CVE\tPublié le\tGravité\tRemarques\n" +
		"CERT-1\tExécution de code à distance\tCVE-2025-10001\t03/02/2025\tÉlevée\tCorrigée en mars\n" +
		"CERT-2\tDéni de service\tCVE-2025-10002\t17/02/2025\tMoyenne\t\n",
	valid: "Valid: 2 groups, 0 associations, 0 indicators.",
	has:   []string{"(tabs, UTF-16, by its byte order mark)", "type: Vulnerability", `isoDate "02/01/2006" (index . "Publié le")`, "attribute:Description: '{{ .Remarques }}'"},
}, {
	name: "dates as 31.12.2025, and indicators in cells", file: "iocs.csv", encoding: encoding.Nop,
	text: "ID,Art,Name,Datum,IP-Adressen,Domains,SHA256,Quelle,TLP\n" +
		"1,Bericht,Brass Owl im Herbst,31.12.2025,\"192.0.2.1, 198.51.100.7\",\"evil[.]example, bad[.]example\",,CERT,amber\n" +
		"2,Vorfall,Rechnung mit Makro,1.2.2026,203.0.113.9,,f7846f55cf23e14eebeab5b4e1550cad5b509e3348fbc4efa3a1413d393cb650,SOC,green\n" +
		"3,Lage,Wochenlage 6,8.2.2026,-,n/a,,SOC,\n",
	edits: []string{"Lage: Report  # CHECK: not known as a type of groups", "Lage: Event"},
	valid: "Valid: 3 groups, 6 associations, 6 indicators.",
	has:   []string{"Bericht: Report", "Vorfall: Incident", `isoDate "2.1.2006" .Datum`, `(replace "[.]" "." .Domains)`, "securityLabels"},
}}

// TestForeignSpreadsheets: from init to a valid manifest, of which a plan can be made, it
// takes at most one edit. The bytes of a file need not be UTF-8.
func TestForeignSpreadsheets(t *testing.T) {
	t.Parallel()
	for _, c := range foreign {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tcsim.Config{})
			text, err := c.encoding.NewEncoder().String(c.text)
			if err != nil {
				t.Fatal(err)
			}
			w.write(c.file, text)
			if r := w.run("init", "@"+c.file, "--out", "@manifest.yaml"); r.code != codeOK {
				t.Fatalf("%+v", r)
			}
			manifest := w.read("manifest.yaml")
			for _, part := range c.has {
				if !strings.Contains(manifest, part) {
					t.Errorf("the manifest lacks %s:\n%s", part, manifest)
				}
			}
			if r := w.run("validate", "@manifest.yaml"); r.code != codeOK {
				t.Errorf("before any edit: %+v\n%s", r, manifest)
			}
			edited := strings.NewReplacer(c.edits...).Replace(manifest)
			if (edited == manifest) != (c.edits == nil) {
				t.Errorf("the edits %q do not apply to\n%s", c.edits, manifest)
			}
			w.write("manifest.yaml", edited)
			if r := w.run("validate", "@manifest.yaml"); r.code != codeOK || !strings.Contains(r.out, c.valid) {
				t.Errorf("%+v\n%s", r, edited)
			}
			if r := w.run("plan", "@manifest.yaml"); r.code != codeOK {
				t.Errorf("%+v\n%s", r, edited)
			}
			w.takeIn(t, edited)
		})
	}
}

// takeIn takes in each line of a manifest that is ready, one at a time: validate reports
// nothing at the manifest.
func (w *world) takeIn(t *testing.T, manifest string) {
	t.Helper()
	lines := strings.Split(manifest, "\n")
	for i, line := range lines {
		indent, ready, ok := strings.Cut(line, "# ")
		if !ok || strings.TrimSpace(indent) != "" || !strings.Contains(ready, "{{") {
			continue
		}
		lines[i] = indent + strings.TrimPrefix(ready, "rows to leave out: ")
		w.write("in.yaml", strings.Join(lines, "\n"))
		lines[i] = line
		if r := w.run("validate", "@in.yaml"); strings.Contains(r.err, "in.yaml:") || r.code != codeOK {
			t.Errorf("%s: %+v", ready, r)
		}
	}
}
