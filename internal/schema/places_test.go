package schema

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/reader"
	"tcimport/internal/spelling"
	"tcimport/internal/testkit"
)

// place is a mapping of a manifest, with what makes it right.
type place struct {
	name   string
	keys   []string // that it may have
	right  [][2]string
	around string // the manifest, with %s for the mapping
	loose  bool   // keys may be spelled otherwise
}

// manifest is a manifest with a key, in place of the one of this name that makes the
// mapping right.
func (p *place) manifest(key, value string) []byte {
	var pairs []string
	for _, r := range p.right {
		if r[0] != key {
			pairs = append(pairs, fmt.Sprintf("%q: %s", r[0], r[1]))
		}
	}
	pairs = append(pairs, fmt.Sprintf("%q: %s", key, value))
	return fmt.Appendf(nil, p.around, "{"+strings.Join(pairs, ", ")+"}")
}

func keyNames(keys []reader.Key) (names []string) {
	for _, k := range keys {
		names = append(names, k.Name)
	}
	return names
}

// places are all mappings, by the tables of the types.
func places() (out []place) {
	add := func(name string, keys []string, around string, right ...string) {
		p := place{name: name, keys: keys, around: around}
		for i := 0; i < len(right); i += 2 {
			p.right = append(p.right, [2]string{right[i], right[i+1]})
		}
		out = append(out, p)
	}
	add("a document", keyNames(reader.DocumentKeys), "%s", "groups", "[{key: k, type: Tool, name: n}]")
	inGroups := slices.Concat(keyNames(reader.GroupKeys), intel.GroupFieldNames())
	for _, t := range intel.GroupTypes {
		right := []string{"key", "k", "type", t.Name, "name", "n"}
		if t.Name == "Signature" {
			right = append(right, "fileName", "f", "fileText", "t", "fileType", "YARA")
		}
		add(t.Name, inGroups, "groups: [%s]", right...)
		add("defaults of "+t.Name, slices.Concat(keyNames(reader.DefaultKeys), intel.GroupFieldNames()), "groups: [{type: "+t.Name+", name: n}]\ndefaults: %s")
	}
	add("defaults that no group takes", slices.Concat(keyNames(reader.DefaultKeys), intel.GroupFieldNames()), "groups: []\ndefaults: %s")
	add("another definition", inGroups, "groups: [{key: k, type: Incident, name: n}, %s]", "key", "k")
	add("an attribute", keyNames(reader.AttributeKeys), "groups: [{type: Tool, name: n, attributes: [%s]}]", "type", "Description", "value", "v")
	add("a tag", keyNames(reader.TagKeys), "groups: [{type: Tool, name: n, tags: [%s]}]")
	add("a label", keyNames(reader.TagKeys[:1]), "groups: [{type: Tool, name: n, securityLabels: [%s]}]")
	add("an association", keyNames(reader.AssociationKeys), "groups: [{key: k, type: Tool, name: n}, {key: x, type: Tool, name: o}]\nassociations: [%s]", "group", "k", "associatedGroup", "x")
	for _, k := range intel.Kinds {
		around := "groups: [{key: k, type: Tool, name: n, " + k.AssociationField() + ": [%s]}]"
		alone := []string{"group", "key", "x"}
		if k != intel.KindGroup {
			alone = []string{k.String(), "id", "1"}
		} else {
			around = strings.Replace(around, "]}]", "]}, {key: x, type: Threat, name: o}]", 1)
		}
		add("an end: "+alone[0], intel.RefFieldNames(k, ""), around, alone[1:]...)
		types, _ := k.Types()
		for _, typ := range append(types, "") {
			add("an end: "+k.String()+" "+typ, intel.RefFieldNames(k, ""), around, rightObject(k, typ)...)
		}
	}
	columns := slices.Clone(reader.SourceColumns())
	add("columns of groups", columns, "sources: [{csv: feed.csv, columns: %s}]", "type", "Tool", "name", "'{{ .a }}'")
	add("columns of associations", columns, "groups: [{key: k, type: Tool, name: n}]\nsources: [{csv: feed.csv, columns: %s}]", "group", "k", "association", "indicator", "type", "Host", "summary", "a.example")
	out[len(out)-1].loose, out[len(out)-2].loose = true, true
	add("a source", keyNames(reader.SourceKeys), "sources: [%s]", "csv", "feed.csv", "columns", "{type: Tool, name: n}")
	return out
}

// rightObject is an object of a kind that is right.
func rightObject(k intel.Kind, typ string) []string {
	switch k {
	case intel.KindIndicator:
		value := map[string]string{
			"Address": "192.0.2.1", "EmailAddress": "a@b.example", "File": strings.Repeat("a", 32), "Host": "a.example", "URL": "http://a.example/",
			"ASN": "ASN64496", "CIDR": "192.0.2.0/24", "Registry Key": `'HKEY_LOCAL_MACHINE\Software : a : REG_SZ'`,
		}[typ]
		if value == "" {
			value = "v"
		}
		return []string{"type", typ, "summary", value}
	case intel.KindArtifact:
		return []string{"type", "Email Address", "summary", "s", "caseId", "1", "fileData", "QQ=="}
	case intel.KindCase:
		return []string{"name", "n", "severity", "Low", "status", "Open"}
	case intel.KindVictimAsset:
		return []string{"type", typ, "summary", "s", "victimId", "1"}
	}
	return []string{"type", typ, "name", "n"}
}

