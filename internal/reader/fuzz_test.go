package reader

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"tcimport/internal/intel"
)

// checkRead reads text as standard input and checks what has to hold for any:
// no panic, places within the text, messages that are text.
func checkRead(t *testing.T, format string, text []byte) (*intel.Manifest, intel.Problems) {
	m, problems := Read([]string{"-"}, Options{InputFormat: format, Stdin: bytes.NewReader(text)})
	lines := bytes.Count(text, []byte{'\n'}) + 2
	for _, p := range problems {
		if p.Pos.File() != "-" && p.Pos.File() != "" || p.Pos.Line() < 0 || p.Pos.Line() > lines {
			t.Errorf("%v: no place of a text of %d lines", p, lines)
		}
		if p.Message == "" || !utf8.ValidString(p.Message) {
			t.Errorf("%q is no message", p.Message)
		}
	}
	for _, g := range m.Groups {
		if g.Pos.Line() < 1 || g.Pos.Line() > lines {
			t.Errorf("group at %v: no place of a text of %d lines", g.Pos, lines)
		}
	}
	return m, problems
}

func FuzzYAML(f *testing.F) {
	f.Add([]byte("groups: [{type: Threat, name: a, tags: [b, {techniqueId: T1}], associatedGroups: [\"#1\", {id: 2}]}]"))
	f.Add([]byte("a: &a [*a]\n<<: *a\n---\n%X\n...\ngroups:\n- {<<: {type: x}}\n"))
	f.Add([]byte("defaults: {tags: [a], status: New}\ngroups:\n- {key: a, type: Incident}\n- {key: a, status: Open}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<16 {
			t.Skip()
		}
		checkRead(t, formatYAML, text)
		compareChunks(t, []string{"-"}, Options{InputFormat: formatYAML}, text)
	})
}

// compareChunks checks that YAML in chunks says what it says as a whole.
func compareChunks(t *testing.T, args []string, opt Options, stdin []byte) {
	t.Helper()
	say := func(from, size int) string {
		opt.Stdin = bytes.NewReader(stdin)
		l := newLoader(opt)
		l.chunkedFrom, l.chunkSize = from, size
		m, problems := l.read(args)
		out := dump(m)
		for _, p := range problems {
			out += p.String() + "\n"
		}
		return out
	}
	want := say(1<<40, 1)
	for _, size := range []int{1, 40, 1 << 20} {
		if got := say(0, size); got != want {
			t.Errorf("in chunks of %d:\n%s\nas a whole:\n%s", size, got, want)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("type,name,tags\nThreat,a,\"x|y\\|z\"\r\n\"Threat\",\"b\r\nc\",\n"))
	f.Add([]byte("group;association;key;id;type;summary\na;group;b;;;\n#1;indicator;;;Host;h.example\n"))
	f.Add([]byte("\xff\xfet\x00,\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		checkRead(t, formatCSV, text)
	})
}
