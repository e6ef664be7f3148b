package celltemplate

import (
	"fmt"
	"strings"
	"time"

	"tcimport/internal/message"
)

// isoDate makes an ISO day from a date in a layout of package time or, if the
// layout has a time of day, an RFC 3339 time. A layout without a zone means
// UTC. An empty value stays empty.
func isoDate(layout, value string) (string, error) {
	value = strings.TrimSpace(value)
	if value == "" {
		return "", nil
	}
	t, err := parseDate(layout, value)
	if err != nil {
		return "", err
	}
	if !hasTime(layout) {
		return t.Format(time.DateOnly), nil
	}
	return t.Format(time.RFC3339Nano), nil
}

func parseDate(layout, value string) (time.Time, error) {
	if !strings.Contains(layout, "06") {
		hint := "write it as 2 January 2006, 15:04:05, looks"
		if meant := goLayout(layout); meant != "" {
			hint = fmt.Sprintf("write it as 2 January 2006 looks: %q", meant)
		}
		return time.Time{}, &valueError{fmt.Sprintf("the layout %q has no year: %s", layout, hint)}
	}
	t, err := time.ParseInLocation(layout, value, time.UTC)
	if err != nil {
		return t, &valueError{fmt.Sprintf("%s does not fit the layout %q", message.Quote(value), layout)}
	}
	// Abbreviations of zones are ambiguous: package time makes UTC of most.
	if name, _ := t.Zone(); strings.Contains(layout, "MST") && name != "UTC" && name != "GMT" {
		return t, &valueError{fmt.Sprintf("%s: the time zone %q has several meanings: use an offset", message.Quote(value), name)}
	}
	return t, nil
}

// goLayout is a layout of another language in the form of package time, "" if
// that has no year.
func goLayout(layout string) string {
	month, minute := "mm", "mm"
	if strings.Contains(layout, "MM") || strings.ContainsAny(layout, "Hh") {
		month = "MM"
	} else {
		minute = "\x00"
	}
	meant := strings.NewReplacer("%Y", "2006", "%y", "06", "%B", "January", "%b", "Jan", "%m", "01", "%d", "02", "%H", "15", "%M", "04", "%S", "05",
		"yyyy", "2006", "YYYY", "2006", "yy", "06", "YY", "06", "MMMM", "January", "MMM", "Jan", month, "01", minute, "04",
		"dd", "02", "DD", "02", "HH", "15", "hh", "15", "ss", "05", "SS", "05").Replace(layout)
	if !strings.Contains(meant, "06") {
		return ""
	}
	return meant
}

// hasTime reports whether a layout has a time of day.
func hasTime(layout string) bool {
	morning := time.Date(2001, 2, 3, 4, 5, 6, 7e8, time.UTC)
	evening := time.Date(2001, 2, 3, 17, 18, 19, 2e8, time.UTC)
	return morning.Format(layout) != evening.Format(layout)
}

// dateUTC and the next two are those of sprig in UTC. For a value that is no
// time sprig takes the present; these fail.
func dateUTC(layout string, t any) (string, error) { return dateInZone(layout, t, "UTC") }

func dateInZone(layout string, value any, zone string) (string, error) {
	var t time.Time
	switch v := value.(type) {
	case time.Time:
		t = v
	case *time.Time:
		t = *v
	case int64:
		t = time.Unix(v, 0)
	case int:
		t = time.Unix(int64(v), 0)
	case int32:
		t = time.Unix(int64(v), 0)
	default:
		return "", &valueError{fmt.Sprintf("%s is not a time: make one with toDate, or use isoDate", message.Quote(fmt.Sprint(value)))}
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return "", &valueError{fmt.Sprintf("there is no time zone %q", zone)}
	}
	return t.In(loc).Format(layout), nil
}
