package canonical

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"tcimport/internal/message"
)

// Address gives an IP address as instances store it: IPv4 dotted, IPv6
// as eight groups in lower case without leading zeros and without "::".
func Address(s string) (string, error) {
	s = strings.TrimSpace(s)
	ip, err := parseIP(s)
	if err == nil {
		return formatIP(ip), nil
	}
	if err := notDefanged(s, Address); err != nil {
		return "", err
	}
	if prefix, err := netip.ParsePrefix(s); err == nil {
		return "", fmt.Errorf("is a network: write type CIDR, or the address %s", formatIP(prefix.Addr()))
	}
	host, _, hasPort := cutPort(s)
	if ip, err := parseIP(host); hasPort && err == nil {
		return "", fmt.Errorf("has a port: write %s", formatIP(ip))
	}
	if ip, err := parseIP(strings.Trim(s, "[]")); err == nil {
		return "", fmt.Errorf("is in brackets: write %s", formatIP(ip))
	}
	return "", err
}

// parseIP reads an address, tolerating zeros before the numbers of an IPv4
// address where they cannot mean octal.
func parseIP(s string) (netip.Addr, error) {
	ip, err := netip.ParseAddr(s)
	if err == nil {
		if ip.Zone() != "" {
			return netip.Addr{}, fmt.Errorf("has a zone: write %s", formatIP(ip.WithZone("")))
		}
		return ip, nil
	}
	notIP := errors.New("is not an IP address: write IPv4 as 198.51.100.7, IPv6 as 2001:db8::1")
	var octets [4]byte
	rest, octal := s, false
	for i := range octets {
		part, tail, dot := strings.Cut(rest, ".")
		rest = tail
		if dot != (i < 3) || part == "" || len(part) > 8 || !IsDigits(part) {
			return netip.Addr{}, notIP
		}
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil {
			return netip.Addr{}, fmt.Errorf("is not an IP address: %s is more than 255", part)
		}
		octets[i] = byte(n)
		if part[0] == '0' {
			other, err := strconv.ParseUint(part, 8, 64)
			octal = octal || err == nil && other != n
		}
	}
	ip = netip.AddrFrom4(octets)
	if octal {
		return netip.Addr{}, fmt.Errorf("has a number with a leading zero, which some read as octal: write %s if it is decimal", ip)
	}
	return ip, nil
}

// formatIP is the stored form of ip.
func formatIP(ip netip.Addr) string {
	if ip.Is4() {
		return ip.String()
	}
	var buf [40]byte
	b := buf[:0]
	bytes := ip.As16()
	for i := 0; i < 16; i += 2 {
		if i > 0 {
			b = append(b, ':')
		}
		b = strconv.AppendUint(b, uint64(bytes[i])<<8|uint64(bytes[i+1]), 16)
	}
	return string(b)
}

// cutPort splits host:port or [host]:port.
func cutPort(s string) (host, port string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 1 || i == len(s)-1 || !IsDigits(s[i+1:]) {
		return s, "", false
	}
	host, port = s[:i], s[i+1:]
	if bare, found := strings.CutPrefix(host, "["); found {
		host, ok = strings.CutSuffix(bare, "]")
		return host, port, ok
	}
	return host, port, !strings.Contains(host, ":")
}

// AddressWarning warns of an IPv4 address in IPv6 form: to an instance the two
// are two indicators.
func AddressWarning(address string) string {
	rest, ok := strings.CutPrefix(address, "0:0:0:0:0:ffff:")
	if !ok {
		return ""
	}
	ip, err := netip.ParseAddr("::ffff:" + rest)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("is the IPv6 form of %s: write that if the IPv4 address is meant", ip.Unmap())
}

// CIDR gives a network by its first address.
func CIDR(s string) (string, error) {
	s = strings.TrimSpace(s)
	address, bits, ok := strings.Cut(s, "/")
	ip, err := parseIP(strings.TrimSpace(address))
	if ok && err == nil {
		return canonicalPrefix(ip, strings.TrimSpace(bits))
	}
	if err := notDefanged(s, CIDR); err != nil {
		return "", err
	}
	switch {
	case ok:
		return "", fmt.Errorf("is not a network: its address %s %w", message.Quote(address), err)
	case err == nil:
		return "", fmt.Errorf("has no prefix length: write %s/%d, or type Address", formatIP(ip), ip.BitLen())
	}
	return "", errors.New("is not a network: write it as 198.51.100.0/24 or 2001:db8::/32")
}

func canonicalPrefix(ip netip.Addr, bits string) (string, error) {
	if mask, err := netip.ParseAddr(bits); err == nil && mask.Is4() && ip.Is4() {
		if n, ok := maskBits(mask); ok {
			return "", fmt.Errorf("has a netmask: write %s/%d", formatIP(netip.PrefixFrom(ip, n).Masked().Addr()), n)
		}
	}
	n, err := strconv.Atoi(bits)
	if err != nil || !IsDigits(bits) || n > ip.BitLen() {
		return "", fmt.Errorf("is not a network: after the / comes the prefix length, 0 to %d", ip.BitLen())
	}
	return formatIP(netip.PrefixFrom(ip, n).Masked().Addr()) + "/" + strconv.Itoa(n), nil
}

// maskBits is the prefix length of an IPv4 netmask.
func maskBits(mask netip.Addr) (int, bool) {
	for n := range 33 {
		ones := netip.AddrFrom4([4]byte{255, 255, 255, 255})
		if netip.PrefixFrom(ones, n).Masked().Addr() == mask {
			return n, true
		}
	}
	return 0, false
}

// ASN gives an autonomous system as ASN and its number.
func ASN(s string) (string, error) {
	s = strings.TrimSpace(s)
	number, prefixed := cutPrefixFold(s, "ASN")
	if !prefixed {
		number, prefixed = cutPrefixFold(s, "AS")
	}
	if prefixed {
		number = strings.TrimLeft(number, " ")
	}
	if high, low, ok := strings.Cut(number, "."); ok {
		h, errH := strconv.ParseUint(high, 10, 16)
		l, errL := strconv.ParseUint(low, 10, 16)
		if errH == nil && errL == nil {
			return "", fmt.Errorf("is in dotted form: write ASN%d", h<<16|l)
		}
	}
	if number == "" || !IsDigits(number) {
		return "", errors.New("is not an AS number: write ASN and its number, as in ASN64496")
	}
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return "", errors.New("is not an AS number: the largest is 4294967295")
	}
	return "ASN" + strconv.FormatUint(n, 10), nil
}
