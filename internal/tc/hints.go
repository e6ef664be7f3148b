package tc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// hints say what to do next, by cause.
var hints = map[Cause]string{
	ErrSignature:    "check TC_API_SECRET_KEY, and that TC_API_PATH is the address that the instance itself sees: a proxy that rewrites the path breaks signatures (tokens are not affected)",
	ErrClock:        "set the clock of this machine: signatures are good for five minutes",
	ErrUnauthorized: "check the credentials: a token expires or is replaced; an access ID belongs to an API user that can be disabled",
	ErrDenied:       "check the access ID, and that the API user can see the owner",
	ErrPermission:   "ask an administrator for a role that allows this: Standard User or more in the Organization, Contributor or more in a community or source, Organization Administrator for cases and artifacts",
	ErrOwner:        "check the spelling of the owner, and that the API user is a member of it: tcimport check lists the owners",
	ErrNotLicensed:  "ask the administrator of the instance to enable its API",
	ErrNotFound:     "it may have been deleted meanwhile",
	ErrExists:       "look it up and update it instead",
	ErrRefused:      "correct what the message names; the same request will be refused again",
	ErrTQL:          "this version of the instance does not understand a query of tcimport: please report it with the message",
	ErrTQLTimeout:   "ask the administrator for a longer TQL timeout of the API user, or narrow what is asked for",
	ErrTooLong:      "the request is longer than the instance or a proxy takes",
	ErrThrottled:    "lower --rate or --workers, or try again later",
	ErrUnavailable:  "try again later",
	ErrServer:       "try again later; if it persists, the server's log knows why",
	ErrTimeout:      "raise --timeout, or try again when the instance has less to do",
	ErrNetwork:      "check the network, and the proxy variables HTTPS_PROXY and NO_PROXY",
	ErrTLS:          "the connection cannot be trusted; see which certificate the host of TC_API_PATH shows",
	ErrRedirect:     "set TC_API_PATH to the final address: credentials are not sent anywhere else",
	ErrHTML:         "is TC_API_PATH missing /api at its end? A proxy or a login page can be in the way, too",
	ErrAnswer:       "something between here and the instance may have changed the answer; if it persists, please report it",
	ErrTooLarge:     "narrow what is asked for",
}

func hint(cause Cause, call *call) string {
	// Where no single object is asked for it is the address that is not there.
	if cause == ErrNotFound && !strings.Contains(call.route, "{") {
		return "is TC_API_PATH right? It ends in /api on most instances"
	}
	return hints[cause]
}

// firewallHint is for an HTML page instead of an answer to one request among
// others that went well.
const firewallHint = "a firewall or proxy between here and the instance seems to refuse what the request holds: its administrator can tell why"

// clockHint says how far off the clock is, if the server has told the time.
func (c *Client) clockHint() string {
	skew, ok := c.ClockSkew()
	if !ok {
		return hints[ErrClock]
	}
	direction := "ahead of"
	if skew < 0 {
		direction, skew = "behind", -skew
	}
	return fmt.Sprintf("the clock of this machine is %s %s the server's; %s", skew.Round(time.Second), direction, hints[ErrClock])
}

// proxyError is a proxy that does not connect to the instance.
type proxyError struct {
	host   string
	status int
}

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy %s answers %d %s", e.host, e.status, http.StatusText(e.status))
}

// unsent reports whether err came before anything was sent.
func unsent(err error) bool {
	if _, ok := errors.AsType[*proxyError](err); ok {
		return true
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "dial" || op.Op == "proxyconnect") {
		return true
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	return errors.Is(err, syscall.ECONNREFUSED) || transportCause(err) == ErrTLS
}

// networkError reports whether err is the transport's, not the decoder's.
func networkError(err error) bool {
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, http.ErrBodyReadAfterClose)
}

func transportCause(err error) Cause {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return ErrTLS
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return ErrTLS
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return ErrTLS
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return ErrNetwork
	}
	if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
		return ErrTimeout
	}
	return ErrNetwork
}

// transportHint is the hint for an error of the network, as exact as it gets.
func transportHint(err error, cause Cause) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "the certificate is signed by an authority that this machine does not know: name its certificate with --ca-file"
	}
	if name, ok := errors.AsType[x509.HostnameError](err); ok {
		return fmt.Sprintf("the certificate is not for %q: check the host in TC_API_PATH", name.Host)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "the certificate has expired, or the clock of this machine is wrong"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "the host does not speak TLS on that port: check host and port in TC_API_PATH"
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "proxyconnect" {
		return "the proxy cannot be reached: check HTTPS_PROXY and NO_PROXY"
	}
	if _, ok := errors.AsType[*proxyError](err); ok {
		return "the proxy does not let this through: check HTTPS_PROXY (with user and password, if it wants them) and NO_PROXY"
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Sprintf("the name %q cannot be looked up: check the host in TC_API_PATH, and whether a proxy (HTTPS_PROXY) is needed", dns.Name)
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "nothing listens there: check host and port in TC_API_PATH, and whether a proxy (HTTPS_PROXY) is needed"
	}
	return hints[cause]
}
