package stix

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// place is where the value of a property of an observable goes.
type place struct {
	object, path string // as in patterns, with [*] for any index
	indicator    string // the type of indicator
	field        string // of the type; "" for its only value
}

// anyEnd is the end of a connection.
const anyEnd = "Address or Host"

// places are the properties of observables that are indicators.
var places = []place{
	{"autonomous-system", "number", "ASN", ""},
	{"domain-name", "value", "Host", ""},
	{"email-addr", "value", "EmailAddress", ""},
	{"email-message", "from_ref.value", "EmailAddress", ""},
	{"email-message", "sender_ref.value", "EmailAddress", ""},
	{"email-message", "subject", "Email Subject", ""},
	{"file", "hashes.MD5", "File", "md5"},
	{"file", "hashes.SHA-1", "File", "sha1"},
	{"file", "hashes.SHA-256", "File", "sha256"},
	{"file", "size", "File", "size"},
	{"ipv4-addr", "value", "Address", ""},
	{"ipv6-addr", "value", "Address", ""},
	{"mutex", "name", "Mutex", ""},
	{"network-traffic", "src_ref.value", anyEnd, ""},
	{"network-traffic", "dst_ref.value", anyEnd, ""},
	{"network-traffic", "extensions.http-request-ext.request_header.User-Agent", "User Agent", ""},
	{"url", "value", "URL", ""},
	{"windows-registry-key", "key", "Registry Key", "Key Name"},
	{"windows-registry-key", "values[*].name", "Registry Key", "Value Name"},
	{"windows-registry-key", "values[*].data_type", "Registry Key", "Value Type"},
}

// placeOf finds the place of a property.
func placeOf(object, path string) (place, bool) {
	path = generalIndex(path)
	for _, p := range places {
		if p.object == object && (p.path == path || p.indicator == "File" && hashName(p.path) == hashName(path)) {
			return p, true
		}
	}
	return place{}, false
}

// generalIndex is a path with [*] in place of any index.
func generalIndex(path string) string {
	before, rest, ok := strings.Cut(path, "[")
	if !ok {
		return path
	}
	_, after, _ := strings.Cut(rest, "]")
	return before + "[*]" + generalIndex(after)
}

// hashName is the path of a hash without regard to how its algorithm is written.
func hashName(path string) string {
	return strings.ToLower(strings.ReplaceAll(path, "-", ""))
}

// term is a property and the value that it is to have.
type term struct {
	object, path string
	value        string
}

func (t term) String() string { return t.object + ":" + t.path }

// Why terms together are no indicator.
var errSeveral = errors.New("AND of properties that are not one value")

// indicator is the indicator that terms mean together, and the terms that have no place
// beside it.
func indicator(terms []term) (o *intel.Object, beside []term, err error) {
	var fields intel.Fields
	var typ string
	for _, t := range terms {
		p, ok := placeOf(t.object, t.path)
		switch {
		case strings.HasSuffix(t.path, "_ref.type"): // says what the value is, which shows that itself
			continue
		case !ok:
			beside = append(beside, t)
			continue
		case typ != "" && typ != p.indicator:
			return nil, nil, errSeveral
		}
		typ = p.indicator
		if have, ok := fields.Get(p.field); ok && have != t.value {
			return nil, nil, errSeveral
		}
		fields = append(fields, intel.Field{Name: p.field, Value: t.value})
	}
	switch {
	case typ == "" && len(beside) == 1:
		return nil, nil, fmt.Errorf("there is no type of indicator for %s", message.Quote(beside[0].String()))
	case typ == "", typ != "File" && len(beside) > 0:
		return nil, nil, errSeveral
	case typ == "File":
		return file(fields, beside)
	case typ == "Registry Key":
		return registryKey(fields)
	}
	return single(typ, fields[0].Value), nil, nil
}

// single is an indicator of one value. What a network or the end of a connection is, its
// value shows.
func single(typ, value string) *intel.Object {
	value = strings.TrimSpace(value)
	if typ == anyEnd {
		typ = "Address"
		if first, _, _ := strings.Cut(value, "/"); !isIP(first) {
			typ = "Host"
		}
	}
	if typ == "Address" {
		prefix, err := netip.ParsePrefix(value)
		switch {
		case err == nil && prefix.IsSingleIP():
			value = prefix.Addr().String()
		case strings.Contains(value, "/"):
			typ = "CIDR"
		}
	}
	if typ == "ASN" && !strings.HasPrefix(strings.ToUpper(value), "AS") {
		value = "ASN" + value
	}
	return &intel.Object{Type: typ, Summary: value}
}

func isIP(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// file is a File by its hashes. What else is known of it does not make it another file.
func file(fields intel.Fields, beside []term) (*intel.Object, []term, error) {
	o := &intel.Object{Type: "File"}
	d := intel.Details{}
	hashes := 0
	for _, f := range fields {
		d.Fields = append(d.Fields, f)
		if f.Name != "size" {
			hashes++
		}
	}
	o.SetDetails(d)
	if hashes == 0 {
		return nil, nil, errors.New("a File needs an MD5, SHA-1 or SHA-256")
	}
	for _, t := range beside {
		if t.object != "file" {
			return nil, nil, errSeveral
		}
	}
	return o, beside, nil
}

// registryKey is a Registry Key. An unknown name or type has the usual stand-ins.
func registryKey(fields intel.Fields) (*intel.Object, []term, error) {
	if _, ok := fields.Get("Key Name"); !ok {
		return nil, nil, errors.New("a Registry Key needs its key")
	}
	o := &intel.Object{Type: "Registry Key"}
	for _, missing := range []intel.Field{{Name: "Value Name", Value: " "}, {Name: "Value Type", Value: "REG_NONE"}} {
		if v, _ := fields.Get(missing.Name); v == "" {
			fields = append(fields, missing)
		}
	}
	o.SetDetails(intel.Details{Fields: fields})
	return o, nil, nil
}
