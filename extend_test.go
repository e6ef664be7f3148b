package tcimport

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// insertion is what somebody adds to a file, behind a line that ends so.
type insertion struct{ file, behind, text string }

// made-up extensions, each of exactly what docs/developing.md says to add. In the
// API that the simulator shows nothing like it exists, so that it gets them too.
var (
	madeUpType = []insertion{
		{"internal/intel/grouptypes.go", `{Name: "Tool"},`, `{Name: "Playbook", Fields: []FieldSpec{{Name: "runbook", MaxLen: 9}}},`},
	}
	madeUpField = []insertion{
		{"internal/intel/grouptypes.go", `ReadWith: "sightings"},`, `{Name: "reviewed", Kind: Bool},`},
	}
	madeUpKind = []insertion{
		{"internal/intel/kinds.go", `KindVictimAsset Kind = "victimAsset"`, `KindVictim Kind = "victim"`},
		{"internal/intel/kinds.go", "\tListVictimAssets\n", "\tListVictims\n"},
		{"internal/intel/kinds.go", "var kindSpecs = []KindSpec{", `{
			Kind: KindVictim, List: ListVictims, Field: "associatedVictims", Path: "/v3/victims", Name: "victim",
			Syntax: "entries like {name: Jane Doe}", Fields: victimFields,
			Named: "name", NameMax: 255, Untyped: true, Owned: true, Queried: true,
		},`},
		{"internal/intel/objecttypes.go", "import \"tcimport/internal/spelling\"\n", `var victimFields = []FieldSpec{{Name: "nationality", Required: true}, {Name: "org"}}` + "\n"},
	}
	madeUpInSimulator = []insertion{
		{"internal/tcsim/fields_groups.go", `"Tactic", "Task", "Threat",`, `"Playbook",`},
		{"internal/tcsim/fields_groups.go", `print: always("name", nameOf)},`, `{key: "runbook", typ: "String", types: []string{"Playbook"}}, {key: "reviewed", typ: "Boolean"},`},
		{"internal/tcsim/fields_groups.go", `listOf("associatedVictimAssets", kVictimAsset, 0),`, `listOf("associatedVictims", kVictim, 0),`},
	}
)

// TestExtending adds a made-up group type, field and association kind to the
// program, as docs/developing.md says, and has it validate, plan, apply and
// export them.
func TestExtending(t *testing.T) {
	dir := t.TempDir()
	bin := buildWith(t, dir, madeUpType, madeUpField, madeUpKind, madeUpInSimulator)
	run := func(code int, args ...string) string {
		t.Helper()
		cmd := exec.Command(bin, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "TC_API_PATH=sim:state.json", "TC_OWNER=", "TC_TOKEN=", "TC_API_ACCESS_ID=", "TC_API_SECRET_KEY=")
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
`)
	write("b.csv", "key,type,name,runbook,associatedVictims\nc,Playbook,C,r2,#1\n")
	write("c.csv", "group,association,name,nationality\nc,victim,John Roe,SE\n")
	says(run(0, "validate", "a.yaml", "b.csv", "c.csv"), "3 groups, 4 associations")
	if out := run(0, "apply", "--yes", "a.yaml"); !strings.Contains(out, "2 created") {
		t.Errorf("nothing was created:\n%s", out)
	}
	says(run(0, "plan", "a.yaml"), "0 to create, 0 to update")
	says(run(0, "plan", "a.yaml", "b.csv", "c.csv"), `victim "John Roe"`, "1 victim to create", "C")
	var planned struct {
		Summary map[string]int `json:"summary"`
		Actions []struct {
			Key          string `json:"key"`
			Associations []struct {
				Kind  string `json:"kind"`
				State string `json:"state"`
			} `json:"associations"`
		} `json:"actions"`
	}
	if err := json.Unmarshal([]byte(run(0, "plan", "--json", "--quiet", "a.yaml", "b.csv", "c.csv")), &planned); err != nil {
		t.Fatal(err)
	}
	if planned.Summary["victimsNew"] != 1 || planned.Summary["create"] != 1 || len(planned.Actions) != 3 {
		t.Errorf("planned %+v", planned)
	}
	run(0, "plan", "--out", "plan.json", "a.yaml", "b.csv", "c.csv")
	run(0, "apply", "--yes", "--report", "r.csv", "--plan", "plan.json")
	report, err := os.ReadFile(filepath.Join(dir, "r.csv"))
	if err != nil {
		t.Fatal(err)
	}
	says(string(report), "\nvictim,", "John Roe")
	says(run(0, "plan", "a.yaml", "b.csv", "c.csv"), "0 to create, 0 to update")
	run(0, "export", "--out", "exported.yaml")
	exported, err := os.ReadFile(filepath.Join(dir, "exported.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	says(string(exported), "type: Playbook", "runbook: r1", "reviewed:", "associatedVictims:")
	says(run(0, "plan", "exported.yaml"), "0 to create, 0 to update")
}

// TestExtendingIsDescribed holds docs/developing.md to what TestExtending adds.
func TestExtendingIsDescribed(t *testing.T) {
	text, err := os.ReadFile("docs/developing.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(text), "\n## Extending\n")
	section, _, _ = strings.Cut(section, "\n## ")
	if !ok {
		t.Fatal("docs/developing.md has no section Extending")
	}
	for _, additions := range [][]insertion{madeUpType, madeUpField, madeUpKind, madeUpInSimulator} {
		for _, a := range additions {
			if name := strings.TrimPrefix(a.file, "internal/"); !strings.Contains(section, "`"+name+"`") {
				t.Errorf("docs/developing.md does not say to add to %s", name)
			}
		}
	}
	if len(madeUpType) > 1 || len(madeUpField) > 1 || len(madeUpKind) > 6 {
		t.Error("an addition takes more places than docs/developing.md promises")
	}
}

// buildWith builds the program with additions to its source.
func buildWith(t *testing.T, dir string, additions ...[]insertion) string {
	t.Helper()
	changed := map[string]string{}
	for _, list := range additions {
		for _, a := range list {
			path, err := filepath.Abs(a.file)
			if err != nil {
				t.Fatal(err)
			}
			text, known := changed[path]
			if !known {
				b, err := os.ReadFile(path)
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
