package tcsim

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// TestIndicatorExample is the request and answer of indicators/create.rst.
func TestIndicatorExample(t *testing.T) {
	in := start(t, Config{})
	for range 3 {
		in.host("x" + itoa(int64(len(in.Snapshot().Indicators))) + ".example")
	}
	got := in.post("/v3/indicators", `{"type":"Host","hostName":"ultrabadguy.com","dnsActive":true,"whoisActive":true,"active":true,"rating":5,"confidence":85,
		"attributes":{"data":[{"type":"Description","value":"This host is very dangerous","default":true}]}}`).want(201).body
	want := `{"data":{"id":4,"ownerId":1,"ownerName":"Demo Organization","dateAdded":"2021-11-03T14:57:45Z",` +
		`"webLink":"https://app.threatconnect.com/#/details/indicators/4/overview","type":"Host",` +
		`"lastModified":"2021-11-03T14:57:45Z","rating":5.00,"confidence":85,` +
		`"description":"This host is very dangerous","summary":"ultrabadguy.com",` +
		`"privateFlag":false,"active":true,"activeLocked":false,` +
		`"hostName":"ultrabadguy.com","dnsActive":true,"whoisActive":true,` +
		`"legacyLink":"https://app.threatconnect.com/auth/indicators/details/host.xhtml?host=ultrabadguy.com&owner=Demo+Organization"},` +
		`"message":"Created","status":"Success"}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestIndicatorTypes(t *testing.T) {
	in := start(t, Config{IndicatorTypes: []IndicatorType{{Name: "Badge", Labels: []string{"Number", "Site"}, CasePreference: "upper"}}})
	md5, sha1 := strings.Repeat("a", 32), strings.Repeat("b", 40)
	for _, v := range []struct{ body, summary string }{
		{`"type":"Address","ip":"71.6.135.131"`, "71.6.135.131"},
		{`"type":"Address","value1":"1.2.3.4"`, "1.2.3.4"},
		{`"type":"Address","ip":"2001:DB8::1"`, "2001:db8:0:0:0:0:0:1"},
		{`"type":"EmailAddress","address":"Bad@Guy.COM"`, "bad@guy.com"},
		{`"type":"File","md5":"` + md5 + `","sha1":"` + sha1 + `"`, strings.ToUpper(md5 + " : " + sha1)},
		{`"type":"Host","hostName":"BadGuy.COM"`, "badguy.com"},
		{`"type":"Host","hostname":"_dmarc.example.org"`, "_dmarc.example.org"},
		{`"type":"Host","hostName":"xn--bcher-kva.example"`, "xn--bcher-kva.example"},
		{`"type":"Url","text":"http://U:P@badguy.com:80/Path?Q=1"`, "http://U:P@badguy.com:80/Path?Q=1"},
		{`"type":"ASN","AS Number":"asn123"`, "ASN123"},
		{`"type":"CIDR","Block":"10.0.0.0/8"`, "10.0.0.0/8"},
		{`"type":"CIDR","Block":"abc:def:10:0:0:0:0:0/48"`, "abc:def:10:0:0:0:0:0/48"},
		{`"type":"Email Subject","Subject":"Invoice"`, "Invoice"},
		{`"type":"Hashtag","Hashtag":"#Op"`, "#Op"},
		{`"type":"Mutex","Mutex":"Global\\X"`, `Global\X`},
		{`"type":"Registry Key","Key Name":"HKEY_LOCAL_MACHINE\\Soft","Value Name":" ","Value Type":"REG_SZ"`, `HKEY_LOCAL_MACHINE\Soft :   : REG_SZ`},
		{`"type":"User Agent","User Agent String":"Mozilla/5.0"`, "Mozilla/5.0"},
		{`"type":"Badge","Number":"a1","Site":"hq"`, "A1 : HQ"},
	} {
		in.post("/v3/indicators", "{"+v.body+"}").want(201).equal("data.summary", v.summary)
	}
	for _, v := range []struct{ body, text string }{
		{`"type":"Address","ip":"1.2.3.04"`, "valid Address"}, {`"type":"Address","ip":"1.2.3.4:80"`, "valid Address"},
		{`"type":"Address"`, "ip"}, {`"type":"Nonsense","value1":"x"`, "type"}, {`"value1":"x"`, "type"},
		{`"type":"ASN","AS Number":"AS 123"`, "valid ASN"}, {`"type":"ASN","AS Number":"123"`, "valid ASN"},
		{`"type":"CIDR","Block":"abc:def:10::/48"`, "valid CIDR"}, {`"type":"URL","text":"badguy.com/x"`, "Please enter a valid Url"},
		{`"type":"URL","text":"http://BadGuy.com/x"`, "Please enter a valid Url"}, {`"type":"URL","text":"HTTP://badguy.com/x"`, "Please enter a valid Url"},
		{`"type":"URL","text":"http://bücher.example/x"`, "Please enter a valid Url"}, {`"type":"URL","text":"http://u@/x"`, "Please enter a valid Url"},
		{`"type":"Host","hostName":"bücher.example"`, "valid Host"}, {`"type":"Host","hostName":"1.2.3.4"`, "valid Host"}, {`"type":"Host","hostName":"a..b"`, "valid Host"},
		{`"type":"File","md5":"xyz"`, "valid md5"}, {`"type":"File"`, "md5"},
		{`"type":"Registry Key","Key Name":"HKLM\\Soft","Value Name":"a","Value Type":"REG_SZ"`, "valid Registry Key"},
		{`"type":"Registry Key","Key Name":"HKEY_USERS\\Soft","Value Name":"a"`, "Value Type"},
		{`"type":"Host","hostName":"a.example","rating":6`, "rating"}, {`"type":"Host","hostName":"a.example","confidence":101`, "confidence"},
	} {
		if r := in.post("/v3/indicators", "{"+v.body+"}"); r.status != 400 || !strings.Contains(r.body, v.text) {
			t.Errorf("%s: %d %s", v.body, r.status, r.body)
		}
	}
}

func TestIndicatorUpsert(t *testing.T) {
	in := start(t, Config{})
	id := in.host("badguy.com")
	in.post("/v3/indicators?fields=tags", `{"type":"Host","hostName":"BADGUY.com","confidence":50,"tags":{"data":[{"name":"a"}]}}`).want(201).equal("data.id", id).equal("data.confidence", "50").equal("data.tags.data.0.name", "a")
	in.post("/v3/indicators?fields=tags", `{"type":"Host","hostName":"badguy.com","tags":{"data":[{"name":"b"}]}}`).want(201).equal("data.tags.data.1.name", "b").equal("data.confidence", "50")
	other := in.post("/v3/indicators?owner=Demo%20Source", `{"type":"Host","hostName":"badguy.com"}`).want(201).id()
	if other == id {
		t.Error("one indicator for two owners")
	}
	in.get("/v3/indicators/badguy.com").equal("data.id", id)
	in.get("/v3/indicators/BadGuy.com?owner=Demo%20Source").equal("data.id", other)
	in.get("/v3/indicators/"+other).equal("data.ownerName", DemoSource)
}

// TestCasePreference: values of the types whose preference is sensitive are
// never folded.
func TestCasePreference(t *testing.T) {
	in := start(t, Config{})
	for typ, v := range map[string][2]string{
		"URL": {`"text":"http://a.com/Path"`, `"text":"http://a.com/path"`}, "Email Subject": {`"Subject":"A"`, `"Subject":"a"`},
		"Hashtag": {`"Hashtag":"#A"`, `"Hashtag":"#a"`}, "Mutex": {`"Mutex":"A"`, `"Mutex":"a"`}, "User Agent": {`"User Agent String":"A"`, `"User Agent String":"a"`},
	} {
		a, b := in.post("/v3/indicators", `{"type":"`+typ+`",`+v[0]+`}`).want(201), in.post("/v3/indicators", `{"type":"`+typ+`",`+v[1]+`}`).want(201)
		if a.id() == b.id() {
			t.Errorf("%s is folded", typ)
		}
	}
	if got := in.query("indicators", `summary in ("http://a.com/PATH")`).want(200).ids("data"); got != "" {
		t.Errorf("a query folds the path of a URL: %s", got)
	}
}

func TestFileHashes(t *testing.T) {
	in := start(t, Config{})
	md5, sha1, sha256 := strings.Repeat("A", 32), strings.Repeat("B", 40), strings.Repeat("C", 64)
	id := in.post("/v3/indicators", `{"type":"File","md5":"`+md5+`"}`).want(201).id()
	in.post("/v3/indicators", `{"type":"File","md5":"`+md5+`","sha256":"`+sha256+`","size":12}`).want(201).equal("data.id", id).equal("data.summary", md5+" : "+sha256).equal("data.size", "12")
	in.post("/v3/indicators", `{"type":"File","md5":"`+strings.Repeat("D", 32)+`","sha256":"`+sha256+`"}`).want(400)
	in.post("/v3/indicators", `{"type":"File","sha1":"`+sha1+`"}`).want(201)
	in.post("/v3/indicators", `{"type":"File","sha1":"`+sha1+`","sha256":"`+sha256+`"}`).want(400)
	for _, q := range []string{`value1="` + md5 + `"`, `value3="` + strings.ToLower(sha256) + `"`, `summary contains "` + sha256 + `"`, `value1="x" or value3="` + sha256 + `"`} {
		if got := in.query("indicators", `typeName in ("File") and (`+q+`)`).want(200).ids("data"); got != id {
			t.Errorf("%s: %q", q, got)
		}
	}
	in.put("/v3/indicators/"+url.PathEscape(md5+" : "+sha256), `{"rating":1}`).want(200).equal("data.id", id)
	in.put("/v3/indicators/"+id, `{"sha1":"`+sha1+`","mode":"merge"}`).want(400)
	in.put("/v3/indicators/"+id, `{"sha1":"`+sha1+`"}`).want(200).equal("data.summary", md5+" : "+sha256)
}

func TestInactiveAndExcluded(t *testing.T) {
	in := start(t, Config{ExcludedSummary: []string{"google.com"}})
	in.post("/v3/indicators", `{"type":"Host","hostName":"Google.com"}`).refused(400, codeBadRequest, "This indicator is contained on a system-wide exclusion list.")
	id := in.post("/v3/indicators", `{"type":"Host","hostName":"old.example","active":false}`).want(201).id()
	in.host("new.example")
	if got := in.query("indicators", `typeName="Host"`).ids("data"); got != "2" {
		t.Error(got)
	}
	if got := in.query("indicators", `typeName="Host" and (indicatorActive=true or indicatorActive=false)`).ids("data"); got != "1 2" {
		t.Error(got)
	}
	in.get("/v3/indicators/old.example").equal("data.id", id)
}

func TestIndicatorFields(t *testing.T) {
	in := start(t, Config{})
	in.post("/v3/indicators", `{"type":"Registry Key","Key Name":"HKEY_USERS\\a","Value Name":"b","Value Type":"REG_SZ"}`).want(201).equal("data.Value Name", "b")
	in.get("/v3/indicators/1?fields=genericCustomIndicatorValues").equal("data.value1", `HKEY_USERS\a`).equal("data.value3", "REG_SZ").equal("data.Key Name", nil)
	in.post("/v3/indicators", `{"type":"URL","text":"http://a.example/b/c"}`).want(201)
	in.get("/v3/indicators/http:%2F%2Fa.example%2Fb%2Fc").equal("data.id", "2")
	for _, pair := range []struct {
		body   string
		status int
	}{{`{"type":"Host","hostName":"a.example"}`, 200}, {`{"type":"Mutex","Mutex":"m"}`, 400}} {
		var entry json.RawMessage = json.RawMessage(pair.body)
		r := in.put("/v3/indicators/2", `{"associatedIndicators":{"data":[`+string(entry)+`]}}`).want(pair.status)
		if pair.status == 400 {
			r.refused(400, codeBadRequest, "Association cannot be applied to the indicator types.")
		}
	}
}
