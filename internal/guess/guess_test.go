package guess

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

func columnWith(name string, cells ...string) *column {
	var rows [][]string
	for _, c := range cells {
		rows = append(rows, []string{c})
	}
	return columnsOf([]string{name}, rows)[0]
}

// TestEncodings: the encoding of a text, as an entry of sources would name it.
func TestEncodings(t *testing.T) {
	in := func(e interface{ String(string) (string, error) }, s string) string {
		out, err := e.String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	german := "Nummer;Titel\n1;Gefälschte Rechnung über 5 €\n"
	for _, c := range []struct{ text, want, err string }{
		{german, "", ""},
		{"\ufeff" + german, "", ""},
		{german[:strings.Index(german, "€")+1], "", ""}, // cut within a character
		{in(charmap.Windows1252.NewEncoder(), german), "windows-1252", ""},
		{in(charmap.ISO8859_15.NewEncoder(), german), "iso-8859-15", ""},
		{in(charmap.ISO8859_1.NewEncoder(), "Titel\nGefälscht\n"), "windows-1252", ""},
		{in(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), german), "", ""},
		{in(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder(), german), "utf-16le", ""},
		{in(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder(), german), "utf-16be", ""},
		{german + "ä\xff", "", ""}, // UTF-8 with a broken byte, which the reader names
		{in(charmap.CodePage850.NewEncoder(), "Titel\nGrün\n"), "", "name its encoding by --encoding"},
		{"a,b\n\x00\x01\x02\x03binary", "", "zero bytes"},
		{"a,b\n\x01\xfc", "", "control characters"},
	} {
		got, err := EncodingOf([]byte(c.text), true)
		if got.Name != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q: %+v, %v; want %q, %q", c.text, got, err, c.want, c.err)
		}
	}
	if e, _ := EncodingOf([]byte(in(charmap.Windows1251.NewEncoder(), "id,имя\n1,поддельный счёт\n")), false); !strings.Contains(e.Why, "CHECK") {
		t.Errorf("a text in Cyrillic: %+v", e)
	}
}

// TestOtherFiles: what is not a CSV is said to be something else.
func TestOtherFiles(t *testing.T) {
	for _, c := range []struct{ name, text, err string }{
		{"a.csv", "id,name\n", ""},
		{"a.csv", "{id},name\n", ""},
		{"a.csv", "[id],name\n", ""},
		{"a.csv", "", "is empty"},
		{"a.csv", "\ufeff \n", "is empty"},
		{"a.csv", "PK\x03\x04xl/", "save it as CSV"},
		{"a.csv", "\xD0\xCF\x11\xE0", "spreadsheet of Excel"},
		{"a.csv", "{\n \"a\": 1}", "JSON"},
		{"a.csv", "[{\"a\": 1}]", "JSON"},
		{"a.csv", "<html>", "HTML"},
		{"a.csv", "version: 1\n", "YAML"},
		{"a.yml", "id,name\n", "YAML"},
	} {
		if err := File(c.name, []byte(c.text)); (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s %q: %v, want %q", c.name, c.text, err, c.err)
		}
	}
	for header, ok := range map[string]bool{"id,name": true, "2023,2024": true, "Node.js,IP": true, "192.0.2.1,a": false, "x,31.12.2025": false, "CVE-2025-1000,b": false, "d41d8cd98f00b204e9800998ecf8427e": false} {
		if err := Header(strings.Split(header, ",")); (err == nil) != ok {
			t.Errorf("%s: %v", header, err)
		}
	}
}

// TestDates: the layout that all cells of a column fit, and whether it is the only one.
func TestDates(t *testing.T) {
	for _, c := range []struct {
		cells         string // between bars
		layout, other string
		none          bool
		number        string
	}{
		{cells: "2025-12-31"},
		{cells: "2025-12-31T14:05:00Z|2025-12-31"},
		{cells: "31.12.2025||01.02.2026", layout: "02.01.2006"},
		{cells: "31.12.2025|1.2.2026", layout: "2.1.2006"},
		{cells: "31.12.2025 14:05", layout: "02.01.2006 15:04"},
		{cells: "31.12.2025 14:05|31.12.2025", none: true},
		{cells: "31.12.25", layout: "02.01.06"},
		{cells: "2025-12-31 14:05:06.123", layout: "2006-01-02 15:04:05"},
		{cells: "2025/12/31", layout: "2006/01/02"},
		{cells: "03/04/2025|05/06/2025", layout: "02/01/2006", other: "01/02/2006"},
		{cells: "03/04/2025|13/06/2025", layout: "02/01/2006"},
		{cells: "03/04/2025|12/31/2025", layout: "01/02/2006"},
		{cells: "13/06/2025|12/31/2025", none: true},
		{cells: "3/4/2025 2:05 PM|12/31/2025 11:00 AM", layout: "1/2/2006 3:04 PM"},
		{cells: "2 Jan 2006|31 Dec 2025", layout: "2 Jan 2006"},
		{cells: "Jan 2, 2006", layout: "Jan 2, 2006"},
		{cells: "Mon, 2 Jan 2006 15:04:05 +0100", layout: "Mon, 2 Jan 2006 15:04:05 -0700"},
		{cells: "2025-12-31 14:05:06 UTC", layout: "2006-01-02 15:04:05 MST"},
		{cells: "2025-12-31 14:05:06 CET", none: true},
		{cells: "20251231", layout: "20060102"},
		{cells: "46022|46023.5", number: "spreadsheet"},
		{cells: "1767182400", number: "seconds"},
		{cells: "1767182400000", number: "milliseconds"},
		{cells: "7|12", none: true},
		{cells: "31.02.2025", none: true},
		{cells: "31.12.1025", none: true},
		{cells: "soon", none: true},
		{cells: "31.12.2025|n/a", layout: "02.01.2006"},
		{cells: "", none: true},
	} {
		got := datesOf(columnWith("Datum", strings.Split(c.cells, "|")...))
		switch {
		case got == nil || c.none:
			if (got == nil) != c.none {
				t.Errorf("%s: %+v", c.cells, got)
			}
		case got.layout != c.layout || got.other != c.other || !strings.Contains(got.number, c.number) || (got.number == "") != (c.number == ""):
			t.Errorf("%s: %+v, want %+v", c.cells, got, c)
		}
	}
	if got := datesOf(columnWith("Preis", "46022")); got != nil {
		t.Errorf("a price is no date: %+v", got)
	}
}

