package tcsim

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// threats is a file of n groups with the xids x0, x1 and so on.
func threats(n int) string {
	groups := make([]string, n)
	for i := range groups {
		groups[i] = fmt.Sprintf(`{"type":"Threat","name":"%d","xid":"x%d","attribute":[{"type":"Description","value":"d"}]}`, i, i)
	}
	return `{"group":[` + strings.Join(groups, ",") + `]}`
}

// oneBad is a file of three groups; the second one has a type that does not exist.
const oneBad = `{"group":[{"type":"Threat","name":"a","xid":"x0"},{"type":"Nonsense","name":"b","xid":"x1"},{"type":"Threat","name":"c","xid":"x2"}]}`

// batchCases are the switches of the Batch API.
var batchCases = map[string]func(t *testing.T){
	"batch": func(t *testing.T) {
		in := with(t, "batch=disabled")
		for _, r := range []reply{in.post("/v2/batch", settings()), in.upload("1", `{}`), in.do("GET", "/v2/batch/1", ""), in.post("/v2/batch/createAndUpload", ``)} {
			if r.want(503); r.body != "Batch job api is not available.  Ensure that batchJobEnabled is true and document storage is enabled and configured;" {
				t.Error(r.body)
			}
		}
	},
	"batch-permission": func(t *testing.T) {
		with(t, "batch-permission=none").post("/v2/batch", settings()).want(401).contains("You do not have permission to create Indicators; Groups; Attributes; Tags; Security Labels;")
	},
	"batch-file-limit": func(t *testing.T) {
		in := with(t, "batch-file-limit=20")
		id := in.newJob(settings())
		in.upload(id, threats(1)).want(400).equal("description", "File size greater than allowable limit of 20")
		in.upload(id, `{"group":[          ]}`).want(400)
		in.upload(id, `{"group":[         ]}`).want(400)
		in.upload(id, `{"group":[        ]}`).want(202)
	},
	"batch-indicators": func(t *testing.T) {
		in := with(t, "batch-indicators=1")
		id := in.job(settings(), `{"indicator":[{"type":"Host","summary":"a.example"},{"type":"Host","summary":"b.example"}]}`)
		in.counts(id, 0, 1, 2)
		in.get("/v2/batch/" + id + "/results").contains(`"code":"0x1008"`).contains("would exceed the number of allowed indicators")
		in.counts(in.job(settings(), `{"indicator":[{"type":"Host","summary":"a.example"}]}`), 1, 0, 0)
	},
	"batch-sync-limit": func(t *testing.T) {
		in := with(t, "batch-sync-limit=400", "batch-delay-ms=1000")
		in.createAndUpload(settings(), threats(2)).want(200).equal("data.batchStatus.id", nil).equal("data.batchStatus.status", "Completed").equal("data.batchStatus.successCount", "2")
		in.createAndUpload(settings(), threats(20)).want(200).equal("data.batchStatus.id", "1").equal("data.batchStatus.status", "Queued").equal("data.batchStatus.successCount", "0")
		if n := len(in.Snapshot().Groups); n != 2 {
			t.Errorf("%d groups", n)
		}
	},
	"batch-delay-ms": func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			in := start(t, Config{Now: time.Now, Switches: Switches{BatchDelayMS: 500}})
			id := in.job(settings(), threats(1))
			time.Sleep(499 * time.Millisecond)
			in.batchStatus(id).equal("data.batchStatus.status", "Queued")
			time.Sleep(time.Millisecond)
			in.counts(id, 1, 0, 0)
		})
	},
	"batch-rate": func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			in := start(t, Config{Now: time.Now, Switches: Switches{BatchRate: 2}})
			id := in.job(settings(), threats(3))
			time.Sleep(1499 * time.Millisecond)
			in.batchStatus(id).equal("data.batchStatus.status", "Running").equal("data.batchStatus.successCount", "2")
			time.Sleep(time.Millisecond)
			in.counts(id, 3, 0, 0)
		})
	},
	"batch-queue": func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			for value, want := range map[string]string{"one": "Queued", "all": "Completed"} {
				in := start(t, Config{Now: time.Now, Switches: Switches{BatchRate: 1, BatchQueue: value}})
				first, second := in.job(settings(), threats(3)), in.job(settings(), threats(1))
				time.Sleep(2 * time.Second)
				in.batchStatus(first).equal("data.batchStatus.status", "Running")
				in.batchStatus(second).equal("data.batchStatus.status", want)
			}
		})
	},
	"batch-status": func(t *testing.T) {
		for value, want := range map[string][2]string{
			"full":  {`{"data":{"batchStatus":{"id":1,"status":"Running","errorCount":0,"successCount":1,"unprocessCount":1}},"status":"Success"}`, `{"data":{"batchStatus":{"id":2,"status":"Completed","errorCount":0,"successCount":1,"unprocessCount":0}},"status":"Success"}`},
			"short": {`{"status":"Running"}`, `{"data":{"batchStatus":{"id":2,"status":"Completed","errorCount":0,"successCount":1,"unprocessCount":0}},"status":"Success"}`},
			"flat":  {`{"status":"Running"}`, `{"status":"Completed","errorCount":0,"successCount":1,"unprocessCount":0}`},
		} {
			in := with(t, "batch-status="+value, "batch-hang=1", "batch-queue=all")
			r := in.post("/v2/batch", settings()).want(201)
			if value == "flat" && r.body != `{"batchId":"1"}` {
				t.Error(r.body)
			}
			in.upload("1", threats(2)).want(202)
			in.post("/v2/batch", settings())
			in.upload("2", threats(1)).want(202)
			running := in.get("/v2/batch/1").body
			sw := in.Switches()
			sw.BatchHang = 0
			in.SetSwitches(sw)
			if done := in.get("/v2/batch/2").body; running != want[0] || done != want[1] {
				t.Errorf("%s:\n%s\n%s", value, running, done)
			}
		}
	},
	"batch-unprocessed": func(t *testing.T) {
		in := with(t, "batch-unprocessed=unprocessedCount", "batch-hang=1")
		in.batchStatus(in.job(settings(), threats(3))).equal("data.batchStatus.unprocessedCount", "2").equal("data.batchStatus.unprocessCount", nil)
	},
	"batch-counts": func(t *testing.T) {
		for value, want := range map[string][2]int{"right": {2, 1}, "short": {1, 1}, "no-errors": {3, 0}, "zero": {0, 0}} {
			in := with(t, "batch-counts="+value)
			in.counts(in.job(settings(), oneBad), want[0], want[1], 0)
		}
	},
	"batch-hang": func(t *testing.T) {
		in := with(t, "batch-hang=2")
		id := in.job(settings(), threats(3))
		for range 3 {
			in.batchStatus(id).equal("data.batchStatus.status", "Running").equal("data.batchStatus.successCount", "2")
		}
		in.do("GET", "/v2/batch/"+id+"/errors", "").want(400)
		if n := len(in.Snapshot().Groups); n != 2 {
			t.Errorf("%d groups", n)
		}
	},
	"batch-halt": func(t *testing.T) {
		in := with(t, "batch-halt=2")
		id := in.job(settings(), threats(4))
		in.counts(id, 2, 0, 2)
		in.get("/v2/batch/" + id + "/results").contains(`"code":"0x1004"`).contains(fatalText)
		if n := len(in.Snapshot().Groups); n != 2 {
			t.Errorf("%d groups", n)
		}
	},
	"batch-twice": func(t *testing.T) {
		for value, want := range map[string]int{"false": 1, "true": 2} {
			in := with(t, "batch-twice="+value)
			in.counts(in.job(settings(), threats(2)), 2, 0, 0)
			if snap := in.Snapshot(); len(snap.Groups) != 2 || len(snap.Groups[1].Attributes) != want {
				t.Errorf("%s: %+v", value, snap.Groups)
			}
			in = with(t, "batch-twice="+value)
			in.counts(in.job(settings("attributeWriteType", "Replace"), threats(2)), 2, 0, 0)
			if snap := in.Snapshot(); len(snap.Groups[1].Attributes) != 1 {
				t.Errorf("%s: %+v", value, snap.Groups)
			}
		}
	},
	"batch-gone": func(t *testing.T) {
		in := with(t, "batch-gone=completed")
		id := in.job(settings(), threats(1))
		in.do("GET", "/v2/batch/"+id, "").want(404)
		in.get("/v3/groups/x0")
		in = with(t, "batch-gone=uploaded")
		id = in.newJob(settings())
		in.batchStatus(id)
		in.upload(id, threats(1)).want(202)
		in.do("GET", "/v2/batch/"+id, "").want(404)
		in.do("GET", "/v3/groups/x0", "").want(404)
	},
	"batch-errors": func(t *testing.T) {
		for value, want := range map[string][2]int{"both": {200, 200}, "errors": {200, 404}, "results": {404, 200}} {
			in := with(t, "batch-errors="+value)
			id := in.job(settings(), oneBad)
			in.do("GET", "/v2/batch/"+id+"/errors", "").want(want[0])
			in.do("GET", "/v2/batch/"+id+"/results", "").want(want[1])
		}
	},
	"batch-error-text": func(t *testing.T) {
		for value, want := range map[string][2]string{
			"named":    {`"x1 is not valid."`, `"Encountered an error while processing group[1] 'x1'."`},
			"position": {`"group[1] is not valid."`, `"Encountered an error while processing group[1]."`},
			"bare":     {`"The item is not valid."`, `"Encountered an error while processing an item."`},
		} {
			in := with(t, "batch-error-text="+value)
			id := in.job(settings(), oneBad)
			in.get("/v2/batch/" + id + "/results").contains(`"errorMessage":` + want[1])
			if got := in.errors(id); !strings.Contains(got, `"errorSource":`+want[0]) {
				t.Error(got)
			}
		}
	},
	"batch-partial": func(t *testing.T) {
		const file = `{"group":[{"type":"Threat","name":"a","xid":"x0","tag":[{"name":"t"}],"attribute":[{"type":"Nonsense","value":"v"},
			{"type":"Aliases","value":"v","securityLabel":[{"name":"None"}]},{"type":"Source","value":"v"}]}]}`
		in := with(t)
		in.counts(in.job(settings(), file), 0, 1, 0)
		in.do("GET", "/v3/groups/x0", "").want(404)
		in = with(t, "batch-partial=kept")
		id := in.job(settings(), file)
		in.counts(id, 0, 1, 0)
		in.get("/v2/batch/" + id + "/results").contains(`"code":"0x2002","severity":"Warn"`)
		in.get("/v3/groups/x0?fields=tags&fields=attributes").equal("data.tags.data.0.name", "t").equal("data.attributes.data.0.type", "Source").equal("data.attributes.data.1", nil)
	},
	"batch-absent": func(t *testing.T) {
		for value, want := range map[string]string{"kept": "1", "emptied": ""} {
			in := with(t, "batch-absent="+value)
			in.job(settings("attributeWriteType", "Replace"), `{"group":[{"type":"Threat","name":"a","xid":"x","tag":[{"name":"t"}],"attribute":[{"type":"Source","value":"v"}],"securityLabel":[{"name":"TLP:RED"}]}]}`)
			in.job(settings("attributeWriteType", "Replace"), `{"group":[{"type":"Threat","name":"b","xid":"x"}]}`)
			r := in.get("/v3/groups/x?fields=tags&fields=attributes&fields=securityLabels").equal("data.name", "b")
			if got := r.ids("data.attributes.data") + r.ids("data.tags.data") + r.ids("data.securityLabels.data"); got != strings.Repeat(want, 3) {
				t.Errorf("%s: %s", value, got)
			}
			in.job(settings("tagWriteType", "Append", "securityLabelWriteType", "Append"), `{"group":[{"type":"Threat","name":"b","xid":"x"}]}`)
			if r := in.get("/v3/groups/x?fields=tags"); r.ids("data.tags.data") != want {
				t.Errorf("%s: Append has emptied the list: %s", value, r.body)
			}
		}
	},
	"batch-links": func(t *testing.T) {
		const file = `{"group":[{"type":"Threat","name":"a","xid":"x0"},{"type":"Threat","name":"b","xid":"x1","associatedGroupXid":["x0","x2"]},{"type":"Threat","name":"c","xid":"x2"}]}`
		for value, want := range map[string]string{"last": "", "with-item": "1"} {
			in := with(t, "batch-links="+value, "batch-hang=3")
			id := in.job(settings(), file)
			in.batchStatus(id).equal("data.batchStatus.status", "Running").equal("data.batchStatus.successCount", "3")
			if got := in.get("/v3/groups/x1?fields=associatedGroups").ids("data.associatedGroups.data"); got != want {
				t.Errorf("%s: %s", value, got)
			}
			in.SetSwitches(Switches{BatchLinks: value})
			in.counts(id, 3, 0, 0)
			if got := in.get("/v3/groups/x1?fields=associatedGroups").ids("data.associatedGroups.data"); got != "1 3" {
				t.Errorf("%s: %s", value, got)
			}
		}
	},
	"batch-file-name": func(t *testing.T) {
		for value, made := range map[string]int{"optional": 2, "required": 1} {
			in := with(t, "batch-file-name="+value)
			in.counts(in.job(settings(), `{"group":[{"type":"Report","name":"n","xid":"x0"},{"type":"Document","name":"n","xid":"x1","fileName":"f"}]}`), made, 2-made, 0)
		}
	},
	"batch-missing-indicator": func(t *testing.T) {
		const file = `{"group":[{"type":"Threat","name":"a","xid":"x0","associatedIndicators":[{"summary":"a.example","indicatorType":"Host"}]}]}`
		in := with(t)
		id := in.job(settings(), file)
		in.counts(id, 0, 1, 0)
		in.get("/v2/batch/" + id + "/results").contains("'a.example' was not found")
		in.get("/v3/groups/x0")
		in = with(t, "batch-missing-indicator=created")
		in.counts(in.job(settings(), file), 1, 0, 0)
		in.get("/v3/groups/x0?fields=associatedIndicators").equal("data.associatedIndicators.data.0.summary", "a.example")
	},
}
