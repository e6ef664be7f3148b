package reader

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"tcimport/internal/intel"
)

// TestFilesInChunks: a file that is read without its whole text says what it says as a
// whole, whatever marks, line ends, documents and keys it has.
func TestFilesInChunks(t *testing.T) {
	t.Chdir(t.TempDir())
	const groups = "groups:\n# first\n- {key: a, type: Threat, name: A}\n\n- key: b\n  type: Threat\n  name: B\n  tags:\n  - x\n  - # 12\n"
	for name, text := range map[string]string{
		"plain":                groups,
		"indicators":           "indicators:\n- Host:a.example\n- type: Host\n  summary: b.example\n  tags:\n  - x\n- {type: Address, ip: 192.0.2.1, rating: 3}\nowner: Demo\n" + groups,
		"wrong indicator":      groups + "indicators:\n- Host:a.example\n- {type: Host, sumary: b.example}\n- 12\n",
		"owner behind":         groups + "owner: Demo\nassociations:\n  - {group: a, associatedGroup: b}\n",
		"byte order mark":      "\xEF\xBB\xBF" + groups,
		"CRLF":                 strings.ReplaceAll(groups, "\n", "\r\n"),
		"lone CR":              strings.ReplaceAll(groups, "  name: B\n", "  name: B\r"),
		"NEL":                  strings.ReplaceAll(groups, "name: B", "name: B\u0085"),
		"marker":               "# head\n---\n" + groups,
		"end marker":           groups + "...\n",
		"two documents":        groups + "---\ngroups:\n- {key: c, type: Threat, name: C}\n",
		"two lists":            groups + groups,
		"no line end":          strings.TrimSuffix(groups, "\n"),
		"not UTF-8":            groups + "- {key: \xFF}\n",
		"NUL":                  groups + "- {key: \x00}\n",
		"alias across entries": "groups:\n- &a {key: a, type: Threat, name: A}\n- *a\n",
		"anchor given again":   "owner: &a One\ngroups:\n- {key: k, type: Threat, name: &a Two}\nnamespace: *a\n",
		"error in an entry":    groups + "- {key: c, typ: Threat\n- x\n",
		"wrong field":          groups + "- {key: c, typ: Threat, name: C}\n",
		"long line":            groups + "- {key: c, type: Threat, name: \"" + strings.Repeat("long ", 40_000) + "\"}\n- {key: d, typ: x}\n",
		"UTF-16":               "\xFF\xFEg\x00:\x00\n\x00",
		"empty":                "",
		"only a comment":       "# nothing\n",
	} {
		t.Run(name, func(t *testing.T) {
			write(t, "m.yaml", text)
			compareChunks(t, []string{"m.yaml"}, Options{}, nil)
		})
	}
}

// TestFileThatChanges: a piece of a file that is not what it was for the outline is
// not read.
func TestFileThatChanges(t *testing.T) {
	text := []byte("groups:\n- {key: a}\n- {key: b}\n")
	o, err := outlineOf(bytes.NewReader(text), 1, nil)
	if err != nil || len(o.lists["groups"].chunks) != 2 {
		t.Fatalf("%v, %+v", err, o)
	}
	second := o.lists["groups"].chunks[1]
	if got, err := second.read(bytes.NewReader(text)); err != nil || string(got) != "- {key: b}\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := second.read(bytes.NewReader(bytes.Replace(text, []byte("b}"), []byte("c}"), 1))); err != errChanged {
		t.Errorf("a piece that has changed: %v", err)
	}
	if _, err := second.read(bytes.NewReader(text[:25])); err == nil {
		t.Error("a piece that is cut off is read")
	}
}

// TestStandardInputIsNoFile: "-" is what is read from standard input, also where a large
// file is called so.
func TestStandardInputIsNoFile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "-", "groups:\n"+strings.Repeat("- {type: Threat, name: A}\n", chunkedFrom/20))
	m, problems := Read([]string{"-"}, Options{InputFormat: formatYAML, Stdin: strings.NewReader("groups:\n- {type: Threat, name: B}\n")})
	if len(problems) > 0 || len(m.Groups) != 1 || m.Groups[0].Name != "B" {
		t.Errorf("%d groups, problems %v", len(m.Groups), problems)
	}
}

// TestFileOfManyPieces: each long list of a large file is read in pieces, whole and with its places. A small
// file is not.
func TestFileOfManyPieces(t *testing.T) {
	t.Chdir(t.TempDir())
	const n = chunkedFrom / 20
	for list, entry := range map[string]string{
		"groups": "- {type: Threat, name: A}\n", "indicators": "- {type: Host, summary: a.example}\n", "associations": "- {group: a, associatedGroup: b}\n",
	} {
		write(t, "m.yaml", "version: 1\n"+list+":\n"+strings.Repeat(entry, n))
		in := newInput("m.yaml", formatYAML)
		if !newLoader(Options{}).readFileInChunks(in) {
			t.Errorf("%s: a large file is not read in pieces", list)
			continue
		}
		var at []intel.Pos
		for _, g := range in.out.Groups {
			at = append(at, g.Pos)
		}
		for _, i := range in.out.Indicators {
			at = append(at, i.Pos)
		}
		for _, a := range in.out.Associations {
			at = append(at, a.Pos)
		}
		if len(at) != n || at[0].Line() != 3 || at[n-1].Line() != n+2 {
			t.Errorf("%s: %d entries, problems %v", list, len(at), in.out.problems)
		}
	}
	if err := os.Truncate("m.yaml", 100); err != nil {
		t.Fatal(err)
	}
	if newLoader(Options{}).readFileInChunks(newInput("m.yaml", formatYAML)) {
		t.Error("a small file is read in pieces")
	}
}
