package tcimport

import (
	"bufio"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// insertion is what somebody adds to a file, behind a line that ends so. Without
// such a line it is a file of its own.
type insertion struct{ file, behind, text string }

// madeUp has an addition for each row of the table in docs/developing.md, of
// exactly what the row says to add. The API that the simulator shows has nothing
// like it, so that the simulator gets it, too.
var madeUp = map[string][]insertion{
	"a group type": {
		{"internal/intel/grouptypes.go", `{Name: "Tool"},`, `{Name: "Playbook", Fields: []FieldSpec{{Name: "runbook", About: "its number", MaxLen: 9}}},`},
		{"internal/tcsim/fields_groups.go", `"Tactic", "Task", "Threat",`, `"Playbook",`},
		{"internal/tcsim/fields_groups.go", `get: nameOf},`, `{key: "runbook", typ: "String", types: []string{"Playbook"}},`},
	},
	"a field of groups": {
		{"internal/intel/grouptypes.go", `ReadWith: "sightings"},`, `{Name: "reviewed", About: "whether somebody has read it", Kind: Bool},`},
		{"internal/tcsim/fields_groups.go", `get: nameOf},`, `{key: "reviewed", typ: "Boolean"},`},
	},
	"a field of indicators, artifacts, cases or victim assets": {
		{"internal/intel/objecttypes.go", `{Name: "active", About: "whether it is active", Kind: Bool},`, `{Name: "watched", About: "whether somebody watches it", Kind: Bool},`},
		{"internal/tcsim/fields_indicators.go", `get: stored("active", truth(true))},`, `{key: "watched", typ: "Boolean"},`},
	},
	"an indicator type": {
		{"internal/intel/indicatortypes.go", `{Name: "Mutex", Values: []string{"Mutex"}},`, `{Name: "Wallet", Values: []string{"Coin"}, caseUnknown: true},`},
		{"internal/tcsim/data/instance.json", `"labels": ["Mutex"], "casePreference": "sensitive"},`,
			`{"name": "Wallet", "apiBranch": "wallets", "apiEntity": "wallet", "labels": ["Coin"], "casePreference": "sensitive"},`},
	},
	"an association kind": {
		{"internal/intel/kind.go", "\tKindVictimAsset\n", "\tKindVictim\n"},
		{"internal/intel/kinds.go", "\tListVictimAssets\n", "\tListVictims\n"},
		{"internal/intel/kinds.go", "var kindSpecs = []KindSpec{", `{
			Kind: KindVictim, List: ListVictims, Field: "associatedVictims", Path: "/v3/victims", Name: "victim",
			Syntax: "entries like {name: Jane Doe}", Fields: victimFields,
			Named: "name", NameMax: 255, Untyped: true, Owned: true, Queried: true,
		},`},
		{"internal/intel/objecttypes.go", "package intel\n", `var victimFields = []FieldSpec{{Name: "nationality", About: "where from", Required: true}, {Name: "org", About: "where at work"}}` + "\n"},
		{"internal/tcsim/fields_groups.go", `listOf("associatedVictimAssets", kVictimAsset, 0),`, `listOf("associatedVictims", kVictim, 0),`},
	},
	"an output format of plans": {
		{"internal/report/report.go", `{FormatText, Text},`, `{"plain", Plain},`},
		{"internal/report/plain.go", "", `package report

import (
	"fmt"
	"io"
)

func Plain(w io.Writer, v *View, _ Screen) (err error) {
	for _, s := range v.sections {
		for _, e := range s.entries {
			_, err = fmt.Fprintf(w, "%s: %s\n", e.word, textOf(e.what()))
		}
	}
	return err
}
`},
	},
	"a column of the report": {
		{"internal/report/row.go", "`json:\"source\"`", "Reviewer string `json:\"reviewer,omitempty\"`"},
		{"internal/report/row.go", `return &r.Source }),`, `text("reviewer", func(r *Row) *string { return &r.Reviewer }).ours(),`},
		{"internal/report/results.go", "row := Row{Kind: kindGroup,", `Reviewer: "J. Roe",`},
	},
	"a switch of the simulator": {
		{"internal/tcsim/switches.go", "// Refusals.", "Teapot string `json:\"teapot,omitempty\" values:\"none|short\" doc:\"lists that are 418\"`"},
		{"internal/tcsim/read_list.go", "func (c *call) list() *answer {", `if c.sw.Teapot == "short" { panic(statusError(418, "short and stout")) }`},
	},
}

// TestExtending adds made-up things to the program, as docs/developing.md says, and
// has it validate, plan, apply, show and export them.
func TestExtending(t *testing.T) {
	dir := t.TempDir()
	bin := buildWith(t, dir, madeUp)
	command := func(env []string, args ...string) *exec.Cmd {
		cmd := exec.Command(bin, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), append([]string{"TC_API_PATH=sim:state.json", "TC_OWNER=", "TC_TOKEN=", "TC_API_ACCESS_ID=", "TC_API_SECRET_KEY="}, env...)...)
		return cmd
	}
	run := func(code int, args ...string) string {
		t.Helper()
		cmd := command(nil, args...)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
			t.Fatalf("%v: %v, want exit code %d\n%s", args, err, code, out)
		}
		return string(out)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	says := func(out string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("there is no %q in\n%s", w, out)
			}
		}
	}

	write("wrong.yaml", `groups:
  - {type: playbok, name: A}
  - {type: Playbook, name: B, runbook: "0123456789", reviewed: maybe}
  - {type: Threat, name: C, runbook: x, associatedVictims: [Jane, {name: Jane, natonality: x}, {name: Jane}, {nationality: x}, {name: J, nationality: x, type: y}]}
`)
	says(run(1, "validate", "wrong.yaml"),
		`did you mean "Playbook"?`, "at most 9 are accepted", "reviewed", "runbook",
		`"Jane" is not a reference to a victim`, `did you mean "nationality"?`, "a victim needs nationality",
		"a victim needs an id, or a name and a nationality: entries like {name: Jane Doe}", `a victim has no field "type"`)

	write("a.yaml", `groups:
  - {key: a, type: playbook, name: A, runbook: r1, reviewed: true, associatedVictims: [{name: Jane Doe, nationality: SE, org: X}]}
  - {key: b, type: Threat, name: B, reviewed: false}
associations:
  - {group: b, associatedVictim: {name: Jane Doe, nationality: SE}}
  - {group: b, associatedIndicator: {type: wallet, summary: 1Fzq, watched: true}}
`)
	write("b.csv", "key,type,name,runbook,associatedVictims\nc,Playbook,C,r2,#1\n")
	write("c.csv", "group,association,name,nationality\nc,victim,John Roe,SE\n")
	says(run(0, "validate", "a.yaml", "b.csv", "c.csv"), "3 groups, 5 associations, 1 indicator")
	if out := run(0, "apply", "--yes", "a.yaml"); !strings.Contains(out, "2 created") {
		t.Errorf("nothing was created:\n%s", out)
	}
	says(run(0, "plan", "a.yaml"), "0 to create, 0 to update")
	says(run(0, "plan", "a.yaml", "b.csv", "c.csv"), `victim "John Roe"`, "1 victim to create", "C")
	var planned struct {
		Summary map[string]int `json:"summary"`
		Actions []any          `json:"actions"`
	}
	if err := json.Unmarshal([]byte(run(0, "plan", "--json", "--quiet", "a.yaml", "b.csv", "c.csv")), &planned); err != nil {
		t.Fatal(err)
	}
	if planned.Summary["victimsNew"] != 1 || planned.Summary["create"] != 1 || len(planned.Actions) != 3 {
		t.Errorf("planned %+v", planned)
	}
	says(run(0, "plan", "a.yaml", "b.csv", "c.csv", "--out", "plan.json", "--format", "plain"), "create: Playbook \"C\"\n")
	says(run(0, "show", "plan.json", "--format", "plain"), "create: Playbook \"C\"\n")
	says(run(0, "__complete", "show", "--format", ""), "\nplain\n")
	run(0, "apply", "--yes", "--report", "r.csv", "--plan", "plan.json")
	says(read("r.csv"), "\nvictim,", "John Roe", ",reviewer,", ",J. Roe,")
	says(run(0, "plan", "a.yaml", "b.csv", "c.csv", "--id-map", "r.csv"), "0 to create, 0 to update")
	run(0, "export", "--out", "exported.yaml")
	says(read("exported.yaml"), "type: Playbook", "runbook: r1", "reviewed:", "associatedVictims:", "Wallet:1Fzq")
	says(run(0, "plan", "exported.yaml"), "0 to create, 0 to update")
	says(read("state.json"), `"watched":true`)

	says(run(0, "__complete", "sim", "--switch", ""), "teapot=short")
	sim := command(nil, "sim", "--listen", "127.0.0.1:0", "--switch", "teapot=short")
	out, err := sim.StdoutPipe()
	if err := errors.Join(err, sim.Start()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Process.Kill(); _ = sim.Wait() }()
	var env []string
	for lines := bufio.NewScanner(out); len(env) < 4 && lines.Scan(); {
		env = append(env, lines.Text())
	}
	refused, _ := command(env, "plan", "a.yaml").CombinedOutput()
	says(string(refused), "418", "short and stout")
}