// TestIndicators: the type of the indicators in cells, and the template that lists them;
// or why they are none.
func TestIndicators(t *testing.T) {
	for _, c := range []struct{ name, cells, want, why string }{
		{"IPs", "192.0.2.1", `{{ with trim .IPs }}Address:{{ . }}|{{ end }}`, ""},
		{"IPs", "192.0.2.1, 192.0.2.2/192.0.2.3;2001:db8::1", `{{ range list "," (replace ";" "," .IPs) }}Address:{{ . }}|{{ end }}`, ""},
		{"IPs", "192.0.2.1 192.0.2.2", `{{ range list " " .IPs }}Address:{{ . }}|{{ end }}`, ""},
		{"IPs", "192.0.2.1\n192.0.2.2", `{{ range list "\n" .IPs }}Address:{{ . }}|{{ end }}`, ""},
		{"IPs", "192.0.2.1/-", `{{ with trim .IPs }}{{ if not (has . (tuple "-")) }}Address:{{ . }}|{{ end }}{{ end }}`, ""},
		{"IPs", "192.0.2[.]1", `{{ with trim (replace "[.]" "." .IPs) }}Address:{{ . }}|{{ end }}`, ""},
		{"IPs", "192.0.2.1/evil.example", "", "several types: Address, Host"},
		{"IPs", "192.0.2.1/192.0.2.2/192.0.2.300", "-", `most are of type Address, but not "192.0.2.300"`},
		{"Opfer-IP", "192.0.2.1", "-", "what was hit"},
		{"Version", "10.0.1.2", "-", "no indicators"},
		{"Netze", "192.0.2.0_24", `{{ with trim .Netze }}CIDR:{{ . }}|{{ end }}`, ""},
		{"Domain", "evil.example, bad.example", `{{ range list "," .Domain }}Host:{{ . }}|{{ end }}`, ""},
		{"Datei", "invoice.example", "-", "of type Host"},
		{"URL", "hxxps:__evil.example_a,b", `{{ with trim (replace "hxxps://" "https://" .URL) }}URL:{{ . }}|{{ end }}`, ""},
		{"URL", "https:__a.example_x,https:__b.example_y", `{{ range list "," .URL }}URL:{{ . }}|{{ end }}`, ""},
		{"URL", "https:__a.example_x|y", `{{ with trim .URL }}URL:{{ replace "|" "\\|" . }}|{{ end }}`, ""},
		{"Link", "https:__a.example_x", "-", "of type URL"},
		{"Absender", "a@b.example", `{{ with trim .Absender }}EmailAddress:{{ . }}|{{ end }}`, ""},
		{"Bearbeiter", "a@b.example", "-", "no indicators"},
		{"Prüfsumme", "d41d8cd98f00b204e9800998ecf8427e", `{{ with trim .Prüfsumme }}File:{{ . }}|{{ end }}`, ""},
		{"AS", "AS64496", `{{ with trim .AS }}ASN:{{ . }}|{{ end }}`, ""},
		{"Titel", "Rechnung mit Makro/Falscher Anruf", "", ""},
	} {
		var cells []string
		for _, cell := range strings.Split(c.cells, "/") {
			cells = append(cells, strings.ReplaceAll(cell, "_", "/"))
		}
		col := columnWith(c.name, cells...)
		in, why := indicatorsOf(col)
		got := ""
		if in != nil {
			got = in.template(col)
		}
		if got != c.want && c.want != "-" || (why == "") != (c.why == "") || !strings.Contains(why, c.why) {
			t.Errorf("%s of %s: %s, %q; want %s, %q", c.cells, c.name, got, why, c.want, c.why)
		}
	}
}

