package tcsim

import (
	"fmt"
	"net/http"
)

// apiError is a refusal as the API words it: HTTP status, errCode, message.
type apiError struct {
	status  int
	code    string
	message string
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
	codeMismatched   = "0x2002"
	codeMissing      = "0x2003"
	codeFormat       = "0x2005"
)

func badRequest(format string, a ...any) *apiError {
	return &apiError{http.StatusBadRequest, codeBadRequest, fmt.Sprintf(format, a...)}
}

func missingData(key string) *apiError {
	return &apiError{http.StatusBadRequest, codeMissing, fmt.Sprintf("The field '%s' is required.", key)}
}

func errNotFound() *apiError {
	return &apiError{http.StatusNotFound, codeNotFound, "The requested item(s) were not found."}
}

func errMethod() *apiError {
	return &apiError{http.StatusMethodNotAllowed, codeMethod, "The method is not allowed for the requested resource."}
}

func errConflict() *apiError {
	return &apiError{http.StatusConflict, codeConflict, "An item already exists with the same unique information."}
}

func errTQL(format string, a ...any) *apiError {
	return &apiError{http.StatusBadRequest, codeTQL, "Syntax error(s) found with your TQL query. " + fmt.Sprintf(format, a...)}
}

// errorCode is the errCode that goes with a status where nothing is more exact.
func errorCode(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return codeUnauthorized
	case http.StatusForbidden:
		return codeForbidden
	case http.StatusNotFound:
		return codeNotFound
	case http.StatusMethodNotAllowed:
		return codeMethod
	case http.StatusConflict:
		return codeConflict
	}
	if status >= 500 {
		return codeInternal
	}
	return codeBadRequest
}

func statusError(status int, format string, a ...any) *apiError {
	return &apiError{status, errorCode(status), fmt.Sprintf(format, a...)}
}
