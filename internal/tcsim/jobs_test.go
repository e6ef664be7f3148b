package tcsim

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// send is do with another Content-Type.
func (in *instance) send(method, path, contentType, body string) reply {
	in.t.Helper()
	r := httptest.NewRequest(method, "/api"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "TC-Token "+in.token)
	r.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	in.ServeHTTP(w, r)
	rep := reply{t: in.t, what: method + " " + path + " " + body, status: w.Code, header: w.Header(), body: w.Body.String()}
	dec := json.NewDecoder(strings.NewReader(rep.body))
	dec.UseNumber()
	dec.Decode(&rep.json)
	return rep
}

// settings are those of a job, with more keys, or other values of the same ones.
func settings(more ...string) string {
	m := map[string]any{"version": "V2", "owner": DemoOrganization, "haltOnError": false, "action": "Create", "attributeWriteType": "Append"}
	for i := 0; i < len(more); i += 2 {
		m[more[i]] = more[i+1]
	}
	data, _ := json.Marshal(m)
	return string(data)
}

func (in *instance) newJob(settings string) string {
	in.t.Helper()
	return fmt.Sprint(in.post("/v2/batch", settings).want(201).at("data.batchId"))
}

func (in *instance) upload(id, file string) reply {
	in.t.Helper()
	return in.send("POST", "/v2/batch/"+id, "application/octet-stream", file)
}

// job has a file worked off.
func (in *instance) job(settings, file string) (id string) {
	in.t.Helper()
	id = in.newJob(settings)
	in.upload(id, file).want(202).equal("status", "Queued")
	return id
}

func (in *instance) batchStatus(id string) reply {
	in.t.Helper()
	return in.get("/v2/batch/" + id + "?includeAdditional=true")
}

// counts checks the counts of a job that is done: successes, errors, and what was
// not worked off.
func (in *instance) counts(id string, success, failed, open int) {
	in.t.Helper()
	const at = "data.batchStatus."
	in.batchStatus(id).equal(at+"status", "Completed").equal(at+"successCount", fmt.Sprint(success)).equal(at+"errorCount", fmt.Sprint(failed)).equal(at+"unprocessCount", fmt.Sprint(open))
}

// errors are those of /errors, unpacked.
func (in *instance) errors(id string) string {
	in.t.Helper()
	r := in.get("/v2/batch/" + id + "/errors")
	if r.header.Get("Content-Encoding") != "gzip" || r.header.Get("Content-Type") != "application/octet-stream" {
		in.t.Error(r.header)
	}
	zip, err := gzip.NewReader(strings.NewReader(r.body))
	if err != nil {
		in.t.Fatal(err)
	}
	data, err := io.ReadAll(zip)
	if err != nil {
		in.t.Fatal(err)
	}
	return string(data)
}

