package canonical

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tcimport/internal/spelling"
)

// Integer takes decimal digits, maybe with a sign or leading zeros.
func Integer(value string) (string, error) {
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

// Decimal takes a decimal fraction with a point; zeros that say
// nothing go.
func Decimal(value string) (string, error) {
	value = strings.TrimSpace(value)
	negative, whole, fraction, ok := cutNumber(value)
	if !ok {
		if strings.Count(value, ",") == 1 {
			if fixed, err := Decimal(strings.Replace(value, ",", ".", 1)); err == nil {
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

// cutNumber splits a decimal number; the whole part has no leading zeros.
func cutNumber(s string) (negative bool, whole, fraction string, ok bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative, s = s[0] == '-', s[1:]
	}
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || !IsDigits(whole) || point && !IsDigits(fraction) || len(s) > 30 {
		return false, "", "", false
	}
	for len(whole) > 1 && whole[0] == '0' {
		whole = whole[1:]
	}
	return negative, whole, fraction, true
}

// IsDigits reports whether s has no other bytes than ASCII digits.
func IsDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Bool is true or false in any case.
func Bool(value string) (string, error) {
	switch folded := spelling.Fold(strings.TrimSpace(value)); folded {
	case "true", "false":
		return folded, nil
	case "yes", "y", "on", "1":
		return "", errors.New("is neither true nor false: write true")
	case "no", "n", "off", "0":
		return "", errors.New("is neither true nor false: write false")
	}
	return "", errors.New("is neither true nor false")
}