// TestLargeMisspeltKeys: a key that is misspelt is not valid, wherever it stands.
func TestLargeMisspeltKeys(t *testing.T) {
	testkit.SkipUnderRace(t)
	s := compiled(t)
	for _, p := range places() {
		for _, key := range p.keys {
			for _, wrong := range misspelt(key) {
				known := slices.Contains(p.keys, wrong)
				if p.loose {
					known = slices.ContainsFunc(p.keys, func(k string) bool { return spelling.Squeeze(k) == spelling.Squeeze(wrong) })
				}
				if known || wrong == "hostname" {
					continue
				}
				text := p.manifest(wrong, "x")
				if valid(s, text) == nil {
					t.Errorf("%s: %s is valid, and is %s misspelt: %s", p.name, wrong, key, text)
				}
			}
		}
	}
}

// TestMisspeltValues: a value of a fixed list that is misspelt is not valid.
func TestMisspeltValues(t *testing.T) {
	s := compiled(t)
	tried := 0
	try := func(where string, f *intel.FieldSpec, manifest func(value string) string) {
		if f.Advisory {
			return
		}
		for _, right := range f.Values {
			if err := valid(s, []byte(manifest(right))); err != nil {
				t.Errorf("%s: %s %s is not valid: %v", where, f.Name, right, err)
			}
			for _, wrong := range misspelt(right) {
				if _, is := spelling.Find(wrong, f.Values); is {
					continue
				}
				tried++
				if valid(s, []byte(manifest(wrong))) == nil {
					t.Errorf("%s: %s %s is valid", where, f.Name, wrong)
				}
			}
		}
	}
	for _, group := range intel.GroupTypes {
		for _, f := range group.AllFields() {
			try(group.Name, &f, func(value string) string {
				return fmt.Sprintf("groups: [{type: %s, name: n, %s: %q}]", group.Name, f.Name, value)
			})
		}
	}
	for _, k := range intel.ObjectKinds {
		for _, f := range k.Spec().Fields {
			try(k.String(), &f, func(value string) string {
				p := place{around: "groups: [{key: k, " + k.AssociationField() + ": [%s]}]"}
				right := rightObject(k, "Host")
				for i := 0; i < len(right); i += 2 {
					p.right = append(p.right, [2]string{right[i], right[i+1]})
				}
				return string(p.manifest(f.Name, fmt.Sprintf("%q", value)))
			})
		}
	}
	types, _ := intel.KindGroup.Types()
	try("a group", &intel.FieldSpec{Name: "type", Values: types}, func(value string) string {
		return fmt.Sprintf("groups: [{type: %q, name: n}]", value)
	})
	if tried < 200 {
		t.Errorf("%d misspelt values", tried)
	}
}

func misspelt(key string) []string {
	last := len(key) - 1
	return []string{key[:last], key + key[last:], key[1:2] + key[:1] + key[2:], strings.ToUpper(key[:1]) + key[1:], key[:1] + "_" + key[1:], "x" + key}
}

// TestLargeRandomValues: of every value of a long list for every key at every place, what
// validate takes is valid by the schema. It tries some of them, and make soak all.
func TestLargeRandomValues(t *testing.T) {
	testkit.SkipUnderRace(t)
	s := compiled(t)
	dir := t.TempDir()
	write(t, dir, "feed.csv", []byte("a,b\n1,2\n"))
	write(t, dir, "x", []byte("text"))
	t.Chdir(dir)
	var texts [][]byte
	for _, p := range places() {
		for _, key := range p.keys {
			for _, value := range slices.Concat(someValues, namesOf(key)) {
				texts = append(texts, p.manifest(key, value))
			}
		}
	}
	tried, taken := 0, 0
	for i := range testkit.Some(len(texts), 4000, 17) {
		tried++
		if check(t, s, "this", "-", texts[i]) {
			taken++
		}
	}
	if taken < tried/10 {
		t.Errorf("validate takes %d manifests of %d", taken, tried)
	}
}

