package canonical

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tcimport/internal/testkit"
)

// forms are the canonical forms of a single value.
var forms = map[string]func(string) (string, error){
	"Address": Address, "CIDR": CIDR, "ASN": ASN, "Host": Host, "Email": Email, "URL": URL,
	"MD5":          func(s string) (string, error) { return FileHash(0, s) },
	"Registry Key": func(s string) (string, error) { return RegistryKey(0, s) },
	"Integer":      Integer, "Decimal": Decimal, "Bool": Bool, "Date": Date, "JSON": JSON, "Assignments": Assignments,
}

// TestFormsHaveOneSpelling: each way to write a value has the same canonical form,
// which is its own canonical form.
func TestFormsHaveOneSpelling(t *testing.T) {
	for _, c := range []struct {
		form, want string
		written    []string
	}{
		{"Address", "198.51.100.7", []string{"198.51.100.7", " 198.51.100.7 ", "198.51.100.07"}},
		{"Address", "2001:db8:0:0:0:0:0:1", []string{"2001:db8::1", "2001:DB8:0::0001"}},
		{"CIDR", "198.51.100.0/24", []string{"198.51.100.0/24", "198.51.100.77/24"}},
		{"ASN", "ASN64496", []string{"ASN64496", "as64496", "64496", "AS 064496"}},
		{"Host", "xn--bcher-kva.example", []string{"Bücher.example.", "XN--BCHER-KVA.example"}},
		{"Email", "bad.guy@bad.example", []string{"Bad.Guy@BAD.example"}},
		{"URL", "https://bad.example/Path?Q=1", []string{"HTTPS://Bad.Example/Path?Q=1"}},
		{"MD5", "D41D8CD98F00B204E9800998ECF8427E", []string{"d41d8cd98f00b204e9800998ecf8427e"}},
		{"Registry Key", `HKEY_LOCAL_MACHINE\Software\X`, []string{`HKLM\Software\X`, `hkey_local_machine\Software\X`}},
		{"Integer", "7", []string{"7", "007", "+7"}},
		{"Decimal", "4.5", []string{"4.50", "04.5"}},
		{"Bool", "true", []string{"TRUE", "true"}},
		{"Date", "2021-11-03T12:30:00Z", []string{"2021-11-03T14:30:00+02:00", "2021-11-03T12:30:00.25z"}},
		{"JSON", `{"a":1.0,"b":[]}`, []string{`{"b": [], "a": 1.0}`}},
		{"Assignments", `[{"type":"Assigned","user":{"id":12}}]`, []string{"assigned:012|", `{"data": [{"type": "Assigned", "user": {"id": "12"}}]}`}},
	} {
		for _, written := range append(c.written, c.want) {
			if got, err := forms[c.form](written); err != nil || got != c.want {
				t.Errorf("%s %q: got %q, %v, want %q", c.form, written, got, err, c.want)
			}
		}
	}
}

// TestLargeValuesCostLittle: a message that shows the right value is not worth
// more time or stack than the value is long. A manifest can come from anybody.
func TestLargeValuesCostLittle(t *testing.T) {
	testkit.SkipUnderRace(t)
	for _, c := range []struct{ before, repeated, after string }{
		{"", ",", ""}, {"1", ",1", ""}, // decimal commas
		{"", `\`, ""}, {"", "/", ""}, {"", `:\`, ""}, {"", "://", ""}, {`HKLM`, `\\`, ""}, // registry keys
		{"", "[", ".a"}, {"a", "[", "dot]b"}, {"a.", "]", ""}, {"", "[://]", ""}, {"", "h**p:", "//a"}, {"a", "(", "at)b"}, // defanged
		{"http://", "a@", "b"}, {"", "<", "a@b>"}, {"", "mailto:", "a@b"}, {"", "[", "]"}, {"", "1.", ""}, {"", "ü.", "de"}, {"[", "|", ""},
	} {
		s := c.before + strings.Repeat(c.repeated, 1<<20/len(c.repeated)) + c.after
		for name, canonical := range forms {
			start := time.Now()
			canonical(s)
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("%s: 1 MiB of %q takes %v", name, c.repeated, d)
			}
		}
	}
}

func FuzzForms(f *testing.F) {
	for _, s := range []string{"1.2.3.4/8", "hxxp://a[.]b", "a@b.c", "HKLM\\a", "as1", "12.50", `{"a": [1]}`, "Assigned:1", "2021-11-03", "ſ.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, canonical := range forms {
			got, err := canonical(s)
			if err != nil || !utf8.ValidString(s) {
				continue
			}
			if again, err := canonical(got); err != nil || again != got {
				t.Errorf("%s: %q becomes %q, and then %q, %v", name, s, got, again, err)
			}
		}
	})
}
