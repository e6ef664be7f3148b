package canonical

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// dateLayout is the form of dates in requests: UTC, whole seconds.
const dateLayout = "2006-01-02T15:04:05Z"

// Date is an ISO day or an RFC 3339 time in UTC and whole seconds. For any
// other form of a date the error says how to write it.
func Date(s string) (string, error) {
	day, rest, ok := cutNumbers(dayForm, s)
	if !ok {
		if m := otherDay.FindStringSubmatch(s); m != nil {
			return "", fmt.Errorf("is not a date: write %s-%s-%s", m[1], m[2], m[3])
		}
		return "", errors.New("is not a date: write a day as 2021-11-03 or a time as 2021-11-03T14:30:00Z")
	}
	if err := checkDay(day); err != nil {
		return "", err
	}
	if rest == "" {
		return s + "T00:00:00Z", nil
	}
	clock, fraction, ok := cutNumbers(clockForm, rest[1:])
	if !ok || rest[0] != 'T' && rest[0] != 't' {
		if m := otherTime.FindStringSubmatch(rest); m != nil {
			return "", fmt.Errorf("is not a date: write %sT%s", s[:10], writtenTime(m))
		}
		return "", fmt.Errorf("is not a date: write only the day (%s), or a time such as %sT14:30:00Z", s[:10], s[:10])
	}
	if err := checkClock(clock); err != nil {
		return "", err
	}
	zone := cutFraction(fraction)
	offset, ok := offsetOf(zone)
	switch {
	case fraction == "."+zone:
		return "", errors.New("has a point without digits after the seconds: remove the point")
	case zone == "":
		return "", fmt.Errorf("has no time zone: write %[1]sZ for UTC, or an offset, as in %[1]s+02:00", s[:19])
	case !ok && otherTime.MatchString(rest):
		return "", fmt.Errorf("is not a date: write %sT%s", s[:10], writtenTime(otherTime.FindStringSubmatch(rest)))
	case !ok:
		return "", fmt.Errorf("has an unknown time zone: write Z for UTC or an offset such as +02:00, as in %sZ", s[:19])
	}
	if utc, ok := inUTC(s, day, clock, offset); ok {
		return utc, nil
	}
	return "", errors.New("is not between the years 0000 and 9999 in UTC")
}

// otherDay and otherTime match days and times that are written in another way
// and can mean only one thing.
var (
	otherDay  = regexp.MustCompile(`^([0-9]{4})[/.]([0-9]{2})[/.]([0-9]{2})$`)
	otherTime = regexp.MustCompile(`^[ Tt_-]+([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?:[:.]([0-5][0-9])(?:[.,][0-9]+)?)?\s*(?:(Z|UTC|GMT)|([+-][0-9]{2}):?([0-9]{2}))?$`)
)

// writtenTime is a time that otherTime has matched as it should be written. One
// without a zone is taken for UTC, which the message shows.
func writtenTime(m []string) string {
	second, zone := m[3], "Z"
	if second == "" {
		second = "00"
	}
	if m[5] != "" {
		zone = m[5] + ":" + m[6]
	}
	return fmt.Sprintf("%02s:%s:%s%s", m[1], m[2], second, zone)
}

// LenientDate reads a date as instances answer it: with fractions, blanks or
// something glued behind it, with any offset or none. It gives the canonical
// form, or false for what cannot be a date; such an answer never ends a run.
func LenientDate(s string) (string, bool) {
	s = strings.TrimSpace(s)
	day, rest, ok := cutNumbers(dayForm, s)
	if !ok || checkDay(day) != nil {
		return "", false
	}
	if rest == "" {
		return s + "T00:00:00Z", true
	}
	clock, fraction, ok := cutNumbers(clockForm, strings.TrimLeft(rest[1:], " "))
	if !ok || !strings.ContainsRune("Tt ", rune(rest[0])) || checkClock(clock) != nil {
		return "", false
	}
	// What is no zone is dirt: answers are in UTC.
	offset, _ := offsetOf(strings.TrimSpace(cutFraction(fraction)))
	return inUTC(s, day, clock, offset)
}

// inUTC is a time in canonical form; false for one outside of the years 0 to 9999. It is
// the text written, where that is canonical.
func inUTC(written string, day, clock [3]int, offset time.Duration) (string, bool) {
	t := time.Date(day[0], time.Month(day[1]), day[2], clock[0], clock[1], clock[2], 0, time.UTC).Add(-offset)
	if t.Year() < 0 || t.Year() > 9999 {
		return "", false
	}
	var space [len(dateLayout)]byte
	if canonical := t.AppendFormat(space[:0], dateLayout); string(canonical) != written {
		written = string(canonical)
	}
	return written, true
}

// The forms of a day, a time of day and an offset: 0 is any digit.
const (
	dayForm    = "0000-00-00"
	clockForm  = "00:00:00"
	offsetForm = "00:00"
)

// cutNumbers takes the numbers of a form off the front of s.
func cutNumbers(form, s string) (numbers [3]int, rest string, ok bool) {
	if len(s) < len(form) {
		return numbers, s, false
	}
	n := 0
	for i := range len(form) {
		switch isDigit := '0' <= s[i] && s[i] <= '9'; {
		case form[i] == '0' && isDigit:
			numbers[n] = 10*numbers[n] + int(s[i]-'0')
		case form[i] != '0' && form[i] == s[i]:
			n++
		default:
			return numbers, s, false
		}
	}
	return numbers, s[len(form):], true
}

func checkDay(day [3]int) error {
	year, month := day[0], time.Month(day[1])
	if month < 1 || month > 12 {
		return fmt.Errorf("is not a date: there is no month %02d, write year-month-day", day[1])
	}
	last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	if day[2] < 1 || day[2] > last {
		return fmt.Errorf("is not a date: %s %04d has the days 01 to %d", month, year, last)
	}
	return nil
}

// checkClock refuses 60 seconds too: ThreatConnect has no room for leap seconds.
func checkClock(clock [3]int) error {
	for i, name := range []string{"hour", "minute", "second"} {
		last := 59
		if i == 0 {
			last = 23
		}
		if clock[i] > last {
			return fmt.Errorf("is not a date: the %s is 00 to %d, not %02d", name, last, clock[i])
		}
	}
	return nil
}

// cutFraction takes a fraction of a second off the front of s.
func cutFraction(s string) string {
	if rest, ok := strings.CutPrefix(s, "."); ok {
		return strings.TrimLeft(rest, "0123456789")
	}
	return s
}

// offsetOf is the offset of an RFC 3339 zone from UTC.
func offsetOf(zone string) (time.Duration, bool) {
	if zone == "Z" || zone == "z" {
		return 0, true
	}
	if zone == "" || zone[0] != '+' && zone[0] != '-' {
		return 0, false
	}
	n, rest, ok := cutNumbers(offsetForm, zone[1:])
	if !ok || rest != "" || n[0] > 23 || n[1] > 59 {
		return 0, false
	}
	offset := time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute
	if zone[0] == '-' {
		offset = -offset
	}
	return offset, true
}
