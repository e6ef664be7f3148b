package tcsim

import (
	"cmp"
	"fmt"
	"net/http"
)

// apiError is a refusal as the API words it: HTTP status, errCode, message. It is
// panicked with, and caught by attempt.
type apiError struct {
	status  int
	code    string
	message string
	wait    bool // with the header Retry-After
	plain   bool // as plain text
}

func (e *apiError) Error() string { return e.message }

// Error codes as TcEx lists them (api/tc/v3/README.md).
const (
	codeBadRequest   = "0x1001"
	codeUnauthorized = "0x1002"
	codeForbidden    = "0x1003"
	codeNotFound     = "0x1004"
	codeMethod       = "0x1005"
	codeConflict     = "0x1006"
	codeInternal     = "0x1007"
	codeTQL          = "0x2001"
	codeMissing      = "0x2003"
	codeFormat       = "0x2005"
)

func refusal(status int, code, format string, a ...any) *apiError {
	return &apiError{status: status, code: code, message: fmt.Sprintf(format, a...)}
}

func statusError(status int, format string, a ...any) *apiError {
	return refusal(status, cmp.Or(errorCodes[status], codeBadRequest), format, a...)
}

func badRequest(format string, a ...any) *apiError {
	return refusal(http.StatusBadRequest, codeBadRequest, format, a...)
}

func missingData(key string) *apiError {
	return refusal(http.StatusBadRequest, codeMissing, "The field '%s' is required.", key)
}

// plainText is a refusal as plain text, as some of v2 are.
func plainText(status int, text string) *apiError {
	return &apiError{status: status, message: text, plain: true}
}

func errNotFound() *apiError {
	return statusError(http.StatusNotFound, "The requested item(s) were not found.")
}

func errMethod() *apiError {
	return statusError(http.StatusMethodNotAllowed, "The method is not allowed for the requested resource.")
}

func errConflict() *apiError {
	return statusError(http.StatusConflict, "An item already exists with the same unique information.")
}

func errTQL(format string, a ...any) *apiError {
	return refusal(http.StatusBadRequest, codeTQL, "Syntax error(s) found with your TQL query. "+format, a...)
}

// errorCodes are the errCodes that go with a status where nothing is more exact.
var errorCodes = map[int]string{
	http.StatusUnauthorized: codeUnauthorized, http.StatusForbidden: codeForbidden, http.StatusNotFound: codeNotFound,
	http.StatusMethodNotAllowed: codeMethod, http.StatusConflict: codeConflict,
	http.StatusInternalServerError: codeInternal, http.StatusServiceUnavailable: codeInternal,
}

// attempt calls f, which panics with an apiError where it refuses the request. A
// refusal ends the request wherever its rule is met, so nobody in between has to
// hand it on. Other panics are mistakes and go on.
func attempt(f func()) (refusal *apiError) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *apiError:
			refusal = r
		default:
			panic(r)
		}
	}()
	f()
	return nil
}
