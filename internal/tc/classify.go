package tc

import (
	"net/http"
	"strings"
)

// reply is what matters of an answer other than a success.
type reply struct {
	status     int
	json, html bool
	own        bool // JSON in the API's own shape: what lies in between does not write that
	message    string
	code       string
	retryAfter bool
	owner, tql bool // of the call: it named an owner, it held a query
	jobs       bool // of the call: it asks for the Batch API,
	named      bool // it names an object
	unproven   bool // the API has never answered yet
}

// acted reports whether the instance may have done what it was asked.
func (r reply) acted() bool {
	if r.noJobs() {
		return false
	}
	switch r.status {
	case http.StatusServiceUnavailable:
		return !r.retryAfter && !r.own
	case http.StatusNotImplemented:
		return false
	}
	return r.status >= 500 || r.status == http.StatusRequestTimeout
}

// says reports whether the message holds one of the texts, in any case: the
// documentation prints them in another than instances do.
func (r reply) says(texts ...string) bool {
	message := strings.ToLower(r.message)
	for _, text := range texts {
		if strings.Contains(message, text) {
			return true
		}
	}
	return false
}

// noJobs reports whether the answer says that the instance takes no batch jobs: in words, of
// which older editions of the documentation have others, or because the address does not exist.
func (r reply) noJobs() bool {
	return r.jobs && r.status == http.StatusNotFound && !r.unproven && (r.html || !r.named) ||
		r.says("batch job api is not available", "not authorized for batch", "document storage not enabled")
}

// classify finds the cause. Texts that can come with several statuses are looked
// for first. Source of the texts: developer docs, rest_api/quick_start.rst,
// common_errors.rst, v3/http_status_codes.rst; of the codes: TcEx, api/tc/v3.
func classify(r reply) Cause {
	switch {
	case r.status >= 300 && r.status < 400:
		return ErrRedirect
	case r.status == http.StatusTooManyRequests:
		return ErrThrottled
	case r.noJobs():
		return ErrNoJobs
	case r.status >= 500:
		return classifyServer(r)
	case r.says("timestamp out of acceptable"):
		return ErrClock
	case r.says("signature data did not match"):
		return ErrSignature
	case r.status == http.StatusUnauthorized, r.status == http.StatusForbidden:
		return classifyDenied(r)
	case r.status == http.StatusRequestTimeout:
		return ErrTimeout
	case r.status == http.StatusTooEarly:
		return ErrUnavailable
	case r.status == http.StatusRequestEntityTooLarge, r.status == http.StatusRequestURITooLong,
		r.status == http.StatusRequestHeaderFieldsTooLarge, r.says("header is too large", "uri too long", "file size greater than"):
		return ErrTooLong
	case r.says("batch still in"):
		return ErrJobRunning
	case r.status == http.StatusConflict, r.code == "0x1006", r.says("already exists"):
		return ErrExists
	case r.html && r.unproven:
		return ErrHTML
	case r.status == http.StatusNotFound, r.code == "0x1004":
		return ErrNotFound
	case r.code == "0x2001", r.says("found with your tql"):
		return ErrTQL
	case r.tql && r.says("timeout", "timed out", "time limit"):
		return ErrTQLTimeout
	}
	return ErrRefused
}

func classifyServer(r reply) Cause {
	switch {
	case r.tql && r.says("timeout", "timed out", "time limit") && r.status == http.StatusInternalServerError:
		return ErrTQLTimeout
	case r.status == http.StatusNotImplemented:
		return ErrRefused
	case r.status != http.StatusServiceUnavailable:
		return ErrServer
	case !r.retryAfter && !r.html && r.says("licens", "been disabled", "is disabled", "not enabled", "switched off", "turned off"):
		return ErrNotLicensed
	}
	return ErrUnavailable
}

// maybeOff reports whether the answer can mean that the API is not licensed,
// though it does not say so: the documentation has no other meaning of 503, but
// instances that are busy answer the same.
func (r reply) maybeOff() bool {
	return r.status == http.StatusServiceUnavailable && r.json && !r.retryAfter && r.unproven
}

func classifyDenied(r reply) Cause {
	switch {
	case r.says("do not have permission"):
		return ErrPermission
	case r.says("exclusion list", "cross-owner", "cross owner", "associat"):
		return ErrRefused // what the request holds, not who sends it
	case r.status == http.StatusForbidden && r.html && r.unproven:
		return ErrHTML
	case r.status == http.StatusForbidden && r.html:
		return ErrRefused // by a firewall: the API answers otherwise
	case r.status == http.StatusForbidden && r.owner:
		return ErrOwner
	case r.says("access denied"):
		return ErrDenied
	case r.status == http.StatusForbidden:
		// The documentation has it for owners only; on an object it can only be
		// about what the request names.
		return ErrPermission
	}
	return ErrUnauthorized
}