// TestExtendingIsDescribed holds the table of docs/developing.md to what TestExtending
// adds: it has a row for each addition, which names the files and no more places.
func TestExtendingIsDescribed(t *testing.T) {
	text, err := os.ReadFile("docs/developing.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Extending\n")
	section, _, _ = strings.Cut(section, "\n## ")
	rows := map[string]string{}
	for line := range strings.Lines(section) {
		if name, rest, ok := strings.Cut(strings.TrimPrefix(line, "| "), " | "); ok && strings.HasPrefix(line, "| ") && strings.Contains(rest, "`") {
			rows[name] = rest
		}
	}
	for name := range rows {
		if madeUp[name] == nil {
			t.Errorf("TestExtending does not add %s", name)
		}
	}
	places := map[string]int{"an association kind": 4, "an output format of plans": 2, "a column of the report": 3}
	for name, additions := range madeUp {
		inProgram := 0
		for _, a := range additions {
			if file := strings.TrimPrefix(a.file, "internal/"); a.behind != "" && !strings.Contains(rows[name], "`"+file+"`") {
				t.Errorf("docs/developing.md, the row of %s does not name %s", name, file)
			}
			if !strings.Contains(a.file, "/tcsim/") {
				inProgram++
			}
		}
		if inProgram > max(places[name], 1) {
			t.Errorf("%s takes %d places, more than docs/developing.md promises", name, inProgram)
		}
	}
}

// buildWith builds the program with additions to its source.
func buildWith(t *testing.T, dir string, additions map[string][]insertion) string {
	t.Helper()
	changed := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(additions)) {
		for _, a := range additions[name] {
			path, err := filepath.Abs(a.file)
			if err != nil {
				t.Fatal(err)
			}
			text, known := changed[path]
			if b, err := os.ReadFile(path); !known && a.behind != "" {
				if err != nil {
					t.Fatal(err)
				}
				text = string(b)
			}
			before, after, ok := strings.Cut(text, a.behind)
			if !ok {
				t.Fatalf("%s has no line that ends in %q", a.file, a.behind)
			}
			changed[path] = before + a.behind + "\n" + a.text + after
		}
	}
	replace := map[string]string{}
	for path, text := range changed {
		replace[path] = filepath.Join(dir, strings.ReplaceAll(filepath.Base(filepath.Dir(path))+"-"+filepath.Base(path), ".go", ".txt"))
		if err := os.WriteFile(replace[path], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file, bin := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "tcimport.exe")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-overlay", file, "-o", bin, "./cmd/tcimport").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}
