package tcsim

import (
	"fmt"
	"net/http"
	"strings"
)

// Error codes of jobs. The numbers are those of v3; the meanings are not.
const (
	jobPermission  = "0x1002"
	jobSyntax      = "0x1003"
	jobInternal    = "0x1004"
	jobIndicator   = "0x1005"
	jobGroup       = "0x1006"
	jobNotFound    = "0x1007"
	jobLimit       = "0x1008"
	jobAssociation = "0x1009"
	jobDuplicate   = "0x100A"

	jobIndicatorLoss = "0x2001"
	jobGroupLoss     = "0x2002"
	jobHashes        = "0x2003"
)

// jobError is an entry of /errors and /results.
type jobError struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Reason   string `json:"errorReason"`
	Message  string `json:"errorMessage"`
	source   string // of /errors
}

// fatalText is the beginning of a message after which a job does not go on.
const fatalText = "Encountered an unexpected Exception while processing batch job."

// jobCode is the code of a job for a refusal by a rule of v3.
func (s *jobStep) jobCode(err *apiError) string {
	switch {
	case err.status == 0:
		return err.code // of a job already
	case err.status == http.StatusUnauthorized || err.status == http.StatusForbidden:
		return jobPermission
	case err.status == http.StatusConflict:
		return jobDuplicate
	case s.part == partAssociation:
		return jobAssociation
	case s.part == partIndicator:
		return jobIndicator
	}
	return jobGroup
}

// lossCode is the code for a part of an item that was refused alone.
func (s *jobStep) lossCode() string {
	switch {
	case s.of != nil:
		return jobAssociation
	case s.part == partIndicator:
		return jobIndicatorLoss
	}
	return jobGroupLoss
}

// report enters what was refused. How much of the item the texts name is
// undocumented.
func (w *worker) report(j *job, s *jobStep, severity string, err *apiError, fatal bool) {
	name := s.name(w.st.types)
	e := jobError{Code: err.code, Severity: severity, Reason: err.message}
	path := fmt.Sprintf("%s[%d]", partNames[s.part].key, s.index)
	item, source := fmt.Sprintf("%s '%s'", path, name), name
	switch w.sw.BatchErrorText {
	case "position":
		item, source = path, path
	case "bare":
		item, source = "an item", "The item"
	}
	e.source = source + " is not valid."
	e.Message = "Encountered an error while processing " + item + "."
	if fatal {
		e.Message = fmt.Sprintf("%s Last known JSON path: '$.%s': Last processed %s.", fatalText, path, item)
	}
	j.errors = append(j.errors, e)
}

// reportFile enters what is wrong with the file as a whole.
func (j *job) reportFile() {
	j.errors = append(j.errors, jobError{Code: j.broken.code, Severity: "Error", Reason: j.broken.message,
		Message: fatalText + " Last known JSON path: '$'.", source: "The file is not valid."})
}

// brief is the entry of /errors. Of what ends a job, the reason is the text that
// says so.
func (e jobError) brief() dict {
	reason := e.Reason
	if strings.HasPrefix(e.Message, fatalText) {
		reason = e.Message + " " + e.Reason
	}
	return dict{{"errorReason", reason}, {"errorSource", e.source}}
}

// jobSeverities are the values of the filter severity.
var jobSeverities = map[string]string{"err": "Error", "error": "Error", "info": "Info", "warn": "Warn", "warning": "Warn"}

// filtered are the errors that the parameters of /results ask for.
func (c *call) filtered(errors []jobError) []jobError {
	code, byCode := c.param("code")
	text, _ := c.param("contains")
	severity, bySeverity := c.param("severity")
	switch {
	case byCode && !strings.HasPrefix(code, "0x"):
		panic(badRequest("The code '%s' is not valid.", code))
	case bySeverity && jobSeverities[strings.ToLower(severity)] == "":
		panic(badRequest("The severity '%s' is not valid.", severity))
	}
	var found []jobError
	for _, e := range errors {
		if (!byCode || strings.EqualFold(e.Code, code)) && (!bySeverity || e.Severity == jobSeverities[strings.ToLower(severity)]) &&
			(strings.Contains(e.Reason, text) || strings.Contains(e.Message, text)) {
			found = append(found, e)
		}
	}
	return found
}
