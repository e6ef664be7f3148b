package celltemplate

import (
	"fmt"
	"maps"
	"slices"
	"text/template"
	"text/template/parse"
	"time"

	sprig "github.com/go-task/slim-sprig/v3"
)

// forbidden are the functions of slim-sprig whose results depend on the machine, the
// day or chance.
var forbidden = []string{
	"env", "expandenv", "getHostByName", "now", "ago", "hello", "shuffle", "uuidv4",
	"randInt", "randAlpha", "randAlphaNum", "randAscii", "randNumeric", "randBytes",
}

// The functions that every template calls without writing it: at each turn of a
// loop, and on printed values.
const (
	turnName = "turn__"
	showName = "show__"
)

// functions are those of slim-sprig without the forbidden ones, isoDate and list,
// all on a meter. Bytes become characters, and the local time zone UTC.
func functions(m *meter) template.FuncMap {
	out := make(template.FuncMap, len(baseFunctions))
	for name, fn := range baseFunctions {
		out[name] = m.wrap(name, fn)
	}
	out[turnName], out[showName] = m.turn, m.show
	return out
}

var baseFunctions = func() template.FuncMap {
	out := template.FuncMap(sprig.TxtFuncMap())
	for _, name := range forbidden {
		delete(out, name)
	}
	own := template.FuncMap{
		"isoDate": isoDate, "list": list, // slim-sprig has its list as tuple, too
		"trunc": truncate, "substr": substring,
		"date": dateUTC, "dateInZone": dateInZone, "date_in_zone": dateInZone,
		"htmlDate":       func(t any) (string, error) { return dateUTC(time.DateOnly, t) },
		"htmlDateInZone": func(t any, zone string) (string, error) { return dateInZone(time.DateOnly, t, zone) },
		"toDate":         parseDate, "mustToDate": parseDate,
		"durationRound": durationRound,
	}
	maps.Copy(out, own)
	maps.Copy(out, printing)
	return out
}()

func functionNames() []string {
	return append(slices.Sorted(maps.Keys(baseFunctions)), "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "index", "len")
}

// callOf is the call of a function, as a node to put into templates.
func callOf(name string) *parse.ActionNode {
	known := template.FuncMap{name: func() string { return "" }}
	t := template.Must(template.New("").Funcs(known).Parse("{{" + name + "}}"))
	return t.Tree.Root.Nodes[0].(*parse.ActionNode)
}

// truncate is the first n characters of s, or the last -n.
func truncate(n int, s string) string {
	r := []rune(s)
	switch {
	case n >= 0 && n < len(r):
		return string(r[:n])
	case n < 0 && -n < len(r):
		return string(r[len(r)+n:])
	}
	return s
}

// substring is the characters of s from start up to end; a negative start is
// the first, a negative end the last.
func substring(start, end int, s string) string {
	r := []rune(s)
	if end < 0 || end > len(r) {
		end = len(r)
	}
	start = min(max(start, 0), end)
	return string(r[start:end])
}

// durationRound is that of slim-sprig for durations. For a date its result
// would depend on the day.
func durationRound(value any) (string, error) {
	if t, ok := value.(time.Time); ok {
		return "", &valueError{fmt.Sprintf("durationRound takes a length of time such as 2h10m5s, not the date %s", t.Format(time.DateOnly))}
	}
	return roundedDuration(value), nil
}

var roundedDuration = sprig.TxtFuncMap()["durationRound"].(func(any) string)
