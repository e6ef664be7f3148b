package tcsim

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// indicatorType is one type: how its values are named and brought into the
// form in which the instance stores them.
type indicatorType struct {
	IndicatorType
	custom    bool // answers give its values under their labels, or as value1..3
	exact     bool // summaries compare case-sensitively
	all       bool // every label is required
	normalize func(sw *Switches, v [3]string) [3]string
}

var hashLabels = []string{"md5", "sha1", "sha256"}

// normalizers of the built-in types that have one.
var normalizers = map[string]func(*Switches, [3]string) [3]string{
	"Address": single(normalizeAddress), "EmailAddress": single(normalizeEmail), "File": normalizeFile, "Host": single(normalizeHost),
	"URL": single(normalizeURL), "ASN": single(normalizeASN), "CIDR": single(normalizeCIDR), "Registry Key": normalizeRegistryKey,
}

func newIndicatorType(it IndicatorType) *indicatorType {
	native := slices.Contains([]string{"Address", "EmailAddress", "File", "Host", "URL"}, it.Name)
	return &indicatorType{IndicatorType: it, custom: !native, exact: it.CasePreference == "sensitive", all: it.Name == "Registry Key", normalize: normalizers[it.Name]}
}

// exact reports whether two spellings of a value are two indicators; for Email
// Subject and Hashtag each instance has its own rule.
func (c *call) exact(it *indicatorType) bool {
	if c.sw.SubjectCase == "insensitive" && (it.Name == "Email Subject" || it.Name == "Hashtag") {
		return false
	}
	return it.exact
}

// single lifts a check of one value.
func single(f func(*Switches, string) string) func(*Switches, [3]string) [3]string {
	return func(sw *Switches, v [3]string) [3]string { return [3]string{f(sw, v[0])} }
}

func invalid(typ string) *apiError { return badRequest("Please enter a valid %s", typ) }

func normalizeAddress(sw *Switches, s string) string {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		panic(invalid("Address"))
	}
	if a.Is4() || sw.IPv6 == "compressed" {
		return a.String()
	}
	return expandIPv6(a)
}

// expandIPv6 prints eight groups without leading zeros and without "::".
func expandIPv6(a netip.Addr) string {
	b := a.As16()
	groups := make([]string, 8)
	for i := range groups {
		groups[i] = strconv.FormatUint(uint64(b[2*i])<<8|uint64(b[2*i+1]), 16)
	}
	return strings.Join(groups, ":")
}

// normalizeCIDR: IPv6 blocks must be written out in full; anything else is
// refused (common_errors.rst).
func normalizeCIDR(_ *Switches, s string) string {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		panic(invalid("CIDR"))
	}
	if p.Addr().Is4() {
		return s
	}
	if full := expandIPv6(p.Addr()) + "/" + strconv.Itoa(p.Bits()); full != strings.ToLower(s) {
		panic(invalid("CIDR"))
	}
	return strings.ToLower(s)
}

var asnForm = regexp.MustCompile(`^(?i)ASN[0-9]+$`)

func normalizeASN(_ *Switches, s string) string {
	if !asnForm.MatchString(s) {
		panic(invalid("ASN"))
	}
	return strings.ToUpper(s)
}

var hostForm = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

func normalizeHost(sw *Switches, s string) string {
	if _, err := netip.ParseAddr(s); err == nil || len(s) > 253 || !hostForm.MatchString(s) {
		panic(invalid("Host"))
	}
	return foldHost(sw, s)
}

func foldHost(sw *Switches, h string) string {
	if sw.HostCase == "kept" {
		return h
	}
	return strings.ToLower(h)
}

// normalizeURL leaves a URL as it is. Scheme and host must be lower-case ASCII
// (common_errors.rst); an instance that keeps the case of hosts takes capitals.
func normalizeURL(sw *Switches, s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || scheme == "" || rest == "" || strings.ContainsAny(s, " \t\r\n") {
		panic(invalid("Url"))
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority := rest[strings.LastIndexByte(rest[:end], '@')+1 : end]
	if authority == "" || strings.ContainsFunc(authority, func(r rune) bool { return r > unicode.MaxASCII }) {
		panic(invalid("Url"))
	}
	if sw.HostCase != "kept" && scheme+authority != strings.ToLower(scheme+authority) {
		panic(invalid("Url"))
	}
	return s
}

func normalizeEmail(sw *Switches, s string) string {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || domain == "" || strings.ContainsAny(s, " \t\r\n") || strings.Contains(domain, "@") {
		panic(invalid("Email Address"))
	}
	if sw.HostCase == "kept" {
		return s
	}
	return strings.ToLower(s)
}

var hashForm = regexp.MustCompile(`^[0-9A-Fa-f]+$`)

func normalizeFile(_ *Switches, v [3]string) [3]string {
	for i, h := range v {
		if h != "" && (!hashForm.MatchString(h) || len(h) != []int{32, 40, 64}[i]) {
			panic(badRequest("Please enter a valid %s", hashLabels[i]))
		}
		v[i] = strings.ToUpper(h)
	}
	return v
}

var registryHives = []string{
	"HKEY_CLASSES_ROOT", "HKEY_CURRENT_CONFIG", "HKEY_CURRENT_USER", "HKEY_CURRENT_USER_LOCAL_SETTINGS",
	"HKEY_LOCAL_MACHINE", "HKEY_PERFORMANCE_DATA", "HKEY_PERFORMANCE_NLSTEXT", "HKEY_PERFORMANCE_TEXT", "HKEY_USERS",
}

var registryTypes = []string{
	"REG_NONE", "REG_BINARY", "REG_DWORD", "REG_DWORD_LITTLE_ENDIAN", "REG_DWORD_BIG_ENDIAN", "REG_EXPAND_SZ",
	"REG_LINK", "REG_MULTI_SZ", "REG_QWORD", "REG_QWORD_LITTLE_ENDIAN", "REG_SZ",
}

func normalizeRegistryKey(_ *Switches, v [3]string) [3]string {
	hive, _, _ := strings.Cut(v[0], `\`)
	if !slices.Contains(registryHives, hive) || !slices.Contains(registryTypes, v[2]) {
		panic(invalid("Registry Key"))
	}
	return v
}
