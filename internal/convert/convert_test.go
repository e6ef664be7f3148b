package convert

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcimport/internal/intel"
)

// TestLedger: what is read has to be carried or left out, and equal reasons are one line.
func TestLedger(t *testing.T) {
	var l Ledger
	if err := l.Check(); err != nil || len(l.Left()) > 0 {
		t.Errorf("an empty ledger: %v, %v", err, l.Left())
	}
	for range 3 {
		l.Read("malware")
	}
	l.Carry("malware")
	l.LeaveOut("malware", "revoked")
	if err := l.Check(); err == nil || err.Error() != "of 3 malwares, 1 were carried and 1 left out" {
		t.Errorf("a ledger that does not add up: %v", err)
	}
	l.LeaveOut("malware", "revoked", Case{ID: "a", Detail: "b"})
	l.Omit("malware", "size", "no place", 2)
	l.Omit("malware", "size", "no place", 3)
	l.Omit("malware", "nothing", "no place", 0)
	if err := l.Check(); err != nil || l.Total() != (Tally{In: 3, Carried: 1, LeftOut: 2}) {
		t.Errorf("%v, %v", err, l.Total())
	}
	want := "[left out: 2 malware (revoked) left out: 5 malware.size (no place)]"
	if got := fmt.Sprint(l.Left()); got != want {
		t.Errorf("%s\nnot %s", got, want)
	}
	if cases := l.Left()[0].Cases; len(cases) != 1 || cases[0].String() != "a: b" {
		t.Errorf("cases %v", cases)
	}
}

func indicator(typ, summary string, fields ...intel.Field) *intel.Object {
	o := &intel.Object{Type: typ, Summary: summary}
	o.SetDetails(intel.Details{Fields: fields, Tags: []intel.Tag{{Name: summary}}, Attributes: []intel.Attribute{{Type: "Description", Value: summary}}})
	return o
}

// TestMergedIndicators: objects that mean one indicator are one, with the details of all;
// its first mention has them. What contradicts is refused.
func TestMergedIndicators(t *testing.T) {
	md5, sha1, sha256 := strings.Repeat("a", 32), strings.Repeat("b", 40), strings.Repeat("c", 64)
	field := func(name, value string) intel.Field { return intel.Field{Name: name, Value: value} }
	var m Manifest
	for _, key := range []string{"x", "y"} {
		if err := m.Add(&intel.Group{Key: key, Type: "Adversary", Name: key}); err != nil {
			t.Fatal(err)
		}
	}
	for _, o := range []*intel.Object{
		indicator("File", md5, field("confidence", "40"), field("externalDateAdded", "2026-02-01")),
		indicator("File", sha256, field("confidence", "60"), field("externalDateExpires", "2026-03-01")),
		indicator("File", md5+" : "+sha256, field("externalDateAdded", "2026-01-01"), field("externalDateExpires", "2026-02-01")),
		indicator("File", sha1+" : "+strings.ToUpper(md5)),
		indicator("Host", "Owl.example."), indicator("Host", "owl[.]example"),
	} {
		i, err := m.Indicator(o)
		if err != nil {
			t.Fatal(err)
		}
		m.Indicate("x", i)
		m.Indicate("y", i)
	}
	for _, wrong := range []*intel.Object{indicator("File", md5+" : "+strings.Repeat("d", 64)), indicator("Host", "a b"), indicator("Hots", "a.example")} {
		if i, err := m.Indicator(wrong); err == nil {
			t.Errorf("%s is accepted", i)
		}
	}
	groups, associations, indicators := m.Count()
	if groups != 2 || associations != 4 || indicators != 2 {
		t.Errorf("%d groups, %d associations, %d indicators", groups, associations, indicators)
	}
	var all []*intel.Group
	for g := range m.Groups() {
		all = append(all, g)
	}
	im, ps := intel.Assemble(&intel.Manifest{Groups: all}, intel.Options{})
	if ps.Errors() > 0 || len(im.Objects) != 2 {
		t.Fatalf("%v, %d objects", ps, len(im.Objects))
	}
	file := im.Objects[0]
	if file.Summary != strings.ToUpper(md5+" : "+sha1+" : "+sha256) || len(file.Tags()) != 4 || len(file.Attributes()) != 4 {
		t.Errorf("%+v %+v", file, file.Details)
	}
	for name, want := range map[string]string{"confidence": "60", "externalDateAdded": "2026-01-01T00:00:00Z", "externalDateExpires": "2026-03-01T00:00:00Z"} {
		if got, _ := file.Fields().Get(name); got != want {
			t.Errorf("%s is %s, not %s", name, got, want)
		}
	}
	if again := all[1].Refs[0].Object(); len(again.Tags())+len(again.Fields()) > 0 {
		t.Errorf("the second mention has details: %+v", again.Details)
	}
}

// TestAssociations: a pair is one association, however often and from whichever side it is
// named; what is not there has none.
func TestAssociations(t *testing.T) {
	var m Manifest
	for _, key := range []string{"a", "b", "c"} {
		if err := m.Add(&intel.Group{Key: key, Type: "Adversary", Name: key}); err != nil {
			t.Fatal(err)
		}
	}
	if m.Add(&intel.Group{Key: "d", Type: "Adversary"}) == nil {
		t.Error("a group without a name is accepted")
	}
	for _, pair := range []string{"ab", "ba", "ab", "cb", "aa"} {
		if !m.Associate(pair[:1], pair[1:]) {
			t.Errorf("%s is not there", pair)
		}
	}
	if m.Associate("a", "d") || m.Indicate("d", nil) {
		t.Error("a group that was refused has associations")
	}
	var got []string
	for g := range m.Groups() {
		for _, r := range g.Refs {
			got = append(got, g.Key+r.Text)
		}
	}
	if fmt.Sprint(got) != "[ab bc]" {
		t.Error(got)
	}
}

// TestInputs: files, folders and standard input are read in order, and an error has its
// file and line.
func TestInputs(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"b.json": "B", "a/c.JSON": "C", ".hidden/d.json": "D", "a/.e.json": "E", "f.txt": "F", "g.bin": "one\ntwo\nthree"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	var got strings.Builder
	read := func(_ string, r io.Reader) error {
		_, err := io.Copy(&got, r)
		return err
	}
	if err := Inputs([]string{dir, Stdin, filepath.Join(dir, "f.txt")}, strings.NewReader("-"), read); err != nil || got.String() != "CB-F" {
		t.Errorf("%v, %s", err, got.String())
	}
	fails := func(string, io.Reader) error { return &PlaceError{Offset: 6, Err: errors.New("wrong")} }
	for in, want := range map[string]string{
		"g.bin": "g.bin:2:2: wrong", "none": "none: no such file or folder", ".hidden/none": "none: no such file or folder",
	} {
		if err := Inputs([]string{filepath.Join(dir, in)}, nil, fails); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", in, err)
		}
	}
	if err := Inputs([]string{Stdin}, strings.NewReader(""), fails); err == nil || err.Error() != "<stdin>: at byte 6: wrong" {
		t.Error(err)
	}
}
