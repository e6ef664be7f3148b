package canonical

import (
	"errors"
	"fmt"
	"strings"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// hashKinds are the hashes of a File in the order of its fields, each with its
// number of hexadecimal digits.
var hashKinds = []struct {
	field  string
	digits int
}{{"md5", 32}, {"sha1", 40}, {"sha256", 64}}

// FileHash gives hash i of a File in upper-case digits.
func FileHash(i int, s string) (string, error) {
	s = strings.TrimSpace(s)
	want := hashKinds[i]
	if len(s) == want.digits && isHex(s) {
		return strings.ToUpper(s), nil
	}
	if !isHex(s) {
		if bare := hashSeparators.Replace(s); len(bare) == want.digits && isHex(bare) {
			return "", fmt.Errorf("has separators: write %s", strings.ToUpper(bare))
		}
		return "", fmt.Errorf("is not a hash: %s consists of %d hexadecimal digits", strings.ToUpper(want.field), want.digits)
	}
	for _, k := range hashKinds {
		if k.digits == len(s) {
			return "", fmt.Errorf("has %d digits, as %s has: write it as %s", len(s), strings.ToUpper(k.field), k.field)
		}
	}
	return "", fmt.Errorf("has %d digits: %s has %d", len(s), strings.ToUpper(want.field), want.digits)
}

var hashSeparators = strings.NewReplacer("-", "", ":", "", " ", "")

// SplitHashes splits the summary of a File: hashes in any order, separated by
// colons, blanks or commas, each possibly after its name.
func SplitHashes(summary string) ([]string, error) {
	values := make([]string, len(hashKinds))
	if i := hashKindOf(summary); i >= 0 { // nearly always one hash alone
		values[i] = summary
		return values, nil
	}
	found := false
	parts := strings.FieldsFunc(summary, func(r rune) bool { return strings.ContainsRune(": ,;|=/", r) })
	for _, part := range parts {
		i := hashKindOf(part)
		switch {
		case i < 0 && isHashName(part):
		case i < 0:
			return nil, notHash(part)
		case values[i] != "" && !strings.EqualFold(values[i], part):
			return nil, fmt.Errorf("contains two %s hashes: a File has one", hashKinds[i].field)
		default:
			values[i], found = part, true
		}
	}
	if !found {
		return nil, errors.New("contains no hash: write an MD5, SHA1 or SHA256 in hexadecimal digits")
	}
	return values, nil
}

// hashKindOf is the index of the kind of hash that s has the form of, or -1.
func hashKindOf(s string) int {
	for i, k := range hashKinds {
		if len(s) == k.digits && isHex(s) {
			return i
		}
	}
	return -1
}

func isHashName(s string) bool {
	s = spelling.Squeeze(s)
	return s == "md5" || s == "sha1" || s == "sha256"
}

func notHash(part string) error {
	switch {
	case isHex(part) && len(part) == 128:
		return errors.New("is a SHA512: a File in ThreatConnect has an MD5, SHA1 or SHA256")
	case isHex(part):
		return fmt.Errorf("contains %s of %d digits: MD5 has 32, SHA1 40, SHA256 64", message.Quote(part), len(part))
	}
	return fmt.Errorf("contains %s, which is not a hash: write an MD5, SHA1 or SHA256 in hexadecimal digits", message.Quote(part))
}

// isHex reports whether s is hexadecimal digits and nothing else.
func isHex(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'F') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s != ""
}