// TestJobExample is the flow and the input file of v2_batch_api.rst.
func TestJobExample(t *testing.T) {
	in := start(t, Config{})
	in.Server.SetSwitches(Switches{})
	in.post("/v2/batch", settings()).want(201).equal("status", "Success").equal("data.batchId", "1")
	in.batchStatus("1").equal("data.batchStatus.status", "Created")
	in.upload("1", `{"indicator":[{"summary":"badguyz.com","type":"Host","associatedGroups":[{"groupXid":"0:1"}],
		"attribute":[{"type":"Description","value":"bad","securityLabel":[{"name":"TLP:AMBER"}]}],"confidence":60,"rating":3,
		"securityLabel":[{"name":"TLP:AMBER"}],"tag":[{"name":"Ransomware"}]},
		{"summary":"http://www.badguyz.com","type":"URL","associatedIndicators":[{"summary":"badguyz.com","indicatorType":"Host","associationType":"URL Host"}]}],
		"group":[{"name":"Attack","type":"Incident","xid":"0:1","eventDate":"2024-08-04T00:00:00Z","associatedGroupXid":["0:2"],
		"attribute":[{"type":"Description","value":"d","displayed":true,"pinned":true,"source":"s"}],"securityLabel":[{"name":"TLP:AMBER"}],"tag":[{"name":"Ransomware"}]},
		{"name":"Mail","type":"Email","xid":"0:2","subject":"s","header":"h","body":"b","associatedIndicators":[{"summary":"badguyz.com","indicatorType":"Host"}]}],
		"association":[{"ref_1":"http://www.badguyz.com","type_1":"URL","ref_2":"0:2"},{"id_1":1,"type_1":"Host","ref_1":"nonsense","id_2":2}]}`).
		want(202).equal("status", "Queued")
	in.counts("1", 6, 0, 0)
	in.batchStatus("1").equal("data.batchStatus.id", "1").equal("data.batchStatus.successGroupCount", "2").
		equal("data.batchStatus.successIndicatorCount", "2").equal("data.batchStatus.successAssociationCount", "2")
	in.do("GET", "/v2/batch/1/errors", "").want(404)
	in.do("GET", "/v2/batch/1/results", "").want(404)
	const lists = "fields=attributes&fields=tags&fields=securityLabels&fields=associatedGroups&fields=associatedIndicators"
	in.get("/v3/groups/0:1?owner=Demo%20Organization&"+lists).equal("data.eventDate", "2024-08-04T00:00:00Z").
		equal("data.attributes.data.0.default", true).equal("data.attributes.data.0.pinned", true).equal("data.attributes.data.0.source", "s").
		equal("data.tags.data.0.name", "Ransomware").equal("data.securityLabels.data.0.name", "TLP:AMBER").
		equal("data.associatedGroups.data.0.xid", "0:2").equal("data.associatedIndicators.data.0.summary", "badguyz.com")
	in.get("/v3/groups/0:2?owner=Demo%20Organization&"+lists).equal("data.subject", "s").
		equal("data.associatedGroups.data.0.xid", "0:1").equal("data.associatedIndicators.data.1.summary", "http://www.badguyz.com")
	in.get("/v3/indicators/1?"+lists).equal("data.rating", "3.00").equal("data.confidence", "60").equal("data.associatedIndicators.data.0.id", "2").
		equal("data.attributes.data.0.default", false)
}

// TestJobSettings checks each setting of 9.3.
func TestJobSettings(t *testing.T) {
	in := strict(t)
	in.post("/v2/batch", `{"version":"V2","owner":"Demo Source","haltOnError":"true","action":"Create","attributeWriteType":"Replace","playbookTriggersEnabled":"false",
		"tagWriteType":"Append","securityLabelWriteType":"Replace","fileMergeMode":"Distribute","hashCollisionMode":"Split"}`).want(201)
	for _, c := range []struct{ key, value, text string }{
		{"haltOnError", `"maybe"`, "Valid values: true, false"}, {"haltOnError", `1`, "'haltOnError' is not valid"}, {"haltOnError", ``, "'haltOnError' is required"},
		{"owner", ``, "'owner' is required"}, {"owner", `1`, "'owner' is not valid"}, {"version", `"V1"`, "Valid values: V2"},
		{"action", `"create"`, "Valid values: Create, Delete"}, {"action", ``, "'action' is required"}, {"attributeWriteType", ``, "is required"},
		{"attributeWriteType", `"append"`, "Valid values: Append, Replace, Singleton, Static"}, {"tagWriteType", `"Static"`, "Valid values: Replace, Append"},
		{"securityLabelWriteType", `"x"`, "not valid"}, {"fileMergeMode", `"x"`, "not valid"}, {"hashCollisionMode", `"x"`, "not valid"},
		{"playbookTriggersEnabled", `"x"`, "not valid"}, {"nonsense", `1`, "'nonsense' is not valid"}, {"tagWriteType", `true`, "not valid"},
	} {
		m := map[string]json.RawMessage{}
		json.Unmarshal([]byte(settings()), &m)
		if delete(m, c.key); c.value != "" {
			m[c.key] = json.RawMessage(c.value)
		}
		body, _ := json.Marshal(m)
		in.post("/v2/batch", string(body)).want(400).equal("status", "Invalid").contains(c.text)
	}
	in.post("/v2/batch", settings("owner", "Nobody")).want(403)
	if n := len(in.jobInfos()); n != 1 {
		t.Errorf("%d jobs", n)
	}
}

func (r reply) contains(text string) reply {
	r.t.Helper()
	if !strings.Contains(r.body, text) {
		r.t.Errorf("%.300s:\n%s\nlacks %q", r.what, r.body, text)
	}
	return r
}

