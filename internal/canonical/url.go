package canonical

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// URL is a URL with scheme and host in lower case and the host in ASCII. All
// other bytes stay: two spellings of a path are two indicators.
func URL(s string) (string, error) {
	s = strings.TrimSpace(s)
	scheme, host, before, after, ok := cutURL(s)
	if !ok || !validScheme(scheme) || defangedSchemes[strings.ToLower(scheme)] != "" {
		return "", notURL(s)
	}
	// Brackets behind the host are the path's own.
	if front := s[:len(s)-len(after)+len(portOf(after))]; strings.ContainsAny(front, "[](){}\\") {
		if _, defanged := Refang(front); defanged {
			return "", notDefanged(s, URL)
		}
	}
	canonicalHost, err := urlHost(host)
	if err != nil {
		return "", fmt.Errorf("is not a URL: its host %s %w", message.Quote(host), err)
	}
	if port, ok := strings.CutPrefix(portOf(after), ":"); ok && !IsDigits(port) {
		return "", fmt.Errorf("is not a URL: its port %s is not a number", message.Quote(port))
	}
	if strings.ContainsFunc(s, unicode.IsSpace) {
		return "", errors.New("is not a URL: it contains a space or a line break: write %20 for a space")
	}
	return spelling.Fold(scheme) + "://" + before + canonicalHost + after, nil
}

// cutURL splits scheme://before host after: before is user information with
// its @, after begins with the port.
func cutURL(s string) (scheme, host, before, after string, ok bool) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return "", "", "", "", false
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority := rest[:end]
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		before, authority = authority[:at+1], authority[at+1:]
	}
	host = authority
	if strings.HasPrefix(host, "[") {
		if i := strings.IndexByte(host, ']'); i >= 0 {
			host = host[:i+1]
		}
	} else if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	return scheme, host, before, rest[len(before)+len(host):], true
}

// portOf is the text between the host of a URL and its path: the port with its
// colon.
func portOf(after string) string {
	if end := strings.IndexAny(after, "/?#"); end >= 0 {
		return after[:end]
	}
	return after
}

// urlHost is the host of a URL. It accepts more than Host, because servers
// have names that no Host indicator can have.
func urlHost(host string) (string, error) {
	if host == "" {
		return "", errors.New("is empty: write scheme://host/path")
	}
	if bare, ok := strings.CutPrefix(host, "["); ok {
		bare, closed := strings.CutSuffix(bare, "]")
		if _, err := netip.ParseAddr(bare); err != nil || !closed {
			return "", errors.New("is not an IPv6 address in brackets")
		}
		return spelling.Fold(host), nil
	}
	if strings.ContainsAny(host, " \t\"<>\\^`{|}[]:") {
		return "", errors.New("contains a character that a host cannot have")
	}
	ascii, err := asciiHost(host)
	if err != nil || isASCII(host) {
		return ascii, err
	}
	// Some characters are encoded as ones that mean something in a URL.
	return ascii, checkLabels(strings.TrimSuffix(ascii, "."))
}

// validScheme reports whether s is a scheme by RFC 3986.
func validScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		letter := 'a' <= c && c <= 'z'
		if !letter && (i == 0 || (s[i] < '0' || s[i] > '9') && s[i] != '+' && s[i] != '-' && s[i] != '.') {
			return false
		}
	}
	return s != ""
}

// notURL is an error with the URL that s probably means.
func notURL(s string) error {
	if s == "" {
		return errors.New("is empty: write scheme://host/path")
	}
	if meant, ok := Refang(s); ok && strings.Contains(meant, "://") {
		return notDefanged(s, URL)
	}
	if rest, ok := strings.CutPrefix(s, "//"); ok {
		s = rest
	}
	if i := strings.Index(s, `:\\`); i > 0 {
		return fmt.Errorf("is not a URL: write %s", message.Quote(s[:i]+"://"+strings.ReplaceAll(s[i+3:], `\`, "/")))
	}
	host := portOf(s)
	if h, _, ok := cutPort(host); ok {
		host = h
	}
	trouble := ""
	if meant, ok := Refang(s); ok {
		s, trouble = meant, "is defanged and "
		host, _ = Refang(host)
	}
	if _, err := hostName(host); err == nil && !strings.Contains(s, "://") {
		return fmt.Errorf("%shas no scheme: write %s, or https if it was that", trouble, message.Quote("http://"+s))
	}
	return errors.New("is not a URL: write scheme://host/path")
}
