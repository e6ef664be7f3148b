package intel

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// acceptNumber gives the canonical form of a number within the field's range.
func (f *FieldSpec) acceptNumber(canonical func(string) (string, error), value string) (string, error) {
	number, err := canonical(value)
	if err != nil {
		return "", err
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return "", errors.New("is not a number")
	}
	switch {
	case f.Max > 0 && (n < float64(f.Min) || n > float64(f.Max)):
		return "", fmt.Errorf("is not between %d and %d", f.Min, f.Max)
	case n < float64(f.Min):
		return "", fmt.Errorf("is less than %d", f.Min)
	}
	return number, nil
}

// canonicalInteger takes decimal digits, maybe with a sign or leading zeros.
func canonicalInteger(value string) (string, error) {
	value = strings.TrimSpace(value)
	negative, whole, fraction, ok := cutNumber(value)
	if !ok {
		return "", errors.New("is not a whole number: write digits only")
	}
	if fraction != "" || strings.HasSuffix(value, ".") {
		return "", errors.New("is not a whole number: leave the fraction out")
	}
	if _, err := strconv.ParseInt(whole, 10, 64); err != nil {
		return "", errors.New("is too large a number")
	}
	if negative && whole != "0" {
		return "-" + whole, nil
	}
	return whole, nil
}

// canonicalDecimal takes a decimal fraction with a point; zeros that say
// nothing go.
func canonicalDecimal(value string) (string, error) {
	value = strings.TrimSpace(value)
	negative, whole, fraction, ok := cutNumber(value)
	if !ok {
		if written := strings.Replace(value, ",", ".", 1); written != value {
			if fixed, err := canonicalDecimal(written); err == nil {
				return "", fmt.Errorf("is not a number: write %s", fixed)
			}
		}
		return "", errors.New("is not a number: write digits, with a point before decimals, as in 4.5")
	}
	number := whole
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		number += "." + fraction
	}
	if negative && number != "0" {
		number = "-" + number
	}
	return number, nil
}

// cutNumber takes a decimal apart; the whole part comes without leading zeros.
func cutNumber(s string) (negative bool, whole, fraction string, ok bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative, s = s[0] == '-', s[1:]
	}
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || !allDigits(whole) || point && !allDigits(fraction) || len(s) > 30 {
		return false, "", "", false
	}
	for len(whole) > 1 && whole[0] == '0' {
		whole = whole[1:]
	}
	return negative, whole, fraction, true
}

// allDigits reports whether s has no other bytes than ASCII digits.
func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
