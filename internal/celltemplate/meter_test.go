package celltemplate

import (
	"runtime"
	"strings"
	"testing"

	"tcimport/internal/testkit"
)

// cell is what a template makes of a row.
func cell(text string, row map[string]string) (string, error) {
	columns := Columns{}
	for name := range row {
		columns[name]++
	}
	tmpl, problems := Compile(text, columns, "|")
	if len(problems) > 0 {
		return "", problems[0]
	}
	return tmpl.Execute(row)
}

// TestLargeTemplatesAreBounded: whatever a template asks for, it ends in an error and
// not in the end of memory or stack.
func TestLargeTemplatesAreBounded(t *testing.T) {
	testkit.SkipUnderRace(t) // it counts what is allocated
	const (
		much   = "more than 16 MiB of one cell"
		nested = "contains itself"
		turns  = "run more than 100000 times"
		double = `{{ $s := "xxxxxxxx" }}{{ range until 60 }}{{ $s = print $s $s }}{{ end }}`
		mega   = `{{ $s := repeat 1000000 "x" }}`
	)
	for _, c := range []struct{ text, want string }{
		{double, much},
		{`{{ $s := "x" }}{{ range until 60 }}{{ $s = printf "%s%s" $s $s }}{{ end }}`, much},
		{`{{ $s := "x" }}{{ range until 60 }}{{ $s = cat $s $s }}{{ end }}`, much},
		{`{{ $s := "'" }}{{ range until 60 }}{{ $s = js $s }}{{ end }}`, much},
		{`{{ $s := "%" }}{{ range until 60 }}{{ $s = $s | urlquery | urlquery | print $s }}{{ end }}`, much},
		{`{{ $s := "a" }}{{ range until 60 }}{{ $s = $s | b64enc | b64enc }}{{ end }}`, much},
		{`{{ $l := tuple 1 }}{{ range until 60 }}{{ $l = concat $l $l }}{{ end }}`, much},
		{`{{ $l := tuple 1 }}{{ range until 30 }}{{ $l = tuple $l $l }}{{ end }}{{ $l }}`, much},
		{`{{ $l := tuple 1 }}{{ range until 60 }}{{ $l = tuple $l }}{{ end }}{{ $l }}`, nested},
		{`{{ $d := dict "a" 1 }}{{ $_ := set $d "a" $d }}{{ $d }}`, nested},
		{`{{ $d := dict "a" 1 }}{{ $e := dict "d" $d }}{{ $_ := set $d "e" $e }}{{ $d.e.d }}`, nested},
		{`{{ $l := tuple (dict "a" 1) }}{{ $_ := set (index $l 0) "l" $l }}{{ print $l }}`, nested},
		{`{{ $d := dict }}{{ $l := tuple $d $d $d }}{{ $_ := set $d "a" (repeat 9000000 "x") }}{{ $l }}`, much},
		{`{{ fromJson (print (repeat 5000 "[") (repeat 5000 "]")) }}`, nested},
		{mega + `{{ range until 1000 }}{{ $_ := upper $s }}{{ end }}`, "handles more than 256 MiB"},
		{`{{ $l := tuple }}{{ range until 100000 }}{{ $l = append $l . }}{{ end }}`, "handles more than 256 MiB"},
		{`{{ repeat 100000000 "ab" }}`, much},
		{mega + `{{ replace "x" $s $s }}`, much},
		{mega + `{{ replace "" $s $s }}`, much},
		{mega + `{{ indent 1000000000 $s }}`, much},
		{mega + `{{ split "" $s | len }}`, much},
		{mega + `{{ join $s (splitList "" (repeat 1000 "y")) }}`, much},
		{mega + `{{ regexReplaceAll "x" $s $s }}`, much},
		{mega + `{{ regexReplaceAll "(x*)" $s (repeat 1000 "$1") }}`, much},
		{`{{ regexMatch (repeat 10000000 "a?") "x" }}`, much},
		{mega + `{{ printf (repeat 1000 "%[1]s") $s }}`, much},
		{`{{ printf (repeat 1000 "%999999d") 1 }}`, much},
		{`{{ printf (repeat 1000 "%*d") 999999 1 }}`, much},
		{`{{ until 1000000000 | len }}{{ until -1000000000 | len }}`, much},
		{`{{ untilStep 9223372036854775800 9223372036854775807 10 | len }}`, much},
		{`{{ untilStep 0 10 9223372036854775807 | len }}`, much},
		{`{{ seq 1 1000000000 }}`, much},
		{`{{ range 1000000000 }}{{ end }}`, turns},
		{`{{ range until 1000 }}{{ range until 1000 }}{{ end }}{{ end }}`, turns},
		{`{{ $l := splitList "" (repeat 50000 "x") }}{{ uniq $l | len }}`, much},
		{`{{ chunk 0 (tuple 1 2) }}`, "error calling chunk"},
		{strings.Repeat("{{if true}}", 1<<20), "more than 64 KiB"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, err := cell(c.text, map[string]string{"a": "A"})
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.100s: %.40q, %v; want an error with %q", c.text, got, err, c.want)
		}
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 1024 {
			t.Errorf("%.100s: %d MiB", c.text, used)
		}
	}
}

