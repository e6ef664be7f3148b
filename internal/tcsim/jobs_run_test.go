package tcsim

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestJobHaltsOnError: the first error ends the job, and the rest counts as not
// processed; also the associations of the items before are missing.
func TestJobHaltsOnError(t *testing.T) {
	in := start(t, Config{})
	const file = `{"group":[{"type":"Threat","name":"a","xid":"a","associatedGroupXid":["c"]},{"type":"Nonsense","name":"b","xid":"b"},{"type":"Threat","name":"c","xid":"c"}]}`
	m := map[string]any{}
	json.Unmarshal([]byte(settings()), &m)
	for _, halt := range []any{true, "true"} {
		in.Reset()
		m["haltOnError"] = halt
		body, _ := json.Marshal(m)
		in.counts(in.job(string(body), file), 1, 1, 1)
		if snap := in.Snapshot(); len(snap.Groups) != 1 {
			t.Errorf("%+v", snap.Groups)
		}
	}
	in.Reset()
	in.counts(in.job(settings(), file), 2, 1, 0)
	in.get("/v3/groups/a?fields=associatedGroups").equal("data.associatedGroups.data.0.xid", "c")
}

// TestJobReadsItsFile: a file that is no JSON is one error, and nothing was done; an
// item that is no object ends the job where it stands.
func TestJobReadsItsFile(t *testing.T) {
	const fatal = "Encountered an unexpected Exception while processing batch job."
	for _, c := range []struct {
		file                  string
		success, failed, open int
		text                  string
	}{
		{``, 0, 1, 0, "could not be parsed"}, {`{"group":[`, 0, 1, 0, "could not be parsed"}, {`[]`, 0, 1, 0, "JSON object"}, {`{} {}`, 0, 1, 0, "more than one JSON value"},
		{`{"group":[{"type":"Threat","name":"a","xid":"a"}],"group":[]}`, 0, 1, 0, "given twice"},
		{`{"group":[{"type":"Threat","name":"a","xid":"a","status":1,"name":null}]}`, 0, 1, 0, "null"},
		{`{"group":[{"type":"Threat","name":"a","xid":"a"}],"indicator":{}}`, 0, 1, 1, "'indicator' of the file must hold a list"},
		{`{"groups":[]}`, 0, 1, 0, "'groups' of the file is not valid"},
		{`{"group":[{"type":"Threat","name":"a","xid":"a"},"name",{"type":"Threat","name":"b","xid":"b"}]}`, 1, 1, 1, "'$.group[1]'"},
	} {
		in := strict(t)
		id := in.job(settings(), c.file)
		in.counts(id, c.success, c.failed, c.open)
		in.get("/v2/batch/" + id + "/results").contains(`"code":"0x1003"`).contains(fatal).contains(c.text)
		if got := in.errors(id); !strings.Contains(got, `"errorReason":"`+fatal) || !strings.Contains(got, c.text) {
			t.Error(got)
		}
		if n := len(in.Snapshot().Groups); n != 2+c.success {
			t.Errorf("%s: %d groups", c.file, n)
		}
	}
	in := start(t, Config{})
	in.counts(in.job(settings(), `{"nonsense":1,"group":[{"type":"Threat","name":"a","xid":"a","nonsense":1,"tags":{"data":[{"name":"t"}]}}]}`), 1, 0, 0)
	in.get("/v3/groups/a?fields=tags").equal("data.tags.data", nil)
}

