package tcsim

import (
	"html"
	"net/http"
	"strconv"
)

// refuse turns a refusal into an answer in the shape the switches ask for.
func (c *call) refuse(err *apiError) *answer {
	c.refusal = err.message
	h := http.Header{}
	if err.wait {
		h["Retry-After"] = c.retryAfter()
	}
	if c.sw.HTMLErrors {
		h.Set("Content-Type", "text/html;charset=utf-8")
		page := "<!doctype html><html><head><title>HTTP Status " + strconv.Itoa(err.status) + "</title></head><body><h1>" +
			html.EscapeString(err.message) + "</h1></body></html>"
		return &answer{status: err.status, header: h, body: []byte(page)}
	}
	if err.plain {
		h.Set("Content-Type", "text/plain")
		return &answer{status: err.status, header: h, body: []byte(err.message)}
	}
	var e encoder
	e.open('{')
	if c.isBatch() && err.status == http.StatusBadRequest {
		e.str("status", "Invalid")
		e.str("description", err.message)
		e.close('}')
		return &answer{status: err.status, header: h, body: e.buf}
	}
	v3 := !c.v2()
	if v3 && !c.sw.NoErrCode {
		e.str("errCode", err.code)
	}
	e.str("message", err.message)
	switch {
	case !v3 || c.sw.FailureStatus: // v2 and old v3 servers say Failure
		e.str("status", "Failure")
	default:
		e.str("status", "Error")
	}
	e.close('}')
	return &answer{status: err.status, header: h, body: e.buf}
}

// success wraps up a good answer; message is empty for GET.
func (c *call) success(e *encoder, status int, message string) *answer {
	e.opt("message", message)
	if c.sw.SuccessStatus != "missing" {
		e.str("status", "Success")
	}
	e.close('}')
	return &answer{status: status, body: e.buf}
}

// encode gives what writes the answer of this request.
func (c *call) encode() *encoder {
	c.encoder = encoders.Get().(*encoder)
	c.encoder.buf = c.encoder.buf[:0]
	return c.encoder
}

// one answers with a single object under "data".
func (c *call) one(o *object, status int, message string) *answer {
	e := c.encode()
	e.open('{')
	e.key("data")
	c.writeObject(e, o, c.sel)
	return c.success(e, status, message)
}

// done answers without an object.
func (c *call) done(message string) *answer {
	e := &encoder{}
	e.open('{')
	return c.success(e, http.StatusOK, message)
}