// TestTemplatesWithinBounds: what is printed is what text/template prints.
func TestTemplatesWithinBounds(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{{ .a }}{{ .a | upper }}`, "bB"},
		{`{{ print .a 1 }}|{{ printf "%5.2f|%-4s|%v" 1.5 "x" (tuple 1 2) }}|{{ println }}`, "b1| 1.50|x   |[1 2]|\n"},
		{`{{ tuple 1 "x" }}{{ dict "k" (tuple) }}{{ (dict "k" nil).k }}{{ true }}`, "[1 x]map[k:[]]<no value>true"},
		{`{{ html "<" }}{{ js "'" }}{{ urlquery "a b" }}`, `&lt;\'a+b`},
		{`{{ range $i, $x := splitList "," "a,b" }}{{ if $i }}{{ continue }}{{ end }}{{ $x }}{{ end }}`, "a"},
		{`{{ seq 3 }};{{ seq 5 1 }};{{ seq 1 2 9 }};{{ seq 0 }};{{ seq }};{{ seq 1 1 1 1 }}`, "1 2 3;5 4 3 2 1;1 3 5 7 9;1 0;;"},
		{`{{ until -3 }}{{ untilStep 6 0 -2 }}{{ indent 2 "a\nb" }}{{ nindent 1 "c" }}{{ "a,b" | split "," }}`, "[0 -1 -2][6 4 2]  a\n  b\n cmap[_0:a _1:b]"},
		{`{{ toDate "2006-01-02" "2021-11-03" | date "02.01.06" }}{{ "x" | ternary "a" "b" | quote | default "d" }}`, ""},
		{`{{ with $x := "v" }}{{ $x }}{{ . }}{{ end }}{{ "lit" }}{{ 1 }}{{ 'a' }}`, "vvlit197"},
		{`{{ list "," " x , y|z,," }};{{ range list ";" "1;2" }}Host:{{ . }}|{{ end }};{{ list "," "" }};{{ list "|" "a|b" | join "+" }}`, `x|y\|z;Host:1|Host:2|;;a+b`},
		{`{{ list "" "a" }}`, ""},
		{`{{ list 1 2 }}`, ""},
		{`{{ list "," "a\\,b" }}`, ""},
		{`{{ regexReplaceAll "a(.)" "ab ac" "$1" }}{{ without (tuple 1 2) 1 }}{{ uniq (tuple 1 1) }}`, "b c[2][1]"},
	} {
		got, err := cell(c.text, map[string]string{"a": "b"})
		if c.want == "" {
			if err == nil {
				t.Errorf("%s: %q", c.text, got)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%s: got %q, %v; want %q", c.text, got, err, c.want)
		}
	}
}

// TestTemplatesKnowNoDay: how long a date is ago is another thing every day.
func TestTemplatesKnowNoDay(t *testing.T) {
	if got, err := cell(`{{ durationRound "26h10m" }}`, nil); err != nil || got != "1d" {
		t.Errorf("got %q, %v", got, err)
	}
	got, err := cell(`{{ toDate "2006-01-02" "2021-11-03" | durationRound }}`, nil)
	if err == nil || !strings.Contains(err.Error(), "not the date 2021-11-03") {
		t.Errorf("got %q, %v", got, err)
	}
}