// TestJobResults: each filter of /results, and the form of an entry.
func TestJobResults(t *testing.T) {
	in := with(t, "batch-partial=kept")
	id := in.job(settings(), `{"group":[{"type":"Nonsense","name":"b","xid":"x1"},{"type":"Threat","name":"c","xid":"x2","tag":[{"name":""}]}],"indicator":[{"type":"Host","summary":"a..b"}]}`)
	in.counts(id, 0, 3, 0)
	for query, want := range map[string]string{
		"": "x1 x2 a..b", "?code=0x1006": "x1", "?code=0x1005": "a..b", "?severity=err": "x1 a..b", "?severity=Error": "x1 a..b", "?severity=warning": "x2", "?severity=warn": "x2",
		"?contains=valid%20Host": "a..b", "?contains=x2": "x2", "?severity=info": "404", "?code=0x9999": "404", "?code=1006": "400", "?severity=bad": "400", "?code=0x1006&severity=warn": "404",
	} {
		r := in.do("GET", "/v2/batch/"+id+"/results"+query, "")
		var list []map[string]string
		if json.Unmarshal([]byte(r.body), &list); r.status != 200 {
			if fmt.Sprint(r.status) != want {
				t.Errorf("%s: %d %s", query, r.status, r.body)
			}
			continue
		}
		var names []string
		for _, e := range list {
			_, name, _ := strings.Cut(e["errorMessage"], "'")
			names = append(names, strings.TrimSuffix(name, "'."))
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	in.get("/v2/batch/" + id + "/results?code=0x1005").contains(`[{"code":"0x1005","severity":"Error","errorReason":"Please enter a valid Host","errorMessage":"Encountered an error while processing indicator[0] 'a..b'."}]`)
	if got := in.errors(id); !strings.Contains(got, `{"errorReason":"Please enter a valid Host","errorSource":"a..b is not valid."}`) {
		t.Error(got)
	}
}

// TestJobsShowAsTheSwitchesSay: what a job has made lags in lists and by its xid as
// what a POST has made.
func TestJobsShowAsTheSwitchesSay(t *testing.T) {
	const file = `{"group":[{"type":"Threat","name":"a","xid":"a"}]}`
	in := with(t, "list-delay=2")
	in.counts(in.job(settings(), file), 1, 0, 0) // worked off by this poll
	for range 2 {
		if got := in.get("/v3/groups").ids("data"); got != "" {
			t.Errorf("the list shows %s", got)
		}
	}
	if got := in.get("/v3/groups").ids("data"); got != "1" {
		t.Errorf("the list shows %s", got)
	}
	synctest.Test(t, func(t *testing.T) {
		in := start(t, Config{Now: time.Now, Switches: Switches{ListDelayMS: 1000, XIDDelayMS: 2000, BatchRate: 1}})
		in.job(settings(), file)
		time.Sleep(1900 * time.Millisecond) // made after one second; nobody has asked until now
		if got := in.get("/v3/groups").ids("data"); got != "" {
			t.Errorf("the list shows %s", got)
		}
		time.Sleep(200 * time.Millisecond)
		if got := in.get("/v3/groups").ids("data"); got != "1" {
			t.Errorf("the list shows %s", got)
		}
		in.do("GET", "/v3/groups/a", "").want(404)
		time.Sleep(time.Second)
		in.get("/v3/groups/a")
		in.SetSwitches(Switches{NestedDelayMS: 1000})
		in.job(settings(), `{"group":[{"type":"Threat","name":"a","xid":"a","associatedGroupXid":["b"]},{"type":"Threat","name":"b","xid":"b"}]}`)
		in.get("/v3/groups/a?fields=associatedGroups").equal("data.associatedGroups.data", nil)
		time.Sleep(time.Second)
		in.get("/v3/groups/a?fields=associatedGroups").equal("data.associatedGroups.data.0.xid", "b")
	})
}

// TestJobGoesOnWithoutWhatWasDeleted: a group that somebody deletes before its
// associations are made gets none.
func TestJobGoesOnWithoutWhatWasDeleted(t *testing.T) {
	in := with(t, "batch-hang=2")
	id := in.job(settings(), `{"group":[{"type":"Threat","name":"a","xid":"a","associatedGroupXid":["b"]},{"type":"Threat","name":"b","xid":"b"}]}`)
	in.do("DELETE", "/v3/groups/a", "").want(200)
	in.SetSwitches(Switches{})
	in.counts(id, 2, 0, 0)
	in.get("/v3/groups/b?fields=associatedGroups").equal("data.associatedGroups.data", nil)
}

// TestJobAndRequestDoNotMix: a request that has the job worked off before it does
// not take what the job has made for its own: if it fails, all of it is undone.
func TestJobAndRequestDoNotMix(t *testing.T) {
	in := start(t, Config{})
	in.job(settings(), `{"group":[{"type":"Threat","name":"a","xid":"a"}]}`)
	in.put("/v3/groups/a", `{"name":"b","tags":{"data":[{"name":"t"}]},"associatedGroups":{"data":[{"id":99}]}}`).want(400)
	in.get("/v3/groups/a?fields=tags").equal("data.name", "a").equal("data.tags.data", nil)
}

// TestJobOfAUserWhoMayNot: permissions are asked for again when the job runs.
func TestJobOfAUserWhoMayNot(t *testing.T) {
	in := start(t, Config{})
	id := in.newJob(settings())
	in.SetSwitches(Switches{ReadOnlyAfter: 1})
	in.upload(id, `{"group":[{"type":"Threat","name":"a","xid":"a"}]}`).want(202)
	in.counts(id, 0, 1, 0)
	in.get("/v2/batch/" + id + "/results").contains(`"code":"0x1002"`)
}

// TestFaultsStrikeJobs: the paths of jobs are those of rules, before and after the
// request is carried out.
func TestFaultsStrikeJobs(t *testing.T) {
	in := start(t, Config{})
	rules, err := in.ReadFaultRules(strings.NewReader(`{"rules":[
		{"on":"POST /v2/batch","at":[1],"fault":"status","status":503},
		{"on":"POST /v2/batch/{id}","at":[1],"fault":"status","status":504,"done":true},
		{"on":"GET /v2/batch/{id}","at":[1],"fault":"cut","bytes":4},
		{"on":"GET /v2/batch/{id}/results","at":[1],"fault":"html"},
		{"on":"GET /v2/batch/{id}/errors","at":[1],"fault":"status","status":500},
		{"on":"POST /v2/batch/createAndUpload","at":[1],"fault":"status","status":500}]}`))
	if err != nil {
		t.Fatal(err)
	}
	in.SetFaultRules(rules)
	in.post("/v2/batch", settings()).want(503)
	id := in.newJob(settings())
	in.upload(id, `{"group":[{"type":"Threat","name":"a","xid":"a"}]}`).want(504)
	in.upload(id, `{}`).want(400).contains("has a file already")
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the connection is not cut")
			}
		}()
		in.do("GET", "/v2/batch/"+id, "")
	}()
	in.do("GET", "/v2/batch/"+id+"/results", "").want(404).contains("<html>")
	in.do("GET", "/v2/batch/"+id+"/errors", "").want(500)
	in.createAndUpload(settings(), `{}`).want(500)
	in.counts(id, 1, 0, 0)
	stats := in.Stats()
	if stats.ByRoute["POST /v2/batch"] != 2 || stats.ByRoute["POST /v2/batch/{id}"] != 2 || stats.ByRoute["GET /v2/batch/{id}"] != 2 {
		t.Errorf("%v", stats.ByRoute)
	}
}

