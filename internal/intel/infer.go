package intel

import (
	"net/netip"
	"regexp"
	"strings"

	"tcimport/internal/canonical"
)

// inferIndicator is a value that was written without its type as Type:summary,
// "" if its form shows no type. port reports whether it had a port, which no
// such indicator has.
func inferIndicator(value string) (written string, port bool) {
	value = strings.TrimSpace(value)
	if at, err := netip.ParseAddrPort(value); err == nil {
		return "Address:" + at.Addr().String(), true
	}
	if host, number, ok := strings.Cut(value, ":"); ok && number != "" && len(number) <= 5 && canonical.IsDigits(number) {
		if typ := InferType(host); typ == "Host" {
			return typ + ":" + host, true
		}
	}
	if typ := InferType(value); typ != "" {
		return typ + ":" + value, false
	}
	return "", false
}

var bareASN = regexp.MustCompile(`(?i)^ASN?[0-9]+$`)

// InferType is the type of indicator that the form of a value shows, "" if it shows none.
func InferType(value string) string {
	is := func(typ string) bool {
		t, _ := IndicatorTypeNamed(typ, nil)
		parts, err := t.split(value)
		if err == nil {
			_, err = t.Canonical(parts)
		}
		return err == nil
	}
	if bareASN.MatchString(value) {
		return "ASN"
	}
	for _, c := range []struct{ typ, mark string }{
		{"Address", ""}, {"CIDR", "/"}, {"URL", "://"}, {"EmailAddress", "@"}, {"File", ""}, {"Host", "."},
	} {
		if strings.Contains(value, c.mark) && is(c.typ) {
			return c.typ
		}
	}
	return ""
}
