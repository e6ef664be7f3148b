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
	day, rest, ok := cutDay(s)
	if !ok {
		if m := otherDay.FindStringSubmatch(s); m != nil {
			return "", fmt.Errorf("is not a date: write %s-%s-%s", m[1], m[2], m[3])
		}
		return "", errors.New("is not a date: write a day as 2021-11-03 or a time as 2021-11-03T14:30:00Z")
	}
	if err := day.check(); err != nil {
		return "", err
	}
	if rest == "" {
		return s + "T00:00:00Z", nil
	}
	clock, zoned, ok := cutClock(rest[1:])
	if !ok || rest[0] != 'T' && rest[0] != 't' {
		if m := otherTime.FindStringSubmatch(rest); m != nil {
			return "", fmt.Errorf("is not a date: write %sT%s", s[:10], writtenTime(m))
		}
		return "", fmt.Errorf("is not a date: write only the day (%s), or a time such as %sT14:30:00Z", s[:10], s[:10])
	}
	rest = zoned
	if err := clock.check(); err != nil {
		return "", err
	}
	if rest == "Z" && len(s) == len(dateLayout) && s[10] == 'T' {
		return s, nil
	}
	rest, ok = skipFraction(rest)
	if !ok {
		return "", errors.New("has a point without digits after the seconds: remove the point")
	}
	offset, ok := zone(rest)
	switch {
	case rest == "":
		return "", fmt.Errorf("has no time zone: write %[1]sZ for UTC, or an offset, as in %[1]s+02:00", s[:19])
	case !ok && otherTime.MatchString(s[10:]):
		return "", fmt.Errorf("is not a date: write %sT%s", s[:10], writtenTime(otherTime.FindStringSubmatch(s[10:])))
	case !ok:
		return "", fmt.Errorf("has an unknown time zone: write Z for UTC or an offset such as +02:00, as in %sZ", s[:19])
	}
	t := time.Date(day.year, time.Month(day.month), day.day, clock.hour, clock.minute, clock.second, 0, time.UTC).Add(-offset)
	if t.Year() < 0 || t.Year() > 9999 {
		return "", errors.New("is not between the years 0000 and 9999 in UTC")
	}
	return t.Format(dateLayout), nil
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
	day, rest, ok := cutDay(s)
	if !ok || day.check() != nil {
		return "", false
	}
	if rest == "" {
		return s + "T00:00:00Z", true
	}
	if rest[0] != 'T' && rest[0] != 't' && rest[0] != ' ' {
		return "", false
	}
	clock, rest, ok := cutClock(strings.TrimLeft(rest[1:], " "))
	if !ok || clock.check() != nil {
		return "", false
	}
	if rest == "Z" && len(s) == len(dateLayout) && s[10] == 'T' {
		return s, true
	}
	rest, _ = skipFraction(rest)
	// What is no zone is dirt: answers are in UTC.
	offset, _ := zone(strings.TrimSpace(rest))
	t := time.Date(day.year, time.Month(day.month), day.day, clock.hour, clock.minute, clock.second, 0, time.UTC).Add(-offset)
	if t.Year() < 0 || t.Year() > 9999 {
		return "", false
	}
	return t.Format(dateLayout), true
}

// dayOf is a day of the calendar, clockOf a time of day; both as written.
type (
	dayOf   struct{ year, month, day int }
	clockOf struct{ hour, minute, second int }
)

// cutDay takes yyyy-mm-dd off the front of s.
func cutDay(s string) (d dayOf, rest string, ok bool) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return d, s, false
	}
	d = dayOf{digits(s[:4]), digits(s[5:7]), digits(s[8:10])}
	return d, s[10:], d.year >= 0 && d.month >= 0 && d.day >= 0
}

// cutClock takes hh:mm:ss off the front of s.
func cutClock(s string) (c clockOf, rest string, ok bool) {
	if len(s) < 8 || s[2] != ':' || s[5] != ':' {
		return c, s, false
	}
	c = clockOf{digits(s[:2]), digits(s[3:5]), digits(s[6:8])}
	return c, s[8:], c.hour >= 0 && c.minute >= 0 && c.second >= 0
}

// digits is the number that s spells, -1 where anything is not a digit.
func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = 10*n + int(s[i]-'0')
	}
	return n
}

func (d dayOf) check() error {
	if d.month < 1 || d.month > 12 {
		return fmt.Errorf("is not a date: there is no month %02d, write year-month-day", d.month)
	}
	last := time.Date(d.year, time.Month(d.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	if d.day < 1 || d.day > last {
		return fmt.Errorf("is not a date: %s %04d has the days 01 to %d", time.Month(d.month), d.year, last)
	}
	return nil
}

func (c clockOf) check() error {
	switch {
	case c.hour > 23:
		return fmt.Errorf("is not a date: the hour is 00 to 23, not %02d", c.hour)
	case c.minute > 59:
		return fmt.Errorf("is not a date: the minute is 00 to 59, not %02d", c.minute)
	case c.second > 59:
		// 60 is a leap second, for which ThreatConnect has no room.
		return fmt.Errorf("is not a date: the second is 00 to 59, not %02d", c.second)
	}
	return nil
}

// skipFraction takes a fraction of a second off the front of s.
func skipFraction(s string) (rest string, ok bool) {
	if s == "" || s[0] != '.' {
		return s, true
	}
	i := 1
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[i:], i > 1
}

// zone is the offset of an RFC 3339 zone from UTC.
func zone(s string) (time.Duration, bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != 6 || s[3] != ':' || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	hours, minutes := digits(s[1:3]), digits(s[4:6])
	if hours < 0 || hours > 23 || minutes < 0 || minutes > 59 {
		return 0, false
	}
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true
}
