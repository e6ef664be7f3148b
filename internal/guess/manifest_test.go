package guess

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"tcimport/internal/intel"
	"tcimport/internal/reader"
)

// checkManifest makes a manifest of a CSV, and checks what has to hold for any: it can be
// read, and nothing is wrong with itself. Of a CSV without broken rows, every row makes a
// valid group, but for texts that are too long.
func checkManifest(t *testing.T, csv []byte) (made bool) {
	t.Helper()
	dir := t.TempDir()
	file, out := filepath.Join(dir, "feed.csv"), filepath.Join(dir, "feed.yaml")
	if err := os.WriteFile(file, csv, 0o600); err != nil {
		t.Fatal(err)
	}
	if File(file, csv) != nil {
		return false
	}
	e, err := EncodingOf(csv, false)
	if err != nil {
		return false
	}
	s, _ := reader.Beginning{Text: csv, File: file, Encoding: e.Name, Rows: 5000}.Sample()
	if s == nil || Header(s.Header) != nil {
		return false
	}
	m := Guess(s.Header, s.Rows, Options{Name: "feed", Namespace: "feed"})
	text := m.Text(Frame{CSV: "feed.csv", Encoding: e, Read: "the rows", Commands: []string{"tcimport validate feed.yaml"}})
	if !utf8.ValidString(text) {
		t.Errorf("the manifest is not UTF-8: %q", text)
	}
	if err := os.WriteFile(out, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	read, problems := reader.Read([]string{out}, reader.Options{})
	_, more := intel.Assemble(read, intel.Options{})
	for _, p := range more {
		if !p.Warning && len(s.Bad) == 0 && !strings.Contains(p.Message, "characters: at most") {
			t.Errorf("%v\n%s\nof\n%q", p, text, csv)
		}
	}
	for _, p := range problems {
		if !p.Warning && (p.Pos.File() == out || len(s.Bad) == 0) {
			t.Errorf("%v\n%s\nof\n%q", p, text, csv)
		}
	}
	return true
}

// hostile are texts that mean something to CSV, YAML, templates, terminals or spreadsheets.
var hostile = []string{
	"", " ", "{{", "}}", "{{ .X }}", "\"", "'", "''", "a\"b", ": #", "# x", "- a", "a: b", "a\nb", "a\r\nb", "\t", "*", "&a", "!!str", "<<", "null", "~", "yes", "no", "|", "||", ">", "%",
	"=1+1", "@SUM(A1)", "+1", "-1", "\x1b[31m", "\u202e", "\u2028", "\ufeff", "\u0085", "\u007f", "\\", "a\\", "\\n", "🙂", "ä", strings.Repeat("x", 130), strings.Repeat("ö", 70), "`", "$", "$(x)", "a.b", "1a", "_", "a-b", "a b",
	"n/a", "-", "?", "unknown", "192.0.2.1", "192.0.2.1, 192.0.2.2", "192.0.2[.]1", "hxxp://evil[.]example/a|b", "https://a.example/x,https://b.example/y", "a@b.example", "d41d8cd98f00b204e9800998ecf8427e", "AS64496", "2001:db8::1;192.0.2.1",
	"31.12.2025", "1.2.2025", "2025-12-31", "12/31/2025", "03/04/2025", "2025-12-31 14:05", "46022", "1767182400", "offen", "erledigt", "Closed", "Incident", "Vorfall", "CVE-2025-1234", "TLP:AMBER", "green", "a,b;c|d",
}

var hostileHeaders = []string{"ID", "Nummer", "Titel", "Name", "Status", "Zustand", "Type", "Art", "Datum", "Date", "Created", "Tags", "Keywords", "Quelle", "TLP", "IP", "IPs", "URL", "Domain", "Email", "MD5", "SHA256", "Description", "eventDate", "password", "Vorfall-Nr.", "CVE"}

// TestAnyCSV: the manifest of any CSV can be read, and is valid for the rows that were read.
func TestAnyCSV(t *testing.T) {
	made := 0
	for seed := range int64(200) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewSource(seed))
			pick := func(list []string) string { return list[r.Intn(len(list))] }
			comma := pick([]string{",", ";", "\t"})
			quoted := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
			var b strings.Builder
			width := 1 + r.Intn(8)
			pools := make([][]string, width)
			for i := range width {
				name := pick(hostileHeaders)
				if r.Intn(3) == 0 {
					name = pick(hostile)
				}
				for range 1 + r.Intn(6) {
					pools[i] = append(pools[i], pick(hostile))
				}
				if i > 0 {
					b.WriteString(comma)
				}
				b.WriteString(quoted(name))
			}
			for row := range r.Intn(12) {
				b.WriteString("\n")
				for i := range width {
					cell := pick(pools[i])
					if i == 0 && r.Intn(2) == 0 {
						cell = fmt.Sprint("V-", row)
					}
					if i > 0 {
						b.WriteString(comma)
					}
					b.WriteString(quoted(cell))
				}
			}
			if checkManifest(t, []byte(b.String())) {
				made++
			}
		})
	}
	if made < 100 {
		t.Errorf("%d manifests were made", made)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("Nummer;Titel;Zustand\n1;M\xfcller;offen\n"))
	f.Add([]byte("id,date,ips\n1,31.12.2025,\"192.0.2.1, 192.0.2.2\"\n"))
	f.Add([]byte("\"a\"\"{{ .b }}\",\": #\",\"x\ny\"\n\"'\",\"}}\",-\n"))
	f.Add([]byte("\xff\xfei\x00d\x00\n\x001\x00"))
	f.Fuzz(func(t *testing.T, csv []byte) {
		if len(csv) > 1<<14 {
			t.Skip()
		}
		checkManifest(t, csv)
	})
}
