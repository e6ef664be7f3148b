package stix

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/intel"
)

// TestPatterns: what a pattern means as indicators, and why it means none.
func TestPatterns(t *testing.T) {
	md5, sha1, sha256 := strings.Repeat("A", 32), strings.Repeat("B", 40), strings.Repeat("C", 64)
	for _, c := range []struct{ pattern, want string }{
		{"[ipv4-addr:value = '198.51.100.7']", "Address:198.51.100.7"},
		{"[ipv4-addr:value = '198.51.100.7/32']", "Address:198.51.100.7"},
		{"[ipv4-addr:value = '198.51.100.0/24']", "CIDR:198.51.100.0/24"},
		{"[ipv4-addr:value ISSUBSET '198.51.100.0/24']", "CIDR:198.51.100.0/24"},
		{"[ipv6-addr:value = '2001:db8::1']", "Address:2001:db8:0:0:0:0:0:1"},
		{"[ipv6-addr:value = '2001:db8::/32']", "CIDR:2001:db8:0:0:0:0:0:0/32"},
		{"[domain-name:value = 'Bad.Example.']", "Host:bad.example"},
		{"[domain-name:value = 'bad[.]example']", "Host:bad.example"},
		{"[url:value = 'hxxps://bad[.]example/a?b']", "URL:https://bad.example/a?b"},
		{"[email-addr:value = 'A@b.example']", "EmailAddress:a@b.example"},
		{"[email-message:from_ref.value = 'a@b.example']", "EmailAddress:a@b.example"},
		{"[email-message:sender_ref.value = 'a@b.example' OR email-message:subject = 'Your invoice']", "EmailAddress:a@b.example, Email Subject:Your invoice"},
		{"[mutex:name = 'm']", "Mutex:m"},
		{"[autonomous-system:number = 64496]", "ASN:ASN64496"},
		{"[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '198.51.100.7']", "Address:198.51.100.7"},
		{"[network-traffic:dst_ref.value = '198.51.100.0/24']", "CIDR:198.51.100.0/24"},
		{"[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'bad.example']", "Host:bad.example"},
		{"[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'curl/8']", "User Agent:curl/8"},
		{"[file:hashes.MD5 = '" + md5 + "']", "File:" + md5},
		{"[file:hashes.'SHA-256' = '" + sha256 + "' AND file:hashes.MD5 = '" + md5 + "' AND file:hashes.'SHA-1' = '" + sha1 + "']", "File:" + md5 + " : " + sha1 + " : " + sha256},
		{"[file:hashes.sha256 = '" + sha256 + "' OR file:hashes.SHA1 = '" + sha1 + "']", "File:" + sha256 + ", File:" + sha1},
		{"[(file:hashes.MD5 = '" + md5 + "' OR file:hashes.'SHA-1' = '" + sha1 + "') AND file:name = 'a.exe']", "File:" + md5 + ", File:" + sha1},
		{`[windows-registry-key:key = 'HKLM\\Run']`, `Registry Key:HKEY_LOCAL_MACHINE\Run :   : REG_NONE`},
		{`[windows-registry-key:key = 'HKLM\\Run' AND windows-registry-key:values[0].name = 'x' AND windows-registry-key:values[0].data_type = 'REG_SZ']`, `Registry Key:HKEY_LOCAL_MACHINE\Run : x : REG_SZ`},
		{"[ipv4-addr:value IN ('198.51.100.7', '198.51.100.8')] OR [url:value = 'http://a.example/']", "Address:198.51.100.7, Address:198.51.100.8, URL:http://a.example/"},
		{"[ipv4-addr:value = '198.51.100.7' OR ipv4-addr:value LIKE '10.%']", "Address:198.51.100.7 | LIKE is not one value"},
		{"[ipv4-addr:value = '198.51.100.7' OR domain-name:value = 'a b']", "Address:198.51.100.7 | invalid"},

		{"[ipv4-addr:value != '198.51.100.7']", "| != is not one value"},
		{"[ipv4-addr:value NOT = '198.51.100.7']", "| NOT is not one value"},
		{"[file:size > 10]", "| > is not one value"},
		{"[file:name MATCHES '^a$']", "| MATCHES is not one value"},
		{"[EXISTS file:name]", "| EXISTS is not one value"},
		{"[ipv4-addr:value ISSUPERSET '198.51.100.0/24']", "| ISSUPERSET is not one value"},
		{"[file:name = 'a.exe']", `| there is no type of indicator for "file:name"`},
		{"[file:size = 5]", "| a File needs an MD5, SHA-1 or SHA-256"},
		{"[file:hashes.'SHA-512' = 'ab']", `| there is no type of indicator for "file:hashes.SHA-512"`},
		{"[windows-registry-key:values[0].name = 'x']", "| a Registry Key needs its key"},
		{"[file:hashes.MD5 = h'00']", "| a binary value"},
		{"[ipv4-addr:value = '198.51.100.7' AND domain-name:value = 'a.example']", "| AND of properties that are not one value"},
		{"[ipv4-addr:value = '198.51.100.7' AND network-traffic:dst_port = 80]", "| AND of properties that are not one value"},
		{"[ipv4-addr:value = '198.51.100.7' AND ipv4-addr:value = '198.51.100.8']", "| AND of properties that are not one value"},
		{"[ipv4-addr:value = '198.51.100.7'] AND [ipv4-addr:value = '198.51.100.8']", "| AND of observations is not one value"},
		{"[ipv4-addr:value = '198.51.100.7'] FOLLOWEDBY [ipv4-addr:value = '198.51.100.8']", "| FOLLOWEDBY of observations is not one value"},
		{"[ipv4-addr:value = '198.51.100.7'] WITHIN 5 SECONDS", "| WITHIN is not one value"},
		{"[ipv4-addr:value = '198.51.100.7'] REPEATS 5 TIMES", "| REPEATS is not one value"},
		{"[ipv4-addr:value = '198.51.100.7'] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'", "| START is not one value"},
		{"[" + strings.TrimSuffix(strings.Repeat("(a:b = 1 OR a:b = 2) AND ", 40), " AND ") + "]", "| it can be matched in too many ways"},
	} {
		c1 := New(Options{})
		in := bundle(sdo("malware", 1, ""), fmt.Sprintf(`{"type":"indicator","id":"indicator--1","pattern":%q}`, c.pattern), relation(1, "indicator--1", "malware--1"))
		if err := c1.Read(strings.NewReader(in)); err != nil {
			t.Fatal(err)
		}
		m, l := c1.Finish()
		var got []string
		for _, i := range c1.objects[c1.byID["indicator--1"]].indicators {
			got = append(got, i.String())
		}
		text := strings.Join(got, ", ")
		for _, left := range l.Left() {
			switch {
			case left.Kind != "indicator" || strings.HasSuffix(left.Reason, "beside a hash"):
			case left.Reason == "the value is not valid":
				text += " | invalid"
			default:
				text += " | " + left.Reason
			}
		}
		if text = strings.TrimSpace(text); text != c.want {
			t.Errorf("%s\nis  %s\nnot %s", c.pattern, text, c.want)
		}
		for g := range m.Groups() {
			if p := assembled(g); p != nil {
				t.Errorf("%s: %v", c.pattern, p)
			}
		}
	}
}

// assembled gives the errors that a manifest with these groups has.
func assembled(groups ...*intel.Group) (errs []string) {
	_, ps := intel.Assemble(&intel.Manifest{Groups: groups}, intel.Options{})
	for _, p := range ps {
		if !p.Warning {
			errs = append(errs, p.Message)
		}
	}
	return errs
}