// TestJobPermissions: the refusal lists what is missing, as plain text.
func TestJobPermissions(t *testing.T) {
	in := start(t, Config{Users: []User{
		{UserName: "tagless", Token: "tagless", Access: map[string]Access{DemoOrganization: {Role: "Standard User", Perms: map[string]string{"permTag": "READ", "permGroup": "NONE"}}, DemoSource: {Role: "Contributor"}, DemoCommunity: {Role: "Editor"}}},
	}})
	in.token = "tagless"
	const head = "Unable to perform the requested operation due to the following error(s): You do not have permission to create "
	for owner, want := range map[string]string{DemoOrganization: head + "Groups; Tags;", DemoSource: head + "Indicators; Groups; Attributes; Tags; Security Labels;"} {
		r := in.post("/v2/batch", settings("owner", owner)).want(401)
		if r.body != want || r.header.Get("Content-Type") != "text/plain" {
			t.Errorf("%s: %q %v", owner, r.body, r.header)
		}
	}
	in.post("/v2/batch", settings("owner", DemoCommunity)).want(201)
}

// TestJobUploads: one file for a job, no larger than allowed.
func TestJobUploads(t *testing.T) {
	in := strict(t)
	id := in.newJob(settings())
	for _, path := range []string{"?nonsense=1", "?owner=Demo%20Source", "?code=0x1003", "/errors?code=0x1003"} {
		in.do("GET", "/v2/batch/"+id+path, "").want(400).contains("is not valid")
	}
	in.upload(id, strings.Repeat(" ", 2_000_001)).want(400).equal("status", "Invalid").equal("description", "File size greater than allowable limit of 2000000")
	in.send("POST", "/v2/batch/"+id, "application/json", `{}`).want(400).contains("application/octet-stream")
	in.do("GET", "/v2/batch/"+id+"/errors", "").want(400).equal("description", "Batch still in Created state")
	in.upload(id, `{"group":[]}`).want(202)
	in.upload(id, `{"group":[]}`).want(400)
	in.upload("99", `{}`).want(404)
	in.upload("x", `{}`).want(404)
	in.do("GET", "/v2/batch/99", "").want(404)
	in.do("GET", "/v2/batch/99/results", "").want(404)
	in.counts(id, 0, 0, 0)
}

// TestJobTakesTime: a job is queued, then running, and what it has done shows.
func TestJobTakesTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := start(t, Config{Now: time.Now, Switches: Switches{BatchDelayMS: 2000, BatchRate: 10}})
		groups := make([]string, 100)
		for i := range groups {
			groups[i] = fmt.Sprintf(`{"type":"Threat","name":"%d","xid":"x%d"}`, i, i)
		}
		id := in.job(settings(), `{"group":[`+strings.Join(groups, ",")+`]}`)
		second := in.job(settings(), `{"group":[{"type":"Threat","name":"n","xid":"last"}]}`)
		const at = "data.batchStatus."
		state := func(id, status, success, open string) {
			t.Helper()
			in.batchStatus(id).equal(at+"status", status).equal(at+"successCount", success).equal(at+"unprocessCount", open).equal(at+"unprocessGroupCount", open)
		}
		state(id, "Queued", "0", "100")
		time.Sleep(2 * time.Second)
		state(id, "Running", "0", "100")
		time.Sleep(2050 * time.Millisecond)
		state(id, "Running", "20", "80")
		in.do("GET", "/v2/batch/"+id+"/errors", "").want(400).equal("description", "Batch still in Running state")
		if n := len(in.Snapshot().Groups); n != 20 {
			t.Errorf("%d groups", n)
		}
		state(second, "Queued", "0", "1")
		in.get("/v3/groups/x19").equal("data.dateAdded", time.Now().Add(-50*time.Millisecond).UTC().Format(time.RFC3339))
		in.do("GET", "/v3/groups/x20", "").want(404)
		time.Sleep(8 * time.Second)
		state(id, "Completed", "100", "0")
		state(second, "Running", "0", "1") // it has begun when the first one ended
		time.Sleep(time.Second)
		state(second, "Completed", "1", "0")
	})
}

func (in *instance) createAndUpload(settings, file string) reply {
	in.t.Helper()
	const part = "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
	body := fmt.Sprintf(part+part+"--b--\r\n", "config", settings, "content", file)
	return in.send("POST", "/v2/batch/createAndUpload?includeAdditional=true", "multipart/form-data; boundary=b", body)
}
