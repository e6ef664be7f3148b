package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestLargeConvertedBundles: published bundles become manifests that are valid and applied, a
// second plan finds nothing to do, and a newer version plans as exactly its changes.
func TestLargeConvertedBundles(t *testing.T) {
	t.Parallel()
	type bundle struct {
		name            string
		change          func(objects []any)
		create, updates float64
	}
	bundles := []bundle{
		{"mobile-attack.json", func(objects []any) {
			o := first(objects, "malware")
			o["modified"], o["description"] = "2030-01-01T00:00:00.000Z", "Something else."
		}, 291, 1},
		{"poisonivy.json", func(objects []any) {
			o := first(objects, "campaign")
			o["modified"], o["name"] = "2030-01-01T00:00:00.000Z", "Another name"
		}, 39, 1},
	}
	for _, c := range testkit.Size(bundles, bundles[1:]) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tcsim.Config{})
			text, err := os.ReadFile(filepath.Join(testkit.DataDir(t, "stix"), c.name))
			if err != nil {
				t.Fatal(err)
			}
			w.write("one.json", string(text))
			w.run("convert", "stix", "@one.json", "--out", "@m.yaml", "--namespace", "feed", "--quiet").mustExit(t, codeOK)
			w.run("validate", "@m.yaml").mustExit(t, codeOK)
			sum := w.run("plan", "@m.yaml", "--json").mustExit(t, codeOK).document(t)["summary"].(map[string]any)
			if sum["create"] != c.create {
				t.Errorf("%v", sum)
			}
			w.run("apply", "@m.yaml", "--yes", "--quiet", "--report", "@ids.csv").mustExit(t, codeOK)
			for _, idMap := range [][]string{nil, {"--id-map", "@ids.csv"}} {
				w.run(append([]string{"plan", "@m.yaml", "--detailed-exitcode"}, idMap...)...).mustExit(t, codeOK)
			}

			var doc map[string]any
			if err := json.Unmarshal(text, &doc); err != nil {
				t.Fatal(err)
			}
			c.change(doc["objects"].([]any))
			newer, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			w.write("two.json", string(newer))
			w.run("convert", "stix", "@two.json", "--out", "@m.yaml", "--namespace", "feed", "--quiet").mustExit(t, codeOK)
			plan := w.run("plan", "@m.yaml", "--id-map", "@ids.csv", "--json").mustExit(t, codeOK).document(t)
			sum = plan["summary"].(map[string]any)
			if sum["create"] != 0.0 || sum["update"] != c.updates || sum["delete"] != 0.0 || sum["associations"] != 0.0 {
				t.Errorf("%v", sum)
			}
			for _, a := range plan["actions"].([]any) {
				action := a.(map[string]any)
				if action["action"] == "update" && len(action["changes"].([]any)) != 2 {
					t.Errorf("%v", action["changes"])
				}
			}
		})
	}
}

// first is the first object of a type that is neither revoked nor deprecated.
func first(objects []any, typ string) map[string]any {
	for _, o := range objects {
		o := o.(map[string]any)
		if o["type"] == typ && o["revoked"] != true && o["x_mitre_deprecated"] != true {
			return o
		}
	}
	panic("no " + typ)
}

// TestConvertedExamples: every kind of object of STIX that is carried is applied, and
// found again.
func TestConvertedExamples(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	for _, name := range []string{"specification", "stix20", "attack"} {
		in := filepath.Join(repository, "internal/stix/testdata", name+".json")
		r := w.run("convert", "stix", in, "--revoked", "--namespace", name, "--out", "@"+name+".yaml").mustExit(t, codeOK)
		if !strings.Contains(r.err, "Converted ") {
			t.Errorf("it says %s", r.err)
		}
		w.run("apply", "@"+name+".yaml", "--yes", "--quiet", "--report", "@"+name+".csv").mustExit(t, codeOK)
		w.run("plan", "@"+name+".yaml", "--detailed-exitcode").mustExit(t, codeOK)
	}
}