// TestCreateAndUpload takes two parts, and nothing else.
func TestCreateAndUpload(t *testing.T) {
	in := strict(t)
	in.createAndUpload(settings(), threats(2)).want(200).equal("data.batchStatus.id", "1").equal("data.batchStatus.status", "Queued").equal("data.batchStatus.unprocessGroupCount", "2")
	in.counts("1", 2, 0, 0)
	in.createAndUpload(settings("owner", "Nobody"), threats(2)).want(403)
	in.createAndUpload(settings("tagWriteType", "x"), threats(2)).want(400)
	in.createAndUpload(`{`, threats(2)).want(400)
	in.createAndUpload(settings(), strings.Repeat(" ", 2_000_001)).want(400).equal("description", "File size greater than allowable limit of 2000000")
	for body, text := range map[string]string{"": "must be multipart", "--b\r\nContent-Disposition: form-data; name=\"config\"\r\n\r\n{}\r\n--b--\r\n": "must be multipart",
		"--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n{}\r\n--b--\r\n": "'other' is not valid"} {
		in.send("POST", "/v2/batch/createAndUpload", "multipart/form-data; boundary=b", body).want(400).contains(text)
	}
	in.send("POST", "/v2/batch/createAndUpload", "application/json", `{}`).want(400).contains("multipart/form-data")
	if n := len(in.jobInfos()); n != 1 {
		t.Errorf("%d jobs", n)
	}
}

// TestJobsAreInspected: /_sim/jobs shows each job with its progress.
func TestJobsAreInspected(t *testing.T) {
	in := with(t, "batch-hang=2")
	in.job(settings("tagWriteType", "Append"), threats(3))
	in.newJob(settings("owner", DemoSource))
	data, _ := json.Marshal(in.jobInfos())
	want := fmt.Sprintf(`[{"id":1,"owner":"Demo Organization","user":"11112222333344445555","action":"Create","attributeWriteType":"Append","tagWriteType":"Append","securityLabelWriteType":"Replace",`+
		`"status":"Running","bytes":%d,"items":3,"steps":3,"done":2,"success":2,"failed":0},{"id":2,"owner":"Demo Source","user":"11112222333344445555","action":"Create",`+
		`"attributeWriteType":"Append","tagWriteType":"Replace","securityLabelWriteType":"Replace","status":"Created","bytes":0,"items":0,"steps":0,"done":0,"success":0,"failed":0}]`, len(threats(3)))
	if string(data) != want {
		t.Errorf("got  %s\nwant %s", data, want)
	}
	in.Reset()
	if n := len(in.jobInfos()); n != 0 {
		t.Errorf("%d jobs after a reset", n)
	}
}

// TestJobsAndRequestsTogether: jobs are worked off while others read and write.
func TestJobsAndRequestsTogether(t *testing.T) {
	in := start(t, Config{Now: time.Now, Switches: Switches{BatchRate: 20_000, BatchQueue: "all"}})
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			groups := strings.ReplaceAll(threats(200), `"xid":"x`, fmt.Sprintf(`"xid":"y%d-`, i))
			id := in.job(settings(), groups)
			for in.batchStatus(id).at("data.batchStatus.status") != "Completed" {
				in.group("")
				in.get("/v3/groups?resultLimit=10000")
				in.Snapshot()
			}
			in.counts(id, 200, 0, 0)
		})
	}
	all.Wait()
}
