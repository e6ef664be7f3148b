package tc

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// example is what a base URL looks like, for messages.
const example = "https://app.threatconnect.com/api"

// InstanceURL is the one spelling of a base URL: two spellings of the same URL
// give the same text. Whatever is named after an instance (locks, journals,
// reports, plans) is named after this. No error repeats a password.
func InstanceURL(raw string) (string, error) {
	u, err := parseBase(raw)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

func parseBase(raw string) (*url.URL, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return nil, errors.New("no base URL: set TC_API_PATH, such as " + example)
	}
	shown := shownURL(raw)
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the base URL %q cannot be read as a URL: write it like %s", shown, example)
	case u.User != nil:
		return nil, fmt.Errorf("the base URL %q contains a user name or password: remove them, and set TC_TOKEN, or TC_API_ACCESS_ID and TC_API_SECRET_KEY", shown)
	case u.Scheme != "https" && u.Scheme != "http", strings.Trim(u.Hostname(), ".") == "":
		return nil, fmt.Errorf("the base URL %q does not start with https:// and a host: it should look like %s", shown, example)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("the base URL %q has a query or a fragment: remove what starts at ? or #", shown)
	}
	if u.Host, err = hostPort(u); err != nil {
		return nil, fmt.Errorf("the base URL %q: %w", shown, err)
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, fmt.Errorf("the base URL %q is plain http: credentials would travel in the clear; use https (http is accepted for loopback only)", shown)
	}
	escaped := strings.TrimSuffix(path.Clean("/"+u.EscapedPath()), "/")
	if last := path.Base(escaped); strings.EqualFold(last, "v3") || strings.EqualFold(last, "v2") {
		return nil, fmt.Errorf("the base URL %q ends in /%s, which tcimport adds itself: remove /%[2]s", shown, last)
	}
	if u.Path, err = url.PathUnescape(escaped); err != nil {
		return nil, err
	}
	u.RawPath = escaped
	return u, nil
}

// hostPort is the host in lower case, with a port only if it is not the usual one.
func hostPort(u *url.URL) (string, error) {
	host := strings.ToLower(strings.TrimRight(u.Hostname(), "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.Unmap().String()
	}
	port := u.Port()
	if port != "" {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			return "", fmt.Errorf("there is no port %s: ports go from 1 to 65535", port)
		}
		port = strconv.Itoa(n)
	}
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return host, nil
	}
	return net.JoinHostPort(host, port), nil
}

var (
	webScheme = regexp.MustCompile(`(?i)^https?://`)
	userinfo  = regexp.MustCompile(`(?is)^.*(@|%40)`)
)

// shownURL is what may be repeated of a URL that somebody has written, readable
// as one or not: neither what stands before an @, nor query and fragment.
func shownURL(raw string) string {
	scheme := webScheme.FindString(raw)
	rest := userinfo.ReplaceAllString(raw[len(scheme):], redacted+"@")
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
	}
	return scheme + rest
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
