package tcsim

import (
	"bytes"
	"compress/gzip"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
)

// batchRoutes are the endpoints of the v2 Batch API.
var batchRoutes = []struct {
	path    string
	method  string
	decodes bool
	handler handler
}{
	{"", "POST", true, (*call).createJob},
	{"/{id}", "POST", false, (*call).uploadJob},
	{"/{id}", "GET", false, (*call).showJob},
	{"/{id}/errors", "GET", false, (*call).showErrors},
	{"/{id}/results", "GET", false, (*call).showResults},
	{"/createAndUpload", "POST", false, (*call).createAndUpload},
}

// isBatch says whether the endpoint is one of these.
func (c *call) isBatch() bool { return strings.HasPrefix(c.pattern, "/v2/batch") }

// checkBatch refuses all requests of an instance whose Batch API is switched off.
func (c *call) checkBatch() {
	if c.sw.Batch == "disabled" {
		panic(plainText(http.StatusServiceUnavailable, "Batch job api is not available.  Ensure that batchJobEnabled is true and document storage is enabled and configured;"))
	}
}

// newJob makes a job of its settings, which is not yet one of the instance.
func (c *call) newJob(settings dict) *job {
	c.checkBatch()
	j := &job{jobSettings: c.readSettings(settings), user: c.user}
	c.mayCreateJob(j.owner)
	return j
}

func (st *state) addJob(j *job) {
	st.jobs = append(st.jobs, j)
	j.id = int64(len(st.jobs))
}

func (c *call) createJob() *answer {
	j := c.newJob(c.body)
	c.st.addJob(j)
	a := v2Answer(map[string]any{"batchId": c.jobID(j)})
	if c.sw.BatchStatus == "flat" {
		a = jsonAnswer(map[string]any{"batchId": itoa(j.id)}) // a text in the older sample
	}
	a.status = http.StatusCreated
	return a
}

// jobID is the ID as answers show it.
func (c *call) jobID(j *job) any {
	if c.sw.IDsAsStrings {
		return itoa(j.id)
	}
	return j.id
}

// job finds the job of the path.
func (c *call) job() *job {
	c.checkBatch()
	id, err := strconv.ParseInt(c.segment, 10, 64)
	if err != nil || id < 1 || id > int64(len(c.st.jobs)) {
		panic(errNotFound())
	}
	j := c.st.jobs[id-1]
	if c.sw.BatchGone == "completed" && !j.end.IsZero() || c.sw.BatchGone == "uploaded" && !j.uploaded.IsZero() {
		panic(errNotFound())
	}
	return j
}

func (c *call) uploadJob() *answer {
	j := c.job()
	if !j.uploaded.IsZero() {
		panic(badRequest("The batch job has a file already"))
	}
	c.checkFileSize(len(c.rawBody))
	j.read(c, c.rawBody)
	c.enqueue(j)
	a := jsonAnswer(dict{{"status", "Queued"}})
	a.status = http.StatusAccepted
	return a
}

// enqueue has the job worked off, unless the instance loses it.
func (c *call) enqueue(j *job) {
	if c.sw.BatchGone != "uploaded" {
		c.st.queue = append(c.st.queue, j)
	}
}

// defaultFileLimit is that of the sample.
const defaultFileLimit = 2_000_000

func (c *call) checkFileSize(n int) {
	limit := c.sw.BatchFileLimit
	if limit == 0 {
		limit = defaultFileLimit
	}
	if n > limit {
		panic(badRequest("File size greater than allowable limit of %d", limit))
	}
}

func (c *call) createAndUpload() *answer {
	c.checkBatch()
	parts := c.formParts()
	j := c.newJob(parseObject(parts["config"], c.strict))
	if j.action == "Delete" {
		panic(badRequest("The action Delete is not possible here"))
	}
	content := parts["content"]
	c.checkFileSize(len(content))
	j.read(c, content)
	if len(content) >= c.sw.BatchSyncLimit {
		c.st.addJob(j)
		c.enqueue(j)
		return c.jobAnswer(j)
	}
	at := *c.sw
	at.BatchRate, at.BatchHang = 0, 0
	w := worker{s: c.s, st: c.st, sw: &at, asked: c.asked, ordinal: c.ordinal, now: c.now}
	w.workOff(j, c.now)
	return c.jobAnswer(j)
}

// formParts are the two parts of createAndUpload.
func (c *call) formParts() map[string]string {
	_, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	parts := map[string]string{}
	for r := multipart.NewReader(strings.NewReader(c.rawBody), params["boundary"]); err == nil; {
		var p *multipart.Part
		if p, err = r.NextPart(); err == nil {
			var text []byte
			text, err = io.ReadAll(p)
			parts[p.FormName()] = string(text)
		}
	}
	for name := range parts {
		if c.strict && name != "config" && name != "content" {
			panic(badRequest("The part '%s' is not valid", name))
		}
	}
	_, config := parts["config"]
	_, content := parts["content"]
	if err != io.EOF || !config || !content {
		panic(badRequest("The request must be multipart/form-data with the parts 'config' and 'content'"))
	}
	return parts
}

func (c *call) showJob() *answer {
	j := c.job()
	if status := j.status(); status != "Completed" && c.sw.BatchStatus != "" {
		return jsonAnswer(dict{{"status", status}})
	}
	return c.jobAnswer(j)
}

// jobAnswer is the status with the counts. The names of the additional ones are
// assumed but for errorGroupCount and errorIndicatorCount.
func (c *call) jobAnswer(j *job) *answer {
	open := "unprocessCount"
	if c.sw.BatchUnprocessed == "unprocessedCount" {
		open = "unprocessedCount"
	}
	sum := j.total()
	success, failed := sum.success, sum.failed
	switch c.sw.BatchCounts {
	case "short":
		success = max(0, success-1)
	case "no-errors":
		failed, success = 0, sum.success+sum.failed
	case "zero":
		failed, success = 0, 0
	}
	var status dict
	if j.id != 0 && (c.sw.BatchStatus != "flat" || c.r.Method == http.MethodPost) {
		status.set("id", c.jobID(j))
	}
	status = append(status, dict{{"status", j.status()}, {"errorCount", failed}, {"successCount", success}, {open, sum.items - sum.success - sum.failed}}...)
	if c.flag("includeAdditional") {
		for i, n := range j.count {
			name := partNames[i].count + "Count"
			status = append(status, dict{{"success" + name, n.success}, {"error" + name, n.failed}, {"unprocess" + name, n.items - n.success - n.failed}}...)
		}
	}
	if c.sw.BatchStatus == "flat" {
		return jsonAnswer(status)
	}
	return v2Answer(map[string]any{"batchStatus": status})
}

func (c *call) showErrors() *answer {
	j := c.job()
	if c.sw.BatchErrors == "results" {
		panic(errNotFound())
	}
	if j.end.IsZero() {
		panic(badRequest("Batch still in %s state", j.status()))
	}
	if len(j.errors) == 0 {
		panic(errNotFound())
	}
	list := []dict{}
	for _, e := range j.errors {
		list = append(list, e.brief())
	}
	a := jsonAnswer(list)
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	zip.Write(a.body)
	zip.Close()
	a.body = packed.Bytes()
	a.header = http.Header{"Content-Type": {"application/octet-stream"}, "Content-Encoding": {"gzip"}}
	return a
}

func (c *call) showResults() *answer {
	found := c.filtered(c.job().errors)
	if len(found) == 0 || c.sw.BatchErrors == "errors" {
		panic(errNotFound())
	}
	return jsonAnswer(found)
}