// TestMappings: what columns become, by their names and cells. A column "=" is the line of
// the type.
func TestMappings(t *testing.T) {
	for _, c := range []struct {
		what, csv string // rows between bars
		typ       string
		want      string // column=mapped, of those that are
	}{
		{"key by its name", "Ticket,Titel|7,A|8,B", "", "Ticket=key Titel=name"},
		{"key by what it looks like", "Bezug,Titel|V-1,Same text|V-2,Same text", "", "Bezug=key Titel=name"},
		{"not different in each row", "Nummer,Titel|7,A|7,B", "", "Titel=name"},
		{"one row tells nothing of unknown names", "X,Titel|V-1,A", "", "Titel=name"},
		{"Spanish", "Número,Título,Estado,Descripción,Fuente|1,A,abierto,x,y|2,B,cerrado,x,y", "Incident", "Número=key Título=name Estado=status Descripción=attribute:Description Fuente=attribute:Source"},
		{"French", "Identifiant,Titre,Statut,Mots-clés|1,A,ouvert,x|2,B,clos,y", "Incident", "Identifiant=key Titre=name Statut=status Mots-clés=tags"},
		{"no status of a Report", "id,title,status|1,A,open|2,B,closed", "Report", "id=key title=name"},
		{"another status of an Event", "id,title,status|1,A,open|2,B,done", "Event", "id=key title=name status=status"},
		{"words that nobody knows", "id,title,status|1,A,foo|2,B,bar", "Incident", "id=key title=name"},
		{"dates by their names", "id,title,created,modified,first seen,date|1,A,2025-01-01,2025-01-02,2025-01-03,2025-01-04", "Incident", "id=key title=name created=externalDateAdded modified=externalLastModified first seen=firstSeen date=eventDate"},
		{"the date of a Report", "id,title,Datum|1,A,2025-01-01", "Report", "id=key title=name Datum=publishDate"},
		{"a date that is not clear", "id,title,date|1,A,03/04/2025", "Incident", "id=key title=name"},
		{"types in a column", "id,title,Art|1,A,Vorfall|2,B,Bericht", "", "id=key title=name Art=type"},
		{"other words in a column called so", "id,title,Art|1,A,x|2,B,y", "", "id=key title=name"},
		{"CVE numbers", "cve,what|CVE-2025-1000,text|CVE-2025-1001,text", "", "cve=key, name"},
		{"labels", "id,title,TLP|1,A,amber|2,B,", "", "id=key title=name TLP=securityLabels"},
		{"a field of the type", "id,title,file name|1,A,a.pdf", "Report", "id=key title=name file name=fileName"},
		{"indicators alone", "ip,hash|192.0.2.1,d41d8cd98f00b204e9800998ecf8427e|192.0.2.2,", "", "ip=associatedIndicators hash=associatedIndicators"},
		{"a doubled name", "id,title,title|1,A,B", "", "id=key, name"},
	} {
		var rows [][]string
		lines := strings.Split(c.csv, "|")
		for _, l := range lines[1:] {
			rows = append(rows, strings.Split(l, ","))
		}
		m := Guess(strings.Split(lines[0], ","), rows, Options{Name: "feed", Namespace: "feed", Type: c.typ})
		var got []string
		for _, col := range m.Columns {
			if col.MappedTo != "" {
				got = append(got, col.Name+"="+col.MappedTo)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %s; want %s", c.what, strings.Join(got, " "), c.want)
		}
	}
}

// TestTypes: the type of all groups, of which no column tells.
func TestTypes(t *testing.T) {
	for file, want := range map[string]string{"vorfälle-2025": "Incident", "feed": "Report", "Kampagnen": "Campaign", "cve-list": "Vulnerability"} {
		m := Guess([]string{"a", "b"}, [][]string{{"1", "2"}}, Options{Name: file})
		if i := slices.IndexFunc(m.lines, func(l line) bool { return l.name == "type" }); m.lines[i].value != want || !strings.Contains(m.lines[i].note, "CHECK") {
			t.Errorf("%s: %+v, want %s", file, m.lines[i], want)
		}
	}
}

// TestComments: cells are data in comments: on one line, short, without what a terminal
// obeys, and no secrets.
func TestComments(t *testing.T) {
	m := Guess([]string{"id", "title", "x", "password"}, [][]string{
		{"1", "A", "a\nversion: 2\x1b[31m" + strings.Repeat("x", 100), "hunter2"}, {"2", "B", "y", "hunter3"},
	}, Options{Name: "feed"})
	text := m.Text(Frame{CSV: "feed.csv"})
	if strings.Contains(text, "\nversion: 2") || strings.Contains(text, "\x1b") || strings.Contains(text, "hunter") || strings.Contains(text, strings.Repeat("x", 60)) {
		t.Error(text)
	}
	if !strings.Contains(text, "# attribute:x: '{{ .x }}'  # such as") {
		t.Errorf("the column has no line:\n%s", text)
	}
}
