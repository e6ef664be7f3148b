package intel

import (
	"net/netip"
	"regexp"
	"strings"

	"tcimport/internal/canonical"
)

// Typed is a value that somebody wrote without its type as Type:summary, "" where
// it does not show what it is. port reports whether it had a port, which no
// indicator of these has.
func inferIndicator(value string) (written string, port bool) {
	value = strings.TrimSpace(value)
	if at, err := netip.ParseAddrPort(value); err == nil {
		return "Address:" + at.Addr().String(), true
	}
	if host, number, ok := strings.Cut(value, ":"); ok && number != "" && len(number) <= 5 && canonical.IsDigits(number) {
		if typ := inferType(host); typ == "Host" {
			return typ + ":" + host, true
		}
	}
	if typ := inferType(value); typ != "" {
		return typ + ":" + value, false
	}
	return "", false
}

var bareASN = regexp.MustCompile(`(?i)^ASN?[0-9]+$`)

// typeOfValue is the type of indicator that a value shows to be.
func inferType(value string) string {
	is := func(typ string) bool {
		t, _ := IndicatorTypeNamed(typ, nil)
		parts, err := t.split(value)
		if err == nil {
			_, err = t.Canonical(parts)
		}
		return err == nil
	}
	switch {
	case is("Address"):
		return "Address"
	case strings.Contains(value, "/") && is("CIDR"):
		return "CIDR"
	case strings.Contains(value, "://") && is("URL"):
		return "URL"
	case strings.Contains(value, "@") && is("EmailAddress"):
		return "EmailAddress"
	case bareASN.MatchString(value):
		return "ASN"
	case is("File"):
		return "File"
	case strings.Contains(value, ".") && is("Host"):
		return "Host"
	}
	return ""
}
