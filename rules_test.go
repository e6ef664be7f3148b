// Package tcimport holds the rules that the code as a whole has to keep.
package tcimport

import (
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "tcimport"

// edges are all imports that there may be between packages of the module.
var edges = map[string][]string{
	"cmd/tcimport":          {"internal/apply", "internal/baseline", "internal/compare", "internal/convert", "internal/export", "internal/guess", "internal/intel", "internal/lookup", "internal/manifest", "internal/message", "internal/misp", "internal/plan", "internal/reader", "internal/report", "internal/schema", "internal/spelling", "internal/state", "internal/stix", "internal/tc", "internal/tcsim", "internal/undo", "internal/workers"},
	"internal/message":      {},
	"internal/spelling":     {},
	"internal/canonical":    {"internal/message", "internal/spelling"},
	"internal/celltemplate": {"internal/message", "internal/spelling"},
	"internal/baseline":     {"internal/intel", "internal/spelling"},
	"internal/intel":        {"internal/canonical", "internal/message", "internal/numbered", "internal/spelling"},
	"internal/reader":       {"internal/celltemplate", "internal/csvscan", "internal/intel", "internal/message", "internal/spelling", "internal/workers"},
	"internal/plan":         {"internal/baseline", "internal/intel", "internal/jsonwriter", "internal/message", "internal/numbered"},
	"internal/inventory":    {"internal/baseline", "internal/intel", "internal/plan", "internal/spelling"},
	"internal/compare":      {"internal/baseline", "internal/intel", "internal/inventory", "internal/message", "internal/plan", "internal/spelling"},
	"internal/tc":           {"internal/canonical", "internal/intel", "internal/jsonwriter", "internal/message", "internal/spelling", "internal/workers"},
	"internal/lookup":       {"internal/baseline", "internal/compare", "internal/intel", "internal/inventory", "internal/message", "internal/plan", "internal/spelling", "internal/tc", "internal/undo", "internal/workers"},
	"internal/apply":        {"internal/baseline", "internal/intel", "internal/message", "internal/plan", "internal/tc", "internal/workers"},
	"internal/manifest":     {"internal/intel", "internal/message", "internal/spelling"},
	"internal/convert":      {"internal/canonical", "internal/intel", "internal/message"},
	"internal/misp":         {"internal/canonical", "internal/convert", "internal/intel", "internal/message"},
	"internal/stix":         {"internal/convert", "internal/intel", "internal/message", "internal/stixpattern"},
	"internal/stixpattern":  {"internal/message"},
	"internal/guess":        {"internal/canonical", "internal/intel", "internal/manifest", "internal/message", "internal/spelling"},
	"internal/export":       {"internal/intel", "internal/message", "internal/spelling", "internal/tc", "internal/workers"},
	"internal/report":       {"internal/apply", "internal/baseline", "internal/csvscan", "internal/intel", "internal/manifest", "internal/message", "internal/plan"},
	"internal/undo":         {"internal/baseline", "internal/compare", "internal/intel", "internal/inventory", "internal/message", "internal/plan", "internal/spelling"},
	"internal/state":        {"internal/apply", "internal/baseline", "internal/intel", "internal/jsonwriter", "internal/message", "internal/plan", "internal/undo"},
	"internal/schema":       {"internal/intel", "internal/message", "internal/reader", "internal/spelling"},
	"internal/tcsim":        {},
	"internal/workers":      {},
	"internal/csvscan":      {},
	"internal/jsonwriter":   {},
	"internal/numbered":     {},
	"internal/golden":       {},
	"internal/testkit":      {},

	"internal/bigmanifest":          {},
	"internal/bigmanifest/generate": {"internal/bigmanifest"},
	"internal/bench":                {"internal/bigmanifest"},
	"internal/release":              {},
}

// owners are the packages that may import something, for imports that only
// some may have.
var owners = map[string][]string{
	"net/http":                             {"internal/bench", "internal/tc", "internal/tcsim", "internal/testkit", "cmd/tcimport"},
	"gopkg.in/yaml.v3":                     {"internal/bench", "internal/manifest", "internal/reader"},
	"github.com/gocarina/gocsv":            {"internal/reader"},
	"github.com/go-task/slim-sprig/v3":     {"internal/celltemplate"},
	"golang.org/x/text/encoding/htmlindex": {"internal/reader"},
	"golang.org/x/net/idna":                {"internal/canonical"},
	"golang.org/x/net/publicsuffix":        {"internal/canonical"},
	"golang.org/x/sync/errgroup":           {"internal/workers"},
	"golang.org/x/time/rate":               {"internal/tc"},
	"github.com/schollz/progressbar/v3":    {"internal/report"},
	"github.com/rivo/uniseg":               {"internal/report"},
	"github.com/aymanbagabas/go-udiff/lcs": {"internal/report"},
	"github.com/spf13/cobra":               {"cmd/tcimport"},
	"github.com/google/go-cmp/cmp":         {"internal/golden"},
	"github.com/CycloneDX/cyclonedx-go":    {"internal/release"},
	"github.com/creack/pty":                {},
	"github.com/chromedp/chromedp":         {},

	"github.com/google/jsonschema-go/jsonschema": {}, // tests only
}

// never are imports of the standard library that pure packages must not have.
var never = map[string][]string{
	"internal/celltemplate": {"os", "net", "net/http", "log", "log/slog", "sync"},
	"internal/canonical":    {"os", "net", "net/http", "time/tzdata", "log", "log/slog", "sync"},
	"internal/baseline":     {"os", "net", "net/http", "log", "log/slog", "sync"},
	"internal/intel":        {"os", "net", "net/http", "time/tzdata", "log", "log/slog", "sync"},
	"internal/guess":        {"os", "net", "net/http", "log", "log/slog", "sync"},
	"internal/plan":         {"os", "net", "net/http", "log", "log/slog", "sync"},
	"internal/inventory":    {"os", "net", "net/http", "log", "log/slog", "sync"},
	"internal/compare":      {"os", "net", "net/http", "log", "log/slog", "sync"},
	"internal/undo":         {"os", "net", "net/http", "log", "log/slog", "sync"},
	"internal/tcsim":        {},
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) map[string]goPackage {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]goPackage{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if name, ok := strings.CutPrefix(p.ImportPath, module+"/"); ok {
			all[name] = p
		}
	}
}

