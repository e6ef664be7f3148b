//go:build unix

package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"tcimport/internal/tcsim"
)

// TestSimServes follows one rehearsal: the instance prints where it is, names each
// request on stderr with -v, saves while it runs, and ends at an interrupt.
func TestSimServes(t *testing.T) {
	w := newWorld(t, tcsim.Config{})
	var out watched
	p := w.launch(func(c *exec.Cmd) { c.Stdout = &out }, "sim", "--state", "state.json", "--save-every", "10ms", "-v")
	p.until("the credentials", polled(func() bool { return strings.Contains(out.String(), "TC_TOKEN=") }))
	url := regexp.MustCompile(`TC_API_PATH=(\S+)`).FindStringSubmatch(out.String())[1]
	r, err := http.NewRequest(http.MethodPost, url+"/v3/groups", strings.NewReader(`{"type":"Threat","name":"Kept on the way"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "TC-Token "+tcsim.DemoToken)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != http.StatusCreated {
		t.Fatal(answer, err)
	}
	answer.Body.Close()
	p.says("POST /api/v3/groups 201")
	file := filepath.Join(w.dir, "state.json")
	p.until("the saved group", polled(func() bool { b, _ := os.ReadFile(file); return strings.Contains(string(b), "Kept on the way") }))
	p.signal(syscall.SIGINT)
	p.ends(codeOK)
}

// TestSimSaysOneDocument: with --json, how to reach the instance is all that there is on stdout,
// also if saving it fails in the end.
func TestSimSaysOneDocument(t *testing.T) {
	w := newWorld(t, tcsim.Config{})
	for file, code := range map[string]int{"state.json": codeOK, "none/state.json": codeTerminated} {
		p := w.launch(nil, "sim", "--json", "--state", file)
		p.until("the document", polled(func() bool { return strings.HasSuffix(p.out.String(), "}\n") }))
		p.signal(syscall.SIGTERM)
		if doc := p.ends(code).document(t); doc["TC_TOKEN"] != tcsim.DemoToken {
			t.Errorf("it prints %v", doc)
		}
	}
}

// TestSimRefuses: mistakes of the command line and of the state file are named
// before anything is served.
func TestSimRefuses(t *testing.T) {
	w := newWorld(t, tcsim.Config{})
	w.write("typo.json", `{"version":1,"group":[]}`)
	w.write("faults.json", `{"rules":[{"fault":"resett"}]}`)
	for want, args := range map[string][]string{
		`faults.json: rule 1: there is no fault "resett"`:  {"sim", "--faults", "@faults.json"},
		`typo.json: not the state of a simulated instance`: {"sim", "--state", "@typo.json"},
		`unknown field "group"`:                            {"sim", "--state", "@typo.json"},
		`--save-every 30s`:                                 {"sim", "--save-every", "30s"},
		`listens on loopback only`:                         {"sim", "--listen", "0.0.0.0:0"},
		`unknown switch "strickt"`:                         {"sim", "--switch", "strickt=off"},
	} {
		if got := w.run(args...); got.code != codeError || !strings.Contains(got.err, want) {
			t.Errorf("%v: %d %s", args, got.code, got.err)
		}
	}
}