// someValues are values as a manifest may write them.
var someValues = []string{
	"", "~", "null", "Null", "NULL", `""`, "''", `" "`, `"null"`, "x", "X y", "k", "1", "0", "-1", "+1", "007", "08", "0x10", "0o7", "1_000", "100", "101", "4.5", "5.00", "5.", ".5",
	"1e3", "1e400", ".inf", ".nan", "12345678901234567890", `"1"`, `" 1 "`, `"4.5"`, "true", "True", "FALSE", "yes", "off", `"true"`, `" tRue "`, "2026", "2026-03-18", `" 2026-03-18 "`, "20260318",
	"2026-03-18T14:30:00Z", "2026-03-18t14:30:00.123+23:59", "2026-03-18 14:30:00", "2026-02-31", "9999-12-31", "12:30", "0123456789", `"#1"`, `" # 1 "`, `"#0"`, "Host:a.example", "Host: a.example",
	`"host : a.example"`, "Custom Type:v", `":x"`, "T1566", `" t1566.001 "`, "techniqueId:T1566", "Assigned:12|Escalate:8", `'[{"type": "Assigned", "user": {"id": 1}}]'`,
	"[]", "{}", "[x]", "[~]", "[1]", "[true]", `[""]`, "[[x]]", "[{}]", "[x, {name: y}, {techniqueId: t1566}]", "[{name: 1}]", "[{name: ~}]", `["TLP:AMBER", {name: "tlp:green"}]`,
	"[{type: Description, value: x}]", "[{type: Description, value: 1, source: 2, default: TRUE, pinned: 'False', securityLabels: ['TLP:RED']}]", "[{type: x, valueFrom: x}]", "[{type: ~, value: x}]", "[{type: x, value: y, default: ~}]",
	"[{type: Assigned, user: {id: 1}}]", "[{type: assigned, user: {id: '1'}}]", "{data: [{type: Escalate, user: {userName: x}}]}",
	`["#1"]`, "[{id: 1}]", `[{id: "# 7"}]`, "[{id: 1, owner: x}]", "[{id: 1, type: ~, summary: ~}]", "[{id: 007}]", "[Host:a.example]", `["ip : x"]`, "[{key: k}]", "[{type: Tool, name: x}]", "[{xid: x, owner: 1}]",
	"[{type: hOST, hostName: a.example}]", "[{type: Host, hostname: a.example, rating: 5.0, confidence: '100', dnsActive: TRUE, ip: ~, size: ''}]", "[{type: Host, value1: a.example}]",
	"[{type: Custom, any field: 1, size: big, tags: [x], other: true}]", "[{type: 12, x: y}]", "[{type: File, md5: 00000000000000000000000000000001, size: 0}]", "[{type: file, SHA1: x}]",
	"[{type: Registry Key, Key Name: 'HKLM\\a', Value Name: b, Value Type: REG_SZ}]", "[{type: Registry Key, value1: 'HKLM\\a', value2: b, value3: REG_SZ}]",
	"[{type: Email Address, summary: x, caseId: '1'}]", "[{type: Own type, summary: 1, caseXid: 2}]", "[{name: x, severity: LOW, status: oPEN, resolution: ''}]", "[{name: x, severity: low, status: open, xid: 0123456789}]",
	"[{type: emailaddress, address: a@b.example, victimId: 1}]", "[{type: Phone, summary: 123, victimId: '1', addressType: ~}]", "[{type: WebSite, website: a, victimId: 1, socialNetwork: ' '}]",
	"{group: k, associatedGroup: k}", "[{group: k, associatedIndicator: Host:a.example}]", `[{group: "#1", associatedCase: {id: 1}, associatedGroup: ~}]`, "[{group: {type: Tool, name: x}, associatedArtifact: '#1'}]",
	"{type: Tool, name: n}", "[{type: Tool, name: n}]", "[{csv: feed.csv, columns: {TYPE: Tool, na_me: '{{ .a }}', 'Attribute : x': y, Event Date: ~}}]", "feed.csv", "{type: tool, name: '{{ .a }}', foo: ~}", "'{{ eq .a \"1\" }}'",
	"{Group: k, ass-ociation: indicator, type: Host, summary: a.example}", "{tags: [1, true, ~]}", "{a: {1: new, '*': x}}", "{name: {1: ~, 2: [x]}}", "windows-1252", "{status: new}", "{status: banana}", "{malware: maybe}", "{tags: [{techniqueId: x}]}",
}

// namesOf are the names of a list that a field may have, and names of types, in other cases.
func namesOf(key string) (out []string) {
	for _, name := range anyNames(key) {
		out = append(out, fmt.Sprintf("%q", name), fmt.Sprintf("%q", " "+strings.ToUpper(name)), fmt.Sprintf("%q", strings.ToLower(name)),
			fmt.Sprintf("%q", strings.NewReplacer("s", "ſ", "k", "\u212a").Replace(name)))
	}
	return out
}

func anyNames(key string) (names []string) {
	if key == "type" {
		for _, k := range intel.Kinds {
			types, _ := k.Types()
			names = append(names, types[:min(len(types), 20)]...)
		}
		return names
	}
	for _, t := range intel.GroupTypes {
		if f, ok := t.Field(key); ok {
			names = append(names, f.Values...)
		}
	}
	for _, k := range intel.ObjectKinds {
		if f, ok := k.Spec().FieldNamed(key); ok {
			names = append(names, f.Values...)
		}
	}
	return names
}
