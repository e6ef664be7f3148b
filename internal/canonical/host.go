package canonical

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// hostProfile maps names to their form in the DNS. It accepts more than
// registrars do, because malware uses names with underscores, and with hyphens
// anywhere. checkLabels refuses the rest.
var hostProfile = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.StrictDomainName(false),
	idna.CheckHyphens(false),
	idna.CheckJoiners(true),
	idna.BidiRule(),
)

// Host is a host name in the form of the DNS: ASCII, lower case, no dot at the
// end.
func Host(s string) (string, error) {
	s = strings.TrimSpace(s)
	if err := notHost(s); err != nil {
		return "", err
	}
	return hostName(s)
}

// hostName is Host without the check whether s is something else.
func hostName(s string) (string, error) {
	ascii, err := asciiHost(s)
	if err != nil {
		return "", err
	}
	if len(ascii) > 1 {
		ascii = strings.TrimSuffix(ascii, ".")
	}
	return ascii, checkLabels(ascii)
}

// asciiHost makes s lower case, and encodes labels that are not ASCII. Invalid
// punycode stays, because hosts with such names exist.
func asciiHost(s string) (string, error) {
	if isASCII(s) {
		return spelling.Fold(s), nil
	}
	ascii, err := hostProfile.ToASCII(s)
	if err != nil {
		return "", fmt.Errorf("is not a host name (%w)", err)
	}
	return spelling.Fold(ascii), nil
}

// notHost reports that s is something else, such as a URL.
func notHost(s string) error {
	if s == "" {
		return errors.New("is empty: write a host name")
	}
	if _, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return errors.New("is an IP address: write type Address")
	}
	if !strings.ContainsAny(s, ":/@[](){}*\\ \t?#") {
		return nil
	}
	if err := notDefanged(s, Host); err != nil {
		return err
	}
	if i := strings.Index(s, "://"); i > 0 {
		_, host, _, _, _ := cutURL(s)
		if name, err := hostName(host); err == nil {
			return fmt.Errorf("is a URL: write type URL, or the host %s", message.Quote(name))
		}
		return errors.New("is a URL: write type URL")
	}
	if host, _, ok := cutPort(s); ok {
		if _, err := netip.ParseAddr(host); err == nil {
			return fmt.Errorf("is an IP address with a port: write type Address and %s", host)
		}
		if name, err := hostName(host); err == nil {
			return fmt.Errorf("has a port: write %s", name)
		}
	}
	if rest, ok := strings.CutPrefix(s, "*."); ok {
		if name, err := hostName(rest); err == nil {
			return fmt.Errorf("is a pattern, not a host name: write %s", name)
		}
	}
	if host, _, ok := strings.Cut(s, "/"); ok {
		if name, err := hostName(host); err == nil {
			return fmt.Errorf("has a path: write %s, or type URL with its scheme", name)
		}
	}
	if strings.Contains(s, "@") {
		return errors.New("is not a host name: write type EmailAddress for an e-mail address")
	}
	return nil
}

// checkLabels looks at a name in ASCII, label by label.
func checkLabels(s string) error {
	if len(s) > 253 {
		return fmt.Errorf("has %d characters: a host name has at most 253", len(s))
	}
	label := 0
	for i := 0; i <= len(s); i++ {
		if i == len(s) || s[i] == '.' {
			switch {
			case i == label:
				return errors.New("has an empty part: write names with one dot between the parts")
			case i-label > 63:
				return fmt.Errorf("has the part %s of %d characters: at most 63 are possible", message.Quote(s[label:i]), i-label)
			}
			label = i + 1
			continue
		}
		c := s[i]
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_' {
			continue
		}
		if c == ' ' {
			return errors.New("is not a host name: it contains a space")
		}
		r, _ := utf8.DecodeRuneInString(s[i:])
		return fmt.Errorf("is not a host name: it contains %q", r)
	}
	if last := s[strings.LastIndexByte(s, '.')+1:]; IsDigits(last) {
		return errors.New("is not a host name: a host name does not end in a number; an IPv4 address has four numbers up to 255")
	}
	return nil
}

// HostWarning warns of a public suffix: it means all names that anyone
// registers under it.
func HostWarning(name string) string {
	suffix, managed := publicsuffix.PublicSuffix(name)
	if suffix == name && (managed || strings.Contains(name, ".")) {
		return "is a public suffix, under which anyone can register a name: check that no part is missing"
	}
	return ""
}

// Email is an e-mail address in lower case, its domain in the form of the DNS.
func Email(s string) (string, error) {
	s = strings.TrimSpace(s)
	if err := notDefanged(s, Email); err != nil {
		return "", err
	}
	if rest, ok := cutPrefixFold(s, "mailto:"); ok {
		return "", fmt.Errorf("has a scheme: write %s", message.Quote(spelling.Fold(rest)))
	}
	if i := strings.IndexByte(s, '<'); i >= 0 && strings.HasSuffix(s, ">") {
		return "", fmt.Errorf("contains a name before the address: write %s", message.Quote(spelling.Fold(s[i+1:len(s)-1])))
	}
	if strings.ContainsAny(s, " \t") {
		return "", errors.New("is not an e-mail address: it contains a space")
	}
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 {
		return "", errors.New("is not an e-mail address: write it as name@example.com")
	}
	local, domain := s[:at], s[at+1:]
	if strings.Contains(local, "@") && local[0] != '"' {
		return "", errors.New("is not an e-mail address: it contains more than one @")
	}
	canonicalDomain, err := mailDomain(domain)
	if err != nil {
		return "", fmt.Errorf("is not an e-mail address: its domain %s %w", message.Quote(domain), err)
	}
	return spelling.Fold(local) + "@" + canonicalDomain, nil
}

// mailDomain takes host names, and addresses with or without brackets.
func mailDomain(s string) (string, error) {
	literal := strings.TrimPrefix(strings.ToLower(strings.Trim(s, "[]")), "ipv6:")
	if _, err := netip.ParseAddr(literal); err == nil {
		return spelling.Fold(s), nil
	}
	return hostName(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// cutPrefixFold is strings.CutPrefix for an ASCII prefix in any case.
func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}