// TestImports keeps the package map of docs/architecture.md true.
func TestImports(t *testing.T) {
	all := packages(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p := all[name]
		allowed, known := edges[name]
		if !known {
			t.Errorf("%s is not in the package map", name)
		}
		for _, imported := range p.Imports {
			if own, ok := strings.CutPrefix(imported, module+"/"); ok && !slices.Contains(allowed, own) {
				t.Errorf("%s imports %s, which the package map does not allow", name, own)
			}
			if who, ok := owners[imported]; ok && !slices.Contains(who, name) {
				t.Errorf("%s imports %s, which only %v may", name, imported, who)
			}
			if slices.Contains(never[name], imported) {
				t.Errorf("%s is pure and imports %s", name, imported)
			}
			if name == "internal/tcsim" && strings.Contains(imported, ".") {
				t.Errorf("internal/tcsim imports %s: it is a reading of the API by itself", imported)
			}
		}
	}
	for name, allowed := range edges {
		if _, ok := all[name]; !ok {
			t.Errorf("%s is in the package map and does not exist", name)
		}
		for _, imported := range allowed {
			if !slices.Contains(all[name].Imports, module+"/"+imported) {
				t.Errorf("%s does not import %s, which the package map has", name, imported)
			}
		}
	}
}

var (
	testFunction = regexp.MustCompile(`(?ms)^func (Test\w*)\(t \*testing\.T\) \{$.*?^\}$`)
	doesLess     = regexp.MustCompile(`\btestkit\.(SkipUnderRace|Size|Rounds|Some)\(`)
)

// TestLargeTestsRunInFull: make test runs the tests that do less under the race
// detector once more without it, and finds them by their names.
func TestLargeTestsRunInFull(t *testing.T) {
	large := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") || path == "rules_test.go" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rest := string(text)
		for _, f := range testFunction.FindAllStringSubmatch(rest, -1) {
			rest = strings.Replace(rest, f[0], "", 1)
			named, less := strings.HasPrefix(f[1], "TestLarge"), doesLess.MatchString(f[0])
			if named {
				large++
			}
			if named != less {
				t.Errorf("%s: %s does less under the race detector: %t; its name begins with TestLarge: %t", path, f[1], less, named)
			}
		}
		if doesLess.MatchString(rest) {
			t.Errorf("%s: a function that is no test asks how much to do: the name of its test does not show it", path)
		}
		return nil
	})
	if err != nil || large == 0 {
		t.Errorf("%d large tests, %v", large, err)
	}
}
