package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"tcimport/internal/tcsim"
)

// evil is what a terminal obeys: a colour, a title, a direction, a line that
// takes the place of another one.
const evil = "\x1b[31m\x1b]0;t\a\u202e\r"

// TestHostileInputReachesNoTerminal: whatever names, flags and manifests hold,
// only what can be seen reaches stderr, and no message is made of a name.
func TestHostileInputReachesNoTerminal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	source := func(template string) string {
		return "sources:\n  - csv: v.csv\n    columns:\n      key: a\n      type: Threat\n      name: " + template + "\n"
	}
	w.write("v.csv", "id"+evil+",id"+evil+"\n1,2\n")
	w.write("key.yaml", "groups:\n  - {\"na"+`\e[31m\u202e\n`+"me\": x, type: Threat}\n")
	w.write("column.csv", "type,name,na"+evil+"me\nThreat,x,y\n")
	w.write("twice.yaml", source(`'{{ .id }}'`))
	w.write("fail.yaml", source("\"{{ fail \\\"\\e[31m\\u202e\\nforged\\\" }}\""))
	w.write("regex.yaml", source("\"{{ regexFind \\\"(\\e[31m\\u202e\\\" .x }}\""))
	named := "n" + evil + "\ntcimport: all is well.yaml"
	w.write(named, "groups: [{type: Threat}]\n")
	folder := "d" + evil + "\ntcimport: all is well"
	if err := os.Mkdir(w.path(folder), 0o700); err != nil {
		t.Fatal(err)
	}
	commands := [][]string{
		{"validate", "@key.yaml"}, {"validate", "@column.csv"}, {"validate", "@twice.yaml"}, {"validate", "@fail.yaml"}, {"validate", "@regex.yaml"},
		{"validate", "@" + named}, {"validate", "@" + folder}, {"validate", "@missing" + evil + "\nx.yaml"},
		{"validate", "--" + evil + "\ntcimport: forged"}, {"validate", "-" + evil}, {evil + "\ntcimport: forged"}, {"help", evil},
		{"plan", "@key.yaml", "--rate", evil}, {"plan", "@key.yaml", "--on-drift", evil + "\ntcimport: forged"}, {"plan", "@key.yaml", "--adopt", evil},
		{"show", "@plan" + evil + ".json"}, {"plan", "@key.yaml", "--ca-file", "@" + evil}, {"check", "--url", "https://" + evil},
		{"apply", "@key.yaml", "--report", "@no" + evil + "\nfolder/x.csv", "--yes"}, {"version", evil}, {"completion", evil},
		{"sim", "--switch", evil}, {"sim", "--listen", evil}, {"export", "--type", evil}, {"export", "--owner", evil}, {"export", "--key", evil},
	}
	start := regexp.MustCompile(`^(tcimport: |  |` + regexp.QuoteMeta(w.dir) + `/|time=\S+ level=)`)
	for _, args := range commands {
		for _, extra := range [][]string{nil, {"--json"}, {"-v", "--log-format", "json"}} {
			r := w.run(append(args, extra...)...)
			if r.code == codeOK {
				t.Errorf("%q: exit code 0", args)
			}
			if i := strings.IndexFunc(r.err, func(c rune) bool { return c != '\n' && !unicode.IsPrint(c) }); i >= 0 {
				t.Errorf("%q: a terminal obeys %q", args, r.err[i:])
			}
			for line := range strings.Lines(r.err) {
				if strings.HasPrefix(line, "tcimport: forged") || strings.HasPrefix(line, "tcimport: all is well") ||
					!start.MatchString(line) && !strings.HasPrefix(line, "{") {
					t.Errorf("%q: a line that is no message: %q", args, line)
				}
			}
		}
	}
}

// TestHostileOutputOnATerminal: what a command prints on a terminal is safe
// there, and means the same where it is JSON.
func TestHostileOutputOnATerminal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.write("in.yaml", `groups: [{key: a, type: Threat, name: "x\u202ey\u009bz"}]`+"\n")
	for _, args := range [][]string{{"plan", "@in.yaml"}, {"plan", "@in.yaml", "--json"}, {"plan", "@in.yaml", "--format", "markdown"}, {"validate", "@in.yaml", "--json"}} {
		piped := w.run(args...).mustExit(t, codeOK)
		w.outTTY = true
		shown := w.run(args...).mustExit(t, codeOK)
		w.outTTY = false
		plain := strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[2m", "", "\x1b[32m", "").Replace(shown.out)
		if i := strings.IndexFunc(plain, func(c rune) bool { return c != '\n' && !unicode.IsPrint(c) }); i >= 0 {
			t.Errorf("%q: a terminal obeys %q", args, plain[i:])
		}
		if args[len(args)-1] == "--json" {
			if a, b := fmt.Sprint(piped.document(t)["actions"]), fmt.Sprint(shown.document(t)["actions"]); a != b {
				t.Errorf("%q: the document means something else:\n%s\n%s", args, a, b)
			}
		}
	}
}
