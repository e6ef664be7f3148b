package tcsim

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestGroupExample is the request and answer of groups/create.rst, byte by byte.
func TestGroupExample(t *testing.T) {
	in := start(t, Config{})
	in.group("")
	in.group("")
	got := in.post("/v3/groups", `{"type":"Incident","name":"Bad Incident","eventDate":"2021-11-03","status":"New"}`).want(201).body
	want := `{"data":{"id":3,"ownerId":1,"ownerName":"Demo Organization","dateAdded":"2021-11-03T14:57:45Z",` +
		`"webLink":"https://app.threatconnect.com/#/details/groups/3/overview","type":"Incident","name":"Bad Incident",` +
		`"createdBy":{"id":3,"userName":"11112222333344445555","firstName":"John","lastName":"Smith","pseudonym":"jsmithAPI","owner":"Demo Organization"},` +
		`"upVoteCount":"0","downVoteCount":"0","status":"New","eventDate":"2021-11-03T00:00:00Z","lastModified":"2021-11-03T14:57:45Z",` +
		`"legacyLink":"https://app.threatconnect.com/auth/incident/incident.xhtml?incident=3"},"message":"Created","status":"Success"}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	in.get("/v3/groups/3").equal("status", "Success").equal("message", nil)
	in.put("/v3/groups/3", `{"name":"Worse Incident","status":"Open"}`).want(200).equal("message", "Updated").equal("data.name", "Worse Incident")
	if got := in.do("DELETE", "/v3/groups/3", "").want(200).body; got != `{"message":"Deleted","status":"Success"}` {
		t.Error(got)
	}
	in.do("GET", "/v3/groups/3", "").refused(404, codeNotFound, "The requested item(s) were not found.")
	in.do("DELETE", "/v3/groups", "").refused(405, codeMethod, "")
	in.do("GET", "/v3/groups/", "").want(404)
	in.do("GET", "/v3/Groups", "").want(404)
	in.post("/v3/groups", `{`).refused(400, codeBadRequest, "JSON")
	in.post("/v3/groups", ``).want(400)
}

// TestGroupTypes makes one group of each type with the fields of its own.
func TestGroupTypes(t *testing.T) {
	in := start(t, Config{})
	extra := map[string]string{
		"Document":  `,"fileName":"a.txt","malware":true,"password":"TCinfected"`,
		"Email":     `,"subject":"s","header":"h","body":"b","from":"a@b.example"`,
		"Event":     `,"eventDate":"2023-10-04T12:34:56Z","eventType":"breach","status":"Escalated"`,
		"Incident":  `,"eventDate":"2021-11-03","status":"Containment Achieved"`,
		"Report":    `,"fileName":"r.pdf","publishDate":"2021-11-03"`,
		"Signature": `,"fileName":"x.yar","fileText":"rule \"x\"\n{}","fileType":"YARA"`,
		"Task":      `,"dueDate":"2021-11-03","status":"Deferred","assignments":{"data":[{"type":"Assigned","user":{"id":12}}]}`,
	}
	back := map[string]string{
		"Document": `"fileName":"a.txt"`, "Email": `"from":"a@b.example","subject":"s"`, "Event": `"eventDate":"2023-10-04T12:34:56Z","eventType":"Breach"`,
		"Incident": `"status":"Containment Achieved"`, "Report": `"publishDate":"2021-11-03T00:00:00Z"`, "Signature": `"fileText":"rule \"x\"\n{}"`, "Task": `"dueDate":"2021-11-03T00:00:00Z"`,
	}
	for _, typ := range groupTypes {
		r := in.post("/v3/groups", `{"name":"n","type":"`+typ+`"`+extra[typ]+`}`).want(201).equal("data.type", typ)
		if !strings.Contains(r.body, back[typ]) {
			t.Errorf("%s: %s lacks %s", typ, r.body, back[typ])
		}
		if strings.Contains(r.body, "TCinfected") {
			t.Error("the password is read back")
		}
	}
}

func TestGroupRefusals(t *testing.T) {
	in := start(t, Config{})
	for _, v := range []struct{ body, code, text string }{
		{`{"name":"n"}`, codeMissing, "type"},
		{`{"type":"Incident"}`, codeMissing, "name"},
		{`{"type":"Incident","name":""}`, codeBadRequest, "at least 1"},
		{`{"type":"incident","name":"n"}`, codeBadRequest, "type"},
		{`{"type":"Incident","name":"` + strings.Repeat("ä", 201) + `"}`, codeBadRequest, "200"},
		{`{"type":"Incident","name":"n","status":"Escalated"}`, codeBadRequest, "status"},
		{`{"type":"Event","name":"n","status":"Open"}`, codeBadRequest, "status"},
		{`{"type":"Event","name":"n","eventType":"Party"}`, codeBadRequest, "eventType"},
		{`{"type":"Document","name":"n","status":"Success"}`, codeBadRequest, "read-only"},
		{`{"type":"Document","name":"n","malware":true}`, codeBadRequest, "password"},
		{`{"type":"Threat","name":"n"}}`, codeBadRequest, "more than one"}, {`{"type":"Threat","name":"n"} x`, codeBadRequest, "more than one"},
		{`{"type":"Incident","name":"n","eventDate":"03.11.2021"}`, codeFormat, "date"},
		{`{"type":"Incident","name":"n","eventDate":"2021-02-31"}`, codeFormat, "date"},
		{`{"type":"Signature","name":"n","fileName":"x","fileText":"y"}`, codeMissing, "fileType"},
		{`{"type":"Signature","name":"n","fileType":"YARA","fileText":"y"}`, codeMissing, "fileName"},
		{`{"type":"Signature","name":"n","fileName":"x","fileType":"Yara","fileText":"y"}`, codeBadRequest, "fileType"},
		{`{"type":"Email","name":"n","from":"` + strings.Repeat("x", 101) + `"}`, codeBadRequest, "from"},
		{`{"type":"Threat","name":"n","tags":[{"name":"x"}]}`, codeBadRequest, "data"},
		{`{"type":"Threat","name":"n","tags":{"data":[{"name":"` + strings.Repeat("x", 129) + `"}]}}`, codeBadRequest, "128"},
		{`{"type":"Threat","name":"n","tags":{"data":[` + strings.Repeat(`{"name":"x"},`, 1000) + `{"name":"x"}]}}`, codeBadRequest, "1000"},
		{`{"type":"Threat","name":7}`, codeBadRequest, "string"},
	} {
		in.post("/v3/groups", v.body).refused(400, v.code, v.text)
	}
	if n := len(in.Snapshot().Groups); n != 0 {
		t.Errorf("%d groups were made", n)
	}
	in.post("/v3/groups", `{"type":"Threat","name":"`+strings.Repeat("ä", 200)+`","status":"Open","id":77,"unknown":1,"ownerName":null}`).want(201).equal("data.id", "1").equal("data.status", nil)
}

func TestGroupDates(t *testing.T) {
	in := start(t, Config{})
	for in1, out := range map[string]string{
		"2021-11-03": "2021-11-03T00:00:00Z", "2023-10-04T12:34:56Z": "2023-10-04T12:34:56Z",
		"2023-10-04T12:34:56+02:00": "2023-10-04T10:34:56Z", "2023-10-04T12:34:56.789+00:00": "2023-10-04T12:34:56Z",
	} {
		in.post("/v3/groups?fields=sightings&fields=externalDates", `{"type":"Incident","name":"n","eventDate":"`+in1+`","firstSeen":"`+in1+`","externalDateAdded":"`+in1+`"}`).
			want(201).equal("data.eventDate", out).equal("data.firstSeen", out).equal("data.externalDateAdded", out)
	}
	in.get("/v3/groups/1").equal("data.firstSeen", nil).equal("data.externalDateAdded", nil)
}

func TestGroupUpdates(t *testing.T) {
	in := start(t, Config{})
	in.post("/v3/groups", `{"type":"Event","name":"n","status":"New","xid":"e1"}`).want(201)
	in.put("/v3/groups/1", `{"status":null}`).refused(400, codeBadRequest, "None")
	in.put("/v3/groups/1", `{"type":"Incident","ownerName":"Demo Source","name":"m"}`).want(200).equal("data.type", "Event").equal("data.ownerName", DemoOrganization)
	in.put("/v3/groups/1", `{"xid":"e2"}`).refused(400, codeBadRequest, "xid")
	in.put("/v3/groups/1", `{"xid":"e1"}`).want(200)
	in.post("/v3/groups", `{"type":"Task","name":"n","status":"Deferred"}`).want(201).equal("data.status", "Deferred")
	in.put("/v3/groups/2", `{"status":"Completed"}`).refused(400, codeBadRequest, "read-only")
	in.put("/v3/groups/99", `{}`).want(404)
}

func TestXIDs(t *testing.T) {
	in := start(t, Config{})
	for _, xid := range []string{"CVE-2020-0688", "MOLERATSintrusion set", "a/b", "50%", "c#d?e", "Ünï"} {
		b, _ := json.Marshal(map[string]string{"type": "Threat", "name": "x", "xid": xid})
		id := in.post("/v3/groups", string(b)).want(201).equal("data.xid", xid).id()
		esc := strings.NewReplacer("%", "%25", "/", "%2F", " ", "%20", "#", "%23", "?", "%3F").Replace(xid)
		in.get("/v3/groups/"+esc).equal("data.id", id)
		in.get("/v3/groups/"+esc+"?owner=Demo%20Organization").equal("data.id", id)
		in.do("GET", "/v3/groups/"+esc+"?owner=Demo%20Source", "").want(404)
		in.put("/v3/groups/"+esc, `{"name":"y"}`).want(200).equal("data.name", "y")
		in.post("/v3/groups", string(b)).refused(409, codeConflict, "already exists")
		in.post("/v3/groups?owner=Demo%20Source", string(b)).want(201)
		in.do("DELETE", "/v3/groups/"+esc, "").want(200)
		in.do("GET", "/v3/groups/"+esc, "").want(404)
	}
	in.do("GET", "/v3/groups/cve-2020-0688", "").want(404)
	in.post("/v3/groups", `{"type":"Threat","name":"x","xid":"1"}`).want(201)
	in.get("/v3/groups/2").equal("data.xid", "CVE-2020-0688") // digits are an id: that one is in Demo Source
	in.query("groups", `xid = "1"`).refused(400, codeTQL, "Syntax error(s) found with your TQL query.")
	in.query("groups", `name = "x"`).refused(400, codeTQL, "")
}

func TestFiles(t *testing.T) {
	in := start(t, Config{})
	in.post("/v3/groups", `{"type":"Document","name":"d","fileName":"a.txt","xid":"d1"}`).want(201).equal("data.status", "Awaiting Upload").equal("data.documentType", "TXT")
	in.do("GET", "/v3/groups/1/download", "").want(404)
	if got := in.post("/v3/groups/1/upload?filename=b.txt", "content").want(200).body; got != `{"message":"Upload successful","status":"Success"}` {
		t.Error(got)
	}
	in.get("/v3/groups/1").equal("data.status", "Success").equal("data.fileSize", "7").equal("data.fileName", "b.txt")
	in.post("/v3/groups/1/upload?filename=b.txt", "more").want(400)
	in.post("/v3/groups/d1/upload?filename=b.txt&updateIfExists=true&owner=Demo%20Organization", "more").want(200)
	if r := in.get("/v3/groups/1/download"); r.body != "more" || r.header.Get("Content-Type") != "application/octet-stream" {
		t.Error(r.body, r.header)
	}
	in.group("")
	in.post("/v3/groups/2/upload?filename=x", "x").want(400)
	in.post("/v3/groups", `{"type":"Email","name":"e"}`).want(201).equal("data.scoreBreakdown", "No Score")
}
