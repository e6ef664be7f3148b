package report

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
)

const header = "kind,key,type,name,owner,xid,id,webLink,action,status,error,source\n"

func TestSpreadsheetsRunNoCell(t *testing.T) {
	for _, c := range []struct{ value, cell string }{
		{"", ""},
		{"plain", "plain"},
		{"a=b", "a=b"},
		{"=1", "'=1"},
		{"+1", "'+1"},
		{"-1", "'-1"},
		{"@a", "'@a"},
		{"\ta", "'\ta"},
		{"\ra", "'\ra"},
		{"＝1", "'＝1"},
		{"'a", "'a"},
		{"'", "'"},
		{"'=1", "''=1"},
		{"''=1", "'''=1"},
	} {
		if got := neutral(c.value); got != c.cell {
			t.Errorf("neutral(%q) = %q, want %q", c.value, got, c.cell)
		}
		if got := plain(c.cell); got != c.value {
			t.Errorf("plain(%q) = %q, want %q", c.cell, got, c.value)
		}
	}
}

func TestRewrittenTagsSurviveTheirCell(t *testing.T) {
	for _, m := range []map[string]string{
		nil,
		{"a": "b"},
		{"a": "b\nc", "d": ""},
		{"": "x"},
		{`a=>b|c\`: "=>\n|", "techniqueId:T1566": "T1566 - Phishing"},
	} {
		got, err := parsePairs(formatPairs(m))
		if err != nil || cmp.Diff(m, got) != "" {
			t.Errorf("%q read back as %q (%v)", m, got, err)
		}
	}
	if _, err := parsePairs("no arrow"); err == nil {
		t.Error("a pair without an arrow is taken")
	}
}

var idMaps = []struct {
	name, text string
	want       baseline.IDMap
	err        string
}{
	{
		name: "the twelve columns of another program",
		text: header + "group,k,Incident,N,O,x,7,https://tc/7,create,ok,,m.yaml:1\nindicator,Host:a.b,Host,a.b,O,,8,,create,ok,,m.yaml:2\n",
		want: baseline.IDMap{"k": {ID: 7, Type: "Incident", Name: "N", Owner: "O", XID: "x", WebLink: intel.WebLinkOf("https://tc/7"), Row: "f:2", Source: "m.yaml:1"}},
	},
	{
		name: "saved by a spreadsheet",
		text: "\ufeff" + strings.ReplaceAll(strings.ReplaceAll(header, ",", ";"), "\n", "\r\n") + "group;'=k;Incident;\"a;b\";O;;7;;create;ok;;\r\n\r\n",
		want: baseline.IDMap{"=k": {ID: 7, Type: "Incident", Name: "a;b", Owner: "O", Row: "f:2"}},
	},
	{
		name: "columns in another order, and others beside",
		text: "id,kind,key,type,name,owner,xid,webLink,action,status,error,source,mine\n7,group,k,Incident,N,O,,,update,failed,broken,,x\n",
		want: baseline.IDMap{"k": {ID: 7, Type: "Incident", Name: "N", Owner: "O", Row: "f:2"}},
	},
	{
		name: "what is not there counts for nothing",
		text: header + "group,a,T,N,O,,,,create,failed,,\ngroup,b,T,N,O,,1,,delete,ok,,\ngroup,c,T,N,O,,2,,delete,failed,,\n" +
			"group,#3,T,N,O,,3,,reference,ok,,\ngroup,T/N,T,N,O,,4,,reference,ok,,\ngroup,d,T,N,O,,5,,reference,ok,,\n",
		want: baseline.IDMap{
			"c": {ID: 2, Type: "T", Name: "N", Owner: "O", Row: "f:4"},
			"d": {ID: 5, Type: "T", Name: "N", Owner: "O", Row: "f:7"},
		},
	},
	{name: "lines within cells count", text: header + "group,\"a\n\nb\",T,N,O,,1,,create,ok,,\ngroup,c,T,N,O,,x,,create,ok,,\n",
		err: `f:5: column id: "x" is not an ID`},
	{name: "a mangled ID", text: header + "group,a,T,N,O,,1.2E+05,,create,ok,,\n", err: `f:2: column id: "1.2E+05" is not an ID`},
	{name: "no header", text: "group,a,T\n", err: "f:1: not a tcimport report: it lacks the columns kind, key"},
	{name: "short row", text: header + "group,a\n", err: "f:2: the row has 2 cells, the header 12"},
	{name: "no key", text: header + "group,,T,N,O,,1,,create,ok,,\n", err: "f:2: the row of a group has no key"},
	{name: "open quote", text: header + "group,\"a,T\nb\n", err: "f:2: the quote that opens here is never closed"},
	{name: "bare quote", text: header + "group,a\"b,T,N,O,,1,,create,ok,,\n", err: "f:2: a quote within a cell"},
	{name: "doubled column", text: "kind,KIND\n", err: `f:1: the column "kind" is given twice`},
	{name: "doubled key", text: header + "group,a,T,N,O,,1,,create,ok,,\ngroup,a,T,N,O,,2,,create,ok,,\n", err: `f:3: "a" is group 2 here and group 1 at f:2`},
	{name: "two instances", text: strings.TrimSpace(header) + ",instance\ngroup,a,T,N,O,,1,,create,ok,,,x\ngroup,b,T,N,O,,2,,create,ok,,,y\n",
		err: `f:3: this row belongs to "y" with no namespace`},
	{name: "empty", err: "f: the file is empty"},
	{
		name: "JSON of another program",
		text: "{\"summary\": {\"x\": 1},\n\"rows\": [\n  {\"kind\": \"group\",\n   \"key\": \"=k\", \"type\": \"T\", \"name\": \"N\", \"owner\": \"O\", \"id\": 9, \"action\": \"create\", \"status\": \"ok\"}\n]}\n",
		want: baseline.IDMap{"=k": {ID: 9, Type: "T", Name: "N", Owner: "O", Row: "f:3"}},
	},
	{name: "JSON with a wrong row", text: "{\"rows\": [\n{},\n{\"id\": \"7\"}]}", err: "f:3: not a row of a report"},
	{name: "JSON with a row that is none", text: "{\"rows\": [\n7]}", err: "f:2: not a row of a report: not a JSON object but a number"},
	{name: "JSON of something else", text: "{\"instance\": {}}", err: "f:1: not a tcimport report: instance must be text"},
	{name: "JSON cut off", text: "{\"rows\": [\n{\"kind\":", err: "f:2: the report is incomplete: it ends too early"},
	{name: "JSON that is no report", text: "{\"actions\": []}", err: "f:1: not a tcimport report: it has no rows"},
	{name: "JSON and more", text: "{\"rows\": []}\n{}", err: "f:2: there is more text after the report"},
}

func TestReportsAreReadBackWithTheirLines(t *testing.T) {
	for _, c := range idMaps {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := ReadIDMap(strings.NewReader(c.text), "f")
			if c.err != "" {
				if err == nil || !strings.HasPrefix(err.Error(), c.err) {
					t.Fatalf("got the error %v, want %s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOnlyTheOwnReportIsReplaced(t *testing.T) {
	own := func(instance, namespace string) string {
		return csvOf(t, Row{Kind: "group", Key: "k", Action: "create", Status: "ok", Instance: instance, Namespace: namespace})
	}
	for _, c := range []struct{ name, text, err string }{
		{"our own", own("tc.example", "ns"), ""},
		{"of before there were own columns", header + "group,k,T,N,O,,1,,create,ok,,\n", ""},
		{"without rows", header, ""},
		{"another instance", own("other.example", "ns"), `f is the report of "other.example", but this run writes to "tc.example": choose another --report`},
		{"another namespace", own("tc.example", ""), `f is the report of no namespace, but this run has the namespace "ns": choose another --report`},
		{"a manifest", "type,name\nIncident,N\n", "f:1: not a tcimport report: it lacks the columns kind, key, owner, xid, id, webLink, action, status, error, source; it is not overwritten: choose another --report, or move it away"},
	} {
		_, err := Count(ReadReplaced(strings.NewReader(c.text), "f", Meta{Instance: "tc.example", Namespace: "ns"}))
		if got := errorText(err); got != c.err {
			t.Errorf("%s: got %q, want %q", c.name, got, c.err)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzCSV proves that a report gives back what was written, that spreadsheets
// see no formula in it, and that other programs read it.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"", "=1", "'=1", "a,b", "a\"b", "a\r\nb", "\r", "\n", " a ", "\ufeffx", `\.`, "\x00", "'"} {
		f.Add(s, "b", "c")
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		rows := []Row{
			{Kind: "group", Key: a, Name: b, Error: c, Status: apply.OK, Rewritten: map[string]string{a: b}},
			{Kind: "group", Key: b, Name: c, Owner: a, XID: c, ID: 3, Namespace: a},
		}
		out := csvOf(t, rows...)
		got, err := readAll(strings.NewReader(out), "f")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		records, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			for _, cell := range r {
				if isFormula(cell) && cell[0] != '\'' {
					t.Fatalf("a spreadsheet runs %q", cell)
				}
			}
		}
	})
}

// FuzzReadRows proves that no file makes the reader of reports fail in any
// other way than with an error, and that what it takes can be written again.
func FuzzReadRows(f *testing.F) {
	f.Add(header + "group,k,Incident,N,O,x,7,https://tc/7,create,ok,,m.yaml:1\n")
	f.Add("{\"rows\": [{\"kind\": \"group\", \"key\": \"k\", \"id\": 3}]}")
	f.Add("\ufeffkind;key\n")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := readAll(strings.NewReader(text), "f")
		if err != nil {
			if !strings.Contains(err.Error(), "f:") {
				t.Fatalf("%q does not say where", err)
			}
			return
		}
		if again, err := readAll(strings.NewReader(csvOf(t, rows...)), "f"); err != nil || len(again) != len(rows) {
			t.Fatalf("%d rows became %d (%v)", len(rows), len(again), err)
		}
	})
}

// TestFactsOfEarlierReportsAreFound: earlier versions have sorted facts as text, in
// both formats.
func TestFactsOfEarlierReportsAreFound(t *testing.T) {
	row := Row{Kind: "group", Key: "k", ID: 7, Baseline: baseline.Baseline{baseline.Link(intel.KindGroup, 10), baseline.Link(intel.KindGroup, 9)}}
	var doc strings.Builder
	if err := (&Document{Report: &Report{Rows: each([]Row{row})}}).Write(&doc); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{csvOf(t, row), doc.String()} {
		ids, _, err := ReadIDMap(strings.NewReader(text), "f")
		if b := ids["k"].Baseline; err != nil || !b.Has(baseline.Link(intel.KindGroup, 9)) || !b.Has(baseline.Link(intel.KindGroup, 10)) || strings.Index(text, "#10") > strings.Index(text, "#9") {
			t.Errorf("%s, %v, in:\n%s", b, err, text)
		}
	}
}
