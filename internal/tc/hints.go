package tc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// trait is what callers and the client want to know of a cause. A cause can have several.
type trait uint

const (
	ofCredentials trait = 1 << iota // about the credentials as a whole
	notAllowed                      // the user is not allowed
	ofRequest                       // about this one request: others may well succeed
	passing                         // the same request may go well another time
	unreachable                     // the instance does not answer at all
)

// causes say for each cause which traits it has, and what to do next.
var causes = map[Cause]struct {
	is   trait
	hint string
}{
	ErrSignature:    {ofCredentials | notAllowed, "check TC_API_SECRET_KEY; if it is right, a proxy may rewrite the path, which breaks signatures: set TC_API_PATH to the instance's own address, or use a token"},
	ErrClock:        {ofCredentials | notAllowed, "set this machine's clock: signatures are valid for five minutes"},
	ErrUnauthorized: {ofCredentials | notAllowed, "check the credentials: the token may have expired or been replaced, or the API user may be disabled"},
	ErrDenied:       {ofCredentials | notAllowed, "check the access ID, and that the API user can see the owner"},
	ErrPermission:   {notAllowed | ofRequest, "ask an administrator for a role that allows this: Standard User or more in the Organization, Contributor or more in a community or source, Organization Administrator for cases and artifacts"},
	ErrOwner:        {notAllowed | ofRequest, "check the spelling of the owner, and that the API user is a member of it: tcimport check lists the owners"},
	ErrNotLicensed:  {notAllowed | unreachable, "ask the administrator of the instance to enable its API"},
	ErrNoJobs:       {notAllowed, "use --engine v3, or ask the administrator of the instance to enable batch jobs and document storage"},
	ErrJobRunning:   {ofRequest, "ask again when the job has ended"},
	ErrNotFound:     {ofRequest, "it may have been deleted in the meantime"},
	ErrExists:       {ofRequest, "look it up and update it instead"},
	ErrRefused:      {ofRequest, "correct what the message names: the same request would be refused again"},
	ErrTQL:          {ofRequest, "this version of the instance does not understand a query that tcimport needs: please report it with this message"},
	ErrTQLTimeout:   {0, "ask the administrator for a longer TQL timeout of the API user"},
	ErrTooLong:      {ofRequest, "the instance, or a proxy in between, does not accept a request of this length: ask its administrator to raise the limit"},
	ErrThrottled:    {passing | unreachable, "lower --rate or --workers, or try again later"},
	ErrUnavailable:  {passing | unreachable, "try again later"},
	ErrServer:       {passing, "try again later; if it happens again, ask the administrator to look into the server's log"},
	ErrTimeout:      {passing, "raise --timeout, or try again when the instance is less busy"},
	ErrNetwork:      {passing | unreachable, "check the network, and the proxy variables HTTPS_PROXY and NO_PROXY"},
	ErrCertificate:  {unreachable, "check which certificate the host in TC_API_PATH shows, and give the certificate of its authority with --ca-file"},
	ErrHandshake:    {unreachable, "check host and port in TC_API_PATH"},
	ErrRedirect:     {unreachable, "set TC_API_PATH to the final address: tcimport sends credentials to no other host"},
	ErrHTML:         {passing, "check that TC_API_PATH ends in /api; a proxy or a login page in between looks the same"},
	ErrAnswer:       {passing, "a proxy in between may have changed the answer; if it happens again, please report it"},
	ErrIncomplete:   {0, "the same command may succeed later; if it does not, ask the administrator of the instance why its lists end early"},
	ErrTooLarge:     {0, "no instance should send so much: check the host in TC_API_PATH; if it is right, please report this"},
}

// is reports whether the cause has one of some traits.
func (c Cause) is(traits trait) bool { return causes[c].is&traits != 0 }

func hint(cause Cause, call *call) string {
	// Where no existing object is asked for, the address does not exist.
	if cause == ErrNotFound && (call.object == "" || call.method == http.MethodPost && !call.file) {
		return "check TC_API_PATH: on most instances it ends in /api, without /v3"
	}
	if cause == ErrPermission && call.jobs {
		return "ask an administrator for a role that may create jobs: Standard User or more in the Organization, Editor or more in a community or source; or use --engine v3"
	}
	return causes[cause].hint
}

// firewallHint is for an HTML page instead of an answer to one request among
// others that went well.
const firewallHint = "a firewall or proxy between here and the instance seems to refuse what the request contains: ask its administrator why"

// clockHint says how far off the clock is, if the server has sent its time.
func (c *Client) clockHint() string {
	skew, ok := c.ClockSkew()
	if !ok {
		return causes[ErrClock].hint
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

// networkError reports whether err is the transport's, not the decoder's.
func networkError(err error) bool {
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, http.ErrBodyReadAfterClose)
}

// meaning is what an error of the transport means.
type meaning struct {
	cause  Cause
	unsent bool   // it came before anything was sent
	hint   string // as exact as it gets
}

func meaningOf(err error) meaning {
	var (
		authority   x509.UnknownAuthorityError
		hostname    x509.HostnameError
		invalid     x509.CertificateInvalidError
		certificate *tls.CertificateVerificationError
		header      tls.RecordHeaderError
		alert       tls.AlertError
		op          *net.OpError
		proxy       *proxyError
		dns         *net.DNSError
		network     net.Error
	)
	switch {
	case errors.As(err, &authority):
		return meaning{ErrCertificate, true, "the certificate is signed by an authority that this machine does not know: give that authority's certificate with --ca-file"}
	case errors.As(err, &hostname):
		return meaning{ErrCertificate, true, fmt.Sprintf("the certificate is not for %q: check the host in TC_API_PATH", hostname.Host)}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return meaning{ErrCertificate, true, "the certificate has expired, or this machine's clock is wrong"}
	case errors.As(err, &certificate):
		return meaning{ErrCertificate, true, causes[ErrCertificate].hint}
	case errors.As(err, &header):
		return meaning{ErrHandshake, true, "the host does not speak TLS on that port: check host and port in TC_API_PATH"}
	case errors.As(err, &alert):
		return meaning{ErrHandshake, true, causes[ErrHandshake].hint}
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return meaning{ErrNetwork, true, "the proxy cannot be reached: check HTTPS_PROXY and NO_PROXY"}
	case errors.As(err, &proxy):
		return meaning{ErrNetwork, true, "the proxy does not let this through: check HTTPS_PROXY (with user and password, if it needs them) and NO_PROXY"}
	case errors.As(err, &dns):
		return meaning{ErrNetwork, true, fmt.Sprintf("the name %q cannot be resolved: check the host in TC_API_PATH, and whether a proxy (HTTPS_PROXY) is needed", dns.Name)}
	case errors.Is(err, syscall.ECONNREFUSED):
		return meaning{ErrNetwork, true, "nothing listens there: check host and port in TC_API_PATH, and whether a proxy (HTTPS_PROXY) is needed"}
	case op != nil && op.Op == "dial":
		return meaning{ErrNetwork, true, causes[ErrNetwork].hint}
	case errors.As(err, &network) && network.Timeout():
		return meaning{ErrTimeout, false, causes[ErrTimeout].hint}
	}
	return meaning{ErrNetwork, false, causes[ErrNetwork].hint}
}
