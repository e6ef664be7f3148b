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
	ErrSignature:    "check TC_API_SECRET_KEY; if it is right, a proxy may rewrite the path, which breaks signatures: set TC_API_PATH to the instance's own address, or use a token",
	ErrClock:        "set this machine's clock: signatures are valid for five minutes",
	ErrUnauthorized: "check the credentials: the token may have expired or been replaced, or the API user may be disabled",
	ErrDenied:       "check the access ID, and that the API user can see the owner",
	ErrPermission:   "ask an administrator for a role that allows this: Standard User or more in the Organization, Contributor or more in a community or source, Organization Administrator for cases and artifacts",
	ErrOwner:        "check the spelling of the owner, and that the API user is a member of it: tcimport check lists the owners",
	ErrNotLicensed:  "ask the administrator of the instance to enable its API",
	ErrNotFound:     "it may have been deleted in the meantime",
	ErrExists:       "look it up and update it instead",
	ErrRefused:      "correct what the message names: the same request would be refused again",
	ErrTQL:          "this version of the instance does not understand a query that tcimport needs: please report it with this message",
	ErrTQLTimeout:   "ask the administrator for a longer TQL timeout of the API user",
	ErrTooLong:      "the instance, or a proxy in between, does not accept a request of this length: ask its administrator to raise the limit",
	ErrThrottled:    "lower --rate or --workers, or try again later",
	ErrUnavailable:  "try again later",
	ErrServer:       "try again later; if it happens again, ask the administrator to look into the server's log",
	ErrTimeout:      "raise --timeout, or try again when the instance is less busy",
	ErrNetwork:      "check the network, and the proxy variables HTTPS_PROXY and NO_PROXY",
	ErrCertificate:  "check which certificate the host in TC_API_PATH shows, and give the certificate of its authority with --ca-file",
	ErrHandshake:    "check host and port in TC_API_PATH",
	ErrRedirect:     "set TC_API_PATH to the final address: tcimport sends credentials to no other host",
	ErrHTML:         "check that TC_API_PATH ends in /api; a proxy or a login page in between looks the same",
	ErrAnswer:       "a proxy in between may have changed the answer; if it happens again, please report it",
	ErrIncomplete:   "the same command may succeed later; if it does not, ask the administrator of the instance why its lists end early",
	ErrTooLarge:     "no instance should send so much: check the host in TC_API_PATH; if it is right, please report this",
}

func hint(cause Cause, call *call) string {
	// Where no single object is asked for, the address does not exist.
	if cause == ErrNotFound && !strings.Contains(call.route, "{") {
		return "check TC_API_PATH: on most instances it ends in /api, without /v3"
	}
	return hints[cause]
}

// firewallHint is for an HTML page instead of an answer to one request among
// others that went well.
const firewallHint = "a firewall or proxy between here and the instance seems to refuse what the request contains: ask its administrator why"

// clockHint says how far off the clock is, if the server has sent its time.
func (c *Client) clockHint() string {
	skew, ok := c.ClockSkew()
	if !ok {
		return hints[ErrClock]
	}
	direction := "ahead of"
	if skew < 0 {
		direction, skew = "behind", -skew
	}
	return fmt.Sprintf("this machine's clock is %s %s the server's: set it, signatures are valid for five minutes", skew.Round(time.Second), direction)
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
	return errors.Is(err, syscall.ECONNREFUSED) || transportCause(err).tls()
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
		return ErrCertificate
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return ErrHandshake
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return ErrHandshake
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
		return "the certificate is signed by an authority that this machine does not know: give that authority's certificate with --ca-file"
	}
	if name, ok := errors.AsType[x509.HostnameError](err); ok {
		return fmt.Sprintf("the certificate is not for %q: check the host in TC_API_PATH", name.Host)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "the certificate has expired, or this machine's clock is wrong"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "the host does not speak TLS on that port: check host and port in TC_API_PATH"
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "proxyconnect" {
		return "the proxy cannot be reached: check HTTPS_PROXY and NO_PROXY"
	}
	if _, ok := errors.AsType[*proxyError](err); ok {
		return "the proxy does not let this through: check HTTPS_PROXY (with user and password, if it needs them) and NO_PROXY"
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Sprintf("the name %q cannot be resolved: check the host in TC_API_PATH, and whether a proxy (HTTPS_PROXY) is needed", dns.Name)
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "nothing listens there: check host and port in TC_API_PATH, and whether a proxy (HTTPS_PROXY) is needed"
	}
	return hints[cause]
}
